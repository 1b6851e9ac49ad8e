// How long a bot was able to trade, from its heartbeats alone. What happened between two of them is taken for the worse: a run that ended
// without a word is counted as gone from its last heartbeat on.

import type { Ms } from "../units/unit.ts";
import { cannotTrade, HEARTBEAT_EVERY, type Heartbeat } from "./heartbeat.ts";

/** A heartbeat, as the journal holds it. */
export type Beat = { readonly at: Ms; readonly run: string; readonly beat: Heartbeat };

/** In order of their writing; `before` is the last one from before the window, `after` the first one from after it. */
export type Beats = {
	readonly from: Ms;
	readonly to: Ms;
	readonly before: Beat | undefined;
	readonly beats: readonly Beat[];
	readonly after?: Beat | undefined;
};

export type Uptime = {
	/** Where counting begins and ends; undefined where there is nothing to count. */
	readonly since: Ms | undefined;
	readonly until: Ms | undefined;
	readonly up: Ms;
	/** It ran, and a health check failed. */
	readonly ill: Ms;
	/** A person had stopped it, until it was started again. */
	readonly stopped: Ms;
	/** It had crashed, was killed, gave up or stood still. */
	readonly gone: Ms;
	/** Starts in the window after a run before: that had been stopped, or was gone. */
	readonly restarts: { readonly stopped: number; readonly gone: number };
	/** A person stopped it, and it has not been started again. */
	readonly ended: boolean;
};

/** With nothing heard for longer than this, nobody knows that it lived. */
const SILENCE: Ms = 2 * HEARTBEAT_EVERY;

type State = "up" | "ill" | "stopped" | "gone";

/**
 * From the first heartbeat ever, or the window's beginning if that is later, to its end, or to the heartbeat with which a person's stop
 * ended the last run.
 */
export function uptimeOf({ from, to, before, beats, after }: Beats): Uptime {
	const heard = before === undefined ? beats : [before, ...beats];
	const [first] = heard;
	const last = heard.at(-1);
	const spent: Record<State, Ms> = { up: 0, ill: 0, stopped: 0, gone: 0 };
	const restarts = { stopped: 0, gone: 0 };
	if (first === undefined || last === undefined) return { since: undefined, until: undefined, ...spent, restarts, ended: false };
	const since = Math.min(to, Math.max(from, first.at));
	let reached = since;
	const spend = (state: State, until: Ms): void => {
		const end = Math.min(to, Math.max(reached, until));
		spent[state] += end - reached;
		reached = end;
	};
	for (const [i, beat] of heard.entries()) {
		const next = heard[i + 1] ?? after;
		if (next === undefined) break;
		spend(between(beat, next), next.at);
		if (next !== after && next.run !== beat.run) restarts[beat.beat.end === "stopped" ? "stopped" : "gone"]++;
	}
	const ended = after === undefined && last.beat.end === "stopped";
	if (after === undefined && !ended) spend(stateAfter(last, to), to);
	return { since, until: reached, ...spent, restarts, ended };
}

function between(beat: Beat, next: Beat): State {
	if (next.run !== beat.run && beat.beat.end === undefined) return "gone";
	return stateAfter(beat, next.at);
}

function stateAfter({ at, beat }: Beat, until: Ms): State {
	if (beat.end !== undefined) return beat.end === "stopped" ? "stopped" : "gone";
	if (until - at > SILENCE) return "gone";
	return cannotTrade(beat.failing) ? "ill" : "up";
}
