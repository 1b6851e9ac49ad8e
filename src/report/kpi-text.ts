// The measured rows in words, for a terminal and for the operator's phone: one table, each entry in both languages side by side.

import { usdtNumber } from "../units/grid.ts";
import type { Ms } from "../units/unit.ts";
import { duration, grouped, money, NONE, signedMoney } from "./figures.ts";
import type { ChannelCounts, Fall, KpiContext, KpiRow, KpiUnknown, WorstTrade } from "./kpi.ts";
import type { Uptime } from "./uptime.ts";
import { utcMinute } from "./utc.ts";

export type Pick = (ko: string, en: string) => string;

export type KpiWords = { readonly name: string; readonly limit: string; readonly value: string; readonly evidence: string };

export function kpiWords(row: KpiRow, pick: Pick): KpiWords {
	const evidence = evidenceOf(row, pick);
	const why = row.verdict === "unknown" && row.why !== undefined ? pick(...UNKNOWN[row.why]) : "";
	return {
		name: nameOf(row, pick),
		limit: `${row.name === "uptime" ? "≥" : "≤"} ${row.limit} %`,
		value: shareText(row.value, row.limit),
		evidence: [why, evidence].filter((text) => text !== "").join("; "),
	};
}

const UNKNOWN: Readonly<Record<KpiUnknown, readonly [string, string]>> = {
	"no heartbeat": ["이 기간에 하트비트 없음", "no heartbeat in this time"],
	"under an hour": ["기록이 한 시간 미만", "less than an hour of record"],
	"no equity": ["계정을 읽지 못함", "the account was never read"],
	"no trade": ["이 기간에 끝난 거래 없음", "no trade ended in this time"],
	"no channel": ["알림 없음", "no message was written: notifications are off, or nothing happened"],
	"no message": ["도착할 때가 된 알림 없음", "no message was due yet"],
	"no line": ["로그 줄 없음", "no line was to be written"],
};

/** So many decimals that a value beside its limit is not shown as the limit. */
function shareText(value: number | undefined, limit: number): string {
	if (value === undefined) return NONE;
	const decimals = [2, 3, 4, 5, 6, 7].find((count) => value === limit || Number(value.toFixed(count)) !== limit) ?? 8;
	return `${grouped(value, decimals)} %`;
}

function nameOf(row: KpiRow, pick: Pick): string {
	switch (row.name) {
		case "drawdown":
			return pick("최대 낙폭", "largest drawdown");
		case "positionLoss":
			return pick("단일 포지션 최대 손실", "worst loss of a position");
		case "uptime":
			return pick("가동률", "uptime");
		case "notifications":
			return row.evidence === undefined
				? pick("알림 누락", "messages missed")
				: pick(`알림 누락: ${row.evidence.channel}`, `messages missed: ${row.evidence.channel}`);
		case "logLines":
			return pick("로그 누락", "log lines missed");
	}
}

function evidenceOf(row: KpiRow, pick: Pick): string {
	switch (row.name) {
		case "drawdown":
			return drawdownText(row.evidence, pick);
		case "positionLoss":
			return lossText(row.evidence.trades, row.evidence.worst, pick);
		case "uptime":
			return uptimeText(row.evidence, pick);
		case "notifications":
			return row.evidence === undefined ? "" : channelText(row.evidence, pick);
		case "logLines": {
			if (row.value === undefined) return "";
			const [lost, all] = [grouped(row.evidence.lost, 0), grouped(row.evidence.lines + row.evidence.lost, 0)];
			return pick(`${all}줄 중 ${lost}줄 손실`, `${lost} of ${all} lost`);
		}
	}
}

function drawdownText({ since, fall }: Extract<KpiRow, { name: "drawdown" }>["evidence"], pick: Pick): string {
	if (since === undefined) return "";
	const heard = pick(`${utcMinute(since)}부터 기록`, `heard since ${utcMinute(since)}`);
	return fall === undefined ? heard : `${fallText(fall)}; ${heard}`;
}

function fallText({ peak, peakAt, low, lowAt }: Fall): string {
	return `${money(peak)} → ${money(low)} USDT, ${utcMinute(peakAt)} → ${utcMinute(lowAt)}`;
}

