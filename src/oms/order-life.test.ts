// Laws of one order's life, whatever of it is heard, in which order and how often: what is missing is looked up, and in the end the bot
// believes what the exchange has, has booked each fill once, and has sent nothing twice.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MINUTE } from "../units/unit.ts";
import type { Execution, OrderStatement } from "./statement.ts";
import { grid, Rig, SYMBOL } from "./testing/rig.ts";

type Told =
	| { readonly kind: "order"; readonly order: OrderStatement }
	| { readonly kind: "execution"; readonly execution: Execution }
	| { readonly kind: "answer"; readonly how: "done" | "lost" };

type Life = {
	/** Sizes of its fills in steps; what they leave of 100 is cancelled. */
	readonly parts: readonly number[];
	readonly answer: "done" | "lost" | "never";
	/** How each statement is heard: at which place, and how often. */
	readonly heard: readonly { readonly place: number; readonly times: 0 | 1 | 2 }[];
	/** Pauses between what is heard, ms. */
	readonly pauses: readonly number[];
	/** The private stream goes down and comes back after so many statements; the process dies after so many. */
	readonly cutAt: number | undefined;
	readonly diesAt: number | undefined;
};

const MOST = 12;

const lives: fc.Arbitrary<Life> = fc.record({
	parts: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }).map(within),
	answer: fc.constantFrom("done", "lost", "never"),
	heard: fc.array(fc.record({ place: fc.nat(1000), times: fc.constantFrom(0, 1, 1, 2) }), { minLength: MOST, maxLength: MOST }),
	pauses: fc.array(fc.constantFrom(0, 0, 5, 100, 600, 4000), { minLength: MOST, maxLength: MOST }),
	cutAt: fc.option(fc.nat(MOST), { freq: 2 }),
	diesAt: fc.option(fc.nat(MOST), { freq: 3 }),
});

/** The first of them that fit into a hundred steps. */
function within(parts: readonly number[]): number[] {
	let left = 100;
	return parts.flatMap((part) => {
		const fits = Math.min(part, left);
		left -= fits;
		return fits === 0 ? [] : [fits];
	});
}

/** A limit entry of 0.1 that lives so at the exchange, at 20100; what there is to hear of it, in the true order. */
function happen(rig: Rig, linkId: string, { parts, answer }: Life): Told[] {
	const told: Told[] = answer === "never" ? [] : [{ kind: "answer", how: answer }];
	told.push({ kind: "order", order: rig.shown.order(linkId) });
	for (const part of parts) {
		told.push({ kind: "execution", execution: rig.shown.fill(linkId, { price: 20_100, qty: part / 1000 }) });
		told.push({ kind: "order", order: rig.shown.order(linkId) });
	}
	if (rig.shown.order(linkId).status !== "Filled") told.push({ kind: "order", order: rig.shown.end(linkId, "Cancelled", "CancelByUser") });
	return told;
}

/** As it is heard. */
function shuffled(told: readonly Told[], heard: Life["heard"]): Told[] {
	return told
		.flatMap((one, i) => Array.from({ length: heard[i]?.times ?? 1 }, () => ({ one, place: heard[i]?.place ?? 0 })))
		.sort((a, b) => a.place - b.place)
		.map(({ one }) => one);
}

function live(life: Life): Rig {
	const rig = new Rig({ entry: { order: "limit" } });
	rig.hold("place");
	rig.minute(20_100);
	const call = rig.asked("place");
	rig.shown.accept(call.order);
	rig.release("place");
	const told = shuffled(happen(rig, call.order.linkId, life), life.heard);
	let answered = false;
	for (const [i, one] of told.entries()) {
		if (i === life.cutAt) rig.line(false);
		if (i === life.diesAt) rig.restart(1000);
		if (one.kind === "order") rig.order(one.order);
		else if (one.kind === "execution") rig.execution(one.execution);
		else if (!answered) {
			answered = true; // an answer comes once
			if (one.how === "done") rig.answer(call);
			else rig.fail(call, { class: "ambiguous" });
		}
		rig.pass(life.pauses[i] ?? 0);
	}
	rig.line(true);
	rig.pass(5 * MINUTE);
	return rig;
}

test("whatever of an order's life is heard, late, doubled or never, it ends where the exchange is, and each fill is booked once", () => {
	fc.assert(
		fc.property(lives, (life) => {
			const rig = live(life);
			const total = life.parts.reduce((sum, part) => sum + part, 0);
			const booked = rig.said("entered").reduce((sum, { qty }) => sum + Math.round(qty * 1000), 0);
			assert.equal(booked, total, "booked once");
			assert.equal(rig.placed.filter((text) => text.startsWith("entry")).length, 1, "sent once");
			assert.equal(rig.trader.oms.live, rig.shown.open.length, "what lives is what stands");
			assert.equal(rig.said("unfilled").length <= 1, true);
			if (total > 0) assert.equal(rig.shown.stop, grid.nearestTick(19_899));
			rig.assertAgrees();
		}),
		{ numRuns: 300 },
	);
});

test("the target of a position, whatever of its life is heard, takes its part once", () => {
	fc.assert(
		fc.property(lives, fc.boolean(), (life, stops) => {
			const rig = new Rig();
			rig.long();
			const { linkId } = rig.shown.open[0]!;
			const told: Told[] = [
				{ kind: "execution", execution: rig.shown.fill(linkId, { price: 20_703, qty: 0.02 }) },
				{ kind: "order", order: rig.shown.order(linkId) },
				{ kind: "execution", execution: rig.shown.fill(linkId, { price: 20_703 }) },
				{ kind: "order", order: rig.shown.order(linkId) },
			];
			if (stops)
				told.push({ kind: "execution", execution: rig.shown.fillElse({ side: "sell", qty: 0.05, price: 19_890, cause: "stopLoss" }) });
			for (const [i, one] of shuffled(told, life.heard).entries()) {
				if (i === life.cutAt) rig.line(false);
				if (i === life.diesAt) rig.restart(1000);
				if (one.kind === "order") rig.order(one.order);
				else if (one.kind === "execution") rig.execution(one.execution);
				rig.pass(life.pauses[i] ?? 0);
			}
			rig.line(true);
			rig.pass(5 * MINUTE);
			const taken = rig.said("exited").filter(({ reason }) => reason === "take_profit");
			assert.equal(
				taken.reduce((sum, { qty }) => sum + Math.round(qty * 1000), 0),
				50,
			);
			assert.deepEqual([rig.position, rig.shown.open, rig.trader.oms.live], [stops ? "flat" : "long 0.05", [], 0]);
			assert.deepEqual(rig.placed, ["entry buy 0.1", "target sell 0.05 at 20703"]);
			assert.equal(rig.trader.engine.machine(SYMBOL).exiting, false);
			rig.assertAgrees();
		}),
		{ numRuns: 300 },
	);
});
