// The bot's process: it is started, fed, killed at any point, and started again with what its memory had committed. Its clock may be wrong.

import type { EngineSettings } from "../../src/engine/settings.ts";
import type { Call } from "../../src/oms/call.ts";
import { type NoteCommand, Trader, type TraderOptions } from "../../src/oms/trader.ts";
import type { Input } from "../../src/oms/trader-port.ts";
import type { Prng } from "../../src/std/prng.ts";
import type { Ms, Usdt } from "../../src/units/unit.ts";
import { type CommitFate, Crash, DiskFull, type ModelMemory } from "./memory.ts";
import type { Caller, Outcome } from "./network.ts";
import type { Plan } from "./plan.ts";
import { Broken, type World } from "./world.ts";

/** What is used of a trader; a test may put one that is broken in its place. */
export type Trading = Pick<Trader, "begin" | "take" | "wakeAt" | "agreed" | "engine" | "saved">;
export type MakeTrader = (options: TraderOptions) => Trading;

export const realTrader: MakeTrader = (options) => new Trader(options);

export type Witness = {
	/** A call leaves the house. */
	sent(call: Call, memory: ModelMemory): void;
	noted(told: NoteCommand): void;
	stopped(why: string): void;
	/** A life begins: connect it, show it the market. */
	born(life: Life): void;
	died(): void;
};

type Options = {
	readonly world: World;
	readonly plan: Plan;
	readonly random: Prng;
	readonly make: MakeTrader;
	readonly memory: (fate: () => CommitFate) => ModelMemory;
	readonly witness: Witness;
	readonly ask: (call: Call, caller: Caller) => void;
	readonly wallet: () => Usdt;
};

export class Life {
	readonly memory: ModelMemory;
	readonly #options: Options;
	readonly #runs: string[] = [];
	#trader: Trading | undefined;
	#caller: { alive: boolean; answered(call: Call, outcome: Outcome): void } | undefined;
	/** The bot's clock less the venue's. */
	#offset: Ms = 0;
	/** After so many points at which it may die, it dies. */
	#crashIn = Number.POSITIVE_INFINITY;
	#diskFull = false;
	#wakes = Number.POSITIVE_INFINITY;
	#idle = 0;
	stopped: string | undefined;

