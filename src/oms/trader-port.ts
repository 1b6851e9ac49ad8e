// What the trader is told, and what it needs from outside: a memory that survives the process, and a way to the venue.

import type { Command } from "../engine/command.ts";
import type { Event } from "../engine/event.ts";
import type { Ms, Usdt } from "../units/unit.ts";
import type { Answer, Call } from "./call.ts";
import type { Execution, OrderStatement, PositionStatement } from "./statement.ts";

export type Input =
	/** What the market shows, what the operator wants: straight to the engine. */
	| { readonly kind: "event"; readonly event: Event }
	/** Statements of the private stream. */
	| { readonly kind: "order"; readonly order: OrderStatement }
	| { readonly kind: "execution"; readonly execution: Execution }
	| { readonly kind: "position"; readonly position: PositionStatement }
	| { readonly kind: "wallet"; readonly at: Ms; readonly balance: Usdt }
	/** The private stream came up or went down. */
	| { readonly kind: "line"; readonly up: boolean }
	| { readonly kind: "answer"; readonly answer: Answer }
	/** Time has passed: to be told at `wakeAt`, and harmless at any other time. */
	| { readonly kind: "time" };

/** The journal, as the trader uses it. Everything since the last commit is on disk, or lost, as one. */
export interface Memory {
	/** Entries since the last commit. */
	readonly waiting: number;
	input(event: Event): void;
	command(command: Command): void;
	/** Keeps the trader's whole state beside what was written since the last commit. */
	keep(state: unknown): void;
	/** On disk when it returns; throws when that is impossible. */
	commit(): void;
	/** Work that can wait until what is urgent has left. */
	tidy?(): void;
}

export type Send = (call: Call) => void;
