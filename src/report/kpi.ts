// What is measured of a running bot against the limits that were set for it: drawdown, loss of one position, uptime, and messages and log
// lines that went missing. Said to be held is only what is known; each row bears its evidence. docs/kpi.md tells what each can not know.

import { addUsdt, usdtNumber } from "../units/grid.ts";
import { HOUR, type Ms, type Usdt } from "../units/unit.ts";
import type { Trade } from "./trade.ts";
import { type Beat, type Beats, type Uptime, uptimeOf } from "./uptime.ts";

/** Percent: at most, but uptime at least. */
export const KPI_LIMITS = { drawdown: 15, positionLoss: 1, uptime: 99, notifications: 1, logLines: 1 } as const;
export type KpiName = keyof typeof KPI_LIMITS;

/** What was written for one channel in the window, and what has become of it by the window's end. */
export type ChannelCounts = {
	readonly channel: string;
	readonly written: number;
	readonly sent: number;
	/** Of those sent: more than a minute after what they tell of. */
	readonly late: number;
	readonly failed: number;
	readonly waiting: number;
	/** Of those waiting: for more than a minute. */
	readonly overdue: number;
};

/** As `transferred` notes tell it: also what is no transfer, as an interest or a bonus. */
export type Movement = { readonly at: Ms; readonly type: string; readonly amount: Usdt };

/** All of the window, but movements from `before` on. Money in 1e-8 USDT. */
export type KpiEvidence = Beats & {
	readonly trades: readonly Trade[];
	readonly movements: readonly Movement[];
	readonly channels: readonly ChannelCounts[];
	readonly unprotectedSeconds: number;
	readonly unexplained: readonly Usdt[];
	/** Positive when paid, after its trade had been counted. */
	readonly lateFunding: Usdt;
	/** Names of the differences from the exchange that were found. */
	readonly differences: readonly string[];
	/** Guards that stopped trading. */
	readonly tripped: readonly string[];
};

export type KpiVerdict = "held" | "missed" | "unknown";
export type KpiUnknown = "no heartbeat" | "under an hour" | "no equity" | "no trade" | "no channel" | "no message" | "no line";

type Row<Name extends KpiName, Evidence> = {
	readonly name: Name;
	/** Percent; undefined where nothing was measured. */
	readonly value: number | undefined;
	readonly limit: number;
	readonly verdict: KpiVerdict;
	/** With the verdict unknown. */
	readonly why?: KpiUnknown;
	readonly evidence: Evidence;
};

/** Equity in USDT; `peak` as moved by transfers since. */
export type Fall = { readonly peak: number; readonly peakAt: Ms; readonly low: number; readonly lowAt: Ms };
export type WorstTrade = Pick<Trade, "symbol" | "direction" | "exitAt" | "pnl" | "balanceBefore">;

export type KpiRow =
	| Row<"drawdown", { readonly since: Ms | undefined; readonly fall: Fall | undefined }>
	| Row<"positionLoss", { readonly trades: number; readonly worst: WorstTrade | undefined }>
	| Row<"uptime", Uptime>
	| Row<"notifications", ChannelCounts | undefined>
	| Row<"logLines", { readonly lines: number; readonly lost: number }>;

/** Figures without a limit. USDT; `net` and `funding` with what came after its trade. */
export type KpiContext = {
	/** The first and the last that is known, and what lies between them apart from what persons moved in or out. */
	readonly equity: { readonly first: number; readonly last: number; readonly change: number } | undefined;
	/** What persons moved in or out of the account. */
	readonly transferred: number;
	readonly trades: number;
	readonly wins: number;
	readonly net: number;
	readonly fees: number;
	readonly funding: number;
	readonly unprotectedSeconds: number;
	readonly unexplained: { readonly times: number; readonly amount: number };
	readonly restarts: Uptime["restarts"];
	readonly differences: Readonly<Record<string, number>>;
	readonly tripped: readonly string[];
};

export type Kpis = { readonly from: Ms; readonly to: Ms; readonly rows: readonly KpiRow[]; readonly context: KpiContext };

/** With less of it nothing is said to be held. */
const EVIDENCE_MIN: Ms = HOUR;

