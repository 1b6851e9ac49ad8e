// Words of trading in the operator's language: directions, phases, guards, and the reasons that strategies, guards and sizes give in English.
// A reason that is not known here stays as it came.

import type { Phase } from "../engine/command.ts";
import type { GuardName } from "../risk/guards.ts";
import type { Locale } from "./message.ts";

export type Pick = (ko: string, en: string) => string;
type Pair = readonly [ko: string, en: string];

export function pickOf(locale: Locale): Pick {
	return (ko, en) => (locale === "ko" ? ko : en);
}

export const SIDES: Readonly<Record<"long" | "short", Pair>> = { long: ["롱", "long"], short: ["숏", "short"] };

export const PHASES: Readonly<Record<Phase, Pair>> = {
	flat: ["포지션 없음", "flat"],
	entering: ["진입 주문 중", "entering"],
	open: ["보유 중", "open"],
	exiting: ["청산 중", "exiting"],
	cooldown: ["쿨다운", "cooling down"],
};

/** What holds while a guard is open, and what it is called when it is closed. */
export const GUARD_WORDS: Readonly<Record<GuardName, { readonly open: Pair; readonly closed: Pair }>> = {
	halted: { open: ["보호 장치가 멈추지 않음", "not stopped by a guard"], closed: ["거래 중단됨", "trading is stopped"] },
	paused: { open: ["일시 중지 아님", "not paused"], closed: ["일시 중지", "paused"] },
	start: { open: ["거래 시작 시각 이후", "after the configured start"], closed: ["거래 시작 시각 전", "not yet"] },
	clock: { open: ["시계 맞음", "the clock is right"], closed: ["시계 오차", "the clock is off"] },
	doubt: { open: ["거래소와 계정 일치", "the account agrees with the exchange"], closed: ["계정 불일치", "the account is in doubt"] },
	stale: { open: ["시세 수신 중", "market data is fresh"], closed: ["시세 끊김", "market data has stopped"] },
	spread: { open: ["스프레드", "spread"], closed: ["스프레드 과대", "spread too wide"] },
	jump: { open: ["가격 급변 없음", "no jump of the price"], closed: ["가격 급변", "the price jumped"] },
};

/** Reasons in English as they come, and what a Korean reads; `$1` and `$2` are their figures. */
const REASONS: readonly (readonly [RegExp, string])[] = [
	[/^above the upper band$/, "상단 밴드 위"],
	[/^below the lower band$/, "하단 밴드 아래"],
	[/^inside the bands$/, "밴드 안"],
	[/^momentum disagrees$/, "밴드를 벗어났지만 모멘텀이 반대"],
	[/^no 24 h figures from the exchange yet$/, "거래소의 24시간 수치가 아직 없음"],
	[/^warm-up: (\d+) of (\d+) closed candles$/, "준비 중: 캔들 $1/$2개"],
	[/^warm-up: no ATR yet$/, "준비 중: ATR 아직 없음"],
	[/^no reference: the anchor had no VWAP, or has not come$/, "기준가 없음: 앵커에 VWAP이 없었거나 아직 오지 않음"],
	[/^paused by the operator$/, "운용자가 중지함"],
	[/^before the configured start$/, "설정한 시작 시각 전"],
	[/^the local clock is off the exchange's$/, "이 기기의 시계가 거래소와 다름"],
	[/^no fresh market data$/, "새 시세 없음"],
	[/^spread (.+) % above (.+) %$/, "$1 %, 한도 $2 %"],
	[/^the price moved (.+) % within (.+) s, more than (.+) %$/, "$2초 동안 $1 %, 한도 $3 %"],
	[/^(\S+) of (\S+) %$/, "$1 %, 한도 $2 %"],
	[/^off$/, "꺼짐"],
	[/^(.+) is below the minimum quantity (.+); bound by .+$/, "수량 $1: 최소 $2보다 적음"],
	[/^(.+) USDT is below the minimum notional; bound by .+$/, "$1 USDT: 최소 주문 금액보다 적음"],
	[/^the candle closed while the bot was away$/, "봇이 없는 동안 닫힌 캔들"],
];

export function reasonText(why: string, pick: Pick): string {
	const found = REASONS.find(([pattern]) => pattern.test(why));
	return found === undefined ? why : pick(why.replace(...found), why);
}
