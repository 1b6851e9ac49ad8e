import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PriceWindow } from "./price-window.ts";

test("the range is that of the prices after at − length: one exactly as old has left (F5)", () => {
	const window = new PriceWindow(1000);
	window.push(0, 90);
	window.push(500, 110);
	window.push(900, 100);
	assert.deepEqual(window.range(999), { min: 90, max: 110 });
	assert.deepEqual(window.range(1000), { min: 100, max: 110 });
	assert.deepEqual(window.range(1499), { min: 100, max: 110 });
	assert.deepEqual(window.range(1500), { min: 100, max: 100 });
	assert.equal(window.range(1900), undefined);
	assert.equal(new PriceWindow(1000).range(0), undefined);
});

test("the range is that of all prices within the window, however they came (F5)", () => {
	const pushes = fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 20 })), { maxLength: 60 });
	fc.assert(
		fc.property(pushes, fc.integer({ min: 1, max: 1000 }), fc.nat(500), (steps, length, later) => {
			const window = new PriceWindow(length);
			const all: { at: number; price: number }[] = [];
			let now = 0;
			for (const [wait, price] of steps) {
				now += wait;
				window.push(now, price);
				all.push({ at: now, price });
				const prices = all.filter(({ at }) => at > now - length).map((point) => point.price);
				assert.deepEqual(window.range(now), { min: Math.min(...prices), max: Math.max(...prices) });
			}
			now += later;
			const prices = all.filter(({ at }) => at > now - length).map((point) => point.price);
			assert.deepEqual(window.range(now), prices.length === 0 ? undefined : { min: Math.min(...prices), max: Math.max(...prices) });
		}),
	);
});
