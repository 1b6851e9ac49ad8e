// What a machine takes with it over a restart: what it holds and has sent, and how far the counting of evaluations has come. Market data
// are seen anew, and a signal that waited for something is not acted on later.

import type { Position } from "../../account/position.ts";
import { type OpenTrade, TradeRecorder } from "../../report/trade.ts";
import type { Episode } from "./episode.ts";
import type { Decision, Entry, Exit, Protection, SymbolState } from "./state.ts";

/** Plain data; numbers may be NaN or infinite. */
export type SavedState = {
	readonly last: number;
	/** Absent in what earlier versions kept. */
	readonly held?: boolean | undefined;
	readonly episode: Episode;
	readonly position: Position;
	readonly trade: OpenTrade | undefined;
	readonly entry: Entry | undefined;
	readonly exit: Exit | undefined;
	readonly retryExit: Decision | undefined;
	readonly protection: Protection;
};

/** A copy: what the machine does next does not change it. */
export function savedOf({ last, held, episode, position, recorder, entry, exit, retryExit, protection }: SymbolState): SavedState {
	return {
		last,
		held,
		episode: { ...episode },
		position,
		trade: recorder?.saved(),
		entry: entry && { ...entry },
		exit,
		retryExit,
		protection: { ...protection },
	};
}

export function restoreState(state: SymbolState, saved: SavedState): void {
	state.last = saved.last;
	state.held = saved.held ?? false;
	Object.assign(state.episode, saved.episode);
	state.position = saved.position;
	state.recorder = saved.trade && TradeRecorder.resume(saved.trade, state.settings.instrument.grid);
	state.entry = saved.entry && { ...saved.entry };
	state.exit = saved.exit;
	state.retryExit = saved.retryExit;
	state.protection = { ...saved.protection };
}
