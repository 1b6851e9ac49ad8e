// What is behind in the outbox, channel by channel, as a watch over the bot is told it.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Journal } from "./journal.ts";

test("the backlog of a channel is what has no end yet, from the oldest on, and what this life ended (G3, G4)", () => {
	const dir = mkdtempSync(join(tmpdir(), "aw-outbox-"));
	try {
		const early = new Journal(dir, { name: "one", started: 0, about: {} });
		early.tellTo(["telegram", "webhook"], () => false);
		for (const at of [10, 20, 30]) early.outbox.write(at, { event: "test" });
		early.outbox.settle("telegram", [1], "sent", 15);
		early.close();
		const late = new Journal(dir, { name: "two", started: 1, about: {} });
		assert.deepEqual(late.outbox.backlogs, [], "no channel, nothing is behind");
		late.tellTo(["telegram", "webhook"], () => false);
		late.outbox.settle("telegram", [2], "failed", 40);
		late.outbox.leaves("telegram", [3]);
		late.outbox.settle("telegram", [3], "waiting", 41);
		assert.deepEqual(late.outbox.backlogs, [
			{ channel: "telegram", waiting: 1, oldest: 30, sent: 0, failed: 1 },
			{ channel: "webhook", waiting: 3, oldest: 10, sent: 0, failed: 0 },
		]);
		late.outbox.settle("telegram", [3], "sent", 42);
		late.outbox.settle("webhook", [1, 2, 3], "sent", 43);
		assert.deepEqual(late.outbox.backlogs, [
			{ channel: "telegram", waiting: 0, oldest: undefined, sent: 1, failed: 1 },
			{ channel: "webhook", waiting: 0, oldest: undefined, sent: 3, failed: 0 },
		]);
		late.close();
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
});
