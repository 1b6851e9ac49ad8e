// What a machine takes with it over a restart: what it holds and has sent, and how far the counting of evaluations has come. Market data
// are seen anew, and a signal that waited for something is not acted on later.

import type { Position } from "../../account/position.ts";
import { type OpenTrade, TradeRecorder } from "../../report/trade.ts";
import type { Episode } from "./episode.ts";
import type { Decision, Entry, Exit, Protection, SymbolState } from "./state.ts";

/** A number, or null for none: JSON knows neither NaN nor infinity, and asking each value about it would cost an order's time. */
type Known = number | null;

/** Plain data that JSON keeps as it is. */
export type SavedState = {
	readonly last: Known;
	/** Absent in what earlier versions kept. */
	readonly held?: boolean | undefined;
	readonly episode: Omit<Episode, "endedAt" | "judgedAt"> & { readonly endedAt: Known; readonly judgedAt: Known };
	readonly position: Position;
	readonly trade: OpenTrade | undefined;
	readonly entry: Entry | undefined;
	readonly exit: (Omit<Exit, "decidedAt"> & { readonly decidedAt: Known }) | undefined;
	readonly retryExit: Decision | undefined;
	readonly protection: Omit<Protection, "best"> & { readonly best: Known };
};

function known(value: number): Known {
	return Number.isFinite(value) ? value : null;
}

/** A copy: what the machine does next does not change it. */
export function savedOf({ last, held, episode, position, recorder, entry, exit, retryExit, protection }: SymbolState): SavedState {
	return {
		last: known(last),
		held,
		episode: { ...episode, endedAt: known(episode.endedAt), judgedAt: known(episode.judgedAt) },
		position,
		trade: recorder?.saved(),
		entry: entry && { ...entry },
		exit: exit && { ...exit, decidedAt: known(exit.decidedAt) },
		retryExit,
		protection: { ...protection, best: known(protection.best) },
	};
}

export function restoreState(state: SymbolState, saved: SavedState): void {
	state.last = saved.last ?? Number.NaN;
	state.held = saved.held ?? false;
	const { episode, exit, protection } = saved;
	const { endedAt, judgedAt } = episode;
	Object.assign(state.episode, episode, { endedAt: endedAt ?? Number.NEGATIVE_INFINITY, judgedAt: judgedAt ?? Number.NEGATIVE_INFINITY });
	state.position = saved.position;
	state.recorder = saved.trade && TradeRecorder.resume(saved.trade, state.settings.instrument.grid);
	state.entry = saved.entry && { ...saved.entry };
	state.exit = exit && { ...exit, decidedAt: exit.decidedAt ?? Number.NaN };
	state.retryExit = saved.retryExit;
	state.protection = { ...protection, best: protection.best ?? Number.NaN };
}
