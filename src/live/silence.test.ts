import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Silence } from "./silence.ts";

test("silence begins just after its limit, is polled through and its line renewed until somebody speaks", () => {
	mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
	try {
		const said: string[] = [];
		const silence = new Silence({
			staleAfter: 10_000,
			onChange: (stale) => said.push(stale ? "silent" : "back"),
			onRenew: () => said.push("renew"),
			onPoll: () => said.push("poll"),
		});
		const look = (after: number): string[] => {
			mock.timers.tick(after);
			silence.look();
			return said.splice(0);
		};
		assert.deepEqual(look(9999), []);
		assert.deepEqual(look(1), []);
		assert.deepEqual(look(1), ["silent", "renew", "poll"]);
		assert.deepEqual([look(1999), look(1), look(1)], [[], ["poll"], []]);
		assert.deepEqual([look(27_998), look(1)], [["poll"], ["renew"]]);
		silence.heard();
		assert.deepEqual([look(1), look(9999), look(1)], [["back"], [], ["silent", "poll"]], "the line is new enough");
	} finally {
		mock.timers.reset();
	}
});
