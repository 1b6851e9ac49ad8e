import assert from "node:assert/strict";
import { test } from "node:test";
import { INTERVALS } from "../market/interval.ts";
import { DAY } from "../units/unit.ts";
import { koreanInterval, type Warning, warningText } from "./warning.ts";

const AT = Date.UTC(2024, 0, 2);

const ROWS: readonly (readonly [Warning, en: RegExp, ko: string])[] = [
	[{ kind: "turnover" }, /^turnover was not recorded/, "거래대금이 기록되어 있지 않아 거래량 × (고가 + 저가 + 종가) / 3으로 어림했습니다"],
	[
		{ kind: "gaps", missing: 1, gaps: 1, from: AT, to: AT + DAY },
		/^1 candle is missing in 1 gap; they were skipped, the first from 2024-01-02 00:00 to 2024-01-03 00:00$/,
		"봉 1개가 1곳에서 빠져 있어 건너뛰었습니다. 첫 번째는 2024-01-02 00:00부터 2024-01-03 00:00까지",
	],
	[
		{ kind: "jumpGuard", interval: "60", windowS: 60 },
		/candles of 1 h are longer than guard\.move_window_s \(60 s\)$/,
		"급변 보호 장치는 쓰지 않았습니다. 봉(1시간)이 guard.move_window_s(60초)보다 깁니다",
	],
	[
		{ kind: "anchor", anchor: AT, firstDay: true },
		/^anchor\.time 2024-01-02 00:00 lies before the data's first 24 h are over/,
		"anchor.time 2024-01-02 00:00이(가) 데이터의 첫 24시간이 지나기 전이어서 기준가도 시그널도 없습니다",
	],
	[
		{ kind: "anchor", anchor: AT, firstDay: false },
		/lies before the data:/,
		"anchor.time 2024-01-02 00:00이(가) 데이터보다 앞이어서 기준가도 시그널도 없습니다",
	],
	[
		{ kind: "funding", times: 3, rate: 0.0001 },
		/^3 funding times had no recorded rate and used sim\.funding_rate 0\.0001$/,
		"펀딩 시각 3번은 기록된 펀딩비가 없어 sim.funding_rate 0.0001을(를) 썼습니다",
	],
	[
		{ kind: "halted", why: "drawdown: equity 8499.00 is 15 % or more below its peak 10000.00" },
		/^trading stopped before the end: drawdown: equity 8499\.00/,
		"끝나기 전에 거래가 멈췄습니다: 자산 8499.00이(가) 고점 10000.00보다 15 % 이상 낮음 (낙폭 보호 장치)",
	],
	[
		{ kind: "halted", why: "error streak: 5 failed calls in a row, the last: place: no answer" },
		/5 failed calls/,
		"끝나기 전에 거래가 멈췄습니다: 호출 5번 연속 실패, 마지막: place: no answer",
	],
	[
		{ kind: "halted", why: "operator: the operator wants everything closed" },
		/operator/,
		"끝나기 전에 거래가 멈췄습니다: 운용자가 모두 청산함",
	],
	[{ kind: "halted", why: "something new" }, /: something new$/, "끝나기 전에 거래가 멈췄습니다: something new"],
];

test("what a person should know is said in the language asked for, and in English in the result file (H2)", () => {
	for (const [warning, en, ko] of ROWS) {
		assert.match(warningText(warning), en);
		assert.equal(warningText(warning, "ko"), ko);
	}
});

test("every length of candles has a Korean name", () => {
	assert.deepEqual(INTERVALS.map(koreanInterval), [
		"1분",
		"3분",
		"5분",
		"15분",
		"30분",
		"1시간",
		"2시간",
		"4시간",
		"6시간",
		"12시간",
		"1일",
		"1주",
		"1개월",
	]);
});
