import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { printProblems } from "../../config/problem.ts";
import { startSimulation } from "../simulation.ts";
import { minutes, still } from "../testing/candles.ts";
import { KEY, market, SECRET, TERMS } from "../testing/rig.ts";
import { entryOf, FAULT_NAMES } from "./library.ts";
import { decodeFault, type Names, readScenario } from "./scenario.ts";

const NAMES: Names = { endpoints: ["/v5/order/create", "/v5/position/list", "/v5/position/trading-stop"], symbols: ["BTCUSDT", "ETHUSDT"] };

test("a scenario is YAML or JSON: a seed and faults with their match and parameters", () => {
	const yaml = [
		"seed: storm",
		"faults:",
		"  - fault: late-answer",
		"    endpoint: /v5/order/create",
		"    delay: 3s",
		"    chance: 1 in 5",
		"  - {fault: halt, symbol: ETHUSDT, at: +90m, for: 10m}",
	].join("\n");
	const json = JSON.stringify({
		seed: "storm",
		faults: [
			{ fault: "late-answer", endpoint: "/v5/order/create", delay: 3000, chance: [1, 5] },
			{ fault: "halt", symbol: "ETHUSDT", at: "+90m", for: 600_000 },
		],
	});
	const read = readScenario(yaml, "storm.yaml", NAMES);
	assert.deepEqual(read, readScenario(json, "storm.json", NAMES));
	assert.deepEqual(read.ok && read.value, {
		seed: "storm",
		faults: [
			{
				name: "late-answer",
				when: { endpoint: "/v5/order/create", chance: { times: 1, outOf: 5 } },
				effect: { kind: "delay", what: "answer", delay: 3000 },
			},
			{ name: "halt", when: { symbol: "ETHUSDT", at: { after: 5_400_000 } }, effect: { kind: "halt", symbol: "ETHUSDT", for: 600_000 } },
		],
	});
});

const BAD: readonly (readonly [string, string, string])[] = [
	["an unknown fault", "faults:\n  - fault: lost-anwser", 's:2: faults[0].fault: unknown fault "lost-anwser": did you mean lost-answer?'],
	["an unknown key", "faults:\n  - fault: cut\n    steam: private", 's:3: faults[0].steam: unknown key "steam": did you mean stream?'],
	["another fault's parameter", "faults:\n  - fault: cut\n    delay: 5", "s:3: faults[0].delay: cut has no delay"],
	[
		"an unknown endpoint",
		"faults:\n  - {fault: overload, endpoint: /v5/order/creat}",
		's:2: faults[0].endpoint: unknown endpoint "/v5/order/creat": did you mean /v5/order/create?',
	],
	["an unknown op", "faults:\n  - {fault: overload, op: order.make}", "s:2: faults[0].op: unknown op"],
	[
		"an unknown topic",
		"faults:\n  - {fault: lost-message, topic: executions}",
		's:2: faults[0].topic: unknown topic "executions": did you mean execution?',
	],
	[
		"an unknown symbol",
		"faults:\n  - {fault: halt, symbol: BTCUSD}",
		's:2: faults[0].symbol: unknown symbol "BTCUSD": did you mean BTCUSDT?',
	],
	["an unknown stream", "faults:\n  - {fault: cut, stream: privat}", "did you mean private?"],
	["a chance above one", "faults:\n  - {fault: overload, chance: 6 in 5}", 'expected a chance like 1 in 5, got "6 in 5"'],
	["a delay that is none", "faults:\n  - {fault: late-answer, delay: soon}", "s:2: faults[0].delay: expected milliseconds"],
	["a time that is none", "faults:\n  - {fault: restart, at: noon}", "s:2: faults[0].at: expected a time"],
	["a count of zero", "faults:\n  - {fault: overload, count: 0}", "expected a whole number from 1"],
	["a jump to nowhere", "faults:\n  - {fault: price-jump, symbol: BTCUSDT}", "needs one of price and percent"],
	["a topic for a request", "faults:\n  - {fault: overload, topic: order}", "faults[0].topic: this fault is about requests"],
	["an endpoint for a message", "faults:\n  - {fault: lost-message, endpoint: /v5/order/create}", "this fault is about messages"],
	["a time for what waits", "faults:\n  - {fault: overload, at: +1h}", "faults[0].at: this fault waits for an event: say from and until"],
	["no name", "faults:\n  - symbol: BTCUSDT", "the key fault is missing"],
	["an unknown section", "fault:\n  - restart", 's:1: fault: unknown key "fault": did you mean faults?'],
	["no list", "faults: restart", "expected a list of faults"],
	["a key twice", "seed: 1\nseed: 2", "this key stands in line 1 already"],
	["no YAML", "faults: [", "s:1"],
];

for (const [what, text, expected] of BAD)
	test(`${what} is refused with its place`, () => {
		const read = readScenario(text, "s", NAMES);
		assert.ok(!read.ok);
		const said = printProblems(read.error);
		assert.ok(said.includes(expected), said);
	});

test("every fault of the library says what it does and where that is written, and can be made without parameters", () => {
	for (const name of FAULT_NAMES) {
		const entry = entryOf(name);
		assert.ok(entry !== undefined && entry.doc.length > 10 && /^(§|folklore)/.test(entry.source), name);
		const fault = decodeFault({ fault: name, ...(name === "price-jump" ? { percent: 1 } : {}) }, NAMES);
		assert.ok(fault.ok, name);
	}
});

test("the document has a row for every fault, in the library's own words", () => {
	const document = readFileSync(join(import.meta.dirname, "../../../docs/sim-faults.md"), "utf8");
	for (const name of FAULT_NAMES) {
		const { doc, source } = entryOf(name) ?? {};
		const row = document.split("\n").find((line) => line.startsWith(`| \`${name}\` |`));
		assert.ok(row?.includes(`| ${doc} |`) && row.endsWith(`| ${source} |`), name);
	}
});

test("an exchange is not started with a scenario that cannot be", async () => {
	const options = {
		markets: [market("BTCUSDT", minutes(still(3, 20_000)))],
		terms: TERMS,
		speed: "lockstep",
		key: KEY,
		secret: SECRET,
	} as const;
	await assert.rejects(startSimulation({ ...options, scenario: { text: "faults:\n  - fault: cutt", file: "f.yaml" } }), {
		name: "UsageError",
		message: 'f.yaml:2: faults[0].fault: unknown fault "cutt": did you mean cut?',
	});
	await assert.rejects(startSimulation({ ...options, faults: [{ fault: "cut", delay: 1 }] }), { message: "delay: cut has no delay" });
});
