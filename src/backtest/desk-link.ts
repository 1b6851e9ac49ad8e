// Engine and venue in one process: commands go to the venue, what it tells goes back as facts, until neither has more to say.
// All facts of one step reach the engine before any of its answers reaches the venue: so do frames on a socket.

import type { Fact } from "../account/facts.ts";
import type { Command, Note } from "../engine/command.ts";
import type { Engine } from "../engine/engine.ts";
import type { Event } from "../engine/event.ts";
import type { Ms } from "../units/unit.ts";
import { factsOf } from "../venue/facts.ts";
import type { Venue } from "../venue/venue.ts";

export type NoteListener = (at: Ms, symbol: string, note: Note) => void;

export class DeskLink {
	readonly #engine: Engine;
	readonly #venue: Venue;
	readonly #onNote: NoteListener;
	#exchanges = 0;

	constructor(engine: Engine, venue: Venue, onNote: NoteListener) {
		this.#engine = engine;
		this.#venue = venue;
		this.#onNote = onNote;
	}

	/** How often the two had something to say to each other: while this stands still, so do orders, position and all levels. */
	get exchanges(): number {
		return this.#exchanges;
	}

	/** Shows the engine an event and settles all that follows. */
	show(event: Event): void {
		const commands = this.#engine.handle(event);
		if (commands.length === 0) return;
		this.#exchanges++;
		this.#settle(commands);
	}

	/** Settles what the venue has done on its own. */
	pump(): void {
		this.#settle([]);
	}

	#settle(commands: readonly Command[]): void {
		let told = commands;
		for (;;) {
			for (const command of told) this.#apply(command);
			const events = this.#venue.drain();
			if (events.length === 0) return;
			this.#exchanges++;
			const queue: Command[] = [];
			for (const event of events) for (const fact of factsOf(event)) queue.push(...this.#engine.handle(fact));
			told = queue;
		}
	}

	#apply(command: Command): void {
		const { at, symbol } = command;
		switch (command.kind) {
			case "note":
				this.#onNote(at, symbol, command.note);
				return;
			case "place": {
				const result = this.#venue.submit(command.order, at);
				if (!result.ok)
					this.#tell({ kind: "refused", at, symbol, linkId: command.order.linkId, code: result.error.code, reason: result.error.message });
				return;
			}
			case "amend":
				this.#venue.amend(command, command, at); // an order that has just gone tells so itself
				return;
			case "cancel":
				this.#venue.cancel(command, at); // likewise
				return;
			case "protect": {
				const result = this.#venue.setStop(symbol, command.stopLoss, at);
				if (!result.ok) this.#tell({ kind: "unprotected", at, symbol, code: result.error.code, reason: result.error.message });
				return;
			}
		}
	}

	#tell(fact: Fact): void {
		const commands = this.#engine.handle(fact);
		for (const command of commands) this.#apply(command);
	}
}
