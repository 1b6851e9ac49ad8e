import assert from "node:assert/strict";
import { test } from "node:test";
import { linkIdOf, runOf } from "../orders/ids.ts";
import { runName } from "./run-name.ts";

test("no name comes twice, however fast they are asked for", () => {
	const names = Array.from({ length: 5000 }, runName);
	assert.equal(new Set(names).size, names.length);
});

test("a name is short enough for the longest symbol, and is found again in an order's id", () => {
	const name = runName();
	assert.equal(name.length, 8);
	assert.equal(runOf(linkIdOf(name, "1000000BABYDOGEUSDT", 9999)), name);
});
