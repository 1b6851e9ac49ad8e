// The journal as a model: what was written since the last commit is lost in a crash, what was committed is there for the next life. It also
// keeps the notes of all lives, for counting them.

import type { Command } from "../../src/engine/command.ts";
import type { Event } from "../../src/engine/event.ts";
import type { NoteCommand, SavedTrader } from "../../src/oms/trader.ts";
import type { Memory } from "../../src/oms/trader-port.ts";
import type { Disk } from "./disk.ts";

type Place = Extract<Command, { kind: "place" }>;

/** The process dies here. */
export class Crash extends Error {
	override readonly name = "Crash";
}

export class DiskFull extends Error {
	override readonly name = "DiskFull";
}

/** What may happen at a commit: nothing, the process dies before or after it is on disk, or the disk is full. */
export type CommitFate = "kept" | "crash before" | "crash lost" | "crash kept" | "disk full";

export class ModelMemory implements Memory {
	/** Of all lives, in the order in which they were committed. */
	readonly notes: NoteCommand[] = [];
	readonly places = new Map<string, Place>();
	/** By the order's id: the evaluation that decided an entry. */
	readonly decisions = new Map<string, string>();
	/** The price that each entry was decided at: its caps are judged there. */
	readonly decidedAt = new Map<string, number>();
	#entering: NoteCommand | undefined;
	readonly #fate: () => CommitFate;
	/** States are copied as the disk would copy them; without, the reference is kept, which is faster. */
	readonly #copies: boolean;
	#state: SavedTrader | undefined;
	#pendingState: SavedTrader | undefined;
	#pending: Command[] = [];
	#inputs = 0;

	/** The real journal, written beside the model and read in its place. */
	readonly disk: Disk | undefined;

	constructor(fate: () => CommitFate, terms: { copies: boolean; disk: Disk | undefined }) {
		this.#fate = fate;
		this.#copies = terms.copies;
		this.disk = terms.disk;
	}

	/** Commands written and not committed yet: none may be when a call leaves. */
	get pending(): number {
		return this.#pending.length;
	}

	get waiting(): number {
		return this.#inputs + this.#pending.length;
	}

	/** A life has committed a state: from then on whatever happens to the account is noticed. */
	get isBegun(): boolean {
		return this.#state !== undefined;
	}

	/** What the next life begins with. */
	saved(): SavedTrader | undefined {
		if (this.disk !== undefined) return this.disk.kept() as SavedTrader | undefined; // as it was kept
		return this.#copies ? structuredClone(this.#state) : this.#state;
	}

	/** The process has died: what was not committed is gone. */
	lose(): void {
		this.disk?.crash();
		this.#pending = [];
		this.#pendingState = undefined;
		this.#inputs = 0;
	}

	input(event: Event): void {
		this.disk?.input(event);
		this.#inputs++;
	}

	command(command: Command): void {
		this.disk?.command(command);
		this.#pending.push(command);
	}

	keep(state: unknown): void {
		this.disk?.keep(state);
		const saved = state as SavedTrader; // what the trader under test gives
		this.#pendingState = this.#copies ? structuredClone(saved) : saved;
	}

	commit(): void {
		const fate = this.#fate();
		if (fate === "crash before" || fate === "crash lost") throw new Crash(fate);
		if (fate === "disk full") throw new DiskFull("no space left on device");
		this.disk?.commit();
		for (const command of this.#pending) this.#remember(command);
		this.#pending = [];
		this.#inputs = 0;
		this.#state = this.#pendingState ?? this.#state;
		this.#pendingState = undefined;
		if (fate === "crash kept") throw new Crash(fate);
	}

	#decide(linkId: string, decision: string): void {
		this.decisions.set(linkId, decision);
		const note = this.#entering?.note;
		if (note?.what === "entering") this.decidedAt.set(linkId, note.price);
	}

	#remember(command: Command): void {
		if (command.kind === "note") {
			this.notes.push(command);
			if (command.note.what === "entering") this.#entering = command;
		} else if (command.kind === "place") {
			this.places.set(command.order.linkId, command);
			if (command.purpose === "entry" && this.#entering !== undefined)
				this.#decide(command.order.linkId, `${command.symbol}@${this.#entering.at} ${command.order.side}`);
		}
	}
}
