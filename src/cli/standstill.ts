// What keeps a bot from opening anything until a person says so, as its journal has it. Nothing is written, and no run begins.

import { isBegun } from "../journal/view.ts";
import { journalKind } from "./live-bot.ts";
import { savedIn, withRecord } from "./record.ts";
import type { RunConfig } from "./run-config.ts";

export type Standstill = {
	/** The guard that stopped it, and why. */
	readonly halted: string | undefined;
	/** The operator has paused it, or holds symbols back. */
	readonly paused: boolean;
	/** It is to go on: the bot takes the word at its next start, or at once. */
	readonly resuming: boolean;
};

/** Journals of versions before that have no wishes. */
const WISHES_FROM = 2;

/** Of a journal that is not there yet: nothing. */
export function standstillOf(config: RunConfig): Standstill {
	if (!isBegun(config.config.journal.dir, journalKind(config))) return { halted: undefined, paused: false, resuming: false };
	return withRecord(config, (view) => {
		const engine = savedIn(view)?.engine;
		return {
			halted: engine?.halted,
			paused: engine?.paused === true || Object.values(engine?.machines ?? {}).some(({ held }) => held === true),
			resuming: view.version >= WISHES_FROM && view.wishes().includes("resume"),
		};
	});
}
