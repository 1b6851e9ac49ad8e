// What was measured, as a table for a person and as plain rows for programs.

import { duration } from "../report/figures.ts";
import { type KpiContext, type KpiRow, type Kpis, kpisOf } from "../report/kpi.ts";
import { contextWords, kpiWords } from "../report/kpi-text.ts";
import { utcMinute } from "../report/utc.ts";
import { usdtNumber } from "../units/grid.ts";
import { DAY, type Ms } from "../units/unit.ts";
import type { Window } from "./kpi.ts";
import { evidenceIn } from "./kpi-evidence.ts";
import { recordKind, withRecord } from "./record.ts";
import type { RunConfig } from "./run-config.ts";
import { textTable } from "./text-table.ts";

const SPANS: Readonly<Record<Window, Ms>> = { week: 7 * DAY, year: 365 * DAY };

/** `evidence` has times in ms since 1970 and for spans, and money in USDT. */
export type ShownRow = {
	readonly name: string;
	readonly value_pct: number | null;
	readonly limit_pct: number;
	readonly bound: "at most" | "at least";
	readonly verdict: string;
	/** Of what is unknown. */
	readonly why: string | null;
	readonly evidence: Readonly<Record<string, unknown>>;
};

export type Shown = {
	readonly environment: string;
	readonly journal: string;
	readonly window: Window;
	readonly from_ms: Ms;
	readonly to_ms: Ms;
	readonly rows: readonly ShownRow[];
	readonly context: Readonly<Record<string, unknown>>;
};

/** Up to `until`; without it up to now, or to the end of what was simulated. */
export function kpiReport(config: RunConfig, window: Window, until: Ms | undefined): { readonly kpis: Kpis; readonly shown: Shown } {
	return withRecord(config, (view) => {
		const last = view.lastAt() ?? 0;
		const to = until ?? (recordKind(config) === "simulated" ? last : Math.max(Date.now(), last));
		const kpis = kpisOf(evidenceIn(view, { from: to - SPANS[window], to }));
		const { from, rows, context } = kpis;
		const { environment } = config.config;
		return {
			kpis,
			shown: {
				environment,
				journal: view.file,
				window,
				from_ms: from,
				to_ms: to,
				rows: rows.map(shownRow),
				context: shownContext(context),
			},
		};
	});
}

const VERDICTS = { held: "held", missed: "MISSED", unknown: "unknown" } as const;

export function kpiText({ from, to, rows, context }: Kpis, { environment, journal }: Shown): string {
	const english = (_ko: string, en: string): string => en;
	const table = textTable(
		rows.map((row) => ({ ...kpiWords(row, english), verdict: VERDICTS[row.verdict] })),
		[
			{ title: "measured", text: ({ name }) => name, left: true },
			{ title: "limit", text: ({ limit }) => limit },
			{ title: "value", text: ({ value }) => value },
			{ title: "verdict", text: ({ verdict }) => verdict, left: true },
			{ title: "evidence (UTC)", text: ({ evidence }) => evidence, left: true },
		],
	);
	const figures = textTable(contextWords(context, english), [
		{ title: "beside it", text: ([name]) => name, left: true },
		{ title: "", text: ([, text]) => text, left: true },
	]);
	return `${environment}: ${utcMinute(from)} – ${utcMinute(to)} UTC (${duration(to - from)})\njournal: ${journal}\n\n${table}\n\n${figures}`;
}

function shownRow(row: KpiRow): ShownRow {
	return {
		name: NAMES[row.name],
		value_pct: row.value ?? null,
		limit_pct: row.limit,
		bound: row.name === "uptime" ? "at least" : "at most",
		verdict: row.verdict,
		why: row.why ?? null,
		evidence: shownEvidence(row),
	};
}

const NAMES: Readonly<Record<KpiRow["name"], string>> = {
	drawdown: "drawdown",
	positionLoss: "position_loss",
	uptime: "uptime",
	notifications: "notifications_missed",
	logLines: "log_lines_missed",
};

function shownEvidence(row: KpiRow): Readonly<Record<string, unknown>> {
	switch (row.name) {
		case "drawdown": {
			const { since, fall } = row.evidence;
			const shown = fall && { peak: fall.peak, peak_ms: fall.peakAt, low: fall.low, low_ms: fall.lowAt };
			return { since_ms: since ?? null, fall: shown ?? null };
		}
		case "positionLoss": {
			const { trades, worst } = row.evidence;
			if (worst === undefined) return { trades, worst: null };
			const { symbol, direction, exitAt, pnl, balanceBefore } = worst;
			return { trades, worst: { symbol, direction, exit_ms: exitAt, pnl: usdtNumber(pnl), balance_before: usdtNumber(balanceBefore) } };
		}
		case "uptime": {
			const { since, until, up, ill, stopped, gone, restarts, ended } = row.evidence;
			const spans = { up_ms: up, ill_ms: ill, stopped_ms: stopped, gone_ms: gone };
			return { since_ms: since ?? null, until_ms: until ?? null, ...spans, restarts, stopped_now: ended };
		}
		case "notifications":
			return { ...row.evidence };
		case "logLines":
			return row.evidence;
	}
}

function shownContext(context: KpiContext): Readonly<Record<string, unknown>> {
	const { equity, unprotectedSeconds, restarts, ...rest } = context;
	return { equity: equity ?? null, ...rest, unprotected_s: unprotectedSeconds, restarts };
}
