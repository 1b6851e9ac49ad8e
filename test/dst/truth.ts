// Whose is what, as it really happened at the venue: an account of the bot's share and of everybody else's, kept apart from the bot's own.
// A person's fill takes from what is theirs before it takes from the bot's; the venue's own (stop, liquidation) the other way round.

import type { Purpose } from "../../src/engine/command.ts";
import type { Fill } from "../../src/orders/fill.ts";
import type { Ms } from "../../src/units/unit.ts";

export type Share = {
	/** Signed steps. */
	own: number;
	foreign: number;
	/** Since when the position has no stop at the venue. */
	exposedSince: Ms | undefined;
	/** Of the position that is open now: what entries have filled, what targets have taken. */
	entered: number;
	taken: number;
	/** Somebody else has ever traded here. */
	shared: boolean;
	/** Others have held something here: from then on whose fill is whose depends on which of them was heard of first. */
	mixed: boolean;
};

export function newShare(): Share {
	return { own: 0, foreign: 0, exposedSince: undefined, entered: 0, taken: 0, shared: false, mixed: false };
}

export type Booked = { readonly own: number; readonly grows: boolean };

/** Books a fill on both shares; `purpose` is undefined for orders that are not the bot's. */
export function bookFill(share: Share, fill: Fill, purpose: Purpose | undefined): Booked {
	const sign = fill.side === "buy" ? 1 : -1;
	const own = ownPart(share, fill, purpose);
	const rest = fill.qty - own;
	const grows = own > 0 && sign * share.own >= 0;
	share.own += sign * own;
	share.foreign += sign * rest;
	if (rest > 0 || (purpose === undefined && fill.cause === "order")) share.shared = true;
	if (rest > 0) share.mixed = true;
	if (purpose === "entry") share.entered += own;
	if (purpose === "take_profit") share.taken += own;
	if (own > 0 && share.own === 0) {
		share.entered = 0;
		share.taken = 0;
	}
	return { own, grows };
}

function ownPart({ own, foreign }: Share, { side, qty, cause }: Fill, purpose: Purpose | undefined): number {
	const sign = side === "buy" ? 1 : -1;
	const ours = Math.max(0, -sign * own); // what such a fill can close of each
	const theirs = Math.max(0, -sign * foreign);
	if (purpose === "entry") return qty;
	if (purpose !== undefined) return theirs === 0 || qty <= ours ? qty : qty - Math.min(qty - ours, theirs);
	if (cause !== "order") return Math.min(qty, ours);
	return Math.min(Math.max(0, qty - theirs), ours);
}
