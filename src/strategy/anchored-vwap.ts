// Anchored VWAP (spec §2–§5): long above the upper band with rising momentum, short below the lower one with falling momentum.

import type { Candle, Columns } from "../market/candle.ts";
import type { Ticker } from "../market/ticker.ts";
import type { Ms } from "../units/unit.ts";
import { CandleHistory } from "./candle-history.ts";
import type { Signal, Strategy, StrategyState } from "./port.ts";
import { Reference } from "./reference.ts";
import type { AnchoredVwapSettings } from "./settings.ts";

export class AnchoredVwap implements Strategy {
	readonly #settings: AnchoredVwapSettings;
	readonly #history: CandleHistory;
	readonly #reference: Reference;

	constructor(settings: AnchoredVwapSettings) {
		const { bands, momentum, anchor } = settings;
		this.#settings = settings;
		this.#history = new CandleHistory({
			capacity: Math.max(bands.length, momentum.lookback, anchor.lookback) + 2,
			atrLength: bands.length,
		});
		this.#reference = new Reference(settings);
	}

	onBase(columns: Columns, from: number, to: number): void {
		this.#reference.onBase(columns, from, to);
	}

	onCandle(candle: Candle, closeTime: Ms): void {
		const { type } = this.#settings.anchor;
		const anchors = (type === "extreme" && this.#isExtreme(candle)) || (type === "event" && this.#isEvent(candle));
		this.#history.push(candle);
		if (anchors) this.#reference.anchorAt(closeTime);
	}

	onTicker(at: Ms, ticker: Ticker): void {
		this.#reference.onTicker(at, ticker);
	}

	wantsTickerAt(now: Ms): Ms | undefined {
		return this.#reference.nextAnchor(now);
	}

	evaluate(at: Ms, price: number, kind: "close" | "tick"): Signal {
		this.#reference.settle(at);
		const {
			bands,
			momentum: { lookback },
		} = this.#settings;
		const history = this.#history;
		const anchoredAt = this.#reference.anchoredAt;
		const none = (why: string): Signal => ({ direction: 0, why, price, anchoredAt, reference: this.#reference.value });
		if (!this.#reference.hasFigures) return none("no 24 h figures from the exchange yet");
		const needed = Math.max(bands.length + (bands.method === "atr" ? 1 : 0), lookback + 1);
		if (history.count < needed) return none(`warm-up: ${history.count} of ${needed} closed candles`);
		const reference = this.#reference.value;
		if (reference === undefined) return none("no reference: the anchor had no VWAP, or has not come");
		const sigma = bands.method === "std" ? history.deviation(bands.length) : history.atr;
		if (sigma === undefined) return none("warm-up: no ATR yet");
		const upper = reference + bands.k * sigma;
		const lower = reference - bands.k * sigma;
		// At a close `price` is the newest close and M looks back L candles from it; at a tick the running candle takes that place.
		const earlier = history.at(kind === "close" ? lookback : lookback - 1)?.close;
		const momentum = lookback === 0 || earlier === undefined ? 0 : price - earlier;
		const up = price > upper && (lookback === 0 || momentum > 0);
		const down = price < lower && (lookback === 0 || momentum < 0);
		const why = up
			? "above the upper band"
			: down
				? "below the lower band"
				: price > upper || price < lower
					? "momentum disagrees"
					: "inside the bands";
		return { direction: up ? 1 : down ? -1 : 0, why, price, reference, anchoredAt, upper, lower, sigma, momentum };
	}

	missingAnchor(now: Ms): Ms | undefined {
		return this.#settings.anchor.coldStart === "wait" ? undefined : this.#reference.missingAnchor(now);
	}

	rebuild(anchor: Ms, sums: { turnover: number; volume: number }): void {
		this.#reference.rebuild(anchor, sums);
	}

	state(): StrategyState {
		return this.#reference.state();
	}

	restore(state: StrategyState): void {
		this.#reference.restore(state);
	}

	/** A new highest high or lowest low of the last `lookback` candles, this one included, strictly beyond all the others. */
	#isExtreme(candle: Candle): boolean {
		const { lookback } = this.#settings.anchor;
		if (this.#history.count + 1 < lookback) return false;
		let highest = true;
		let lowest = true;
		for (let back = 0; back < lookback - 1; back++) {
			const other = this.#history.at(back)!;
			if (other.high >= candle.high) highest = false;
			if (other.low <= candle.low) lowest = false;
		}
		return highest || lowest;
	}

	/** Unusual volume against the mean of the `lookback` candles before, or unusual true range against the ATR before. */
	#isEvent(candle: Candle): boolean {
		const { lookback, volumeMultiple, rangeMultiple } = this.#settings.anchor;
		if (this.#history.count < lookback) return false;
		let volume = 0;
		for (let back = 0; back < lookback; back++) volume += this.#history.at(back)!.volume;
		const mean = volume / lookback;
		if (mean > 0 && candle.volume >= volumeMultiple * mean) return true;
		const { atr } = this.#history;
		const range = this.#history.trueRange(candle);
		return atr !== undefined && atr > 0 && range !== undefined && range >= rangeMultiple * atr;
	}
}
