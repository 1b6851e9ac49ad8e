// The gate before trading: what is refused, what is only said, and what is made right.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccountInfo, ApiKeyInfo, BybitWallet, FeeRate } from "../bybit/decode/account.ts";
import type { InstrumentInfo } from "../bybit/decode/instrument.ts";
import type { BybitPosition } from "../bybit/decode/position.ts";
import { exchangeFault, type Fault } from "../bybit/fault.ts";
import { decodeConfig } from "../config/decode.ts";
import { settingsOf } from "../config/settings.ts";
import type { EngineSettings } from "../engine/settings.ts";
import { bundledInstrument } from "../market/instrument.ts";
import { err, ok, type Result } from "../std/result.ts";
import { UsageError } from "../std/usage-error.ts";
import { roundUsdt } from "../units/grid.ts";
import { DAY } from "../units/unit.ts";
import { actualCosts, checkAccount, findInstruments, type GateRest, prepareAccount } from "./start-gate.ts";

const NOW = Date.UTC(2026, 0, 1);
const SYMBOL = "BTCUSDT";

type Answers = {
	readonly info?: Partial<InstrumentInfo>;
	readonly status?: string;
	readonly key?: Partial<ApiKeyInfo>;
	readonly account?: Partial<AccountInfo>;
	readonly balance?: string;
	readonly positions?: readonly Partial<BybitPosition>[];
	readonly last?: number;
	readonly switched?: Result<void, Fault>;
	readonly apiKeyFault?: Fault;
};

/** Answers from a script, and notes what it was asked to change. */
function scripted(answers: Answers = {}): { rest: GateRest; changes: string[]; warnings: string[] } {
	const changes: string[] = [];
	const instrument = { ...bundledInstrument(SYMBOL)!, status: answers.status ?? "Trading" }; // bundled
	const key: Partial<ApiKeyInfo> = {
		readOnly: false,
		permissions: { ContractTrade: ["Order", "Position"], Derivatives: ["DerivativesTrade"] },
		ips: ["203.0.113.7"],
		expiredAt: "2027-01-01T00:00:00Z",
		...answers.key,
	};
	const done = (what: string) => async (): Promise<Result<void, Fault>> => {
		changes.push(what);
		return ok(undefined);
	};
	const rest = {
		getRiskLimit: async () => ok([]),
		getInstruments: async () =>
			ok(answers.info === undefined && answers.status === undefined ? [{ instrument }] : [{ instrument, ...answers.info }]),
		getApiKey: async () => (answers.apiKeyFault === undefined ? ok(key) : err(answers.apiKeyFault)),
		getWallet: async () =>
			ok({ coins: answers.balance === "" ? [] : [{ coin: "USDT", walletBalance: answers.balance ?? "10000" }] } as unknown as BybitWallet),
		getAccountInfo: async () => ok({ unifiedMarginStatus: 5, marginMode: "ISOLATED_MARGIN", ...answers.account }),
		getPositions: async () => ok({ list: answers.positions ?? [{ positionIdx: 0, size: "0" }], nextPageCursor: undefined }),
		getTickers: async () => ok(answers.last === 0 ? [] : [{ ticker: { last: answers.last ?? 60_000, mark: 60_000 } }]),
		setMarginMode: done("margin mode"),
		setLeverage: done("leverage"),
		switchMode: async () => {
			changes.push("one-way");
			return answers.switched ?? ok(undefined);
		},
	} as unknown as GateRest; // what the gate reads of each answer
	return { rest, changes, warnings: [] };
}

function settings(values: object = {}): EngineSettings {
	const decoded = decodeConfig(JSON.stringify(values), "config.yaml");
	assert.ok(decoded.ok);
	const { engine } = settingsOf(decoded.value.config, decoded.value.resolved, bundledInstrument);
	return { ...engine, baseInterval: "1", run: "r", narrate: false, balance: roundUsdt(10_000) };
}

async function refusal(run: Promise<unknown>): Promise<string> {
	try {
		await run;
	} catch (error) {
		assert.ok(error instanceof UsageError, String(error));
		return error.message;
	}
	return "accepted";
}

test("a symbol that is not traded, in pre-market or about to be delisted is refused, one with a far end is warned about (B1, D5)", async () => {
	const find = async (answers: Answers): Promise<[string, string[]]> => {
		const { rest, warnings } = scripted(answers);
		return [await refusal(findInstruments(rest, [SYMBOL], NOW, (text) => warnings.push(text))), warnings];
	};
	assert.deepEqual(await find({}), ["accepted", []]);
	assert.match((await find({ status: "Closed" }))[0], /BTCUSDT is Closed at the exchange/);
	assert.match((await find({ info: { isPreListing: true } }))[0], /pre-market/);
	assert.match((await find({ info: { deliveryTime: NOW + 3 * DAY - 1 } }))[0], /delisted at 2026-01-03T23:59:59.999Z: trade another one/);
	const [far, warned] = await find({ info: { deliveryTime: NOW + 3 * DAY } });
	assert.equal(far, "accepted");
	assert.match(warned[0] ?? "", /delisted at 2026-01-04/);
	assert.match((await find({ info: { symbolType: "stock" } }))[1][0] ?? "", /agreement/);
});

