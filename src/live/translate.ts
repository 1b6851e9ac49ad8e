// From the wire's words to the trader's: each message of the venue client as the inputs it means. A message whose numbers are off the
// instrument's grid is reported, never rounded.

import { candleOf } from "../bybit/decode/public.ts";
import type { BybitEvent } from "../bybit/events.ts";
import type { Candle } from "../market/candle.ts";
import type { Instrument } from "../market/instrument.ts";
import { closeOf, type Interval } from "../market/interval.ts";
import type { Input } from "../oms/trader-port.ts";
import type { Result } from "../std/result.ts";
import type { Ms } from "../units/unit.ts";
import { BaseBuffer } from "./base-buffer.ts";
import { executionOf, orderStatement, positionStatement, usdtBalance } from "./statements.ts";

type KlineEvent = Extract<BybitEvent, { kind: "kline" }>;

export type TranslatorOptions = {
	readonly instruments: ReadonlyMap<string, Instrument>;
	readonly baseInterval: Interval;
	readonly signalIntervals: ReadonlyMap<string, Interval>;
	/** What could not be read, and why. */
	readonly onOdd: (what: string) => void;
};

export class Translator {
	readonly #options: TranslatorOptions;
	readonly #bases = new Map<string, BaseBuffer>();
	/** Open times of the newest confirmed candle, by topic: a candle is confirmed once. */
	readonly #confirmed = new Map<string, number>();

	constructor(options: TranslatorOptions) {
		this.#options = options;
		for (const symbol of options.instruments.keys()) this.#bases.set(symbol, new BaseBuffer());
	}

	translate(event: BybitEvent): readonly Input[] {
		switch (event.kind) {
			case "ticker": {
				const { at, symbol, ticker } = event;
				return this.#options.instruments.has(symbol) ? [{ kind: "event", event: { kind: "ticker", at, symbol, ticker } }] : NOTHING;
			}
			case "kline":
				return this.#kline(event);
			case "order":
				return this.#stated(event.order.symbol, (instrument) => orderStatement(event.order, instrument, event.at), "order");
			case "execution":
				return this.#stated(event.execution.symbol, (instrument) => executionOf(event.execution, instrument), "execution");
			case "position":
				return this.#stated(event.position.symbol, (instrument) => positionStatement(event.position, instrument, event.at), "position");
			case "wallet":
				return this.#wallet(event);
			case "stream":
				return event.stream === "private" ? [{ kind: "line", up: event.up }] : NOTHING;
			default:
				return NOTHING;
		}
	}

	/** Candles of the interval up to that open time are known already: the stream's are told from the next one on. */
	know(symbol: string, interval: Interval, openTime: Ms): void {
		this.#confirmed.set(`${symbol} ${interval}`, openTime);
	}

	/** Open time of the newest candle told; undefined before the first. */
	newest(symbol: string, interval: Interval): Ms | undefined {
		return this.#confirmed.get(`${symbol} ${interval}`);
	}

	/** A closed candle, once, whichever way it came. */
	candle(symbol: string, interval: Interval, candle: Candle): Input[] {
		const key = `${symbol} ${interval}`;
		if (candle.openTime <= (this.#confirmed.get(key) ?? Number.NEGATIVE_INFINITY)) return [];
		this.#confirmed.set(key, candle.openTime);
		const at = closeOf(interval, candle.openTime);
		const inputs: Input[] = [];
		const base = this.#bases.get(symbol);
		if (interval === this.#options.baseInterval && base !== undefined)
			inputs.push({ kind: "event", event: { kind: "candles", at, symbol, ...base.push(candle) } });
		if (interval === this.#options.signalIntervals.get(symbol))
			inputs.push({ kind: "event", event: { kind: "closed", at, symbol, candle } });
		return inputs;
	}

	#kline({ symbol, interval, kline }: KlineEvent): readonly Input[] {
		return kline.confirm && this.#options.instruments.has(symbol) ? this.candle(symbol, interval, candleOf(kline)) : NOTHING;
	}

	#stated<Kind extends "order" | "execution" | "position", Value>(
		symbol: string,
		read: (instrument: Instrument) => Result<Value, string>,
		kind: Kind,
	): readonly Input[] {
		const instrument = this.#options.instruments.get(symbol);
		if (instrument === undefined) return NOTHING;
		const statement = read(instrument);
		if (statement.ok) return [{ kind, [kind]: statement.value } as unknown as Input]; // kind and value belong together at each call above
		this.#options.onOdd(statement.error);
		return NOTHING;
	}

	#wallet({ at, wallet }: Extract<BybitEvent, { kind: "wallet" }>): readonly Input[] {
		const balance = usdtBalance(wallet);
		return balance === undefined ? NOTHING : [{ kind: "wallet", at, balance }];
	}
}

const NOTHING: readonly Input[] = [];
