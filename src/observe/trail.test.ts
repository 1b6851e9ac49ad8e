// One id from the signal to the end of the trade, in the order in which a trader tells: calls leave first, then their notes.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Note } from "../engine/command.ts";
import type { Call } from "../oms/call.ts";
import { Trail } from "./trail.ts";

const SYMBOL = "BTCUSDT";

function place(linkId: string, reduceOnly: boolean): Call {
	return { id: 1, at: 0, kind: "place", symbol: SYMBOL, order: { linkId, reduceOnly } } as unknown as Call; // the rest is not looked at
}

function note(what: Note["what"]): Note {
	return { what } as Note; // the rest is not looked at
}

test("the entry's id stands on its order, its note, its exits and the end, and on nothing after (G6)", () => {
	const trail = new Trail();
	assert.equal(trail.note(SYMBOL, note("skipped")), undefined);
	assert.equal(trail.call(place("e1", false)), "e1");
	for (const what of ["entering", "entered", "protected"] as const) assert.equal(trail.note(SYMBOL, note(what)), "e1");
	assert.equal(trail.call(place("x2", true)), "e1");
	assert.equal(trail.call({ id: 2, at: 0, kind: "cancel", symbol: SYMBOL, linkId: "e1" }), "e1");
	assert.equal(trail.call({ id: 3, at: 0, kind: "account", since: 0 }), undefined);
	for (const what of ["exiting", "exited", "flat"] as const) assert.equal(trail.note(SYMBOL, note(what)), "e1");
	assert.equal(trail.note(SYMBOL, note("evaluated")), undefined);
	assert.equal(trail.of("ETHUSDT"), undefined);
});

test("a turn: the old trade ends under its own id although the new order has left already (G6)", () => {
	const trail = new Trail();
	trail.call(place("e1", false));
	trail.note(SYMBOL, note("entering"));
	assert.equal(trail.call(place("e2", false)), "e2");
	assert.equal(trail.note(SYMBOL, note("exited")), "e1");
	assert.equal(trail.note(SYMBOL, note("flat")), "e1");
	assert.equal(trail.note(SYMBOL, note("entering")), "e2");
	assert.equal(trail.of(SYMBOL), "e2");
});

test("a trade goes on under its id after a restart (G6)", () => {
	const first = new Trail();
	first.call(place("e1", false));
	first.note(SYMBOL, note("entering"));
	const second = new Trail(JSON.parse(JSON.stringify(first.saved())));
	assert.equal(second.note(SYMBOL, note("flat")), "e1");
	assert.deepEqual(second.saved(), {});
});
