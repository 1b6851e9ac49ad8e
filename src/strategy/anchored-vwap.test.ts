// What live tickers show of the strategy and a candle simulation does not: which ticker V(A) is read from, cold starts and restarts.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Ticker } from "../market/ticker.ts";
import { DAY, HOUR, type Ms } from "../units/unit.ts";
import { AnchoredVwap } from "./anchored-vwap.ts";
import type { AnchoredVwapSettings } from "./settings.ts";

const MIDNIGHT = Date.UTC(2024, 0, 2);
const ANCHOR = {
	type: "daily",
	sessionStart: 0,
	time: undefined,
	price: undefined,
	lookback: 2,
	volumeMultiple: 3,
	rangeMultiple: 3,
	coldStart: "reconstruct",
} as const;

function strategy(
	change: Partial<Omit<AnchoredVwapSettings, "anchor">> & { anchor?: Partial<AnchoredVwapSettings["anchor"]> } = {},
): AnchoredVwap {
	const { anchor, ...rest } = change;
	return new AnchoredVwap({
		interval: "60",
		vwapSource: "ticker",
		bands: { method: "std", length: 2, k: 1 },
		momentum: { lookback: 0 },
		...rest,
		anchor: { ...ANCHOR, ...anchor },
	});
}

/** A ticker whose V is that. */
function ticker(vwap: number | undefined): Ticker {
	return { last: 20_000, mark: 20_000, ...(vwap === undefined ? {} : { turnover24h: vwap * 5, volume24h: 5 }) };
}

/** Two closed candles at 20000, so that σ is 0. */
function warm(on: AnchoredVwap, at: Ms): void {
	const candle = { openTime: at - HOUR, open: 20_000, high: 20_000, low: 20_000, close: 20_000, volume: 1, turnover: 20_000 };
	on.onCandle(candle, at - HOUR);
	on.onCandle(candle, at);
}

test("V(A) is that of the ticker current at the anchor: one at that instant, else the last one before it (C2, E1)", () => {
	for (const [times, expected] of [
		[[-1000, 0, 1000], 101],
		[[-2000, -1000, 1000], 101],
		[[-1000, 1, 1000], 100],
	] as const) {
		const on = strategy();
		warm(on, MIDNIGHT);
		times.forEach((at, i) => {
			on.onTicker(MIDNIGHT + at, ticker(100 + i));
		});
		assert.equal(on.evaluate(MIDNIGHT + 1000, 100, "tick").reference, expected, times.join());
	}
});

test("the reference stays until the next anchor, and changes with it at that evaluation (E2)", () => {
	const on = strategy();
	warm(on, MIDNIGHT);
	for (const [at, vwap] of [
		[0, 100],
		[HOUR, 200],
		[DAY - 1, 300],
		[DAY, 400],
	] as const)
		on.onTicker(MIDNIGHT + at, ticker(vwap));
	// The anchor of the second day is known, and not in force before an evaluation at or after it.
	assert.equal(on.evaluate(MIDNIGHT + DAY - 1, 100, "tick").reference === 400, false);
	assert.equal(on.evaluate(MIDNIGHT + DAY, 100, "close").reference, 400);
	on.onTicker(MIDNIGHT + DAY + HOUR, ticker(500));
	assert.equal(on.evaluate(MIDNIGHT + DAY + HOUR, 100, "close").reference, 400);
});

test("an anchor at which the ticker had no figures leaves no reference until the next, never a guess (C2)", () => {
	const on = strategy();
	warm(on, MIDNIGHT);
	on.onTicker(MIDNIGHT, ticker(undefined));
	on.onTicker(MIDNIGHT + HOUR, ticker(200));
	const signal = on.evaluate(MIDNIGHT + HOUR, 20_000, "close");
	assert.deepEqual([signal.direction, signal.reference], [0, undefined]);
	assert.match(signal.why, /no reference/);
	on.onTicker(MIDNIGHT + DAY, ticker(300));
	assert.equal(on.evaluate(MIDNIGHT + DAY, 20_000, "close").reference, 300);
});

