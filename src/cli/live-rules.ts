// The exchange's rules of each symbol, asked for again while the bot runs on those of its start. What differs is told; where prices or
// quantities could be wrong, or trading has ended, nothing is opened until the next start, and what is held keeps its protection.

import type { InstrumentInfo } from "../bybit/decode/instrument.ts";
import type { Fault } from "../bybit/fault.ts";
import type { Bot } from "../live/bot.ts";
import type { Instrument } from "../market/instrument.ts";
import type { Upkeep } from "../notify/upkeep.ts";
import type { Result } from "../std/result.ts";
import { plainDecimal } from "../units/decimal.ts";
import { usdtNumber } from "../units/grid.ts";
import { HOUR, type Ms } from "../units/unit.ts";

export type Rules = {
	readonly instrument: Instrument;
	/** When it is delisted. */
	readonly deliveryTime: Ms | undefined;
};

export type RulesOptions = {
	readonly bot: Bot;
	readonly symbols: readonly string[];
	readonly tell: (told: Upkeep) => void;
	readonly onLine: (level: "warn", text: string) => void;
};

export class LiveRules {
	readonly #options: RulesOptions;
	/** As they were last told; a bot begins with those that it trades by. */
	readonly #known = new Map<string, Rules | undefined>();
	readonly #heldBack = new Set<string>();

	constructor(options: RulesOptions) {
		this.#options = options;
	}

	/** Throws the first thing that failed, when all have been asked for. */
	async refresh(): Promise<void> {
		const asked = await Promise.allSettled(this.#options.symbols.map((symbol) => this.#refresh(symbol)));
		const failed = asked.find(({ status }) => status === "rejected");
		if (failed?.status === "rejected") throw failed.reason;
	}

	async #refresh(symbol: string): Promise<void> {
		const inUse = this.#inUse(symbol);
		if (inUse === undefined) return; // it has not begun
		const now = await this.#ask(symbol);
		const before = this.#known.has(symbol) ? this.#known.get(symbol) : { instrument: inUse, deliveryTime: undefined };
		this.#known.set(symbol, now);
		const changes = changesOf(before, now);
		if (changes.length > 0) this.#differ(symbol, changes, unfit(inUse, now));
	}

	#differ(symbol: string, changes: readonly string[], why: string | undefined): void {
		const { bot, tell, onLine } = this.#options;
		if (why !== undefined) this.#heldBack.add(symbol);
		const heldBack = this.#heldBack.has(symbol);
		const then = heldBack ? "nothing is opened on it until the next start" : "the bot goes by the old ones until its next start";
		onLine("warn", `${symbol}: the exchange's rules have changed (${changes.join(", ")}): ${then}`);
		if (why !== undefined) bot.holdBack(symbol, why);
		tell({ event: "rules", symbol, changes, heldBack });
	}

	#inUse(symbol: string): Instrument | undefined {
		const { symbols = [] } = this.#options.bot.view.trader?.engine.settings ?? {};
		return symbols.find(({ instrument }) => instrument.symbol === symbol)?.instrument;
	}

	/** Undefined: the exchange does not list it any more. */
	async #ask(symbol: string): Promise<Rules | undefined> {
		const { rest } = this.#options.bot.view.client;
		const risks = given(await rest.getRiskLimit(symbol));
		const [info] = given<readonly InstrumentInfo[]>(await rest.getInstruments({ symbol, risks }));
		return info;
	}
}

function given<Value>(answer: Result<Value, Fault>): Value {
	if (answer.ok) return answer.value;
	throw new Error(`${answer.error.what}: ${answer.error.message}`);
}

/** Why nothing may be opened by the rules in use. */
function unfit(inUse: Instrument, now: Rules | undefined): string | undefined {
	if (now === undefined) return "the exchange does not list it any more";
	const { grid, status } = now.instrument;
	if (status !== "Trading") return `it is ${status} at the exchange, not Trading`;
	if (Number(grid.tick) !== Number(inUse.grid.tick)) return `its price step has changed from ${inUse.grid.tick} to ${grid.tick}`;
	if (Number(grid.step) !== Number(inUse.grid.step)) return `its quantity step has changed from ${inUse.grid.step} to ${grid.step}`;
	return undefined;
}

/** What differs, in words. */
export function changesOf(before: Rules | undefined, now: Rules | undefined): string[] {
	if (before === undefined || now === undefined) {
		const [was, is] = [before, now].map((rules) => rules?.instrument.status ?? "not listed");
		return was === is ? [] : [`status ${was} → ${is}`];
	}
	const was = textsOf(before);
	const changes = Object.entries(textsOf(now)).flatMap(([name, text]) => (was[name] === text ? [] : [`${name} ${was[name]} → ${text}`]));
	return tiersOf(before) === tiersOf(now) ? changes : [...changes, "risk limits"];
}

function textsOf({ instrument, deliveryTime }: Rules): Record<string, string> {
	const { grid, minQty, maxQty, maxMarketQty, minNotional, maxLeverage, fundingInterval, status } = instrument;
	return {
		status,
		delisting: deliveryTime === undefined ? "none" : `at ${new Date(deliveryTime).toISOString()}`,
		"price step": plainDecimal(Number(grid.tick)),
		"quantity step": plainDecimal(Number(grid.step)),
		"least quantity": plainDecimal(grid.qtyNumber(minQty)),
		"largest quantity": plainDecimal(grid.qtyNumber(maxQty)),
		"largest market quantity": plainDecimal(grid.qtyNumber(maxMarketQty)),
		"least value": `${usdtNumber(minNotional)} USDT`,
		"largest leverage": `${maxLeverage}`,
		"hours between fundings": `${fundingInterval / HOUR}`,
	};
}

function tiersOf({ instrument }: Rules): string {
	return JSON.stringify(instrument.tiers);
}
