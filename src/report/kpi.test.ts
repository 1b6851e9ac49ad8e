import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DAY, HOUR, MINUTE, type Ms } from "../units/unit.ts";
import { HEARTBEAT_EVERY } from "./heartbeat.ts";
import { anyMissed, type ChannelCounts, type KpiEvidence, type KpiName, type KpiRow, kpisOf, type Movement } from "./kpi.ts";
import { kpiWords } from "./kpi-text.ts";
import { beatAt, beatsOf, type EquitySeen, evidenceOf } from "./testing/sample-beats.ts";
import { START, tradeOf, usdt } from "./testing/sample-run.ts";
import type { Beat } from "./uptime.ts";

function rowOf<Name extends KpiName>(evidence: KpiEvidence, name: Name): Extract<KpiRow, { name: Name }> {
	const row = kpisOf(evidence).rows.find((each) => each.name === name);
	assert.ok(row !== undefined);
	return row as Extract<KpiRow, { name: Name }>; // found by that very name
}

function verdictOf(evidence: KpiEvidence, name: KpiName): (string | number | undefined)[] {
	const { value, verdict, why } = rowOf(evidence, name);
	return why === undefined ? [value, verdict] : [value, verdict, why];
}

/** Equity at each heartbeat, five minutes apart, in a day that begins with the first of them. */
function equities(seen: readonly (number | EquitySeen)[], told: Parameters<typeof evidenceOf>[1] = {}): KpiEvidence {
	return evidenceOf(DAY, { beats: seen.map((equity, i) => beatAt((i + 1) * HOUR, { equity })), ...told });
}

function moved(at: Ms, amount: number, type = "DEPOSIT"): Movement {
	return { at: START + at, type, amount: usdt(amount) };
}

test("the fall is the largest in % below the peak since the window began; 15 % is held, a cent more is missed (F7)", () => {
	for (const [low, verdict] of [
		[8500.01, "held"],
		[8500, "held"],
		[8499.99, "missed"],
	] as const) {
		const [value, judged] = verdictOf(equities([10_000, low, 9000]), "drawdown");
		assert.deepEqual([(value as number).toFixed(4), judged], [((10_000 - low) / 100).toFixed(4), verdict]);
	}
	const { fall, since } = rowOf(equities([100, 90, 200, 185]), "drawdown").evidence;
	assert.deepEqual(
		[fall, since],
		[{ peak: 100, peakAt: START + HOUR, low: 90, lowAt: START + 2 * HOUR }, START + HOUR],
		"10 % of 100, not 15 USDT of 200",
	);
	assert.deepEqual(verdictOf(equities([100, 100, 101]), "drawdown"), [0, "held"]);
	const before = beatAt(-HOUR, { equity: { now: 95, high: 300, low: 1 } });
	assert.equal(rowOf(equities([90, 94], { before }), "drawdown").evidence.fall?.peak, 95, "what was before the window is no peak of it");
	assert.equal(rowOf(equities([90, 94], { before }), "drawdown").evidence.fall?.peakAt, START);
});

test("between two heartbeats the highest came before the lowest: no fall is understated (F7)", () => {
	assert.equal(rowOf(equities([100, { now: 100, high: 110, low: 99 }]), "drawdown").value, 10);
	const path = fc.array(fc.integer({ min: 5000, max: 15_000 }), { minLength: 2, maxLength: 60 });
	fc.assert(
		fc.property(path, fc.integer({ min: 1, max: 7 }), (values, every) => {
			let [peak, worst, swing] = [0, 0, 0];
			for (const value of values) {
				peak = Math.max(peak, value);
				worst = Math.max(worst, (100 * (peak - value)) / peak);
			}
			const seen: EquitySeen[] = [];
			for (let i = 0; i < values.length; i += every) {
				const part = values.slice(i, i + every);
				const [high, low] = [Math.max(...part), Math.min(...part)];
				swing = Math.max(swing, (100 * (high - low)) / high);
				seen.push({ now: part.at(-1) ?? 0, high, low });
			}
			const value =
				rowOf(evidenceOf(DAY, { beats: seen.map((equity, i) => beatAt(i * MINUTE, { equity })) }), "drawdown").value ?? Number.NaN;
			assert.ok(value >= worst - 1e-9, `${value} is below ${worst}`);
			assert.ok(value <= worst + swing + 1e-9, `${value} is above ${worst} and a swing of ${swing}`);
		}),
	);
});