test("a cold start after the anchor names it for rebuilding, or waits for the next (C2, I3)", () => {
	const now = MIDNIGHT + 5 * HOUR;
	const cold = strategy();
	assert.equal(cold.missingAnchor(now), MIDNIGHT);
	cold.rebuild(MIDNIGHT, { turnover: 2010, volume: 0.1 });
	assert.equal(cold.missingAnchor(now), undefined);
	warm(cold, now);
	cold.onTicker(now, ticker(500));
	assert.equal(cold.evaluate(now, 20_000, "close").reference, 20_100);

	const waiting = strategy({ anchor: { coldStart: "wait" } });
	assert.equal(waiting.missingAnchor(now), undefined);
	warm(waiting, now);
	waiting.onTicker(now, ticker(500));
	assert.equal(waiting.evaluate(now, 20_000, "close").reference, undefined);

	assert.equal(strategy({ anchor: { type: "price", price: 5 } }).missingAnchor(now), undefined);
	assert.equal(strategy({ anchor: { type: "time", time: now + 1 } }).missingAnchor(now), undefined, "an instant to come");
	assert.equal(strategy({ anchor: { type: "time", time: now } }).missingAnchor(now), now);
});

test("a restart continues with reference and anchor, before any ticker of the anchor is seen again (I3, E2)", () => {
	const before = strategy();
	warm(before, MIDNIGHT + HOUR);
	before.onTicker(MIDNIGHT, ticker(20_050));
	before.onTicker(MIDNIGHT + HOUR, ticker(1));
	const told = before.evaluate(MIDNIGHT + HOUR, 20_000, "close");
	assert.deepEqual([told.reference, told.anchoredAt, told.direction], [20_050, MIDNIGHT, -1]);
	const after = strategy();
	after.restore(JSON.parse(JSON.stringify(before.state())));
	warm(after, MIDNIGHT + HOUR);
	after.onTicker(MIDNIGHT + HOUR, ticker(1));
	assert.deepEqual(after.evaluate(MIDNIGHT + HOUR, 20_000, "close"), told);
	assert.equal(after.missingAnchor(MIDNIGHT + HOUR), undefined);
});

test("a strategy that never anchored has nothing to restore (I3)", () => {
	const after = strategy();
	after.restore(strategy().state());
	assert.equal(after.missingAnchor(MIDNIGHT + HOUR), MIDNIGHT);
});

test("a driver that skips quiet time is told the next anchor after now (E1)", () => {
	assert.equal(strategy().wantsTickerAt(MIDNIGHT - 1), MIDNIGHT);
	assert.equal(strategy().wantsTickerAt(MIDNIGHT), MIDNIGHT + DAY);
	assert.equal(strategy({ anchor: { sessionStart: 9.5 * HOUR } }).wantsTickerAt(MIDNIGHT), MIDNIGHT + 9.5 * HOUR);
	const timed = strategy({ anchor: { type: "time", time: MIDNIGHT } });
	assert.deepEqual([timed.wantsTickerAt(MIDNIGHT - 1), timed.wantsTickerAt(MIDNIGHT)], [MIDNIGHT, undefined]);
	for (const type of ["price", "extreme", "event"] as const)
		assert.equal(strategy({ anchor: { type } }).wantsTickerAt(MIDNIGHT), undefined);
	assert.equal(strategy({ vwapSource: "kline" }).wantsTickerAt(MIDNIGHT), undefined);
});

test("a reference rebuilt from candles on a cold start holds, with candles as source too (C2, I3)", () => {
	const cold = strategy({ vwapSource: "kline" });
	assert.equal(cold.missingAnchor(MIDNIGHT + 5 * HOUR), MIDNIGHT);
	cold.rebuild(MIDNIGHT, { turnover: 2010, volume: 0.1 });
	for (const close of [20_000, 20_000])
		cold.onCandle({ openTime: MIDNIGHT, open: close, high: close, low: close, close, volume: 1, turnover: close }, MIDNIGHT + HOUR);
	cold.onTicker(MIDNIGHT + 5 * HOUR, ticker(20_000));
	assert.equal(cold.evaluate(MIDNIGHT + 5 * HOUR, 20_100, "close").reference, 20_100);
});
