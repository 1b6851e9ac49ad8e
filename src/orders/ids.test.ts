import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { linkIdOf, runOf } from "./ids.ts";

test("an order id is made of run, symbol and sequence, and the same three make the same id", () => {
	assert.equal(linkIdOf("k3f9x2", "BTCUSDT", 42), "aw-k3f9x2-BTCUSDT-42");
	assert.notEqual(linkIdOf("k3f9x2", "BTCUSDT", 42), linkIdOf("k3f9x2", "BTCUSDT", 43));
	assert.notEqual(linkIdOf("k3f9x2", "BTCUSDT", 42), linkIdOf("k3f9x3", "BTCUSDT", 42));
});

test("an order id has at most 36 of Bybit's characters: one more is a bug", () => {
	const run = "r".repeat(21);
	assert.equal(linkIdOf(run, "BTCUSDT", 999).length, 36);
	assert.throws(() => linkIdOf(run, "BTCUSDT", 1000), /at most 36/);
	assert.throws(() => linkIdOf("a b", "BTCUSDT", 1), /at most 36 letters, digits, dashes and underscores/);
	assert.throws(() => linkIdOf("a", "BTC/USDT", 1), /at most 36/);
});

test("an id of ours tells its run, another one tells none", () => {
	fc.assert(
		fc.property(
			fc.stringMatching(/^[A-Za-z0-9]{1,10}$/),
			fc.stringMatching(/^[A-Z0-9]{2,12}$/),
			fc.nat(999_999),
			(run, symbol, sequence) => {
				assert.equal(runOf(linkIdOf(run, symbol, sequence)), run);
			},
		),
	);
	for (const stranger of ["", "aw-", "aw--BTCUSDT-1", "xaw-k-BTCUSDT-1", "AW-k-BTCUSDT-1", "manual-1"])
		assert.equal(runOf(stranger), undefined, stranger);
});
