import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { aggregate } from "../market/aggregate.ts";
import { type Candle, candleAt, columnsOf } from "../market/candle.ts";
import { closeOf, INTERVALS, openOf } from "../market/interval.ts";
import { MINUTE } from "../units/unit.ts";
import { ShownCandles } from "./shown-candles.ts";
import { DAY_START } from "./testing/candles.ts";

/** One-minute candles with gaps, the first of them anywhere in an hour. */
const markets = fc
	.array(fc.record({ skip: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 7, 61), price: fc.integer({ min: 100, max: 200 }) }), {
		minLength: 1,
		maxLength: 90,
	})
	.chain((rows) => fc.record({ rows: fc.constant(rows), offset: fc.integer({ min: 0, max: 59 }) }))
	.map(({ rows, offset }) => {
		let openTime = DAY_START + offset * MINUTE;
		return rows.map(({ skip, price }): Candle => {
			openTime += (skip + 1) * MINUTE;
			return { openTime, open: price, high: price + 3, low: price - 3, close: price + 1, volume: price / 7, turnover: (price * price) / 7 };
		});
	});

test("the candles confirmed along the way are those that aggregation makes of the whole, to the last bit (C3)", () => {
	fc.assert(
		fc.property(markets, fc.constantFrom(...INTERVALS.filter((interval) => interval !== "1" && interval !== "W")), (candles, interval) => {
			const columns = columnsOf(candles);
			const shown = new ShownCandles(columns, "1");
			const seen: Candle[] = [];
			const end = closeOf("1", candles.at(-1)!.openTime);
			let row = 0;
			for (let at = candles[0]!.openTime; at <= end; at += MINUTE) {
				if (shown.running !== undefined) shown.close();
				const closed = shown.closedAt(interval, at);
				if (closed !== undefined) seen.push(closed);
				if (candles[row]?.openTime === at) shown.run(candles[row++]!);
			}
			const whole = aggregate(columns, "1", interval).columns;
			assert.deepEqual(
				seen,
				Array.from({ length: whole.length }, (_, i) => candleAt(whole, i)),
			);
		}),
	);
});

test("REST shows the running candle first, then the closed ones, newest first, both ends inclusive (C3)", () => {
	const candles = Array.from({ length: 10 }, (_, i): Candle => {
		return { openTime: DAY_START + i * MINUTE, open: 10 + i, high: 20 + i, low: 5, close: 11 + i, volume: 1, turnover: 10 };
	});
	const shown = new ShownCandles(columnsOf(candles), "1");
	for (let i = 0; i < 7; i++) {
		shown.run(candles[i]!);
		shown.close();
	}
	const now = DAY_START + 7 * MINUTE + 20_000;
	shown.run({ ...candles[7]!, high: 18, close: 17, volume: 0.25, turnover: 2 });
	const minutesOf = (rows: Candle[]): number[] => rows.map(({ openTime }) => (openTime - DAY_START) / MINUTE);
	const all = { start: 0, end: Number.MAX_SAFE_INTEGER - 1, limit: 200, now };
	assert.deepEqual(minutesOf(shown.newest("1", all)), [7, 6, 5, 4, 3, 2, 1, 0]);
	assert.deepEqual(minutesOf(shown.newest("1", { ...all, limit: 2 })), [7, 6]);
	assert.deepEqual(minutesOf(shown.newest("1", { ...all, start: DAY_START + MINUTE, end: DAY_START + 3 * MINUTE })), [3, 2, 1]);
	const [running, closed] = shown.newest("5", all);
	assert.deepEqual(running, { openTime: DAY_START + 5 * MINUTE, open: 15, high: 26, low: 5, close: 17, volume: 2.25, turnover: 22 });
	assert.deepEqual(closed, { openTime: DAY_START, open: 10, high: 24, low: 5, close: 15, volume: 5, turnover: 50 });
	assert.equal(openOf("5", now), running?.openTime);
});
