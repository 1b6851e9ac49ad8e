// What holds for any recording: whoever listens, from whenever on, and to whatever depth, ends with the same book.

import assert from "node:assert/strict";
import { test } from "node:test";
import { OrderBook } from "../../bybit/decode/book.ts";
import { Prng } from "../../std/prng.ts";
import { bundled } from "../testing/candles.ts";
import { type Json, Rig, type Socket } from "../testing/rig.ts";
import { parseRecording } from "./recording.ts";

const RUNS = 12;
const MESSAGES = 60;
const T = Date.UTC(2024, 4, 15, 12);

type Pair = [string, string];

/** A book that lives: levels come, change and go, the best prices wander, now and then it is told anew. */
function recordingOf(random: Prng): string[] {
	let middle = 200_000;
	let u = 100 + random.below(1000);
	let at = T;
	const bids = new Map<number, number>();
	const asks = new Map<number, number>();
	const text = (side: ReadonlyMap<number, number>, down: boolean): Pair[] =>
		[...side].sort(([a], [b]) => (down ? b - a : a - b)).map(([tick, size]) => [(tick / 10).toFixed(1), (size / 1000).toFixed(3)]);
	return Array.from({ length: MESSAGES }, (_, i) => {
		at += random.below(120);
		u += 1;
		middle += random.below(9) - 4;
		const changed: [Map<number, number>, Map<number, number>] = [new Map(), new Map()];
		for (const [k, side] of [bids, asks].entries()) {
			for (const tick of side.keys()) if (k === 0 ? tick >= middle : tick <= middle) changed[k]!.set(tick, 0);
			for (let n = random.below(6) + (side.size < 3 ? 8 : 0); n > 0; n--) {
				const tick = k === 0 ? middle - 1 - random.below(20) : middle + 1 + random.below(20);
				if (!side.has(tick) || side.size > 4) changed[k]!.set(tick, random.chance(1, 4) && side.has(tick) ? 0 : 1 + random.below(9000));
			}
			for (const [tick, size] of changed[k]!)
				if (size === 0) side.delete(tick);
				else side.set(tick, size);
		}
		const whole = i === 0 || random.chance(1, 20);
		const [b, a] = whole ? [text(bids, true), text(asks, false)] : [text(changed[0], true), text(changed[1], false)];
		const data = { s: "BTCUSDT", b, a, u, seq: u * 7 };
		return JSON.stringify({ topic: "orderbook.50.BTCUSDT", type: whole ? "snapshot" : "delta", ts: at, data, cts: at - 1 });
	});
}

/** All frames of a topic, each of which has to fit the one before. */
function merged(stream: Socket, topic: string): OrderBook {
	const book = new OrderBook("BTCUSDT");
	let seq = 0;
	for (const frame of stream.topic(topic)) {
		const outcome = book.apply(frame.type, frame.data);
		assert.equal(outcome.kind, "updated", JSON.stringify(outcome));
		assert.ok(Number((frame.data as Json).seq) >= seq, "seq never falls");
		seq = Number((frame.data as Json).seq);
	}
	return book;
}

test("an early and a late listener of any depth end with the recorded book, and no number is missed (J2)", async () => {
	for (let run = 1; run <= RUNS; run++) {
		const random = new Prng(`recorded book ${run}`);
		const lines = recordingOf(random);
		const recording = parseRecording([{ name: `run ${run}`, text: lines.join("\n") }], { instrumentOf: bundled, fundingRate: 0 });
		const rig = await Rig.open({ markets: [], recording, autostart: false });
		const topics = ["orderbook.50.BTCUSDT", "orderbook.1.BTCUSDT", "orderbook.200.BTCUSDT"] as const;
		const listen = async (): Promise<Socket> => {
			const stream = await rig.socket("public");
			stream.send({ op: "subscribe", args: topics });
			await stream.next((frame) => frame.op === "subscribe");
			return stream;
		};
		const early = await listen();
		await rig.sim.control.step({ ms: 1 + random.below(5000) });
		const late = await listen();
		await rig.sim.control.step({ ms: MESSAGES * 120 });
		const expected = new OrderBook("BTCUSDT");
		for (const line of lines) {
			const { type, data } = JSON.parse(line) as Json;
			expected.apply(type, data);
		}
		for (const topic of topics) {
			const depth = topic === "orderbook.1.BTCUSDT" ? 1 : 200;
			for (const stream of [early, late]) {
				const book = merged(stream, topic);
				const name = `run ${run}, ${topic}, ${stream === early ? "early" : "late"}`;
				assert.deepEqual([book.bids, book.asks], [expected.bids.slice(0, depth), expected.asks.slice(0, depth)], name);
			}
		}
		await rig.close();
	}
});
