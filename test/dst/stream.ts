// The private stream: four topics, each in its own order while nothing goes wrong, none of them replayed after the line was down.

import type { Statement, Topic } from "../../src/live/venue-desk.ts";
import type { Prng } from "../../src/std/prng.ts";
import type { Ms } from "../../src/units/unit.ts";
import type { NetworkTerms } from "./plan.ts";
import type { World } from "./world.ts";

export type Ear = {
	hear(statement: Statement): void;
	line(up: boolean): void;
};

export class Stream {
	readonly #world: World;
	readonly #random: Prng;
	readonly #terms: NetworkTerms;
	/** The connection of now; messages of an older one are gone with it. */
	#connection = 0;
	#open = false;
	#silent = false;
	#ear: Ear | undefined;
	/** When the latest message of each topic arrives: the next one is not before it. */
	readonly #arrives: Record<Topic, Ms> = { order: 0, execution: 0, position: 0, wallet: 0 };

	constructor(world: World, random: Prng, terms: NetworkTerms) {
		this.#world = world;
		this.#random = random;
		this.#terms = terms;
	}

	get up(): boolean {
		return this.#open && !this.#silent;
	}

	/** A process connects; the line is up a little later. */
	attach(ear: Ear): void {
		this.detach();
		this.#ear = ear;
		this.#connect(ear, this.#delay());
	}

	/** Its process is gone. */
	detach(): void {
		this.#ear = undefined;
		this.#connection++;
		this.#open = false;
		this.#silent = false;
	}

	/** The line breaks for `duration`; the other side notices after `notice`. What is on its way is lost, or just arrives. */
	cut(duration: Ms, notice: Ms, keepsFlying: boolean): void {
		const ear = this.#ear;
		if (ear === undefined || !this.#open) return;
		const { now } = this.#world;
		this.#world.disturb(now + Math.max(duration, notice));
		this.#open = false;
		const broken = keepsFlying ? this.#connection : ++this.#connection;
		this.#world.after(notice, () => {
			if (this.#ear !== ear || this.#connection !== broken) return;
			this.#connection++;
			ear.line(false);
			this.#connect(ear, Math.max(1, duration - notice));
		});
	}

	/** It stays open and says nothing: what is told meanwhile is lost. */
	hush(duration: Ms): void {
		if (!this.#open) return;
		this.#silent = true;
		this.#world.disturb(this.#world.now + duration);
		const connection = this.#connection;
		this.#world.after(duration, () => {
			if (connection === this.#connection) this.#silent = false;
		});
	}

	say(statement: Statement): void {
		const { faults } = this.#world;
		if (this.#ear === undefined) return;
		if (!this.up) return faults.note("message lost with its line");
		if (faults.hits("message lost")) return;
		const topic = statement.kind;
		const reordered = faults.hits("message reordered");
		let delay = this.#delay();
		if (reordered) delay += this.#random.below(400);
		const late = faults.hits("message late");
		if (late) delay += this.#random.below(6000);
		let at = this.#world.now + delay;
		if (late || reordered) this.#world.disturb(at);
		if (!reordered) {
			at = Math.max(at, this.#arrives[topic]);
			this.#arrives[topic] = at;
		}
		this.#deliver(statement, at);
		if (faults.hits("message doubled")) this.#deliver(statement, at + this.#random.below(this.#random.chance(1, 4) ? 20_000 : 50));
	}

	heal(): void {
		this.#silent = false;
	}

	#deliver(statement: Statement, at: Ms): void {
		const connection = this.#connection;
		const ear = this.#ear;
		this.#world.queue.push(at, () => {
			if (connection === this.#connection) ear?.hear(statement);
			else this.#world.faults.note("message lost with its line");
		});
	}

	#connect(ear: Ear, after: Ms): void {
		this.#world.after(after, () => {
			if (this.#ear !== ear || this.#open) return;
			this.#open = true;
			this.#silent = false;
			this.#world.disturb();
			const connection = this.#connection;
			// What is stated before the other side has been told that it may listen is lost on some connections, and heard on others.
			this.#world.after(this.#delay(), () => {
				if (connection === this.#connection && this.#ear === ear) ear.line(true);
			});
		});
	}

	#delay(): Ms {
		return this.#terms.latency + this.#random.below(this.#terms.jitter);
	}
}