test("money moved by a person moves the peak; interest and bonuses are profit (F7)", () => {
	const rows: readonly { name: string; seen: readonly (number | EquitySeen)[]; movements: readonly Movement[]; value: number }[] = [
		{ name: "a withdrawal is no fall", seen: [10_000, 6000, 5400], movements: [moved(90 * MINUTE, -4000, "TRANSFER_OUT")], value: 10 },
		{ name: "a deposit lifts the peak", seen: [10_000, 14_000, 12_600], movements: [moved(90 * MINUTE, 5000)], value: 16 },
		{
			name: "neither side of a deposit is high or low",
			seen: [10_000, { now: 15_000, high: 15_000, low: 10_000 }],
			movements: [moved(90 * MINUTE, 5000)],
			value: 0,
		},
		{ name: "interest is lost money", seen: [10_000, 9000], movements: [moved(90 * MINUTE, -1000, "INTEREST")], value: 10 },
		{ name: "moved before the first heartbeat", seen: [10_000, 9500], movements: [moved(HOUR - 1, 5000)], value: 5 },
		{ name: "moved after the last one", seen: [10_000, 9500], movements: [moved(3 * HOUR, 5000)], value: 5 },
	];
	for (const { name, seen, movements, value } of rows) assert.equal(rowOf(equities(seen, { movements }), "drawdown").value, value, name);
	const early = equities([14_900], { before: beatAt(-HOUR, { equity: 10_000 }), movements: [moved(-MINUTE, 5000)] });
	assert.deepEqual(
		[kpisOf(early).context.transferred, kpisOf(early).context.equity?.change, rowOf(early, "drawdown").value],
		[0, -100, (100 * 100) / 15_000],
		"moved before the window, after the heartbeat with which it begins",
	);
	const { equity, transferred } = kpisOf(
		equities([10_000, 15_100], { movements: [moved(90 * MINUTE, 5000), moved(91 * MINUTE, 7, "BONUS")] }),
	).context;
	assert.deepEqual([equity, transferred], [{ first: 10_000, last: 15_100, change: 100 }, 5000]);
});

test("without heartbeats, without an account, in less than an hour no drawdown is held; beyond the limit it is missed at once (F7)", () => {
	assert.deepEqual(verdictOf(evidenceOf(DAY), "drawdown"), [undefined, "unknown", "no heartbeat"]);
	assert.deepEqual(verdictOf(evidenceOf(DAY, { beats: [beatAt(0), beatAt(DAY)] }), "drawdown"), [undefined, "unknown", "no equity"]);
	const short = (low: number, time: Ms): KpiEvidence =>
		evidenceOf(DAY, { beats: [beatAt(0, { equity: 100 }), beatAt(time, { equity: low })] });
	assert.deepEqual(verdictOf(short(90, HOUR - 1), "drawdown"), [10, "unknown", "under an hour"]);
	assert.deepEqual(verdictOf(short(90, HOUR), "drawdown"), [10, "held"]);
	assert.deepEqual(verdictOf(short(80, MINUTE), "drawdown"), [20, "missed"]);
});

test("the worst loss is in % of the balance before its trade; 1 % is held, the smallest amount more is missed (F2)", () => {
	for (const [pnl, verdict] of [
		[-9.99999999, "held"],
		[-10, "held"],
		[-10.00000001, "missed"],
	] as const)
		assert.equal(rowOf(evidenceOf(DAY, { trades: [tradeOf({ pnl }), tradeOf({ pnl: 50 })] }), "positionLoss").verdict, verdict);
	const trades = [tradeOf({ pnl: -30, before: 10_000 }), tradeOf({ pnl: -8, before: 1000, symbol: "ETHUSDT", direction: "short" })];
	const { value, evidence } = rowOf(evidenceOf(DAY, { trades }), "positionLoss");
	assert.deepEqual([value, evidence.trades, evidence.worst?.symbol, evidence.worst?.pnl], [0.8, 2, "ETHUSDT", usdt(-8)]);
	assert.deepEqual(verdictOf(evidenceOf(DAY, { trades: [tradeOf({ pnl: 5 })] }), "positionLoss"), [0, "held"]);
	assert.deepEqual(verdictOf(evidenceOf(DAY), "positionLoss"), [undefined, "unknown", "no trade"]);
});

