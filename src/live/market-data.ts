// Market data over REST: what warms the strategy up at the start, what a gap in the streams has left out, and the whole of it while the
// public stream is silent. Candles come once, whichever way; the stream's are compared with REST's now and then.

import type { BybitClient } from "../bybit/client.ts";
import { candleOf, type KlineRow } from "../bybit/decode/public.ts";
import type { Candle } from "../market/candle.ts";
import { closeOf, fixedLength, type Interval } from "../market/interval.ts";
import type { Input } from "../oms/trader-port.ts";
import { DAY, type Ms } from "../units/unit.ts";
import type { Translator } from "./translate.ts";

/** Bybit's largest page of candles. */
const PAGE = 1000;
/** Candles compared with REST's in one go. */
const COMPARED = 5;

export type MarketDataOptions = {
	readonly client: BybitClient;
	readonly translator: Translator;
	readonly symbols: readonly string[];
	readonly baseInterval: Interval;
	readonly signalIntervals: ReadonlyMap<string, Interval>;
	readonly now: () => Ms;
	readonly onInput: (input: Input) => void;
	readonly onLine: (level: "info" | "warn", text: string) => void;
};

export class MarketData {
	readonly #options: MarketDataOptions;
	#busy = false;
	/** Candles that came by stream, to be compared: by symbol, of the signal interval. */
	readonly #streamed = new Map<string, Candle[]>();

	constructor(options: MarketDataOptions) {
		this.#options = options;
	}

	/** Tickers and candles by REST, as the streams would tell them. Does nothing while an earlier call is under way. */
	async poll(): Promise<void> {
		if (this.#busy) return;
		this.#busy = true;
		try {
			for (const symbol of this.#options.symbols) {
				await this.#candles(symbol);
				await this.#ticker(symbol);
			}
		} finally {
			this.#busy = false;
		}
	}

	/** The candles that closed while nothing was heard; the next ticker brings their evaluation. */
	async catchUp(): Promise<void> {
		if (this.#busy) return;
		this.#busy = true;
		try {
			for (const symbol of this.#options.symbols) await this.#candles(symbol);
		} finally {
			this.#busy = false;
		}
	}

	/** A candle that came by stream. */
	streamed(symbol: string, candle: Candle): void {
		const list = this.#streamed.get(symbol) ?? [];
		list.push(candle);
		this.#streamed.set(symbol, list.slice(-COMPARED));
	}

	/** Whether the latest candles of the stream are those that REST states. */
	async compare(): Promise<void> {
		for (const [symbol, seen] of this.#streamed) {
			const interval = this.#options.signalIntervals.get(symbol);
			const [first] = seen;
			if (interval === undefined || first === undefined) continue;
			const answer = await this.#options.client.rest.getKline({ symbol, interval, start: first.openTime, limit: COMPARED + 1 });
			if (!answer.ok) continue;
			const stated = new Map(answer.value.map((row) => [row.start, candleOf(row)]));
			for (const candle of seen) {
				const other = stated.get(candle.openTime);
				if (other === undefined || sameCandle(candle, other)) continue;
				this.#options.onLine(
					"warn",
					`${symbol}: the candle of ${new Date(candle.openTime).toISOString()} closed at ${candle.close} by stream and at ${other.close} by REST`,
				);
			}
			this.#streamed.set(symbol, []);
		}
	}

	async #candles(symbol: string): Promise<void> {
		const { baseInterval, signalIntervals, translator, onInput } = this.#options;
		const signal = signalIntervals.get(symbol) ?? baseInterval;
		const told: { at: Ms; rank: number; inputs: Input[] }[] = [];
		for (const [rank, interval] of [...new Set([baseInterval, signal])].entries()) {
			const newest = translator.newest(symbol, interval);
			if (newest === undefined) continue;
			for (const row of await this.#after(symbol, interval, newest)) {
				const candle = candleOf(row);
				told.push({ at: closeOf(interval, candle.openTime), rank, inputs: translator.candle(symbol, interval, candle) });
			}
		}
		told.sort((a, b) => a.at - b.at || a.rank - b.rank);
		for (const { inputs } of told) for (const input of inputs) onInput(input);
	}

	/** Closed candles that open after `newest`, ascending. */
	async #after(symbol: string, interval: Interval, newest: Ms): Promise<KlineRow[]> {
		const { client, now } = this.#options;
		const rows: KlineRow[] = [];
		const span = (fixedLength(interval) ?? 31 * DAY) * (PAGE - 1);
		const at = now();
		for (let start = newest + 1; closeOf(interval, start) <= at; start += span) {
			const answer = await client.rest.getKline({ symbol, interval, start, end: Math.min(at, start + span), limit: PAGE });
			if (!answer.ok) return rows;
			rows.push(...answer.value.filter((row) => row.start > newest && closeOf(interval, row.start) <= at));
		}
		return rows;
	}

	async #ticker(symbol: string): Promise<void> {
		const { client, now, onInput } = this.#options;
		const answer = await client.rest.getTickers(symbol);
		const [view] = answer.ok ? answer.value : [];
		if (view !== undefined) onInput({ kind: "event", event: { kind: "ticker", at: now(), symbol, ticker: view.ticker } });
	}
}

function sameCandle(a: Candle, b: Candle): boolean {
	return a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close;
}
