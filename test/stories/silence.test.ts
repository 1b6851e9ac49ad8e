// A public stream that is up, answers pings and says nothing: REST takes over, nothing is entered, what is held goes on being looked
// after, and it is over when the stream speaks again. The wall's clock is the test's; the market's moves in steps.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { afterwards } from "../../src/simserver/testing/rig.ts";
import { until } from "../../src/simserver/testing/standing.ts";
import { MINUTE } from "../../src/units/unit.ts";
import { LiveRig } from "../support/live-rig.ts";
import { STRATEGY } from "../support/rig-bot.ts";

const STALE = 10_000;
const DATA = ["tickers", "kline", "orderbook"];

/** The wall's clock moves, and what the bot asks over REST because of it has come. */
async function wall(rig: LiveRig, ms: number): Promise<void> {
	for (let passed = 0; passed < ms; passed += 500) {
		mock.timers.tick(500);
		rig.hand.fire(5000); // a line that was given up comes back
		await until(() => rig.client?.pending === 0);
	}
}

test("a stalled stream that looks alive: REST takes over, no new entries, the stop still moves, and back (C1)", async () => {
	mock.timers.enable({ apis: ["setInterval", "Date"], now: Date.now() });
	afterwards(() => mock.timers.reset());
	const rig = await LiveRig.open({
		closes: [20_100, 20_100, 20_300, 20_300, 19_950, 19_950, 19_950, 19_950, 19_900, 19_900],
		staleAfter: STALE,
		config: { strategy: { ...STRATEGY, exit: { trailing: { activation_pct: 0.1, distance_pct: 0.5 } } } },
	});
	await rig.long();
	const stopBefore = rig.really;
	for (const topic of DATA) rig.inject({ fault: "lost-message", topic });

	await rig.minutes(2); // the price goes to 20300, and nobody says so
	assert.deepEqual([rig.really, rig.bot.engine.machine("BTCUSDT").last], [stopBefore, 20_100]);
	await wall(rig, STALE + 500);
	assert.ok(rig.lines.includes("BTCUSDT: no market data for 10 s: by REST, and no new entries"));
	await wall(rig, 2500);
	assert.equal(rig.bot.engine.machine("BTCUSDT").last, 20_300);
	assert.equal(rig.really, "long 0.1 stop 20199.4", "0.5 % of the entry below the best price, which REST told");

	await rig.minutes(2); // it falls to 19950: the moved stop takes it, and the private stream, which is well, tells
	assert.deepEqual([rig.position, await rig.executed()], ["flat", ["Buy 0.1", "Sell 0.1"]]);
	await wall(rig, 2500);
	await rig.minutes(1);
	await wall(rig, 2500);
	assert.deepEqual([rig.position, rig.said("skipped").at(-1)?.guard], ["flat", "stale"], "it is evaluated, and not entered");

	rig.sim.control.heal();
	await rig.minutes(1);
	await wall(rig, 500);
	assert.ok(rig.lines.includes("BTCUSDT: market data is back"));
	await rig.minutes(2);
	assert.equal(rig.position.startsWith("short"), true, "the same episode enters once the stream is back");
	await rig.step(MINUTE / 2);
	rig.assertAgrees();
});
