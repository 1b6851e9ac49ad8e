// The gate between a start and trading (spec §8, requirements A3, B1, D5): symbols, key, account and settings are looked at, made right
// where that is harmless, and refused with one line where a person has to.

import type { BybitRest } from "../bybit/calls.ts";
import { reviewKey } from "../bybit/decode/account.ts";
import type { InstrumentInfo } from "../bybit/decode/instrument.ts";
import type { BybitPosition } from "../bybit/decode/position.ts";
import type { EngineSettings, SymbolSettings } from "../engine/settings.ts";
import type { Instrument } from "../market/instrument.ts";
import type { Costs } from "../risk/settings.ts";
import { sizeEntry } from "../risk/size.ts";
import { UsageError } from "../std/usage-error.ts";
import { plainDecimal } from "../units/decimal.ts";
import { usdtNumber } from "../units/grid.ts";
import { DAY, type Ms, type Usdt } from "../units/unit.ts";
import { ask, retried } from "./start-up.ts";
import { usdtBalance } from "./statements.ts";

/** What the gate asks of the exchange. */
export type GateRest = Pick<
	BybitRest,
	| "getRiskLimit"
	| "getInstruments"
	| "getApiKey"
	| "getWallet"
	| "getAccountInfo"
	| "setMarginMode"
	| "setLeverage"
	| "getPositions"
	| "switchMode"
	| "getTickers"
>;
export type Warn = (text: string) => void;

/** A contract that ends sooner is not begun with; one that ends later is warned about. */
const DELISTING_NEAR: Ms = 3 * DAY;
/** `unifiedMarginStatus` of accounts that are unified: 3 and above (docs/v5/account/account-info, enum). */
const UNIFIED = 3;

export async function findInstruments(rest: GateRest, symbols: readonly string[], now: Ms, warn: Warn): Promise<Map<string, Instrument>> {
	const found = new Map<string, Instrument>();
	for (const symbol of symbols) {
		const risks = await ask(() => rest.getRiskLimit(symbol), `risk limits of ${symbol}`);
		const [info] = await ask(() => rest.getInstruments({ symbol, risks }), `rules of ${symbol}`);
		if (info === undefined) throw new UsageError(`symbols: the exchange does not list ${symbol} as a USDT perpetual`);
		checkListing(info, now, warn);
		found.set(symbol, info.instrument);
	}
	return found;
}

function checkListing({ instrument, deliveryTime, isPreListing, symbolType }: InstrumentInfo, now: Ms, warn: Warn): void {
	const { symbol, status } = instrument;
	if (status !== "Trading") throw new UsageError(`symbols: ${symbol} is ${status} at the exchange, not Trading`);
	if (isPreListing) throw new UsageError(`symbols: ${symbol} is in pre-market trading, whose rules this bot does not know`);
	if (symbolType === "stock" || symbolType === "commodity")
		warn(`${symbol} is a contract on a ${symbolType}: the exchange may want an agreement signed before it takes orders`);
	if (deliveryTime === undefined) return;
	const text = `${symbol} is delisted at ${new Date(deliveryTime).toISOString()}`;
	if (deliveryTime - now < DELISTING_NEAR) throw new UsageError(`symbols: ${text}: trade another one`);
	warn(`${text}: trade another one from then on`);
}

/** The USDT balance, once the key and the account have been found fit. */
export async function checkAccount(rest: GateRest, now: Ms, warn: Warn): Promise<Usdt> {
	const { refusals, warnings } = reviewKey(await ask(() => rest.getApiKey(), "the API key's permissions"), now);
	for (const warning of warnings) warn(warning);
	if (refusals.length > 0) throw new UsageError(refusals.join("; "));
	const { unifiedMarginStatus } = await ask(() => rest.getAccountInfo(), "the account's settings");
	if (unifiedMarginStatus < UNIFIED)
		throw new UsageError("the account is a classic one: upgrade it to a unified trading account at the exchange");
	const balance = usdtBalance(await ask(() => rest.getWallet("USDT"), "the wallet"));
	if (balance === undefined) throw new UsageError("the account states no USDT balance: a unified account with USDT is needed");
	return balance;
}

/** Beyond this a fee is no fee. */
const FEE_MAX = 0.01;

