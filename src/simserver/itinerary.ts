// What happens when, symbol by symbol (spec §9, order of things at one instant): at each base boundary the candles that close, funding,
// the ticker, and then the walk through the candle that opens. Each stop says when it is due; the timeline visits them in order.

import { candleAt } from "../market/candle.ts";
import { closeOf } from "../market/interval.ts";
import type { Ms } from "../units/unit.ts";
import { pathTimes } from "../venue/path.ts";
import type { Venue } from "../venue/venue.ts";
import { fundingDue, walkCandle } from "../venue/walk.ts";
import type { Feed } from "./feed.ts";

/** The order of things at one instant. */
export const PHASE = { close: 0, funding: 1, ticker: 2, walk: 3 } as const;
export type Phase = (typeof PHASE)[keyof typeof PHASE];

export type Stop = { readonly at: Ms; readonly phase: Phase; readonly act: () => void };

/** The stops of one symbol, from its first candle's open to its last one's close. What a stop does is done before the next is asked for. */
export function* itinerary(feed: Feed, venue: Venue): Generator<Stop, void, void> {
	const { candles, interval } = feed.market;
	const end = closeOf(interval, candles.openTime[candles.length - 1]!);
	let row = 0;
	let opened: Ms | undefined;
	for (let at = candles.openTime[0]!; ; at = closeOf(interval, at)) {
		const boundary = at;
		yield { at, phase: PHASE.close, act: () => closeCandles(feed, boundary) };
		if (at >= end) return;
		const opens = candles.openTime[row] === at;
		if (opens) {
			const since = { row, after: opened ?? at - 1, at };
			yield { at, phase: PHASE.funding, act: () => settleFunding(feed, venue, since) };
			opened = at;
		}
		yield { at, phase: PHASE.ticker, act: () => feed.publishTicker(boundary) };
		if (opens) yield* walk(feed, venue, row++);
	}
}

function closeCandles(feed: Feed, at: Ms): void {
	feed.close();
	feed.confirm(at);
}

/** A funding time inside a gap or a base candle is charged at the next open, at the mark price there. */
function settleFunding(feed: Feed, venue: Venue, { row, after, at }: { row: number; after: Ms; at: Ms }): void {
	for (const due of fundingDue(feed.market.instrument.fundingInterval, after, at)) venue.fund(feed.symbol, feed.settle(row, due), at);
}

/** A step that the walk shows for later is held until then, so that other symbols come to their turn in between. */
function* walk(feed: Feed, venue: Venue, row: number): Generator<Stop, void, void> {
	const candle = candleAt(feed.market.candles, row);
	const length = closeOf(feed.market.interval, candle.openTime) - candle.openTime;
	const times = pathTimes(candle.openTime, length);
	const steps = walkCandle(venue, feed.symbol, candle, { policy: "nearest", length });
	let due = candle.openTime;
	let stood = false;
	/** Where a halt meets the walk, the rest of the candle's way is not gone: trading goes on with the next one. */
	const unlessHalted = (act: () => void) => (): void => {
		stood = feed.halted;
		if (!stood) return act();
		venue.close(feed.symbol);
		feed.stand(row);
	};
	for (let index = 0; ; ) {
		let step: ReturnType<typeof steps.next> | undefined;
		const act = unlessHalted(() => {
			step = steps.next();
		});
		yield { at: due, phase: PHASE.walk, act };
		if (stood || step === undefined || step.done) return;
		if (step.value.kind === "happened") continue;
		const { at, price } = step.value;
		const point = index++;
		yield { at, phase: PHASE.walk, act: unlessHalted(() => feed.arrive(row, { index: point, price, at })) };
		if (stood) return;
		due = times[index] ?? at;
	}
}
