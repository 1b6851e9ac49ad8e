// What a journal holds of the things that are measured against limits: read out of it for one window, while the bot writes on or after.

import type { Note } from "../engine/command.ts";
import type { JournalView, LoggedEntry } from "../journal/view.ts";
import type { Heartbeat } from "../report/heartbeat.ts";
import type { KpiEvidence } from "../report/kpi.ts";
import type { Beat } from "../report/uptime.ts";
import { addUsdt } from "../units/grid.ts";
import type { Ms } from "../units/unit.ts";

type Window = { readonly from: Ms; readonly to: Ms };
type Taken<What extends Note["what"]> = { readonly at: Ms } & Extract<Note, { what: What }>;

const COUNTED = ["flat", "unprotected", "unexplained", "lateFunding", "difference", "tripped"] as const;

/** What happened after `from` and up to `to`. */
export function evidenceIn(view: JournalView, window: Window): KpiEvidence {
	const before = beatIn(view.latest("heartbeat", window.from));
	const notes = notesIn(view, COUNTED, window);
	const told = <What extends (typeof COUNTED)[number]>(what: What): Taken<What>[] =>
		notes.filter((note): note is Extract<typeof note, Taken<What>> => note.what === what);
	return {
		...window,
		before,
		beats: view.between(["heartbeat"], window).map(beatOf),
		after: beatIn(view.next("heartbeat", window.to)),
		trades: told("flat").map(({ trade }) => trade),
		movements: notesIn(view, ["transferred"], { ...window, from: Math.min(window.from, before?.at ?? window.from) }),
		channels: view.deliveries(window),
		unprotectedSeconds: told("unprotected").reduce((sum, { seconds }) => sum + seconds, 0),
		unexplained: told("unexplained").map(({ amount }) => amount),
		lateFunding: addUsdt(...told("lateFunding").map(({ amount }) => amount)),
		differences: told("difference").map(({ name }) => name),
		tripped: told("tripped").map(({ guard }) => guard),
	};
}

function notesIn<What extends Note["what"]>(view: JournalView, what: readonly What[], window: Window): Taken<What>[] {
	return view.between(what, window).map(({ at, body }) => ({ ...(JSON.parse(body) as Taken<What>), at })); // written by the journal, of these kinds
}

function beatIn(entry: LoggedEntry | undefined): Beat | undefined {
	return entry === undefined ? undefined : beatOf(entry);
}

function beatOf({ at, run, body }: LoggedEntry): Beat {
	return { at, run, beat: JSON.parse(body) as Heartbeat }; // written by the bot
}