test("an uptime of 99 % is held, a millisecond less is missed; under an hour nothing is said (G7)", () => {
	const week = (ill: Ms): KpiEvidence => {
		const beats = beatsOf([
			{
				pieces: [
					{ ill: true, time: ill },
					{ ill: false, time: 7 * DAY - ill },
				],
				end: "killed",
				away: 0,
			},
		]);
		return evidenceOf(7 * DAY, { beats });
	};
	const hundredth = (7 * DAY) / 100;
	assert.equal(rowOf(week(hundredth - 1), "uptime").verdict, "held");
	assert.deepEqual(verdictOf(week(hundredth), "uptime"), [99, "held"]);
	assert.equal(rowOf(week(hundredth + 1), "uptime").verdict, "missed");
	assert.deepEqual(verdictOf(evidenceOf(DAY), "uptime"), [undefined, "unknown", "no heartbeat"]);
	const short = (time: Ms): KpiEvidence =>
		evidenceOf(time, { beats: beatsOf([{ pieces: [{ ill: true, time }], end: "killed", away: 0 }]) });
	assert.deepEqual(verdictOf(short(HOUR - 1), "uptime"), [0, "unknown", "under an hour"]);
	assert.deepEqual(verdictOf(short(HOUR), "uptime"), [0, "missed"]);
});

function channel(told: Partial<ChannelCounts>): ChannelCounts {
	return { channel: "telegram", written: 0, sent: 0, late: 0, failed: 0, waiting: 0, overdue: 0, ...told };
}

test("messages that failed or are overdue are missed: 1 in 100 is held, 1 in 99 is not; what is late has arrived (G3)", () => {
	const judged = (told: Partial<ChannelCounts>): unknown[] => verdictOf(evidenceOf(DAY, { channels: [channel(told)] }), "notifications");
	assert.deepEqual(judged({ written: 100, sent: 99, late: 50, failed: 1 }), [1, "held"]);
	assert.deepEqual(judged({ written: 99, sent: 98, failed: 1 }).at(1), "missed");
	assert.deepEqual(judged({ written: 100, sent: 98, waiting: 2, overdue: 2 }), [2, "missed"]);
	assert.deepEqual(
		judged({ written: 101, sent: 99, failed: 1, waiting: 1 }),
		[1, "held"],
		"what waits for less than a minute is not judged yet",
	);
	assert.deepEqual(judged({ written: 3, waiting: 3 }), [undefined, "unknown", "no message"]);
	assert.deepEqual(verdictOf(evidenceOf(DAY), "notifications"), [undefined, "unknown", "no channel"]);
	const both = kpisOf(evidenceOf(DAY, { channels: [channel({ sent: 9 }), channel({ channel: "webhook", failed: 9 })] })).rows.filter(
		({ name }) => name === "notifications",
	);
	assert.deepEqual(
		both.map(({ verdict }) => verdict),
		["held", "missed"],
	);
});

test("log lines are counted run by run, and only those of the window: 1 in 100 lost is held, 1 in 99 is not (G3)", () => {
	const lines = (run: string, at: Ms, logLines: number, logLinesLost: number): Beat => beatAt(at, { run, logLines, logLinesLost });
	const judged = (before: Beat | undefined, beats: readonly Beat[]): unknown[] => verdictOf(evidenceOf(DAY, { before, beats }), "logLines");
	assert.deepEqual(judged(undefined, [lines("a", 1, 10, 0), lines("a", 2, 99, 1)]), [1, "held"]);
	assert.deepEqual(judged(undefined, [lines("a", 2, 98, 1)]).at(1), "missed");
	assert.deepEqual(
		judged(lines("a", -1, 500, 400), [lines("a", 1, 599, 401)]),
		[1, "held"],
		"what the run had lost before the window is not its",
	);
	assert.deepEqual(
		judged(lines("z", -1, 500, 400), [lines("a", 1, 49, 1), lines("b", 2, 50, 0)]),
		[1, "held"],
		"each run begins at nothing",
	);
	assert.deepEqual(judged(lines("a", -1, 5, 0), []), [undefined, "unknown", "no heartbeat"]);
	assert.deepEqual(judged(undefined, [lines("a", 1, 0, 0)]), [undefined, "unknown", "no line"]);
});

test("what has no limit is summed beside: profit and funding with what came late, costs, differences by name (G3, G7)", () => {
	const { context } = kpisOf(
		evidenceOf(DAY, {
			trades: [tradeOf({ pnl: 12, fees: 1, funding: 0.5 }), tradeOf({ pnl: -5, fees: 1.25, funding: -0.25 })],
			lateFunding: usdt(0.75),
			unexplained: [usdt(2), usdt(-0.5)],
			unprotectedSeconds: 3.5,
			differences: ["no stop", "lost order", "no stop"],
			tripped: ["drawdown"],
		}),
	);
	assert.deepEqual(context, {
		...{ equity: undefined, transferred: 0, trades: 2, wins: 1, net: 6.25, fees: 2.25, funding: 1 },
		...{ unprotectedSeconds: 3.5, unexplained: { times: 2, amount: 1.5 }, restarts: { stopped: 0, gone: 0 } },
		...{ differences: { "no stop": 2, "lost order": 1 }, tripped: ["drawdown"] },
	});
});