/** What moves the peak, as in the engine: the rest of what is told as a movement is profit or loss. */
const TRANSFERS = ["TRANSFER_IN", "TRANSFER_OUT", "DEPOSIT", "WITHDRAW"];

export function kpisOf(evidence: KpiEvidence): Kpis {
	const { from, to, channels } = evidence;
	const uptime = uptimeOf(evidence);
	return {
		from,
		to,
		rows: [
			drawdownRow(evidence),
			lossRow(evidence.trades),
			uptimeRow(uptime),
			...(channels.length === 0 ? [undefined] : channels).map(channelRow),
			logRow(evidence),
		],
		context: contextOf(evidence, uptime),
	};
}

/** Whether a person must look: something was missed. */
export function anyMissed({ rows }: Kpis): boolean {
	return rows.some(({ verdict }) => verdict === "missed");
}

function drawdownRow(evidence: KpiEvidence): Extract<KpiRow, { name: "drawdown" }> {
	const { fall, since, until } = fallOf(evidence);
	const row = { name: "drawdown", limit: KPI_LIMITS.drawdown, evidence: { since, fall } } as const;
	if (since === undefined || until === undefined)
		return { ...row, value: undefined, verdict: "unknown", why: heardOf(evidence).length === 0 ? "no heartbeat" : "no equity" };
	const value = fall === undefined ? 0 : (100 * (fall.peak - fall.low)) / fall.peak;
	if (value > row.limit) return { ...row, value, verdict: "missed" };
	return until - since < EVIDENCE_MIN ? { ...row, value, verdict: "unknown", why: "under an hour" } : { ...row, value, verdict: "held" };
}

type Measured = { readonly fall: Fall | undefined; readonly since: Ms | undefined; readonly until: Ms | undefined };

/**
 * The largest fall, in percent, below the peak since the window began. Between two heartbeats the highest is taken to have come before the
 * lowest, so a fall is never understated; where money was moved between them, highest and lowest mean nothing and only the end counts.
 */
function fallOf(evidence: KpiEvidence): Measured {
	const moves = transfersOf(evidence);
	let [next, peak, peakAt, worst] = [0, Number.NEGATIVE_INFINITY, evidence.from, 0];
	let fall: Fall | undefined;
	let since: Ms | undefined;
	let until: Ms | undefined;
	const judge = (equity: number, at: Ms): void => {
		if (equity > peak) [peak, peakAt] = [equity, at];
		const share = peak > 0 ? (peak - equity) / peak : 0;
		if (share <= worst) return;
		worst = share;
		fall = { peak, peakAt, low: equity, lowAt: at };
	};
	for (const heard of heardOf(evidence)) {
		const { equity } = heard.beat;
		const at = Math.max(evidence.from, heard.at);
		const first = next;
		for (; next < moves.length && moves[next]!.at <= heard.at; next++) peak += usdtNumber(moves[next]!.amount);
		if (equity === undefined) continue;
		since ??= at;
		until = at;
		if (next === first && heard !== evidence.before) for (const value of [equity.high, equity.low]) judge(value, at);
		judge(equity.now, at);
	}
	return { fall, since, until };
}

function heardOf({ before, beats }: Beats): readonly Beat[] {
	return before === undefined ? beats : [before, ...beats];
}

function lossRow(trades: readonly Trade[]): Extract<KpiRow, { name: "positionLoss" }> {
	const share = ({ pnl, balanceBefore }: WorstTrade): number => (balanceBefore > 0 ? (-100 * pnl) / balanceBefore : 0);
	let worst: Trade | undefined;
	for (const trade of trades) if (share(trade) > (worst === undefined ? 0 : share(worst))) worst = trade;
	const row = {
		name: "positionLoss",
		limit: KPI_LIMITS.positionLoss,
		evidence: { trades: trades.length, worst: worst && told(worst) },
	} as const;
	if (trades.length === 0) return { ...row, value: undefined, verdict: "unknown", why: "no trade" };
	const value = worst === undefined ? 0 : share(worst);
	return { ...row, value, verdict: value > row.limit ? "missed" : "held" };
}

function told({ symbol, direction, exitAt, pnl, balanceBefore }: Trade): WorstTrade {
	return { symbol, direction, exitAt, pnl, balanceBefore };
}

