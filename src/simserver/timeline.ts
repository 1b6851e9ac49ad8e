// Time of the replay: takes all symbols' stops in one order and keeps the pace that was asked for. After each group of frames, lockstep
// waits until every client has dealt with it; the real speeds wait for the wall clock and take what is due together; `max` only lets the
// event loop turn.

import { setImmediate as turn } from "node:timers/promises";
import { closeOf, openOf } from "../market/interval.ts";
import { assert } from "../std/assert.ts";
import type { Ms } from "../units/unit.ts";
import type { Barrier } from "./barrier.ts";
import type { SimClock, Speed } from "./clock.ts";
import type { Exchange } from "./exchange.ts";
import type { Faults } from "./faults/faults.ts";
import { REPEAT_AFTER } from "./feed.ts";
import { itinerary, PHASE, type Stop } from "./itinerary.ts";
import { PUSH_EVERY } from "./pacer.ts";
import { playback } from "./recorded/playback.ts";
import type { RecordedFeed } from "./recorded/recorded-feed.ts";
import type { Requests } from "./requests.ts";
import type { Sockets } from "./sockets.ts";

export type TimelineOptions = {
	readonly speed: Speed;
	/** Lockstep: at most this many market ms per wall ms. */
	readonly pace: number | undefined;
	readonly onStep: ((at: Ms) => void) | undefined;
	/** When candles end, their markets stand at the last price, and orders still fill there. */
	readonly tradesOn: boolean;
};

type Line = { readonly stops: Generator<Stop, void, void>; next: Stop };

/** At a real speed the streams stir at least so often while nothing else happens, by the wall. */
const STIR_EVERY: Ms = 1000;
/** Waits shorter than this are not worth a timer. */
const WAIT_MIN: Ms = 1;
/** At a real speed the steps that are due leave together: so many at most, and gathered for no longer than so long by the wall. */
const GROUP_MAX = 1024;
const GROUP_SPAN: Ms = 5;
/** In lockstep, so many groups that nobody heard pass before the event loop turns. */
const UNHEARD_MAX = 256;

export class Timeline {
	readonly #exchange: Exchange;
	readonly #clock: SimClock;
	readonly #requests: Requests;
	readonly #sockets: Sockets;
	readonly #barrier: Barrier;
	readonly #faults: Faults;
	readonly #options: TimelineOptions;
	readonly #end: Ms;
	#speed: Speed;
	#lines: Line[] | undefined;
	/** Where the present pace began; undefined when time has stood since. */
	#began: { market: Ms; wall: Ms } | undefined;
	/** Time does not pass this: it stands there until it is moved. */
	#horizon: Ms = Number.POSITIVE_INFINITY;
	/** Who waits for time to stand at the horizon. */
	readonly #reached: (() => void)[] = [];
	/** How often time was told to look again. */
	#pokes = 0;
	#poked: (() => void) | undefined;
	#over = false;
	#stopped = false;
	#wake: (() => void) | undefined;
	#timer: NodeJS.Timeout | undefined;
	#settling = false;
	#unheard = 0;
	/** The steps since the event loop last turned, at a real speed. */
	#group = { steps: 0, since: 0 };