test("a year with gaps, kills, stops and ill health: each figure is the sum made by hand (G7, G3, F2, F7)", () => {
	const pieces = [
		{ ill: false, time: 100 * DAY },
		{ ill: true, time: 6 * HOUR },
		{ ill: false, time: 50 * DAY },
	];
	const beats = beatsOf([
		{ pieces, end: "stopped", away: 12 * HOUR },
		{ pieces: [{ ill: false, time: 80 * DAY }], end: "killed", away: 2 * MINUTE },
		{ pieces: [{ ill: false, time: 30 * DAY }], end: "failed", away: DAY },
		{
			pieces: [
				{ ill: true, time: MINUTE },
				{ ill: false, time: 60 * DAY },
			],
			end: "killed",
			away: 0,
		},
	]);
	const total = 320 * DAY + 6 * HOUR + 12 * HOUR + 2 * MINUTE + DAY + MINUTE;
	// Of 80 days the last heartbeat came five minutes before the kill.
	const gone = HEARTBEAT_EVERY + 2 * MINUTE + DAY;
	const kpis = kpisOf(
		evidenceOf(total, {
			beats: beats.map((seen, i) => ({
				...seen,
				beat: { ...seen.beat, equity: { now: 1000 + i, high: 1000 + i, low: i === 500 ? 1200 : 1000 + i } },
			})),
			trades: [tradeOf({ pnl: -9 }), tradeOf({ pnl: 30 }), tradeOf({ pnl: -2 })],
			channels: [channel({ written: 1000, sent: 995, late: 4, failed: 5 })],
		}),
	);
	const uptime = kpis.rows.find(({ name }) => name === "uptime");
	assert.deepEqual(uptime?.evidence, {
		since: START,
		until: START + total,
		up: 320 * DAY - HEARTBEAT_EVERY,
		ill: 6 * HOUR + MINUTE,
		stopped: 12 * HOUR,
		gone,
		restarts: { stopped: 1, gone: 2 },
		ended: false,
	});
	assert.ok(Math.abs((uptime?.value ?? 0) - (100 * (320 * DAY - HEARTBEAT_EVERY)) / total) < 1e-12);
	assert.deepEqual(
		kpis.rows.map(({ name, value, verdict }) => [name, name === "uptime" ? 0 : value, verdict]),
		[
			["drawdown", (100 * (1500 - 1200)) / 1500, "missed"],
			["positionLoss", 0.9, "held"],
			["uptime", 0, "held"],
			["notifications", 0.5, "held"],
			["logLines", undefined, "unknown"],
		],
	);
	assert.ok(anyMissed(kpis));
});

test("a value beside its limit is never shown as the limit, and each row says its evidence in both languages (G3, G7)", () => {
	const english = (_ko: string, en: string): string => en;
	const korean = (ko: string): string => ko;
	const { rows } = kpisOf(
		equities([10_000, 8499.99], {
			trades: [tradeOf({ pnl: -10.0001, before: 1000 })],
			channels: [channel({ written: 1, sent: 1, late: 1 })],
		}),
	);
	const said = rows.map((row) => kpiWords(row, english));
	assert.deepEqual(
		said.map(({ value, limit }) => [value, limit]),
		[
			["15.0001 %", "≤ 15 %"],
			["1.00001 %", "≤ 1 %"],
			["0.00 %", "≥ 99 %"],
			["0.00 %", "≤ 1 %"],
			["–", "≤ 1 %"],
		],
	);
	assert.match(said[0]?.evidence ?? "", /^10,000\.00 → 8,499\.99 USDT, 2024-01-01 01:00 → 2024-01-01 02:00; heard since 2024-01-01 01:00$/);
	assert.match(said[1]?.evidence ?? "", /^BTCUSDT long -10\.00 of 1,000\.00 USDT, 2024-01-01 02:00; 1 trade$/);
	assert.match(said[3]?.evidence ?? "", /^1 written, 1 arrived \(1 late\), 0 failed, 0 waiting/);
	for (const row of rows) assert.match(kpiWords(row, korean).name + kpiWords(row, korean).evidence, /[가-힣]/);
	for (const row of kpisOf(evidenceOf(DAY)).rows)
		assert.notEqual(kpiWords(row, english).evidence, "", `${row.name} says why it is unknown`);
});
