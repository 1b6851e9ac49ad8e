// One base candle at the venue, step by step (spec §9, order of things at one instant). The same walk serves the backtest, which reacts
// to each step in process, and the simulated exchange, which shows each step on its sockets and waits. Before it, at the candle's open
// time, come funding, the ticker and the signal's evaluation: those are the caller's, see `fundingDue` for the first of them.

import { isFlat } from "../account/position.ts";
import type { Candle } from "../market/candle.ts";
import type { Ms } from "../units/unit.ts";
import { lowFirst, type PathPolicy, pathTimes } from "./path.ts";
import type { Venue } from "./venue.ts";

export type Step =
	/** Something filled or ended: let the other side react before the price moves on. */
	| { readonly kind: "happened"; readonly at: Ms }
	/** The price has arrived at a point of the path: a ticker. */
	| { readonly kind: "point"; readonly at: Ms; readonly price: number };

/** Walks the candle; after each step the caller drains the venue, and the other side may send orders. */
export function* walkCandle(
	venue: Venue,
	symbol: string,
	candle: Candle,
	terms: { policy: PathPolicy; length: Ms },
): Generator<Step, void, void> {
	const times = pathTimes(candle.openTime, terms.length);
	venue.open(symbol, candle.open, candle.openTime);
	yield { kind: "happened", at: candle.openTime };
	while (!venue.advance(symbol, candle.open, candle.openTime)) yield { kind: "happened", at: candle.openTime };
	yield { kind: "point", at: times[0], price: candle.open };
	const position = venue.position(symbol); // as it stands after all that filled at the open
	const low = lowFirst(terms.policy, candle, isFlat(position) ? undefined : position.direction);
	venue.noteAmbiguity(symbol, candle);
	const targets = low ? [candle.low, candle.high, candle.close] : [candle.high, candle.low, candle.close];
	for (const [i, target] of targets.entries()) {
		const at = times[i + 1] ?? candle.openTime;
		while (!venue.advance(symbol, target, at)) yield { kind: "happened", at };
		yield { kind: "point", at, price: target };
	}
	venue.close(symbol);
}

/** The funding times in `(after, upTo]`: multiples of the interval since the epoch. */
export function fundingDue(interval: Ms, after: Ms, upTo: Ms): Ms[] {
	const due: Ms[] = [];
	for (let at = (Math.floor(after / interval) + 1) * interval; at <= upTo; at += interval) due.push(at);
	return due;
}
