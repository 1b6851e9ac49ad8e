// The lockstep's barrier: a WebSocket ping with a round number to every socket that counts, and the wait for all their pongs. A client
// that answers pings only when it is idle has dealt with everything sent before. No timer is set for a round; one watch, ticking slowly,
// drops a socket that has kept everybody waiting.

import type { Ms } from "../units/unit.ts";
import type { Peer } from "./peer.ts";

/** A socket that does not answer for so long is waited for no more. */
const PATIENCE: Ms = 10_000;

export class Barrier {
	readonly #warn: (text: string) => void;
	readonly #patience: Ms;
	readonly #pending = new Set<Peer>();
	#round = 0;
	#began = 0;
	#resolve: (() => void) | undefined;
	#watch: NodeJS.Timeout | undefined;

	constructor(warn: (text: string) => void, patience: Ms = PATIENCE) {
		this.#warn = warn;
		this.#patience = patience;
	}

	/** Resolves when all of `peers` that count have answered; at once when none do. */
	async round(peers: Iterable<Peer>): Promise<void> {
		const payload = String(++this.#round);
		for (const peer of peers) if (peer.counts) this.#pending.add(peer);
		if (this.#pending.size === 0) return;
		this.#began = Date.now();
		this.#watch ??= setInterval(() => this.#drop(), Math.max(10, this.#patience / 10)).unref();
		for (const peer of this.#pending) peer.ping(payload);
		for (const peer of this.#pending) peer.release();
		await new Promise<void>((resolve) => {
			this.#resolve = resolve;
		});
	}

	/** A pong: of this round it counts; any one brings a late socket back. */
	answered(peer: Peer, payload: string): void {
		peer.late = false;
		if (payload === String(this.#round)) this.gone(peer);
	}

	/** Nothing more is to be waited for from `peer` in this round. */
	gone(peer: Peer): void {
		if (!this.#pending.delete(peer) || this.#pending.size > 0) return;
		this.#resolve?.();
		this.#resolve = undefined;
	}

	stop(): void {
		clearInterval(this.#watch);
		for (const peer of [...this.#pending]) this.gone(peer);
	}

	#drop(): void {
		if (this.#pending.size === 0 || Date.now() - this.#began < this.#patience) return;
		for (const peer of [...this.#pending]) {
			peer.late = true;
			this.#warn(`lockstep: the ${peer.kind} socket ${peer.connId} has not answered for ${this.#patience} ms, going on without it`);
			this.gone(peer);
		}
	}
}
