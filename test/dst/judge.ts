// What must hold, whatever goes wrong. It sees what the venue sees, at the moment it happens there, and what the bot has put on disk.

import { isFlat } from "../../src/account/position.ts";
import type { Call } from "../../src/oms/call.ts";
import type { NoteCommand } from "../../src/oms/trader.ts";
import type { Fill } from "../../src/orders/fill.ts";
import type { Ms } from "../../src/units/unit.ts";
import type { VenueOrder } from "../../src/venue/event.ts";
import type { Exchange } from "./exchange.ts";
import type { ModelMemory } from "./memory.ts";
import { isWrite } from "./network.ts";
import type { Plan } from "./plan.ts";
import { bookFill, newShare, type Share } from "./truth.ts";
import { Broken, type World } from "./world.ts";

/** Prices move between a decision and its arrival. */
const CAP_SLACK = 1.03;
const OURS = /^aw-r[0-9]+-/;

export class Judge {
	readonly shares = new Map<string, Share>();
	/** What was filled of ours. */
	readonly #booked: { readonly what: "entered" | "exited"; readonly fill: Fill; readonly own: number }[] = [];
	/** Orders that have left, with the prices that the bot knew then. */
	readonly #sent = new Map<string, ReadonlyMap<string, number>>();
	readonly #entered = new Map<string, string>();
	readonly #world: World;
	readonly #plan: Plan;
	readonly #bare: Ms;
	#exchange: Exchange | undefined;
	#memory: ModelMemory | undefined;
	#lastKnown: (symbol: string) => number | undefined = () => undefined;

	constructor(world: World, plan: Plan) {
		this.#world = world;
		this.#plan = plan;
		this.#bare = plan.network.every + 15_000;
		for (const { symbol } of plan.instruments) this.shares.set(symbol, newShare());
	}

	/** `lastKnown`: the price that the bot values a holding at. */
	attach(exchange: Exchange, memory: ModelMemory, lastKnown: (symbol: string) => number | undefined): void {
		this.#exchange = exchange;
		this.#memory = memory;
		this.#lastKnown = lastKnown;
	}

	share(symbol: string): Share {
		return this.shares.get(symbol)!;
	}

	get foreign(): ReadonlyMap<string, number> {
		return new Map([...this.shares].map(([symbol, { foreign }]) => [symbol, foreign]));
	}

	// ---- on its way