test("a key that may withdraw or transfer is refused, a classic account and one without USDT too (A3, D5)", async () => {
	const check = (answers: Answers): Promise<string> => refusal(checkAccount(scripted(answers).rest, NOW, () => {}));
	const rights = { ContractTrade: ["Order", "Position"], Derivatives: ["DerivativesTrade"] };
	assert.equal(await check({}), "accepted");
	assert.match(await check({ key: { permissions: { ...rights, Wallet: ["Withdraw"] } } }), /may withdraw/);
	assert.match(await check({ key: { permissions: { ...rights, Wallet: ["SubMemberTransfer"] } } }), /may transfer/);
	assert.match(await check({ key: { readOnly: true } }), /read-only/);
	assert.match(await check({ account: { unifiedMarginStatus: 1 } }), /classic/);
	assert.match(await check({ balance: "" }), /no USDT balance/);
	const wrong = exchangeFault({ what: "GET /v5/user/query-api", access: "read" }, { retCode: 10003, message: "API key is invalid." });
	assert.match(await check({ apiKeyFault: wrong }), /API key is invalid\. .*is the key one of this environment/);
});

test("a key without an address and one that ends within two weeks are warned about (A3)", async () => {
	const { rest, warnings } = scripted({ key: { ips: ["*"], expiredAt: "2026-01-10T00:00:00Z" } });
	assert.equal(await checkAccount(rest, NOW, (text) => warnings.push(text)), roundUsdt(10_000));
	assert.deepEqual(warnings, [
		"the API key is bound to no address and expires at 2026-01-10T00:00:00Z",
		"the API key expires in 9 days: renew it in time",
	]);
});

test("the account is made as configured: margin mode where it differs, leverage always (D2)", async () => {
	const same = scripted();
	await prepareAccount(same.rest, settings(), () => {});
	assert.deepEqual(same.changes, ["leverage"]);
	const other = scripted({ account: { marginMode: "REGULAR_MARGIN" } });
	await prepareAccount(other.rest, settings(), () => {});
	assert.deepEqual(other.changes, ["margin mode", "leverage"]);
	assert.match(await refusal(prepareAccount(scripted().rest, settings({ leverage: 10 }), () => {})), /accepted/);
	const low = settings();
	const [entry] = low.symbols;
	assert.ok(entry !== undefined);
	const tooHigh = { ...low, symbols: [{ ...entry, leverage: entry.instrument.maxLeverage + 1 }] };
	assert.match(await refusal(prepareAccount(scripted().rest, tooHigh, () => {})), /more than the \d+ that the exchange allows/);
});

test("hedge mode is switched to one-way while nothing stands against it, and refused otherwise (D2)", async () => {
	const hedge = [
		{ positionIdx: 1, size: "0" },
		{ positionIdx: 2, size: "0" },
	] as unknown as Partial<BybitPosition>[];
	const free = scripted({ positions: hedge });
	await prepareAccount(free.rest, settings(), () => {});
	assert.deepEqual(free.changes, ["one-way", "leverage"]);
	const fault = exchangeFault(
		{ what: "POST /v5/position/switch-mode", access: "write" },
		{ retCode: 110024, message: "existing position" },
	);
	const held = scripted({ positions: hedge, switched: err(fault) });
	assert.match(await refusal(prepareAccount(held.rest, settings(), () => {})), /hedge mode .*existing position/);
});

test("a size below the exchange's smallest order is refused, and with a position only said (B1, D2)", async () => {
	const tiny = { ...settings(), balance: roundUsdt(1) };
	assert.match(await refusal(prepareAccount(scripted().rest, tiny, () => {})), /would be too small: .*below the minimum/);
	const held = scripted({ positions: [{ positionIdx: 0, size: "0.01" }] as unknown as Partial<BybitPosition>[] });
	assert.equal(await refusal(prepareAccount(held.rest, tiny, (text) => held.warnings.push(text))), "accepted");
	assert.match(held.warnings[0] ?? "", /too small/);
	assert.equal(
		await refusal(prepareAccount(scripted({ last: 0 }).rest, tiny, () => {})),
		"accepted",
		"without a price nothing can be judged",
	);
});

test("sizes reckon with the fees that the account pays, the highest of its symbols; where they are not told, with the configured ones (E5)", async () => {
	const costs = { takerFee: 0.00055, makerFee: 0.0002, slippage: 0.0001 };
	const refused = exchangeFault({ what: "/v5/account/fee-rate", access: "read" }, { retCode: 10005, message: "Permission denied" });
	const of = async (rates: Readonly<Record<string, [taker: string, maker: string] | Fault>>) => {
		const lines: string[] = [];
		const getFeeRate = async (symbol = ""): Promise<Result<FeeRate[], Fault>> => {
			const rate = rates[symbol];
			if (rate === undefined) return ok([]);
			return Array.isArray(rate) ? ok([{ symbol, takerFeeRate: rate[0], makerFeeRate: rate[1] } as FeeRate]) : err(rate as Fault);
		};
		const found = await actualCosts({ getFeeRate }, Object.keys(rates), costs, (level, text) => lines.push(`${level} ${text}`));
		return { found, lines };
	};
	assert.deepEqual(await of({ [SYMBOL]: ["0.00055", "0.0002"] }), { found: costs, lines: [] });
	assert.deepEqual(await of({ [SYMBOL]: ["0.00036", "-0.00005"], ETHUSDT: ["0.0006", "-0.0001"] }), {
		found: { takerFee: 0.0006, makerFee: -0.00005, slippage: 0.0001 },
		lines: ["info fees: taker 0.06 %, maker -0.005 %; sizes reckon with these, not with sim.taker_fee"],
	});
	for (const rate of [refused, ["0.5", "0"], ["-0.1", "0"]] as const) {
		const { found, lines } = await of({ [SYMBOL]: rate as Fault });
		assert.deepEqual(found, costs);
		assert.match(lines.join(), /^warn fees of BTCUSDT: .*; sizes reckon with sim\.taker_fee, 0\.055 %$/);
	}
	assert.deepEqual((await of({ [SYMBOL]: ["0.00055", "0.0002"], DOGEUSDT: undefined as never })).found, costs);
});
