import assert from "node:assert/strict";
import { test } from "node:test";
import { Rig } from "./testing/rig.ts";

test("every note bears the coins that were held when it was taken, those of the whole account too (E4)", () => {
	const rig = new Rig();
	rig.long();
	const before = rig.paper.commands.length;
	rig.event({ kind: "operator", at: rig.now, wish: "pause" });
	rig.event({ kind: "operator", at: rig.now, wish: "resume" });
	rig.event({ kind: "operator", at: rig.now, wish: "flatten" });
	rig.pass(5000);
	const coins = rig.paper.commands.slice(before).flatMap((command) => (command.kind === "note" ? [[command.note.what, command.coin]] : []));
	const held = coins.filter(([what]) => what === "paused" || what === "resumed" || what === "tripped");
	assert.deepEqual(held, [
		["paused", 0.1],
		["resumed", 0.1],
		["tripped", 0.1],
	]);
	assert.deepEqual(coins.at(-1), ["confirmedFlat", 0]);
});