	/** A call leaves the house. */
	sent(call: Call, memory: ModelMemory): void {
		if (memory.pending > 0)
			throw new Broken("first on disk, then out", `${call.kind} leaves with ${memory.pending} commands not committed`);
		if (!isWrite(call)) return;
		const { linkId, symbol } = targetOf(call);
		if (!this.shares.has(symbol)) throw new Broken("what is not ours is left alone", `${call.kind} on ${symbol}`);
		if (linkId !== undefined && !OURS.test(linkId)) throw new Broken("what is not ours is left alone", `${call.kind} of ${linkId}`);
		if (call.kind !== "place") return;
		if (this.#sent.has(call.order.linkId)) throw new Broken("no intent is executed twice", `${call.order.linkId} is sent again`);
		const known = [...this.shares.keys()].map((name) => [name, this.#lastKnown(name) ?? Number.POSITIVE_INFINITY] as const);
		this.#sent.set(call.order.linkId, new Map(known));
		if (!memory.places.has(call.order.linkId)) throw new Broken("first on disk, then out", `${call.order.linkId} is not in the journal`);
	}

	/** The venue has accepted it. */
	accepted(call: Call): void {
		if (call.kind !== "place" || call.order.reduceOnly) return;
		const { linkId, symbol, qty } = call.order;
		const { own, mixed } = this.share(symbol);
		const decision = this.#memory?.decisions.get(linkId);
		if (decision === undefined) throw new Broken("no intent is executed twice", `no evaluation decided ${linkId}`);
		const earlier = this.#entered.get(decision);
		if (earlier !== undefined)
			throw new Broken("no intent is executed twice", `${linkId} and ${earlier} are both of the evaluation ${decision}`);
		this.#entered.set(decision, linkId);
		if (own !== 0 && !mixed) throw new Broken("one position at a time", `${linkId} opens beside a position of ${own} steps`);
		const other = this.#entriesOf(symbol).find((order) => order.linkId !== linkId);
		if (other !== undefined) throw new Broken("one position at a time", `${linkId} and ${other.linkId} both want to open`);
		const prices = new Map(this.#sent.get(linkId));
		prices.set(
			symbol,
			Math.min(prices.get(symbol) ?? Number.POSITIVE_INFINITY, this.#memory?.decidedAt.get(linkId) ?? Number.POSITIVE_INFINITY),
		);
		this.#checkCaps(symbol, qty, prices);
	}

	#entriesOf(symbol: string): VenueOrder[] {
		return this.#exchange!.venue.openOrders(symbol).filter(({ linkId, reduceOnly }) => OURS.test(linkId) && !reduceOnly);
	}

	#checkCaps(symbol: string, qty: number, prices: ReadonlyMap<string, number>): void {
		const { maxSymbolNotional, maxTotalNotional } = this.#plan.engine.risk;
		const { venue } = this.#exchange!;
		const worth = (name: string, steps: number): number => {
			const price = Math.min(venue.last(name), prices.get(name) ?? Number.POSITIVE_INFINITY);
			return venue.instrument(name)!.grid.qtyNumber(steps as Fill["qty"]) * price;
		};
		const here = worth(symbol, qty);
		if (maxSymbolNotional !== undefined && here > maxSymbolNotional * CAP_SLACK)
			throw new Broken("no cap is exceeded", `${here.toFixed(2)} on ${symbol}, at most ${maxSymbolNotional.toFixed(2)}`);
		let total = here;
		for (const [other, { own, mixed }] of this.shares) {
			if (other === symbol) continue;
			total += worth(other, mixed ? 0 : Math.abs(own));
			// What rests is counted at the price that decided it, though it has followed the market since.
			for (const { linkId, qty: asked, filled } of this.#entriesOf(other)) {
				const decided = this.#memory?.decidedAt.get(linkId) ?? Number.POSITIVE_INFINITY;
				const left = (asked - filled) as Fill["qty"];
				total += Math.min(worth(other, left), venue.instrument(other)!.grid.qtyNumber(left) * decided);
			}
		}
		if (maxTotalNotional !== undefined && total > maxTotalNotional * CAP_SLACK)
			throw new Broken("no cap is exceeded", `${total.toFixed(2)} in all, at most ${maxTotalNotional.toFixed(2)}`);
	}

	filled(fill: Fill): void {
		const share = this.shares.get(fill.symbol);
		if (share === undefined) return;
		const { faults } = this.#world;
		const place = OURS.test(fill.linkId) ? this.#memory?.places.get(fill.linkId) : undefined;
		if (place === undefined && OURS.test(fill.linkId))
			throw new Broken("first on disk, then out", `${fill.linkId} filled and is not in the journal`);
		const before = { own: share.own, entered: share.entered };
		const { own, grows } = bookFill(share, fill, place?.purpose);
		this.#world.transcript.line(
			this.#world.now,
			"= fill",
			() => `${fill.side} ${fill.qty} of ${fill.symbol} by ${fill.linkId || fill.cause}; ours ${share.own}, theirs ${share.foreign}`,
		);
		if (fill.leaves > 0) faults.note("partial fill");
		if (fill.cause === "liquidation") faults.note("liquidated");
		if (fill.cause === "stopLoss" && own > 0) faults.note("stopped out");
		if (place?.purpose === "entry") faults.note("entered");
		if (place?.purpose === "take_profit") faults.note("target taken");
		if (share.foreign !== 0) faults.note("foreign share");
		if (place !== undefined && place.purpose !== "entry" && own < fill.qty) faults.note("our closing met what is not ours");
		if (own > 0) this.#expect(fill, own, grows);
		if (place?.purpose !== "entry" && grows)
			throw new Broken("closing opens nothing", `${fill.linkId || fill.cause} made ${before.own} steps ${share.own}`);
		if (place?.purpose === "take_profit") this.#checkTarget(fill, share, before);
	}

	/** TP1 takes its fraction of what was entered, once. */
	#checkTarget(fill: Fill, share: Share, before: { own: number; entered: number }): void {
		if (share.shared || share.own === 0) return;
		const { exit } = this.#plan.engine.symbols.find(({ instrument }) => instrument.symbol === fill.symbol)!.trade;
		const { fraction } = before.own > 0 ? exit.long : exit.short;
		const most = Math.floor(share.entered * fraction + 1e-6);
		if (share.taken > most)
			throw new Broken("no intent is executed twice", `TP1 took ${share.taken} of ${share.entered} steps, at most ${most}`);
	}

	#expect(fill: Fill, own: number, grows: boolean): void {
		this.#booked.push({ what: grows ? "entered" : "exited", fill, own });
	}

