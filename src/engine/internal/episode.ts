// Counting evaluations (spec §5 and §6): the episode that the latest one belongs to, and the cool-down after a position, which is counted
// in evaluations so that a fill's delay cannot change it.

import type { Signal } from "../../strategy/port.ts";
import type { Ms } from "../../units/unit.ts";

export type Episode = {
	/** The number of the latest evaluation at a candle's close; −1 before the first. */
	evaluation: number;
	/** The candle's close that it judged. */
	judgedAt: Ms;
	/** What it found; an episode lasts while this stays the same. */
	direction: Signal["direction"];
	/** An entry was sent in this episode, filled or not: it opens no other. */
	used: boolean;
	/** The evaluation at which the last position ended. */
	endedAt: number;
};

export function newEpisode(): Episode {
	return { evaluation: -1, judgedAt: Number.NEGATIVE_INFINITY, direction: 0, used: false, endedAt: Number.NEGATIVE_INFINITY };
}

/** An evaluation found `direction`: another than before begins an unused episode. */
export function turnTo(episode: Episode, direction: Signal["direction"]): void {
	if (direction === episode.direction) return;
	episode.direction = direction;
	episode.used = false;
}

/** A position has ended: by the decision of an evaluation at that one, between two evaluations at the later. */
export function endPosition(episode: Episode, byEvaluation: number | undefined): void {
	episode.endedAt = byEvaluation ?? episode.evaluation + 1;
}

/** The latest evaluation may enter: it is not too soon after the last position, and its episode has not entered yet. */
export function mayEnter({ used, evaluation, endedAt }: Episode, cooldown: number): boolean {
	return !used && evaluation >= endedAt + cooldown;
}

/** The next evaluation still comes too soon. */
export function coolsDown({ evaluation, endedAt }: Episode, cooldown: number): boolean {
	return evaluation + 1 < endedAt + cooldown;
}