	constructor(
		exchange: Exchange,
		parts: { requests: Requests; sockets: Sockets; barrier: Barrier; faults: Faults },
		options: TimelineOptions & { readonly end: Ms },
	) {
		this.#exchange = exchange;
		this.#clock = exchange.clock;
		this.#requests = parts.requests;
		this.#sockets = parts.sockets;
		this.#barrier = parts.barrier;
		this.#faults = parts.faults;
		this.#options = options;
		this.#speed = options.speed;
		this.#end = options.end;
		this.#faults.agenda.onSooner = () => this.#poke();
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

	get paused(): boolean {
		return this.#horizon !== Number.POSITIVE_INFINITY;
	}

	stop(): void {
		this.#stopped = true;
		this.#poke();
	}

	/** Time stands; resolves when all that was due has happened. */
	async pause(): Promise<void> {
		await this.#goTo(Math.min(this.#horizon, this.#clock.now()));
	}

	resume(): void {
		this.#horizon = Number.POSITIVE_INFINITY;
		this.#poke();
	}

	/** Lets time pass, without a listener too, and stand again: for so many ms, or up to the next boundary of a candle or point of a path. */
	async step(span: Ms | "boundary" | "point"): Promise<void> {
		await this.pause();
		const now = this.#clock.now();
		if (typeof span === "number") await this.#goTo(now + span);
		else await this.#goTo(span === "boundary" ? this.#nextBoundary(now) : this.#nextStop(now));
	}

	changeSpeed(speed: Speed): void {
		this.#speed = speed;
		this.#clock.changeSpeed(speed);
		this.#began = undefined;
		this.#poke();
	}

	/** Resolves when the data are exhausted, or after `stop`. */
	async run(): Promise<void> {
		const { agenda } = this.#faults;
		const lines = this.#begin();
		this.#lines = lines;
		while (lines.length > 0 && !this.#stopped) {
			if (this.#speed === "lockstep" && !this.paused && !this.#sockets.watched) {
				await this.#standStill();
				this.#began = undefined;
				continue;
			}
			const first = earliest(lines);
			const held = agenda.next;
			const at = held <= first.next.at ? Math.max(held, this.#clock.now()) : first.next.at;
			if (at > this.#horizon) {
				await this.#standAtHorizon();
				continue;
			}
			this.#began ??= { market: this.#clock.now(), wall: this.#clock.wall() };
			if (!(await this.#waitUntil(at, this.#began))) continue;
			if (this.#stopped) break;
			// What came in while waiting is dealt with before time moves.
			if (this.#speed === "lockstep" && this.#requests.arrived) await this.#settle();
			if (at > this.#horizon || agenda.next < held) continue;
			this.#clock.stand(Math.max(at, this.#clock.now()));
			if (held <= first.next.at) this.#faults.pump();
			else this.#visit(lines, first);
			this.#exchange.publish();
			await this.#settle();
			this.#options.onStep?.(this.#clock.now());
		}
		if (!this.#stopped) await this.#endTime();
		this.#exchange.hub.flush();
		this.#over = true;
		this.#reach();
	}

	async #endTime(): Promise<void> {
		this.#faults.endOfTime();
		if (this.#options.tradesOn) this.#exchange.standOpen();
		this.#exchange.publish();
		await this.#settle();
	}

	#begin(): Line[] {
		const lines: Line[] = [];
		const recorded = new Map<string, RecordedFeed>();
		const begin = (stops: Line["stops"]): void => {
			const first = stops.next();
			if (!first.done) lines.push({ stops, next: first.value });
		};
		for (const feed of this.#exchange.feeds.values()) {
			if (feed.kind === "candles") begin(itinerary(feed, this.#exchange.venue));
			else recorded.set(feed.symbol, feed);
		}
		if (recorded.size > 0) begin(playback(this.#exchange.recording?.frames ?? [], recorded));
		return lines;
	}

	async #goTo(horizon: Ms): Promise<void> {
		if (this.#over || this.#stopped) return;
		this.#horizon = horizon;
		if (this.#lines === undefined) return; // time has not begun: it will begin by standing
		await new Promise<void>((resolve) => {
			this.#reached.push(resolve);
			this.#poke();
		});
	}

	/** All that was due by the horizon has happened. */
	async #standAtHorizon(): Promise<void> {
		this.#exchange.hub.flush();
		this.#clock.stand(this.#horizon);
		this.#began = undefined;
		if (typeof this.#speed === "number") this.#repeat();
		const poked = this.#nextPoke();
		this.#reach();
		await poked;
	}

	#reach(): void {
		for (const resolve of this.#reached.splice(0)) resolve();
	}

	#nextStop(now: Ms): Ms {
		const lines = this.#lines ?? [];
		return lines.length === 0 ? now : earliest(lines).next.at;
	}

	#nextBoundary(now: Ms): Ms {
		const { feeds } = this.#exchange;
		return Math.min(...[...feeds.values()].map(({ market }) => closeOf(market.interval, openOf(market.interval, now))));
	}

	/** Whatever time waits for, it looks again. */
	#poke(): void {
		this.#pokes++;
		this.#poked?.();
		this.#poked = undefined;
		clearTimeout(this.#timer);
		this.#wake?.();
	}

	async #nextPoke(): Promise<void> {
		await new Promise<void>((resolve) => {
			this.#poked = resolve;
		});
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
		await Promise.race([this.#sockets.change(), this.#nextPoke()]);
		if (this.#sockets.watched && !this.#stopped) {
			this.#requests.note();
			await this.#settle();
		}
	}

	async #settle(): Promise<void> {
		const { hub } = this.#exchange;
		if (typeof this.#speed === "number") return; // what is due by now leaves together, before the next wait
		if (this.#speed === "max") {
			hub.flush();
			await turn();
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

	/** False when something has changed meanwhile and the wait was given up. */
	async #waitUntil(at: Ms, began: { market: Ms; wall: Ms }): Promise<boolean> {
		const speed = this.#speed;
		const rate = typeof speed === "number" ? speed : speed === "lockstep" ? this.#options.pace : undefined;
		if (rate === undefined || this.paused) return true; // a step is taken at once
		assert(rate > 0, "a speed is above zero");
		const due = began.wall + (at - began.market) / rate;
		if (typeof speed === "number" && at > this.#clock.now()) this.#clock.run(began, at);
		const pokes = this.#pokes;
		let waited = false;
		let stirred = this.#clock.wall();
		for (;;) {
			const left = due - this.#clock.wall();
			if (left < WAIT_MIN || this.#stopped) break;
			const nap = typeof speed === "number" ? Math.max(PUSH_EVERY.orderbook[1], Math.min(STIR_EVERY, REPEAT_AFTER / speed)) : STIR_EVERY;
			if (waited && typeof speed === "number" && this.#clock.wall() - stirred >= STIR_EVERY) {
				this.#stir();
				stirred = this.#clock.wall();
			} else if (waited && typeof speed === "number") this.#repeat();
			else this.#exchange.hub.flush();
			waited = true;
			await this.#sleep(Math.min(left, nap));
			if (this.#pokes !== pokes && !this.#stopped) return false;
		}
		if (waited) this.#group = { steps: 0, since: this.#clock.wall() };
		else if (typeof speed !== "number") await turn();
		else if (this.#groupFull()) await this.#turnToSockets();
		return true;
	}

	#groupFull(): boolean {
		return ++this.#group.steps > GROUP_MAX || this.#clock.wall() - this.#group.since >= GROUP_SPAN;
	}

	/** The replay is behind: what it has gathered leaves, and whoever has asked something is heard. */
	async #turnToSockets(): Promise<void> {
		this.#exchange.hub.flush();
		await turn();
		this.#group = { steps: 0, since: this.#clock.wall() };
	}

	/** Best prices that have stood for a while are told again: only where the streams keep Bybit's intervals, at a real speed. */
	#repeat(): void {
		const now = this.#clock.now();
		for (const feed of this.#exchange.feeds.values()) feed.repeatBest(now);
		this.#exchange.hub.flush();
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
