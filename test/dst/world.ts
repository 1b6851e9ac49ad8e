// What every part of the simulation shares: the virtual time, the queue, the faults, the transcript, and the first rule that was broken.

import type { Prng } from "../../src/std/prng.ts";
import type { Ms } from "../../src/units/unit.ts";
import { Faults, type Happened } from "./faults.ts";
import { Queue } from "./queue.ts";
import { Transcript } from "./transcript.ts";

/** A rule that must hold was broken: the seed has failed. */
export class Broken extends Error {
	override readonly name = "Broken";
	readonly rule: string;

	constructor(rule: string, what: string) {
		super(`${rule}: ${what}`);
		this.rule = rule;
	}
}

export class World {
	now: Ms;
	readonly queue = new Queue();
	readonly faults: Faults;
	readonly transcript: Transcript;
	/** The last time at which anything was wrong outside: what is promised in calm, is promised from here on. */
	disturbedAt: Ms;

	constructor(terms: { start: Ms; random: Prng; rates: ReadonlyMap<Happened, number>; writes: boolean }) {
		this.now = terms.start;
		this.disturbedAt = terms.start;
		this.transcript = new Transcript(terms.writes);
		this.faults = new Faults(terms.random, terms.rates, (name) => this.#struck(name));
	}

	/** Something is wrong until then. */
	disturb(until: Ms = this.now): void {
		this.disturbedAt = Math.max(this.disturbedAt, until);
	}

	/** Runs what is due after `delay`. */
	after(delay: Ms, run: () => void): void {
		this.queue.push(this.now + delay, run);
	}

	/** Runs everything that is due up to `at`, and stands there. */
	advance(at: Ms): void {
		while (this.queue.next <= at) {
			this.now = this.queue.next;
			this.queue.pop()?.();
		}
		this.now = at;
	}

	#struck(name: Happened): void {
		this.disturb();
		this.transcript.line(this.now, `! ${name}`);
	}
}
