// A bot that is killed in a position comes back by the restart script, takes the position over as the exchange has it, and says so everywhere.

import assert from "node:assert/strict";
import { test } from "node:test";
import { price } from "../../src/notify/words.ts";
import { Restarted } from "./restarted.ts";

test("killed by SIGKILL in a position, the script brings it back: reconciled, ready, and told on console, in the log and on the phone (I3, G1)", {
	skip: process.platform === "win32" && "a shell script",
}, async (t) => {
	const scene = await Restarted.open({ RESTART_DELAY: "0" });
	t.after(() => scene.close());
	await scene.enterPosition();
	const { held } = scene;
	const { wallet } = scene.sim.venue;
	assert.ok(held?.direction === "long" && held.stop !== undefined, JSON.stringify(held));
	const { script, process: started, trading, ready, told } = await scene.killAndWait();
	t.diagnostic(`after the kill: ${JSON.stringify({ script, started, trading, ready, told })} ms`);
	assert.ok(script <= started && started <= Math.min(trading, ready) && trading <= told, "in that order");

	assert.deepEqual(scene.held, held, "position and stop are as they were");
	assert.equal(scene.sim.venue.wallet, wallet, "nothing was traded");
	const message = scene.telegram.texts.find((text) => /restarted after a crash/.test(text)) ?? "";
	assert.ok(message.includes(`goes on with: BTCUSDT long ${held.qty}, stop ${price(held.stop)} at the exchange`), message);
	assert.match(message, /reconciled: no difference to the exchange/);
	assert.match(message, /was away for: /);
	assert.match(scene.log, /trading BTCUSDT with .*; goes on with a long position in BTCUSDT/);
});
