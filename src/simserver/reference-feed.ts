// Mark and index price of one symbol while its candles are walked: they move with the last price from point to point, and what follows
// from them is kept: their candles, the premium of the last price over the index, and the funding rate that comes of it.

import { type Candle, type Columns, candleAt } from "../market/candle.ts";
import type { Interval } from "../market/interval.ts";
import type { Ms } from "../units/unit.ts";
import { lowFirst } from "../venue/path.ts";
import type { Venue } from "../venue/venue.ts";
import { blank, type References } from "./references.ts";
import { ShownCandles } from "./shown-candles.ts";

export type ReferenceKind = "mark" | "index" | "premium";

/** Within so much of the premium the rate is the interest alone, and no rate is beyond the cap. Source: Bybit's help centre, funding fee. */
const DAMPER = 0.0005;
const RATE_MAX = 0.005;
const DECIMALS = 1e8;

type Point = { readonly row: number; readonly index: number; readonly at: Ms };

export class ReferenceFeed {
	readonly #symbol: string;
	readonly #venue: Venue;
	readonly #interest: number;
	readonly #last: Columns;
	readonly #shown: Readonly<Record<ReferenceKind, ShownCandles>>;
	/** The weighted sum of premiums since the last funding: later ones weigh more, as at Bybit. */
	#premium = { sum: 0, weights: 0, count: 0 };

	/** `interest`: the funding rate where there is no premium. */
	constructor(references: References, market: { symbol: string; candles: Columns; interval: Interval; interest: number }, venue: Venue) {
		const { symbol, candles, interval, interest } = market;
		this.#symbol = symbol;
		this.#venue = venue;
		this.#interest = interest;
		this.#last = candles;
		const shown = (columns: Columns): ShownCandles => new ShownCandles(columns, interval);
		this.#shown = {
			mark: shown(references.mark),
			index: shown(references.index),
			premium: shown(premiumOf(candles, references.index)),
		};
	}

	candles(kind: ReferenceKind): ShownCandles {
		return this.#shown[kind];
	}

	/** The mark price at which a row opens. */
	opening(row: number): number {
		return this.#shown.mark.columns.open[row]!;
	}

	/** The last price has come to a point of its way: the index and the mark price are told, and what waits for them acts. */
	arrive({ row, index, at }: Point): void {
		const low = lowFirst("nearest", candleAt(this.#last, row), undefined);
		for (const kind of ["index", "mark", "premium"] as const) {
			const { columns, running } = this.#shown[kind];
			const price = pointsOf(columns, row, kind === "premium" ? undefined : low)[index]!;
			this.#shown[kind].run(grown(running, columns.openTime[row]!, price));
			if (kind === "index") this.#venue.setIndex(this.#symbol, price, at);
			if (kind === "mark") this.#venue.setMark(this.#symbol, price, at);
			if (kind === "premium") this.#weigh(price);
		}
	}

	/** A row goes on while nothing trades: what it has so far stands, or what was before it. */
	stand(row: number): void {
		for (const shown of Object.values(this.#shown)) {
			const { columns, running } = shown;
			shown.run(running ?? grown(undefined, columns.openTime[row]!, columns.close[row - 1] ?? columns.open[row]!));
		}
	}

	close(how: { asRun: boolean }): void {
		for (const shown of Object.values(this.#shown)) if (shown.running !== undefined) shown.close(how);
	}

	/** F = P + clamp(I − P, ±0.05 %), as it would be settled now. */
	rate(): number {
		const { sum, weights } = this.#premium;
		const premium = weights === 0 ? 0 : sum / weights;
		const rate = premium + Math.max(-DAMPER, Math.min(DAMPER, this.#interest - premium));
		return Math.round(Math.max(-RATE_MAX, Math.min(RATE_MAX, rate)) * DECIMALS) / DECIMALS;
	}

	/** Funding was settled: the mean begins anew. */
	settled(): void {
		this.#premium = { sum: 0, weights: 0, count: 0 };
	}

	#weigh(premium: number): void {
		const { sum, weights, count } = this.#premium;
		this.#premium = { sum: sum + premium * (count + 1), weights: weights + count + 1, count: count + 1 };
	}
}

function grown(running: Candle | undefined, openTime: Ms, price: number): Candle {
	const { open = price, high = price, low = price } = running ?? {};
	return { openTime, open, high: Math.max(high, price), low: Math.min(low, price), close: price, volume: 0, turnover: 0 };
}

/** The four points of a row in the order of the last price's way; the premium's extremes have none of their own. */
function pointsOf(
	{ open, high, low, close }: Columns,
	row: number,
	lowComes: boolean | undefined,
): readonly [number, number, number, number] {
	const [first, second] = lowComes === false ? [high[row]!, low[row]!] : [low[row]!, high[row]!];
	return [open[row]!, first, second, close[row]!];
}

/** The last price over the index, less one, at the four points of each row. */
function premiumOf(candles: Columns, index: Columns): Columns {
	const { length, openTime } = candles;
	const none = new Float64Array(length);
	const columns: Columns = { length, openTime, ...blank(length), volume: none, turnover: none };
	const ratio = (last: number, over: number): number => Math.round((last / over - 1) * DECIMALS) / DECIMALS;
	for (let row = 0; row < length; row++) {
		const four = (["open", "low", "high", "close"] as const).map((name) => ratio(candles[name][row]!, index[name][row]!));
		columns.open[row] = four[0]!;
		columns.close[row] = four[3]!;
		columns.low[row] = Math.min(...four);
		columns.high[row] = Math.max(...four);
	}
	return columns;
}
