// Who has the server's clock measured at regular times: the client, unless its owner does.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Harness } from "./testing/harness.ts";

/** Timers that are set once all lines are up. */
async function armed(every: number | null | undefined): Promise<number> {
	const harness = await Harness.open(every === undefined ? {} : { options: { clockSyncEveryMs: every } });
	try {
		const started = await harness.client.start();
		assert.ok(started.ok);
		await harness.up("public", "private", "trade");
		const before = harness.events.filter(({ kind }) => kind === "clock").length;
		assert.ok((await harness.client.syncClock()).ok);
		assert.equal(harness.events.filter(({ kind }) => kind === "clock").length, before + 1, "when asked, it is measured in any case");
		return harness.time.armed;
	} finally {
		await harness.close();
	}
}

test("a client whose owner has a schedule sets no timer for the clock, and still measures it when asked (C6, I7)", async () => {
	const [own, always, never] = [await armed(undefined), await armed(60_000), await armed(null)];
	assert.deepEqual([own - never, always - never], [1, 1]);
});
