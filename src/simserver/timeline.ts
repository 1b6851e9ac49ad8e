// Time of the replay: takes all symbols' stops in one order and keeps the pace that was asked for. After each group of frames, lockstep
// waits until every client has dealt with it; the real speeds wait for the wall clock; `max` only lets the event loop turn.

import { setImmediate as turn } from "node:timers/promises";
import { assert } from "../std/assert.ts";
import type { Ms } from "../units/unit.ts";
import type { Barrier } from "./barrier.ts";
import type { SimClock, Speed } from "./clock.ts";
import type { Exchange } from "./exchange.ts";
import { itinerary, PHASE, type Stop } from "./itinerary.ts";
import type { Requests } from "./requests.ts";
import type { Sockets } from "./sockets.ts";

export type TimelineOptions = {
	readonly speed: Speed;
	/** Lockstep: at most this many market ms per wall ms. */
	readonly pace: number | undefined;
	readonly onStep: ((at: Ms) => void) | undefined;
};

type Line = { readonly stops: Generator<Stop, void, void>; next: Stop };

/** At a real speed the streams stir at least so often while nothing else happens, by the wall. */
const STIR_EVERY: Ms = 1000;
/** Waits shorter than this are not worth a timer. */
const WAIT_MIN: Ms = 1;
/** In lockstep, so many groups that nobody heard pass before the event loop turns. */
const UNHEARD_MAX = 256;

export class Timeline {
	readonly #exchange: Exchange;
	readonly #clock: SimClock;
	readonly #requests: Requests;
	readonly #sockets: Sockets;
	readonly #barrier: Barrier;
	readonly #options: TimelineOptions;
	readonly #end: Ms;
	#stopped = false;
	#wake: (() => void) | undefined;
	#timer: NodeJS.Timeout | undefined;
	#settling = false;
	#unheard = 0;

	constructor(
		exchange: Exchange,
		parts: { requests: Requests; sockets: Sockets; barrier: Barrier },
		options: TimelineOptions & { readonly end: Ms },
	) {
		this.#exchange = exchange;
		this.#clock = exchange.clock;
		this.#requests = parts.requests;
		this.#sockets = parts.sockets;
		this.#barrier = parts.barrier;
		this.#options = options;
		this.#end = options.end;
	}

	/** Whether the barrier publishes what requests cause, once their answers have been dealt with. */
	get settling(): boolean {
		return this.#settling;
	}

	/** From 0 to 1. */
	get progress(): number {
		const { start } = this.#exchange;
		return this.#end === start ? 1 : Math.min(1, (this.#clock.now() - start) / (this.#end - start));
	}

	stop(): void {
		this.#stopped = true;
		clearTimeout(this.#timer);
		this.#wake?.();
	}

	/** Resolves when the data are exhausted, or after `stop`. */
	async run(): Promise<void> {
		const lines = this.#lines();
		let began: { market: Ms; wall: Ms } | undefined;
		while (lines.length > 0 && !this.#stopped) {
			if (this.#options.speed === "lockstep" && !this.#sockets.watched) {
				await this.#standStill();
				began = undefined;
				continue;
			}
			began ??= { market: this.#clock.now(), wall: this.#clock.wall() };
			const first = earliest(lines);
			await this.#waitUntil(first.next.at, began);
			if (this.#stopped) return;
			// What came in while waiting is dealt with before time moves.
			if (this.#options.speed === "lockstep" && this.#requests.arrived) await this.#settle();
			this.#clock.stand(first.next.at);
			this.#visit(lines, first);
			this.#exchange.publish();
			await this.#settle();
			this.#options.onStep?.(this.#clock.now());
		}
	}

	#lines(): Line[] {
		const lines: Line[] = [];
		for (const feed of this.#exchange.feeds.values()) {
			const stops = itinerary(feed, this.#exchange.venue);
			const first = stops.next();
			if (!first.done) lines.push({ stops, next: first.value });
		}
		return lines;
	}

	/** One step of one symbol's walk or one ticker; candles that close and funding that is due together go together. */
	#visit(lines: Line[], first: Line): void {
		const { at, phase } = first.next;
		proceed(lines, first);
		if (phase === PHASE.walk || phase === PHASE.ticker) return;
		for (const line of [...lines]) if (line.next.at === at && line.next.phase === phase) proceed(lines, line);
	}

	/** Without a public listener time stands still; afterwards everybody first deals with what was said meanwhile. */
	async #standStill(): Promise<void> {
		await this.#sockets.change();
		if (this.#sockets.watched && !this.#stopped) {
			this.#requests.note();
			await this.#settle();
		}
	}

	async #settle(): Promise<void> {
		const { hub } = this.#exchange;
		if (this.#options.speed !== "lockstep") {
			hub.flush();
			if (this.#options.speed === "max") await turn();
			return;
		}
		this.#settling = true;
		let heard = hub.takeSent();
		while ((this.#requests.takeArrived() || heard) && !this.#stopped) {
			this.#unheard = 0;
			hub.flush();
			await this.#barrier.round(this.#sockets.peers);
			// What other sockets have brought in the same turn of the event loop is read before the round counts as quiet.
			await turn();
			await this.#requests.settled();
			if (this.#requests.arrived) continue;
			this.#exchange.publish();
			heard = hub.takeSent();
		}
		hub.flush();
		this.#settling = false;
		if (++this.#unheard < UNHEARD_MAX) return;
		this.#unheard = 0;
		await turn();
	}

	async #waitUntil(at: Ms, began: { market: Ms; wall: Ms }): Promise<void> {
		const { speed } = this.#options;
		const rate = typeof speed === "number" ? speed : speed === "lockstep" ? this.#options.pace : undefined;
		if (rate === undefined) return;
		assert(rate > 0, "a speed is above zero");
		const due = began.wall + (at - began.market) / rate;
		if (typeof speed === "number") this.#clock.run(began, at);
		let waited = false;
		for (;;) {
			const left = due - this.#clock.wall();
			if (left < WAIT_MIN || this.#stopped) break;
			if (waited && typeof speed === "number") this.#stir();
			waited = true;
			await this.#sleep(Math.min(left, STIR_EVERY));
		}
		if (!waited) await turn();
	}

	#stir(): void {
		const now = this.#clock.now();
		for (const feed of this.#exchange.feeds.values()) feed.stir(now);
		this.#exchange.hub.flush();
	}

	async #sleep(wall: Ms): Promise<void> {
		await new Promise<void>((resolve) => {
			this.#wake = resolve;
			this.#timer = setTimeout(resolve, wall);
		});
	}
}

function proceed(lines: Line[], line: Line): void {
	line.next.act();
	const after = line.stops.next();
	if (after.done) lines.splice(lines.indexOf(line), 1);
	else line.next = after.value;
}

/** By time, then by the order of things at one instant, then as the symbols were listed. */
function earliest(lines: readonly Line[]): Line {
	let best = lines[0]!;
	for (const line of lines)
		if (line.next.at < best.next.at || (line.next.at === best.next.at && line.next.phase < best.next.phase)) best = line;
	return best;
}
