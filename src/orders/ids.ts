// Client order ids: computed from run, symbol and sequence, so that a replay sends the same ids and a retry can only hit the same order.
// Bybit's orderLinkId allows 36 characters of [A-Za-z0-9_-], each id once for ever.

import { assert } from "../std/assert.ts";

export const LINK_ID = /^[A-Za-z0-9_-]{1,36}$/;

/** `aw-<run>-<symbol>-<sequence>`, e.g. `aw-k3f9x2-BTCUSDT-42`. `run` names this life of the bot, `sequence` counts within it. */
export function linkIdOf(run: string, symbol: string, sequence: number): string {
	const id = `aw-${run}-${symbol}-${sequence}`;
	assert(LINK_ID.test(id), `an order id has at most 36 letters, digits, dashes and underscores, not "${id}"`);
	return id;
}

/** The run an id of ours belongs to; undefined for an id that the bot did not make. */
export function runOf(linkId: string): string | undefined {
	return /^aw-([A-Za-z0-9]+)-/.exec(linkId)?.[1];
}