/** The costs with the fees that the account pays, the highest of its symbols; with those given where the exchange does not tell. */
export async function actualCosts(
	rest: Pick<BybitRest, "getFeeRate">,
	symbols: readonly string[],
	costs: Costs,
	tell: (level: "info" | "warn", text: string) => void,
): Promise<Costs> {
	let [takerFee, makerFee] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (const symbol of symbols) {
		const answer = await retried(() => rest.getFeeRate(symbol));
		const rate = answer.ok ? answer.value.find((each) => each.symbol === symbol) : undefined;
		takerFee = Math.max(takerFee, Number(rate?.takerFeeRate));
		makerFee = Math.max(makerFee, Number(rate?.makerFeeRate));
		if (takerFee >= 0 && takerFee <= FEE_MAX && Math.abs(makerFee) <= FEE_MAX) continue;
		const why = answer.ok ? `${takerFee} and ${makerFee} are none` : answer.error.message;
		tell("warn", `fees of ${symbol}: ${why}; sizes reckon with sim.taker_fee, ${percent(costs.takerFee)}`);
		return costs;
	}
	if (takerFee !== costs.takerFee)
		tell("info", `fees: taker ${percent(takerFee)}, maker ${percent(makerFee)}; sizes reckon with these, not with sim.taker_fee`);
	return { ...costs, takerFee, makerFee };
}

function percent(rate: number): string {
	return `${plainDecimal(Number((rate * 100).toFixed(6)))} %`;
}

/** One-way mode, the margin mode and the leverage as configured; sizes that can be traded. */
export async function prepareAccount(rest: GateRest, settings: EngineSettings, warn: Warn): Promise<void> {
	const info = await ask(() => rest.getAccountInfo(), "the account's settings");
	const wanted = settings.marginMode === "isolated" ? "ISOLATED_MARGIN" : "REGULAR_MARGIN";
	if (info.marginMode !== wanted) await ask(() => rest.setMarginMode(wanted), `margin mode ${settings.marginMode}`);
	for (const symbol of settings.symbols) await prepareSymbol(rest, symbol, settings, warn);
}

async function prepareSymbol(rest: GateRest, entry: SymbolSettings, settings: EngineSettings, warn: Warn): Promise<void> {
	const { instrument, leverage } = entry;
	const { symbol } = instrument;
	const { list } = await ask(() => rest.getPositions({ symbol }), `positions of ${symbol}`);
	await makeOneWay(rest, symbol, list);
	if (leverage > instrument.maxLeverage)
		throw new UsageError(`leverage: ${leverage} is more than the ${instrument.maxLeverage} that the exchange allows for ${symbol}`);
	const set = await rest.setLeverage({ symbol, leverage: String(leverage) });
	if (!set.ok && set.error.class !== "benign")
		await ask(() => rest.setLeverage({ symbol, leverage: String(leverage) }), `leverage ${leverage} of ${symbol}`);
	await checkSize(rest, entry, settings, { holds: list.some((position) => Number(position.size) > 0), warn });
}

/** Two rows that are not index 0 are hedge mode: switched while nothing is held, refused otherwise. */
async function makeOneWay(rest: GateRest, symbol: string, rows: readonly BybitPosition[]): Promise<void> {
	if (!rows.some(({ positionIdx }) => positionIdx !== 0)) return;
	const switched = await rest.switchMode({ symbol, mode: 0 });
	if (switched.ok || switched.error.class === "benign") return;
	throw new UsageError(
		`${symbol} is in hedge mode and could not be switched to one-way mode (${switched.error.message}): close its positions and orders, then switch it at the exchange`,
	);
}

/** An entry of the configured size must be one that the exchange takes. */
export async function checkSize(
	rest: Pick<GateRest, "getTickers">,
	{ instrument, size, leverage, trade }: SymbolSettings,
	{ risk, costs, balance }: EngineSettings,
	{ holds, warn }: { holds: boolean; warn: Warn },
): Promise<void> {
	const { symbol } = instrument;
	const [view] = await ask(() => rest.getTickers(symbol), `the price of ${symbol}`);
	if (view === undefined) return; // nothing has been traded yet: the first entry will tell
	const inputs = {
		price: view.ticker.last,
		balance: usdtNumber(balance),
		leverage,
		stop: trade.exit.long.stop,
		symbolHeld: 0,
		totalHeld: 0,
	};
	const sized = sizeEntry(inputs, { size, risk, costs, instrument });
	if (sized.ok) return;
	const text = `${symbol}: an entry with ${usdtNumber(balance).toFixed(2)} USDT would be too small: ${sized.why}; raise size or leverage, or trade a symbol with smaller steps`;
	if (!holds) throw new UsageError(text);
	warn(text);
}