function lossText(trades: number, worst: WorstTrade | undefined, pick: Pick): string {
	if (trades === 0) return "";
	const count = pick(`거래 ${trades}건`, trades === 1 ? "1 trade" : `${trades} trades`);
	if (worst === undefined) return pick(`${count}, 손실 없음`, `${count}, none lost`);
	const { symbol, direction, pnl, balanceBefore, exitAt } = worst;
	const side = direction === "long" ? pick("롱", "long") : pick("숏", "short");
	const [lost, balance] = [signedMoney(usdtNumber(pnl)), money(usdtNumber(balanceBefore))];
	return `${symbol} ${side} ${pick(`잔고 ${balance} 중 ${lost} USDT`, `${lost} of ${balance} USDT`)}, ${utcMinute(exitAt)}; ${count}`;
}

function uptimeText({ since, until, up, ill, stopped, gone, ended }: Uptime, pick: Pick): string {
	if (since === undefined || until === undefined) return "";
	const part = (time: Ms, ko: string, en: string): string[] => (time > 0 ? [`${pick(ko, en)} ${duration(time)}`] : []);
	return [
		pick(`${duration(until - since)} 중 ${duration(up)}`, `${duration(up)} of ${duration(until - since)}`),
		...part(ill, "점검 실패", "ill"),
		...part(stopped, "사람이 정지", "stopped by a person"),
		...part(gone, "비정상 종료·무응답", "crashed, killed or silent"),
		...(ended ? [pick("지금은 사람이 정지해 둠", "now stopped by a person")] : []),
	].join(", ");
}

function channelText({ written, sent, late, failed, waiting, overdue }: ChannelCounts, pick: Pick): string {
	return pick(
		`작성 ${written}, 도착 ${sent} (지연 ${late}), 실패 ${failed}, 대기 ${waiting} (1분 초과 ${overdue})`,
		`${written} written, ${sent} arrived (${late} late), ${failed} failed, ${waiting} waiting (${overdue} for more than a minute)`,
	);
}

/** Figures without a limit, a name and its text each; what did not happen is left out where nobody would miss it. */
export function contextWords(context: KpiContext, pick: Pick): [name: string, text: string][] {
	const { equity, transferred, trades, wins, net, fees, funding, unprotectedSeconds, unexplained, restarts, differences, tripped } =
		context;
	const found = Object.entries(differences).map(([name, count]) => (count === 1 ? name : `${name} × ${count}`));
	const rows: [string, string][] = [];
	if (equity !== undefined) rows.push([pick("자산", "equity"), `${money(equity.last)} USDT (${changeText(equity)})`]);
	if (transferred !== 0) rows.push([pick("입출금", "moved by a person"), `${signedMoney(transferred)} USDT`]);
	rows.push([pick("거래", "trades"), pick(`${trades}건, 이익 ${wins}건`, `${trades}, of which ${wins} won`)]);
	rows.push([pick("순손익", "net profit"), `${signedMoney(net)} USDT`]);
	rows.push([pick("수수료 · 펀딩", "fees · funding"), `${money(fees)} · ${money(funding)} USDT`]);
	rows.push([pick("손절 없는 시간", "without a stop"), `${grouped(unprotectedSeconds, 1)} s`]);
	rows.push([
		pick("설명되지 않는 잔고", "unexplained cash"),
		unexplained.times === 0 ? pick("없음", "none") : `${unexplained.times} ×, ${signedMoney(unexplained.amount)} USDT`,
	]);
	rows.push([
		pick("재시작", "restarts"),
		pick(
			`정지 후 ${restarts.stopped}, 비정상 종료 후 ${restarts.gone}`,
			`${restarts.stopped} after a stop, ${restarts.gone} after a crash or kill`,
		),
	]);
	rows.push([pick("거래소와 차이", "differences found"), found.length === 0 ? pick("없음", "none") : found.join(", ")]);
	if (tripped.length > 0) rows.push([pick("거래 중단", "trading stopped by"), tripped.join(", ")]);
	return rows;
}

/** Without what was moved in or out. */
export function changeText({ first, change }: NonNullable<KpiContext["equity"]>): string {
	if (first <= 0) return `${signedMoney(change)} USDT`;
	const share = (100 * change) / first;
	return `${signedMoney(change)} USDT, ${share > 0 ? "+" : ""}${share.toFixed(2)} %`;
}
