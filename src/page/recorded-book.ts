// The money of a recorded run: cash, coins and what they are worth, from note to note and from close to close; where no candles tell of it,
// by the bot's own word, its heartbeats.

import type { Note } from "../engine/command.ts";
import type { Columns } from "../market/candle.ts";
import { closeOf, type Interval, openOf } from "../market/interval.ts";
import { HEARTBEAT_EVERY, type Heartbeat } from "../report/heartbeat.ts";
import { addUsdt, NO_USDT, negate, usdtNumber } from "../units/grid.ts";
import type { Ms, Usdt } from "../units/unit.ts";
import type { OpenPosition } from "./series.ts";

export type TellingNote = Note & { readonly symbol: string; readonly cash: Usdt; readonly coin: number };
export type ToldNote = { readonly at: Ms; readonly note: TellingNote; readonly inRun: boolean };
type Equity = NonNullable<Heartbeat["equity"]>;
type ToldBeat = { readonly at: Ms; readonly beat: Equity; readonly inRun: boolean };
export type Told = ToldNote | ToldBeat;

export function isNote(told: Told): told is ToldNote {
	return "note" in told;
}

/** A person's money coming in or going out, as the exchange's transaction log calls it. */
const MOVED = /^(TRANSFER|DEPOSIT|WITHDRAW)/;

type Held = { coin: number; average: number; since: Ms; readonly exits: (readonly [at: Ms, price: number, reason: string])[] };

export class RecordedBook {
	readonly times: number[] = [];
	/** USDT at each of them, without what a person moved. */
	readonly equity: number[] = [];
	transferred: Usdt = NO_USDT;
	readonly initial: Usdt;
	final: Usdt = NO_USDT;
	/** Some of the equity is the heartbeats'. */
	usesBeats = false;
	/** For some time nothing tells the equity. */
	readonly hasGaps: boolean;
	readonly #base: Interval;
	readonly #held = new Map<string, Held>();
	readonly #prices = new Map<string, number>();
	#cash: Usdt | undefined;
	#movedSinceBeat = false;

	constructor(told: readonly Told[], candles: ReadonlyMap<string, Columns>, base: Interval, start: Ms) {
		this.#base = base;
		this.initial = told.filter(isNote).find(({ inRun }) => inRun)?.note.cash ?? NO_USDT;
		const closes = closesOf(candles, base);
		let next = 0;
		let began = false;
		for (const each of told) {
			const { at, inRun } = each;
			for (; next < closes.length && closes[next]!.at <= at; next++) if (began) this.#price(closes[next]!);
			if (inRun && !began) {
				began = true;
				this.transferred = NO_USDT;
			}
			if (isNote(each)) {
				this.#take(at, each.note);
				const { note } = each;
				if (began && note.what === "evaluated" && at > start) this.#price({ at, symbol: note.symbol, price: note.signal.price });
			} else if (began) this.#beat(at, each.beat);
		}
		for (; next < closes.length; next++) this.#price(closes[next]!);
		this.final = addUsdt(this.#cash ?? NO_USDT, negate(this.transferred));
		if (this.#held.size === 0 && this.equity.length > 0) this.equity[this.equity.length - 1] = usdtNumber(this.final);
		this.hasGaps = this.#gaps();
	}

	/** What is held at the end, by the price that was seen last. */
	open(end: Ms): OpenPosition[] {
		return [...this.#held].map(([symbol, { coin, average, since, exits }]) => {
			const last = this.#prices.get(symbol);
			const known = last !== undefined && Number.isFinite(average);
			return {
				symbol,
				direction: coin > 0 ? "long" : "short",
				qty: Math.abs(coin),
				entryAt: openOf(this.#base, since),
				entryPrice: average,
				at: openOf(this.#base, end - 1),
				last,
				unrealised: known ? coin * (last - average) : undefined,
				exits: exits.map(([at, price, reason]) => [openOf(this.#base, at), price, reason] as const),
			};
		});
	}

	#take(at: Ms, note: TellingNote): void {
		const moved = note.what === "transferred" && MOVED.test(note.type) ? note.amount : undefined;
		if (moved !== undefined) {
			this.transferred = addUsdt(this.transferred, moved);
			this.#movedSinceBeat = true;
		}
		// The note of a transfer still bears the cash before it.
		this.#cash = moved === undefined ? note.cash : addUsdt(note.cash, moved);
		this.#hold(at, note);
	}

	#hold(at: Ms, note: TellingNote): void {
		const { symbol, coin } = note;
		if (coin === 0) {
			this.#held.delete(symbol);
			return;
		}
		const held = this.#held.get(symbol) ?? { coin, average: Number.NaN, since: at, exits: [] };
		this.#held.set(symbol, held);
		held.coin = coin;
		if (note.what === "exited") held.exits.push([at, note.price, note.reason]);
		if (note.what !== "entered") return;
		const before = Math.abs(coin) - note.qty;
		const average = Number.isNaN(held.average) ? note.price : held.average;
		held.average = before > 0 ? (average * before + note.price * note.qty) / Math.abs(coin) : note.price;
	}

	/** A point of equity, where every open position's entry and price are known. */
	#price({ at, symbol, price }: Close): void {
		this.#prices.set(symbol, price);
		if (this.#cash === undefined) return;
		let equity = usdtNumber(addUsdt(this.#cash, negate(this.transferred)));
		for (const [held, { coin, average }] of this.#held) equity += coin * ((this.#prices.get(held) ?? Number.NaN) - average);
		if (!Number.isFinite(equity)) return;
		if (this.times.at(-1) === at) this.equity[this.equity.length - 1] = equity;
		else this.#point(at, equity);
	}

	/** Used where closes tell nothing. The highest is taken to have come before the lowest, so that no fall is understated. */
	#beat(at: Ms, { now, high, low }: Equity): void {
		const seen = this.#movedSinceBeat ? [now] : [high, low, now];
		this.#movedSinceBeat = false;
		const known = this.times.at(-1);
		if (known !== undefined && at <= closeOf(this.#base, known)) return;
		this.usesBeats = true;
		const moved = usdtNumber(this.transferred);
		for (const value of seen) this.#point(at, value - moved);
	}

	#point(at: Ms, equity: number): void {
		this.times.push(at);
		this.equity.push(equity);
	}

	#gaps(): boolean {
		if (this.times.length === 0) return true;
		return this.times.some(
			(at, i) => i > 0 && at > Math.max(closeOf(this.#base, this.times[i - 1]!), this.times[i - 1]! + 2 * HEARTBEAT_EVERY),
		);
	}
}

type Close = { readonly at: Ms; readonly symbol: string; readonly price: number };

function closesOf(candles: ReadonlyMap<string, Columns>, base: Interval): Close[] {
	const closes = [...candles].flatMap(([symbol, { length, openTime, close }]) =>
		Array.from({ length }, (_, i) => ({ at: closeOf(base, openTime[i]!), symbol, price: close[i]! })),
	);
	return closes.sort((a, b) => a.at - b.at);
}