	constructor(options: Options) {
		this.#options = options;
		this.memory = options.memory(() => this.#fateOfCommit());
	}

	get alive(): boolean {
		return this.#trader !== undefined;
	}

	get trader(): Trading | undefined {
		return this.#trader;
	}

	get now(): Ms {
		return this.#options.world.now + this.#offset;
	}

	get offset(): Ms {
		return this.#offset;
	}

	// ---- birth and death

	start(): void {
		const { world, plan, make, witness } = this.#options;
		if (this.#trader !== undefined || this.stopped !== undefined) return;
		const run = `r${this.#runs.length + 1}`;
		const { late, every } = plan.network;
		const settings: EngineSettings = { ...plan.engine, run, balance: this.#options.wallet() };
		world.transcript.line(world.now, `the bot starts as ${run}`);
		world.disturb();
		this.#crashIn = Number.POSITIVE_INFINITY;
		this.#diskFull = false;
		const caller = { alive: true, answered: (call: Call, outcome: Outcome) => this.#answered(call, outcome) };
		const trader = make({
			settings,
			memory: this.memory,
			send: (call) => this.#send(call, caller),
			onNote: (told) => witness.noted(told),
			onStop: (why) => this.#stop(why),
			terms: { late, every, runs: [...this.#runs] },
		});
		this.#runs.push(run);
		this.#caller = caller;
		this.#trader = trader;
		this.memory.disk?.begin(run, world.now);
		this.#guard(() => trader.begin(this.memory.saved(), this.now));
		if (this.#trader === undefined) return;
		witness.born(this);
		this.#sleep();
	}

	die(how: string): void {
		const { world, witness } = this.#options;
		if (this.#trader === undefined) return;
		world.transcript.line(world.now, `the bot dies: ${how}`);
		world.disturb();
		this.#trader = undefined;
		if (this.#caller !== undefined) this.#caller.alive = false;
		this.#wakes = Number.POSITIVE_INFINITY;
		this.memory.lose();
		witness.died();
	}

	/** It will die at one of its next writes or sends. */
	doom(points: number): void {
		this.#crashIn = points;
	}

	fillDisk(): void {
		this.#diskFull = true;
	}

	step(by: Ms): void {
		this.#offset += by;
		this.#sleep();
	}

	setClock(offset: Ms): void {
		this.#offset = offset;
		this.#sleep();
	}

	// ---- life

	give(input: Input): void {
		const { world } = this.#options;
		const trader = this.#trader;
		if (trader === undefined) return;
		if (input.kind !== "time") this.#idle = 0;
		world.transcript.line(world.now, `< ${input.kind}`, () => describe(input));
		this.#guard(() => trader.take(input, this.now));
		this.#sleep();
	}

	/** It is told the time when it has asked for that. */
	#sleep(): void {
		const { world } = this.#options;
		const trader = this.#trader;
		if (trader === undefined) return;
		const at = trader.wakeAt - this.#offset;
		if (!(at < Number.POSITIVE_INFINITY) || at >= this.#wakes) return;
		this.#wakes = Math.max(at, world.now);
		world.queue.push(this.#wakes, () => this.#wake(trader));
	}

	#wake(trader: Trading): void {
		if (this.#trader !== trader) return;
		this.#wakes = Number.POSITIVE_INFINITY;
		if (trader.wakeAt > this.now) return this.#sleep();
		if (++this.#idle > 1000)
			throw new Broken("it sleeps", `woken 1000 times and nothing else happened; wakeAt ${trader.wakeAt - this.now} ms from now`);
		this.give({ kind: "time" });
		if (trader === this.#trader && trader.wakeAt <= this.now)
			throw new Broken("it sleeps", `after being told the time it wants to be told again at once (${trader.wakeAt} <= ${this.now})`);
	}

	#answered(call: Call, outcome: Outcome): void {
		this.give({ kind: "answer", answer: { id: call.id, ...outcome } });
	}

	#send(call: Call, caller: Caller): void {
		const { world, witness, ask } = this.#options;
		if (!caller.alive) throw new Broken("nothing is sent by the dead", `${call.kind} after the process had ended`);
		this.#point("crash before a send");
		world.transcript.line(world.now, `> ${call.kind}`, () => JSON.stringify(call));
		witness.sent(call, this.memory);
		ask(call, caller);
		this.#point("crash after a send");
	}

	#stop(why: string): void {
		const { world, witness } = this.#options;
		if (this.stopped !== undefined) return;
		this.stopped = why;
		world.transcript.line(world.now, `the bot stops: ${why}`);
		witness.stopped(why);
	}

	#fateOfCommit(): CommitFate {
		const { faults } = this.#options.world;
		if (this.#diskFull) return "disk full";
		if (--this.#crashIn > 0) return "kept";
		this.#crashIn = Number.POSITIVE_INFINITY;
		const fate = (["crash before", "crash lost", "crash kept"] as const)[this.#options.random.below(3)]!;
		faults.note(
			fate === "crash before" ? "crash before a commit" : fate === "crash lost" ? "crash in a commit, lost" : "crash in a commit, kept",
		);
		return fate;
	}

	#point(name: "crash before a send" | "crash after a send"): void {
		if (--this.#crashIn > 0) return;
		this.#crashIn = Number.POSITIVE_INFINITY;
		this.#options.world.faults.note(name);
		throw new Crash(name);
	}

	#guard(run: () => void): void {
		try {
			run();
		} catch (cause) {
			if (cause instanceof Crash || cause instanceof DiskFull) return this.die(cause.message);
			if (cause instanceof Broken) throw cause;
			throw new Broken("it does not throw", (cause as Error).stack ?? String(cause));
		}
		if (this.stopped !== undefined) this.die("stopped");
	}
}

function describe(input: Input): string {
	if (input.kind !== "event" || input.event.kind !== "candles") return JSON.stringify(input);
	return `candles of ${input.event.symbol} to ${input.event.at}`;
}
