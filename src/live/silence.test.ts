import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Silence } from "./silence.ts";

beforeEach(() => mock.timers.enable({ apis: ["Date"], now: 1_000_000 }));
afterEach(() => mock.timers.reset());

/** A silence over those symbols, and a look at it after so long: what it said. */
function watch(symbols: readonly string[]): { silence: Silence; look: (after: number) => string[] } {
	const said: string[] = [];
	const silence = new Silence({
		symbols,
		staleAfter: 10_000,
		onChange: (symbol, stale) => said.push(`${symbol} ${stale ? "silent" : "back"}`),
		onRenew: () => said.push("renew"),
		onPoll: () => said.push("poll"),
	});
	const look = (after: number): string[] => {
		mock.timers.tick(after);
		silence.look();
		return said.splice(0);
	};
	return { silence, look };
}

test("silence begins just after its limit, is polled through and its line renewed until somebody speaks", () => {
	const { silence, look } = watch(["A"]);
	assert.deepEqual([look(9999), look(1), look(1)], [[], [], ["A silent", "renew", "poll"]]);
	assert.deepEqual([look(1999), look(1), look(1)], [[], ["poll"], []]);
	assert.deepEqual([look(27_998), look(1)], [["poll"], ["renew"]]);
	silence.heard("A");
	assert.deepEqual([look(1), look(9999), look(1)], [["A back"], [], ["A silent", "poll"]], "the line is new enough");
});

test("a symbol that alone is silent is polled, and the line of the others is left as it is", () => {
	const { silence, look } = watch(["A", "B"]);
	mock.timers.tick(6000);
	silence.heard("A");
	silence.heard("C"); // not one of ours
	assert.deepEqual(
		[look(4001), look(60_000)],
		[
			["B silent", "poll"],
			["A silent", "renew", "poll"],
		],
	);
	silence.heard("B");
	assert.deepEqual(look(2000), ["B back", "poll"]);
});
