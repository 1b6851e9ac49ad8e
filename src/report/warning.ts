// What a person should know before believing a run's figures: what was assumed, left out or skipped. In English it stands in the result file.

import { type Interval, intervalName } from "../market/interval.ts";
import type { Ms } from "../units/unit.ts";
import { utcMinute } from "./utc.ts";

export type Warning =
	| { readonly kind: "turnover" }
	| { readonly kind: "gaps"; readonly missing: number; readonly gaps: number; readonly from: Ms; readonly to: Ms }
	/** Candles too long for the jump guard's window. */
	| { readonly kind: "jumpGuard"; readonly interval: Interval; readonly windowS: number }
	/** The anchor lies before the data, or before their first day is over where the ticker's figures are read. */
	| { readonly kind: "anchor"; readonly anchor: Ms; readonly firstDay: boolean }
	/** Funding times without a recorded rate. */
	| { readonly kind: "funding"; readonly times: number; readonly rate: number }
	/** As the engine says it. */
	| { readonly kind: "halted"; readonly why: string };

type WarningOf<K extends Warning["kind"]> = Extract<Warning, { kind: K }>;
type Pick = (ko: string, en: string) => string;

const TEXTS: { readonly [K in Warning["kind"]]: (warning: WarningOf<K>, pick: Pick) => string } = {
	turnover: (_warning, pick) =>
		pick(
			"거래대금이 기록되어 있지 않아 거래량 × (고가 + 저가 + 종가) / 3으로 어림했습니다",
			"turnover was not recorded: it is approximated by volume × (high + low + close) / 3",
		),
	gaps: ({ missing, gaps, from, to }, pick) =>
		pick(
			`봉 ${missing}개가 ${gaps}곳에서 빠져 있어 건너뛰었습니다. 첫 번째는 ${utcMinute(from)}부터 ${utcMinute(to)}까지`,
			`${missing} ${missing === 1 ? "candle is" : "candles are"} missing in ${gaps} ${gaps === 1 ? "gap" : "gaps"}; they were skipped, the first from ${utcMinute(from)} to ${utcMinute(to)}`,
		),
	jumpGuard: ({ interval, windowS }, pick) =>
		pick(
			`급변 보호 장치는 쓰지 않았습니다. 봉(${koreanInterval(interval)})이 guard.move_window_s(${windowS}초)보다 깁니다`,
			`the jump guard is left out: candles of ${intervalName(interval)} are longer than guard.move_window_s (${windowS} s)`,
		),
	anchor: ({ anchor, firstDay }, pick) =>
		pick(
			`anchor.time ${utcMinute(anchor)}이(가) ${firstDay ? "데이터의 첫 24시간이 지나기 전" : "데이터보다 앞"}이어서 기준가도 시그널도 없습니다`,
			`anchor.time ${utcMinute(anchor)} lies before ${firstDay ? "the data's first 24 h are over" : "the data"}: there is no reference, and no signal`,
		),
	funding: ({ times, rate }, pick) =>
		pick(
			`펀딩 시각 ${times}번은 기록된 펀딩비가 없어 sim.funding_rate ${rate}을(를) 썼습니다`,
			`${times} funding times had no recorded rate and used sim.funding_rate ${rate}`,
		),
	halted: ({ why }, pick) => pick(`끝나기 전에 거래가 멈췄습니다: ${koreanHalt(why)}`, `trading stopped before the end: ${why}`),
};

export function warningText(warning: Warning, locale: "ko" | "en" = "en"): string {
	const text = TEXTS[warning.kind] as (warning: Warning, pick: Pick) => string; // each kind has its own
	return text(warning, locale === "ko" ? (ko) => ko : (_ko, en) => en);
}

/** "1분", "4시간". */
export function koreanInterval(interval: Interval): string {
	const [count, unit] = intervalName(interval).split(" ") as [string, keyof typeof KOREAN_UNITS];
	return `${count}${KOREAN_UNITS[unit]}`;
}

const KOREAN_UNITS = { m: "분", h: "시간", day: "일", week: "주", month: "개월" } as const;

/** What the engine says when it stops for good (`Engine.trip`); what it quotes of others stays as it came. */
const HALTS: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
	[
		/^drawdown: equity (\S+) is (\S+) % or more below its peak (\S+)$/,
		(equity, limit, peak) => `자산 ${equity}이(가) 고점 ${peak}보다 ${limit} % 이상 낮음 (낙폭 보호 장치)`,
	],
	[
		/^drawdown: an entry that may lose (\S+) USDT would break max_drawdown_pct$/,
		(loss) => `${loss} USDT를 잃을 수 있는 진입이면 max_drawdown_pct를 넘게 됨 (낙폭 보호 장치)`,
	],
	[/^error streak: (\d+) failed calls in a row, the last: (.*)$/s, (times, last) => `호출 ${times}번 연속 실패, 마지막: ${last}`],
	[/^fatal: (.*)$/s, (what) => `계속할 수 없는 오류: ${what}`],
	[/^operator: /, () => "운용자가 모두 청산함"],
];

function koreanHalt(why: string): string {
	for (const [pattern, text] of HALTS) {
		const found = pattern.exec(why);
		if (found !== null) return text(...found.slice(1));
	}
	return why;
}
