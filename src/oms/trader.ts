// Engine and order management as one: an input is journalled, handled to its end, and what follows is on disk before any of it leaves.
// The live bot, the paper run and the simulation of faults differ only in who feeds it and who carries its calls.

import type { Command, Note } from "../engine/command.ts";
import { Engine, type SavedEngine } from "../engine/engine.ts";
import type { Event } from "../engine/event.ts";
import type { EngineSettings } from "../engine/settings.ts";
import type { Ms } from "../units/unit.ts";
import { type Call, isWrite, type Question } from "./call.ts";
import { Oms, type SavedOms } from "./oms.ts";
import type { OmsTerms } from "./terms.ts";
import type { Input, Memory, Send } from "./trader-port.ts";

export type NoteCommand = Extract<Command, { kind: "note" }>;

export type TraderOptions = {
	readonly settings: EngineSettings;
	readonly memory: Memory | undefined;
	/** A call leaves; its answer comes back through `take`. */
	readonly send: Send;
	/** After it was written to memory. */
	readonly onNote: (told: NoteCommand) => void;
	/** Trading must end at once: somebody else trades for this bot. */
	readonly onStop: (why: string) => void;
	readonly terms: OmsTerms;
};

/** All that survives a restart: plain data, without NaN or infinity. */
export type SavedTrader = { readonly engine: SavedEngine; readonly oms: SavedOms };

/** Inputs that may wait for a commit. */
const BATCH_MAX = 1024;

export class Trader {
	readonly engine: Engine;
	readonly #options: TraderOptions;
	#oms: Oms | undefined;
	#calls: Call[] = [];
	#notes: NoteCommand[] = [];
	/** The engine has said something since the last input was finished. */
	#commanded = false;
	#stopped: string | undefined;

	constructor(options: TraderOptions) {
		this.#options = options;
		this.engine = new Engine(options.settings);
	}

	/** Goes on where an earlier life ended; `saved` is what memory kept last. */
	begin(saved: SavedTrader | undefined, now: Ms): void {
		const { terms } = this.#options;
		if (saved !== undefined) this.engine.restore(saved.engine);
		this.#oms = new Oms({
			engine: this.engine,
			terms,
			saved: saved?.oms,
			now,
			out: {
				tell: (event) => this.#feed(event),
				note: (symbol, note) => this.#note(symbol, note),
				stop: (why) => this.#stop(why),
			},
			send: (id, question) => this.#queue(id, question),
		});
		this.oms.begin();
		this.#finish();
	}

	get oms(): Oms {
		if (this.#oms === undefined) throw new RangeError("the trader has begun");
		return this.#oms;
	}

	/** When to be told the time. */
	get wakeAt(): Ms {
		return this.#stopped === undefined ? this.oms.wakeAt : Number.POSITIVE_INFINITY;
	}

	get agreed(): boolean {
		return this.oms.agreed;
	}

	/** Takes one input to its end. What it leads to leaves in this call, after it has been committed. */
	take(input: Input, now: Ms): void {
		if (this.#stopped !== undefined) return;
		const { oms } = this;
		oms.time(now);
		this.#dispatch(input);
		if (oms.wakeAt <= oms.now) oms.wake();
		this.#finish();
	}

	#dispatch(input: Input): void {
		const { oms } = this;
		switch (input.kind) {
			case "event":
				if (input.event.kind === "doubt") return oms.holdBack(input.event.symbol, input.event.why);
				this.#feed(input.event);
				return this.#heed(input.event);
			case "order":
				return oms.onOrder(input.order);
			case "execution":
				return oms.onExecution(input.execution);
			case "position":
				return oms.onPosition(input.position);
			case "wallet":
				return oms.onWallet(input.balance);
			case "line":
				return oms.onLine(input.up);
			case "answer":
				return oms.onAnswer(input.answer);
			case "time":
				return;
		}
	}

	#heed(event: Event): void {
		if (event.kind !== "operator") return;
		if (event.wish === "flatten") this.oms.flatten();
		else if (event.wish === "resume") this.oms.resume();
	}

	#feed(event: Event): void {
		this.#options.memory?.input(event);
		for (const command of this.engine.handle(event)) this.#apply(command);
	}

	#apply(command: Command): void {
		this.#options.memory?.command(command);
		this.#commanded = true;
		if (command.kind !== "note") return this.oms.wish(command);
		this.#notes.push(command);
		if (command.note.what === "tripped") this.oms.flatten();
	}

	#note(symbol: string, note: Note): void {
		const { coins } = this.engine.machine(symbol);
		this.#apply({ kind: "note", at: this.oms.now, symbol, note, cash: this.engine.balance, coin: coins });
	}

	#queue(id: number, question: Question): void {
		this.#calls.push({ id, at: this.oms.now, ...question });
	}

	#stop(why: string): void {
		this.#stopped ??= why;
	}

	/** First on disk, then out of the house. */
	#finish(): void {
		const { memory, send, onNote, onStop } = this.#options;
		const calls = this.#calls;
		const notes = this.#notes;
		if (calls.length > 0) this.#calls = [];
		if (notes.length > 0) this.#notes = [];
		if (memory !== undefined && (this.#commanded || calls.some(isWrite) || memory.waiting >= BATCH_MAX)) this.commit();
		this.#commanded = false;
		if (this.#stopped !== undefined) return onStop(this.#stopped);
		for (const call of calls) send(call);
		for (const note of notes) onNote(note);
		memory?.tidy?.();
	}

	/** The data has ended: what is open is valued at the last price and counted. */
	closeBooks(at: Ms): void {
		for (const command of this.engine.closeBooks(at)) this.#apply(command);
		this.#finish();
	}

	/** Puts what was taken since the last commit on disk. */
	commit(): void {
		this.#options.memory?.keep(this.saved());
		this.#options.memory?.commit();
	}

	saved(): SavedTrader {
		return { engine: this.engine.saved(), oms: this.oms.saved() };
	}
}
