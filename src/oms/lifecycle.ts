// The life of an order of ours as one table, so that a race is visible as a cell. `unknown` is what a lost answer leaves behind: only
// looking the order up leads out of it, and a look that finds nothing counts as "never arrived" only when nothing can arrive any more.

export const INTENT_STATES = ["sent", "open", "unknown", "ending", "done"] as const;
export type IntentState = (typeof INTENT_STATES)[number];

export const HAPPENINGS = ["acknowledged", "stated", "lost", "refused", "ended", "filled", "absent", "booked"] as const;
/**
 *   acknowledged  the call was answered: accepted
 *   stated        the venue shows it live
 *   lost          no answer, or doubt about it
 *   refused       a definite no
 *   ended         the venue shows it over, and its fills may still be on their way
 *   filled        all of it has been booked
 *   absent        looked up everywhere, and too late to arrive
 *   booked        all that it filled before its end has been booked
 */
export type Happening = (typeof HAPPENINGS)[number];

const NEXT: Readonly<Record<IntentState, Partial<Record<Happening, IntentState>>>> = {
	sent: {
		acknowledged: "open",
		stated: "open",
		lost: "unknown",
		refused: "done",
		ended: "ending",
		filled: "done",
		absent: "done",
		booked: "done",
	},
	open: { acknowledged: "open", stated: "open", lost: "unknown", ended: "ending", filled: "done", absent: "done", booked: "done" },
	unknown: {
		acknowledged: "open",
		stated: "open",
		lost: "unknown",
		refused: "done",
		ended: "ending",
		filled: "done",
		absent: "done",
		booked: "done",
	},
	ending: { acknowledged: "ending", stated: "ending", lost: "ending", ended: "ending", filled: "done", booked: "done" },
	done: {},
};

/** The state after it; undefined when it cannot happen to an order in that state, and changes nothing. */
export function next(state: IntentState, happening: Happening): IntentState | undefined {
	return NEXT[state][happening];
}