function uptimeRow(uptime: Uptime): Extract<KpiRow, { name: "uptime" }> {
	const row = { name: "uptime", limit: KPI_LIMITS.uptime, evidence: uptime } as const;
	const counted = uptime.up + uptime.ill + uptime.stopped + uptime.gone;
	if (uptime.since === undefined) return { ...row, value: undefined, verdict: "unknown", why: "no heartbeat" };
	const value = counted === 0 ? undefined : (100 * uptime.up) / counted;
	if (value === undefined || counted < EVIDENCE_MIN) return { ...row, value, verdict: "unknown", why: "under an hour" };
	return { ...row, value, verdict: value < row.limit ? "missed" : "held" };
}

/** Missed is what failed, and what has been waiting for more than a minute: that one comes off again when it arrives, and is late then. */
function channelRow(counts: ChannelCounts | undefined): Extract<KpiRow, { name: "notifications" }> {
	const row = { name: "notifications", limit: KPI_LIMITS.notifications, evidence: counts } as const;
	if (counts === undefined) return { ...row, value: undefined, verdict: "unknown", why: "no channel" };
	const { sent, failed, overdue } = counts;
	const due = sent + failed + overdue;
	if (due === 0) return { ...row, value: undefined, verdict: "unknown", why: "no message" };
	const value = (100 * (failed + overdue)) / due;
	return { ...row, value, verdict: value > row.limit ? "missed" : "held" };
}

/** Counters go up within a run: what a run had before the window is taken off. */
function logRow(evidence: KpiEvidence): Extract<KpiRow, { name: "logLines" }> {
	const { before, beats } = evidence;
	const last = new Map(beats.map(({ run, beat }) => [run, beat]));
	let [lines, lost] = [0, 0];
	for (const [run, { logLines, logLinesLost }] of last) {
		const base = before?.run === run ? before.beat : undefined;
		lines += logLines - (base?.logLines ?? 0);
		lost += logLinesLost - (base?.logLinesLost ?? 0);
	}
	const row = { name: "logLines", limit: KPI_LIMITS.logLines, evidence: { lines, lost } } as const;
	if (last.size === 0) return { ...row, value: undefined, verdict: "unknown", why: "no heartbeat" };
	if (lines + lost === 0) return { ...row, value: undefined, verdict: "unknown", why: "no line" };
	const value = (100 * lost) / (lines + lost);
	return { ...row, value, verdict: value > row.limit ? "missed" : "held" };
}

function contextOf(evidence: KpiEvidence, { restarts }: Uptime): KpiContext {
	const { from, trades, unexplained, unprotectedSeconds, tripped } = evidence;
	const late = usdtNumber(evidence.lateFunding);
	const differences: Record<string, number> = {};
	for (const name of evidence.differences) differences[name] = (differences[name] ?? 0) + 1;
	return {
		equity: equityOf(evidence),
		transferred: sumOf(transfersOf(evidence).filter(({ at }) => at > from)),
		trades: trades.length,
		wins: trades.filter(({ pnl }) => pnl > 0).length,
		net: usdtNumber(addUsdt(...trades.map(({ pnl }) => pnl))) - late,
		fees: usdtNumber(addUsdt(...trades.map(({ fees }) => fees))),
		funding: usdtNumber(addUsdt(...trades.map(({ funding }) => funding))) + late,
		unprotectedSeconds,
		unexplained: { times: unexplained.length, amount: usdtNumber(addUsdt(...unexplained)) },
		restarts,
		differences,
		tripped,
	};
}

function equityOf(evidence: KpiEvidence): KpiContext["equity"] {
	const known = heardOf(evidence).filter(({ beat }) => beat.equity !== undefined);
	const [first] = known;
	const last = known.at(-1);
	if (first?.beat.equity === undefined || last?.beat.equity === undefined) return undefined;
	const [start, end] = [first.beat.equity.now, last.beat.equity.now];
	const moved = sumOf(transfersOf(evidence).filter(({ at }) => at > first.at && at <= last.at));
	return { first: start, last: end, change: end - start - moved };
}

function transfersOf({ movements }: KpiEvidence): readonly Movement[] {
	return movements.filter(({ type }) => TRANSFERS.includes(type));
}

function sumOf(movements: readonly Movement[]): number {
	return usdtNumber(addUsdt(...movements.map(({ amount }) => amount)));
}
