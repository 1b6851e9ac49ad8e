// What must hold when the bot has been killed, started again and stopped at the end of the data: disk and exchange tell one story.

import assert from "node:assert/strict";
import type { Note } from "../../src/engine/command.ts";
import { Journal, readRun } from "../../src/journal/journal.ts";
import type { SavedTrader } from "../../src/oms/trader.ts";
import type { OrderRequest } from "../../src/orders/order.ts";
import { bundled } from "../../src/simserver/testing/candles.ts";
import { roundUsdt } from "../../src/units/grid.ts";
import type { Qty } from "../../src/units/unit.ts";
import { type Scene, SYMBOL } from "./scene.ts";

type Told = Note & { readonly symbol: string };
type Placed = { readonly purpose: string; readonly order: OrderRequest };

/** What the journal of all lives holds. */
export type Kept = { readonly state: SavedTrader; readonly notes: readonly Told[]; readonly placed: readonly Placed[] };

const START = roundUsdt(10_000);

/** A fill at the exchange. */
type Execution = { readonly linkId: string; readonly signed: number; readonly price: number };

export function readJournal(dir: string): Kept {
	const folder = `${dir}/state`;
	const journal = new Journal(folder, { name: "checks", started: Date.now(), about: "look" });
	const state = journal.kept() as SavedTrader; // written by the trader
	const runs = journal.runs();
	journal.close();
	const entries = runs.flatMap((run) => readRun(folder, run)).sort((a, b) => a.seq - b.seq);
	const parsed = <T>(kind: string): T[] => entries.filter((entry) => entry.kind === kind).map(({ body }) => JSON.parse(body)); // written by the journal
	return { state, notes: parsed("note"), placed: parsed<Placed & { kind: string }>("command").filter(({ kind }) => kind === "place") };
}

export async function assertConsistent(scene: Scene): Promise<Kept> {
	const kept = readJournal(scene.dir);
	const executions = await executionsOf(scene);
	assert.deepEqual(scene.wrongs, []);
	assertAgrees(scene, kept);
	await assertSentOnce(scene, kept, executions);
	assertNotedOnce(kept, executions);
	return kept;
}

/** Position, stop, orders and wallet at the exchange are those in the journal, and the bot trades. */
function assertAgrees({ sim: { venue } }: Scene, { state: { engine, oms }, notes }: Kept): void {
	const machine = engine.machines[SYMBOL];
	assert.ok(machine !== undefined);
	const theirs = venue.position(SYMBOL);
	const { position, protection } = machine;
	assert.deepEqual(position.qty === 0 ? 0 : [position.direction, position.qty], theirs.qty === 0 ? 0 : [theirs.direction, theirs.qty]);
	assert.equal(protection.stop, venue.stopOf(SYMBOL), "the stop");
	assert.equal(engine.balance, venue.wallet, "the wallet");
	const resting = venue.openOrders(SYMBOL).filter(({ linkId }) => linkId.startsWith("aw-"));
	assert.deepEqual(oms.intents.map(({ linkId }) => linkId).sort(), resting.map(({ linkId }) => linkId).sort(), "the open orders");
	assert.deepEqual(
		resting.map(({ linkId, qty, trigger }) => ({ linkId, qty, price: trigger?.price })),
		protection.takeProfit === undefined
			? []
			: [{ linkId: protection.takeProfit.linkId, qty: protection.takeProfit.qty, price: protection.takeProfit.price }],
	);
	assert.equal(oms.foreign[SYMBOL], 0);
	assert.equal(engine.halted, undefined);
	const doubt = notes.findLast(({ what }) => what === "doubted" || what === "agreed");
	assert.notEqual(doubt?.what, "doubted");
	const strange = ["foreign fill", "foreign position", "closed elsewhere", "stray order", "no stop", "not ours"];
	assert.deepEqual(
		notes.filter((note) => note.what === "difference" && strange.includes(note.name)),
		[],
	);
}

/** No order is at the exchange that the journal does not hold, none twice, and no entry without its decision or beyond it. */
async function assertSentOnce(scene: Scene, { placed, notes }: Kept, executions: readonly Execution[]): Promise<void> {
	const meant = new Map(placed.map((place) => [place.order.linkId, place]));
	assert.equal(meant.size, placed.length, "an id is meant once");
	const rows = [...(await scene.list("/v5/order/history")), ...(await scene.list("/v5/order/realtime"))];
	const byOrder = new Map(rows.map(({ orderId, orderLinkId }) => [String(orderId), String(orderLinkId)]));
	const sent = [...byOrder.values()].filter((linkId) => linkId !== "");
	assert.equal(new Set(sent).size, sent.length, "an id is sent once");
	for (const linkId of sent) assert.ok(meant.has(linkId), `${linkId} was sent and is not in the journal`);
	const entries = placed.filter(({ purpose }) => purpose === "entry");
	assert.equal(notes.filter(({ what }) => what === "entering").length, entries.length, "each entry has one decision");
	for (const [linkId, { order }] of meant) {
		const filled = executions.filter((execution) => execution.linkId === linkId).reduce((sum, { signed }) => sum + Math.abs(signed), 0);
		assert.ok(filled <= order.qty, `${linkId} filled ${filled} of ${order.qty}`);
	}
}

/** Each fill is noted once, each position that ended as one trade, and the trades' profit is in the wallet. */
function assertNotedOnce({ notes, state }: Kept, executions: readonly Execution[]): void {
	const { grid } = bundled(SYMBOL);
	const noted = notes.flatMap((note) => (note.what === "entered" || note.what === "exited" ? [`${note.qty} at ${note.price}`] : []));
	const filled = executions.map(({ signed, price }) => `${grid.qtyNumber(Math.abs(signed) as Qty)} at ${price}`); // whole steps
	assert.deepEqual(noted, filled, "fills and notes");
	let steps = 0;
	let ended = 0;
	for (const { signed } of executions) {
		steps += signed;
		if (steps === 0) ended++;
	}
	const trades = notes.flatMap((note) => (note.what === "flat" ? [note.trade] : []));
	assert.equal(trades.length, ended, "trades");
	if (steps !== 0) return;
	assert.equal(
		trades.reduce((sum, { pnl }) => sum + pnl, 0),
		state.engine.balance - START,
	);
}

/** Oldest first. */
async function executionsOf(scene: Scene): Promise<Execution[]> {
	const { grid } = bundled(SYMBOL);
	const rows = await scene.list("/v5/execution/list");
	return rows.reverse().map((row) => {
		assert.equal(row.execType, "Trade");
		const qty = grid.parseQty(String(row.execQty));
		assert.ok(qty !== undefined);
		return { linkId: String(row.orderLinkId), signed: row.side === "Buy" ? qty : -qty, price: Number(row.execPrice) };
	});
}
