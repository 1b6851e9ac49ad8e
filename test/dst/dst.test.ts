// The simulation by seed as a test: two thousand seeds hold every rule, reach everything that can go wrong, and repeat to the letter; and a
// trader that is broken on purpose breaks the rule it should.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Call } from "../../src/oms/call.ts";
import type { TraderOptions } from "../../src/oms/trader.ts";
import { Disk } from "./disk.ts";
import { HAPPENINGS, type Happened } from "./faults.ts";
import type { ModelMemory } from "./memory.ts";
import { type SeedOptions, simulate } from "./simulate.ts";

const SEEDS = 2000;
/** Too rare for so few seeds; `npm run dst -- --seeds 100000` comes to all of them. */
const RARE: readonly Happened[] = ["our closing met what is not ours", "liquidated", "order not shown yet"];

test(`${SEEDS} seeds: whatever goes wrong, bot and venue agree in the end, nothing is done twice and nothing is left without a stop (D5, I3, J2)`, () => {
	const seen = new Set<Happened>(RARE);
	for (let seed = 0; seed < SEEDS; seed++) {
		const { broken, counts } = simulate(seed);
		assert.equal(broken, undefined, `seed ${seed}: ${broken?.what}; again: npm run dst -- --seed ${seed}`);
		for (const name of counts.keys()) seen.add(name);
	}
	assert.deepEqual(
		HAPPENINGS.filter((name) => !seen.has(name)),
		[],
		"everything that may go wrong does",
	);
});

test("the same seed gives the same transcript to the letter", () => {
	for (let seed = 0; seed < 40; seed++) {
		const [once, again] = [simulate(seed, { writes: true }), simulate(seed, { writes: true })];
		assert.deepEqual(again.lines, once.lines, `seed ${seed}`);
		assert.equal(again.hash, once.hash);
		assert.equal(simulate(seed).hash, once.hash, "whether it is written down or not");
	}
});

test("the real journal serves as well: what it kept is what the next life begins with", () => {
	const folder = mkdtempSync(join(tmpdir(), "anchorwatch-dst-"));
	try {
		let deaths = 0;
		for (let seed = 0; seed < 40; seed++) {
			const disk = new Disk(join(folder, String(seed)));
			const { broken, counts, hash } = simulate(seed, { disk });
			disk.close();
			assert.equal(broken, undefined, `seed ${seed}: ${broken?.what}`);
			assert.equal(hash, simulate(seed).hash, `seed ${seed}: the model of the journal and the journal give the same`);
			for (const name of ["crash at rest", "crash at a write", "disk full"] as const) deaths += counts.get(name) ?? 0;
		}
		assert.ok(deaths > 2, `there were lives after the first: ${deaths}`);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});

/** The first rules that such a trader breaks, in so many seeds. */
function brokenBy(options: SeedOptions, seeds = 60): Set<string> {
	const rules = new Set<string>();
	for (let seed = 0; seed < seeds; seed++) {
		const { broken } = simulate(seed, options);
		if (broken !== undefined) rules.add(broken.rule);
	}
	return rules;
}

/** The trader's calls pass through here. */
function sending(change: (call: Call, send: (call: Call) => void) => void): SeedOptions {
	return { wrap: (given: TraderOptions) => ({ ...given, send: (call) => change(call, given.send) }) };
}

let calls = 1_000_000;

test("a trader that sends each order twice, under another id, is found out", () => {
	const rules = brokenBy(
		sending((call, send) => {
			send(call);
			if (call.kind === "place") send({ ...call, id: ++calls, order: { ...call.order, linkId: `${call.order.linkId}9` } });
		}),
	);
	assert.ok(rules.has("first on disk, then out"), [...rules].join());
});

test("so is one that writes the second order down as well", () => {
	const rules = brokenBy({
		wrap: (given: TraderOptions) => ({
			...given,
			send: (call) => {
				given.send(call);
				if (call.kind !== "place") return;
				const order = { ...call.order, linkId: `${call.order.linkId}9` };
				given.memory?.command({ ...call, order, purpose: order.reduceOnly ? "exit" : "entry" });
				given.memory?.commit();
				given.send({ ...call, id: ++calls, order });
			},
		}),
	});
	assert.ok(rules.has("no intent is executed twice"), [...rules].join());
});

test("a trader that sends an order again under its own id is found out", () => {
	const rules = brokenBy(
		sending((call, send) => {
			send(call);
			if (call.kind === "place") send({ ...call, id: ++calls });
		}),
	);
	assert.ok(rules.has("no intent is executed twice"), [...rules].join());
});

test("a trader whose entries carry no stop, and that sets none, is found out", () => {
	const rules = brokenBy(
		sending((call, send) => {
			if (call.kind === "place") send({ ...call, order: { ...call.order, stopLoss: undefined } });
			else if (call.kind !== "protect") send(call);
		}),
	);
	assert.ok(rules.has("no position is left without a stop"), [...rules].join());
});

test("a trader that never cancels is found out", () => {
	const rules = brokenBy(
		sending((call, send) => {
			if (call.kind !== "cancel") send(call);
		}),
	);
	assert.ok(rules.has("live orders are those that are meant") || rules.has("one position at a time"), [...rules].join());
});

test("a trader that cannot look things up does not come to agree", () => {
	const rules = brokenBy(
		sending((call, send) => {
			if (call.kind !== "account" && call.kind !== "find") send(call);
		}),
	);
	assert.ok(rules.has("it agrees again"), [...rules].join());
});

test("a memory that loses what was committed is found out", () => {
	const rules = brokenBy(
		{
			memory: (memory: ModelMemory) => ({
				get waiting() {
					return memory.waiting;
				},
				input: (event) => memory.input(event),
				command: (command) => memory.command(command),
				keep: () => {},
				commit: () => memory.commit(),
			}),
		},
		300,
	);
	assert.ok(rules.size > 0, "with every life a first one, crashes show");
});

test("a trader that sends before it commits is found out", () => {
	const rules = brokenBy({
		memory: (memory: ModelMemory) => ({
			waiting: 0,
			input: (event) => memory.input(event),
			command: (command) => memory.command(command),
			keep: (state) => memory.keep(state),
			commit: () => {},
		}),
	});
	assert.ok(rules.has("first on disk, then out"), [...rules].join());
});