	/** At every step: a position of ours is not left bare while the venue could be reached. */
	watch(): void {
		const { now, disturbedAt } = this.#world;
		const { venue } = this.#exchange!;
		for (const [symbol, share] of this.shares) {
			const position = venue.position(symbol);
			const bare = share.own !== 0 && !share.mixed && !isFlat(position) && venue.stopOf(symbol) === undefined;
			if (!bare) share.exposedSince = undefined;
			else share.exposedSince ??= now;
			if (share.exposedSince === undefined || now - Math.max(share.exposedSince, disturbedAt) <= this.#bare) continue;
			throw new Broken("no position is left without a stop", `${symbol}, ${share.own} steps, for ${(now - share.exposedSince) / 1000} s`);
		}
	}

	// ---- at the end

	/** Each key event once, over all lives. Where others have held something, whose fill closed what depends on which was heard of first. */
	checkNotes(notes: readonly NoteCommand[]): void {
		const rule = "each key event is noted once";
		const left = this.#expected();
		let halted = false;
		let open = 0;
		for (const { at, symbol, note } of notes) {
			if (note.what === "resumed") halted = false;
			if (note.what === "tripped") {
				if (halted) throw new Broken(rule, `tripped again without a resume between: ${note.guard}`);
				halted = true;
			}
			if (note.what === "flat") open--;
			if (note.what !== "entered" && note.what !== "exited") continue;
			if (note.what === "exited" && note.left === 0) open++;
			if (this.share(symbol).mixed) continue;
			const key = keyOf(note.what, symbol, at, note.qty, note.price);
			const count = left.get(key) ?? 0;
			if (count === 0) throw new Broken(rule, `too often, or wrongly: ${key}`);
			left.set(key, count - 1);
		}
		for (const [key, count] of left) if (count > 0) throw new Broken(rule, `never: ${key}`);
		if (open !== 0) throw new Broken(rule, `${open} positions ended without a word, or were told to have ended twice`);
	}

	/** What the notes of all lives must hold, once each. */
	#expected(): Map<string, number> {
		const expected = new Map<string, number>();
		for (const { what, fill, own } of this.#booked) {
			if (this.share(fill.symbol).mixed) continue;
			const { grid } = this.#exchange!.venue.instrument(fill.symbol)!;
			const key = keyOf(what, fill.symbol, fill.at, grid.qtyNumber(own as Fill["qty"]), grid.priceNumber(fill.price));
			expected.set(key, (expected.get(key) ?? 0) + 1);
		}
		return expected;
	}
}

function keyOf(what: string, symbol: string, at: Ms, qty: number, price: number): string {
	return `${what} ${symbol} ${qty} at ${price}, ${at}`;
}

function targetOf(call: Call): { linkId: string | undefined; symbol: string } {
	switch (call.kind) {
		case "place":
			return { linkId: call.order.linkId, symbol: call.symbol };
		case "amend":
		case "cancel":
			return { linkId: call.linkId, symbol: call.symbol };
		case "protect":
			return { linkId: undefined, symbol: call.symbol };
		default:
			return { linkId: undefined, symbol: "" };
	}
}
