import assert from "node:assert/strict";
import { test } from "node:test";
import { Recent } from "./recent.ts";

test("an id is new once", () => {
	const recent = new Recent(1000);
	assert.deepEqual([recent.has("a"), recent.add("a", 0), recent.add("a", 5), recent.has("a")], [false, true, false, true]);
});

test("what is too old is let go, but never the newest few", () => {
	const recent = new Recent(1000);
	for (let i = 0; i < 16; i++) recent.add(`old${i}`, i);
	assert.equal(recent.has("old0"), true, "sixteen are kept at any age");
	recent.add("later", 1000);
	assert.equal(recent.has("old0"), true, "a thousand old: just kept");
	recent.add("latest", 1001);
	assert.deepEqual([recent.has("old0"), recent.has("old1"), recent.has("later")], [false, true, true]);
	recent.add("much later", 1_000_000);
	assert.equal(recent.saved().length, 16);
	assert.equal(recent.has("much later"), true);
});

test("with no age of their own ids stay until they are let go", () => {
	const recent = new Recent(Number.POSITIVE_INFINITY);
	for (let i = 0; i < 100; i++) recent.add(String(i), i * 1_000_000);
	assert.equal(recent.saved().length, 100);
	recent.forget(50_000_000);
	assert.deepEqual([recent.has("49"), recent.has("50"), recent.saved().length], [false, true, 50]);
});

test("what was saved is known in the next life", () => {
	const recent = new Recent(1000);
	recent.add("a", 1);
	recent.add("b", 2);
	const next = new Recent(1000, recent.saved());
	assert.deepEqual(
		[next.add("a", 3), next.add("c", 3), next.saved()],
		[
			false,
			true,
			[
				["a", 1],
				["b", 2],
				["c", 3],
			],
		],
	);
});
