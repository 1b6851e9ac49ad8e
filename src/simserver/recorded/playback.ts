// When a recording's messages are due: each at its own time, in the order they came in, across symbols; and between them the ends of
// candles and the funding times. Each stop says when it is due; the timeline visits them in order.

import { MINUTE, type Ms } from "../../units/unit.ts";
import { PHASE, type Stop } from "../itinerary.ts";
import type { RecordedFeed } from "./recorded-feed.ts";
import type { RecordedFrame } from "./recording.ts";

export function* playback(frames: readonly RecordedFrame[], feeds: ReadonlyMap<string, RecordedFeed>): Generator<Stop, void, void> {
	let now = frames[0]?.at ?? 0;
	for (const frame of frames) {
		for (let at = (Math.floor(now / MINUTE) + 1) * MINUTE; at <= frame.at; at += MINUTE) yield* boundary(feeds, at);
		now = frame.at;
		const { at } = frame;
		yield { at, phase: PHASE.walk, act: () => feeds.get(frame.topic.symbol)?.take(frame, at) };
	}
}

function* boundary(feeds: ReadonlyMap<string, RecordedFeed>, at: Ms): Generator<Stop, void, void> {
	const all = [...feeds.values()];
	yield {
		at,
		phase: PHASE.close,
		act: () => {
			for (const feed of all) feed.boundary(at);
		},
	};
	const due = all.filter(({ market }) => at % market.instrument.fundingInterval === 0);
	if (due.length === 0) return;
	yield {
		at,
		phase: PHASE.funding,
		act: () => {
			for (const feed of due) feed.fund(at);
		},
	};
}
