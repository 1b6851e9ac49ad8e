// What a running bot reports of itself at regular times: the last whole day, and the last seven. It is read out of its journal, as the
// command `kpi` does, and joined with what is held now.

import { isFlat } from "../account/position.ts";
import type { Engine } from "../engine/engine.ts";
import type { JournalView } from "../journal/view.ts";
import type { HeldNow, Periodic } from "../notify/periodic.ts";
import { kpisOf } from "../report/kpi.ts";
import { DAY, type Ms } from "../units/unit.ts";
import { evidenceIn } from "./kpi-evidence.ts";

/** `due`: when the report was to be made. */
export function dailyReport(view: JournalView, engine: Engine | undefined, due: Ms): Periodic {
	const kpis = kpisOf(evidenceIn(view, wholeDays(due, 1)));
	const positions = engine === undefined ? [] : heldBy(engine);
	return { event: "daily", kpis, positions, halted: engine?.halted, paused: engine?.paused ?? false };
}

export function weeklyReport(view: JournalView, due: Ms): Periodic {
	return { event: "weekly", kpis: kpisOf(evidenceIn(view, wholeDays(due, 7))) };
}

/** So many days, in UTC, that were over then. */
function wholeDays(due: Ms, count: number): { from: Ms; to: Ms } {
	const to = Math.floor(due / DAY) * DAY;
	return { from: to - count * DAY, to };
}

function heldBy(engine: Engine): HeldNow[] {
	return engine.settings.symbols.flatMap(({ instrument: { symbol, grid } }): HeldNow[] => {
		const machine = engine.machine(symbol);
		const { position } = machine;
		if (isFlat(position)) return [];
		const entry = grid.averagePrice(position.cost, position.qty);
		return [{ symbol, direction: position.direction, qty: grid.qtyNumber(position.qty), entry, unrealised: machine.unrealised() }];
	});
}
