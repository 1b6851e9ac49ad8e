// One fault at work: which events fit it, and which of those it strikes. It keeps its own counts and its own generator, so that
// another fault more or less changes nothing here.

import type { Prng } from "../../std/prng.ts";
import type { Ms } from "../../units/unit.ts";
import { type Event, type Fault, isTwist, type Moment } from "./fault.ts";
import { entryOf } from "./library.ts";

export class Rule {
	readonly id: number;
	readonly fault: Fault;
	readonly random: Prng;
	/** Market time of the first occasion of an act that happens of itself; undefined for at once. */
	readonly at: Ms | undefined;
	readonly until: Ms;
	readonly #from: Ms;
	/** How often it has struck. */
	hits = 0;
	#fitting = 0;

	/** `start`: the exchange's beginning, from which some moments count. */
	constructor(id: number, fault: Fault, { random, start }: { random: Prng; start: Ms }) {
		const { at, from, until } = fault.when;
		this.id = id;
		this.fault = fault;
		this.random = random;
		this.at = momentOf(at ?? from, start);
		this.until = momentOf(until, start) ?? Number.POSITIVE_INFINITY;
		this.#from = momentOf(from, start) ?? Number.NEGATIVE_INFINITY;
	}

	/** An act that happens of itself, at its time or at once, and waits for no event. */
	get ofItself(): boolean {
		const { endpoint, op, topic } = this.fault.when;
		return !isTwist(this.fault.effect) && endpoint === undefined && op === undefined && topic === undefined;
	}

	get spent(): boolean {
		return this.hits >= (this.fault.when.count ?? Number.POSITIVE_INFINITY);
	}

	/** Whether this event is struck; counts it when it fits. */
	strikes(event: Event, now: Ms): boolean {
		if (this.spent || this.ofItself || !this.#fits(event, now)) return false;
		return this.draw();
	}

	/** Counts an occasion and decides whether it is one to strike. */
	draw(): boolean {
		const { nth = 1, chance } = this.fault.when;
		this.#fitting++;
		if (this.#fitting < nth) return false;
		if (chance !== undefined && !this.random.chance(chance.times, chance.outOf)) return false;
		this.hits++;
		return true;
	}

	#fits(event: Event, now: Ms): boolean {
		const { endpoint, op, topic, stream, symbol } = this.fault.when;
		if (now < this.#from || now >= this.until) return false;
		const subject = entryOf(this.fault.name)?.subject;
		if ((subject === "request" || subject === "message") && subject !== event.kind) return false;
		// What an act concerns is no condition of the event that sets it off.
		if (isTwist(this.fault.effect) && stream !== undefined && stream !== event.stream) return false;
		if (symbol !== undefined && !event.symbols.includes(symbol)) return false;
		if (endpoint !== undefined && endpoint !== event.endpoint) return false;
		if (op !== undefined && (event.kind !== "request" || op !== event.op)) return false;
		return topic === undefined || topic === event.topic || event.topic?.startsWith(`${topic}.`) === true;
	}
}

function momentOf(moment: Moment | undefined, start: Ms): Ms | undefined {
	return typeof moment === "object" ? start + moment.after : moment;
}
