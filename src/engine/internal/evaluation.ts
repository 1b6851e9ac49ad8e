// One evaluation of the signal and what it decides (spec §5 and §6): an opposite signal closes, one that leaves cancels, one that may
// enters, at once or as soon as what had to be closed first is gone.

import { isFlat } from "../../account/position.ts";
import { signOf } from "../../orders/side.ts";
import type { Signal } from "../../strategy/port.ts";
import type { Ms } from "../../units/unit.ts";
import { cancelEntry, tryEnter } from "./entry.ts";
import { turnTo } from "./episode.ts";
import { closeAll } from "./exit.ts";
import { note } from "./send.ts";
import { phaseOf, type SymbolState } from "./state.ts";

/** What is judged: a candle's close, or a tick between two; `late` is too late for an entry. */
type Judged = { readonly kind: "close" | "tick"; readonly at: Ms; readonly close: number; readonly late: boolean };

export function evaluate(state: SymbolState, { kind, at, close, late }: Judged): void {
	const { episode, desk, strategy } = state;
	if (kind === "close") {
		episode.evaluation++;
		episode.judgedAt = at;
	}
	state.wish = undefined;
	const signal = strategy.evaluate(at, close, kind);
	turnTo(episode, signal.direction);
	if (desk.settings.narrate && kind === "close") note(state, at, { what: "evaluated", signal, phase: phaseOf(state) });
	act(state, signal, { at, late });
}

function act(state: SymbolState, signal: Signal, { at, late }: Pick<Judged, "at" | "late">): void {
	const { entry, position } = state;
	const leaves = entry !== undefined && signal.direction !== signOf(entry.direction);
	if (leaves) cancelEntry(state, at, "the signal has left");
	const opposes = !isFlat(position) && signal.direction === -signOf(position.direction);
	if (opposes) closeAll(state, at, { reason: "opposite_signal", why: signal.why, byEvaluation: state.episode.evaluation });
	if (signal.direction === 0) return;
	if (late) return note(state, at, { what: "skipped", why: "the candle closed while the bot was away", signal });
	if (leaves || opposes) state.wish = { signal, at };
	else if (isFlat(position) && entry === undefined && state.exit === undefined) tryEnter(state, { signal, at, now: at });
}

/** A signal that had to wait until something was closed may enter now, if its evaluation is still the latest and cool-down allows. */
export function grantWish(state: SymbolState, now: Ms): void {
	const { wish } = state;
	if (wish === undefined || !isFlat(state.position) || state.entry !== undefined) return;
	state.wish = undefined;
	tryEnter(state, { ...wish, now });
}
