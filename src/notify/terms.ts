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

/** What stops trading, beside guards of an entry. */
const STOPS: Readonly<Record<string, string>> = {
	drawdown: "낙폭 한도",
	"error streak": "연속 오류",
	fatal: "치명적 오류",
	operator: "운용자",
};

/** Names of differences as the order management gives them (ARCHITECTURE.md, Reconciliation). */
const DIFFERENCES: Readonly<Record<string, string>> = {
	"lost order": "사라진 주문",
	"stray order": "주인 없는 주문",
	"no stop": "손절 없음",
	"stop differs": "손절 불일치",
	"target differs": "익절 불일치",
	"foreign fill": "남의 체결",
	"closed elsewhere": "다른 곳에서 청산",
	"foreign position": "남의 포지션",
	"not ours": "봇의 것이 아님",
	flatten: "청산 확인",
};

export function stopName(guard: string, pick: Pick): string {
	return pick(STOPS[guard] ?? guard, guard);
}

export function differenceName(name: string, pick: Pick): string {
	return pick(DIFFERENCES[name] ?? name, name);
}

/** Reasons in English as they come, and what a Korean reads; `$1` and the like are their figures. */
const REASONS: readonly (readonly [RegExp, string])[] = [
	// of the strategy and of sizes
	[/^above the upper band$/, "상단 밴드 위"],
	[/^below the lower band$/, "하단 밴드 아래"],
	[/^inside the bands$/, "밴드 안"],
	[/^momentum disagrees$/, "밴드를 벗어났지만 모멘텀이 반대"],
	[/^no 24 h figures from the exchange yet$/, "거래소의 24시간 수치가 아직 없음"],
	[/^warm-up: (\S+) of (\S+) closed candles$/, "준비 중: 캔들 $1/$2개"],
	[/^warm-up: no ATR yet$/, "준비 중: ATR 아직 없음"],
	[/^no reference: the anchor had no VWAP, or has not come$/, "기준가 없음: 앵커에 VWAP이 없었거나 아직 오지 않음"],
	[/^(\S+) is below the minimum quantity ([^\s;]+)(?:; bound by .+)?$/, "수량 $1: 최소 $2보다 적음"],
	[/^(\S+) USDT is below the minimum notional; bound by .+$/, "$1 USDT: 최소 주문 금액보다 적음"],
	[/^the candle closed while the bot was away$/, "봇이 없는 동안 닫힌 캔들"],
	[/^the signal has left$/, "시그널이 사라짐"],
	[/^entry\.timeout_s has passed$/, "entry.timeout_s가 지남"],
	// of guards
	[/^paused by the operator$/, "운용자가 중지함"],
	[/^before the configured start$/, "설정한 시작 시각 전"],
	[/^the local clock is off the exchange's$/, "이 기기의 시계가 거래소와 다름"],
	[/^no fresh market data$/, "새 시세 없음"],
	[/^spread (.+) % above (.+) %$/, "$1 %, 한도 $2 %"],
	[/^the price moved (.+) % within (.+) s, more than (.+) %$/, "$2초 동안 $1 %, 한도 $3 %"],
	[/^(\S+) of (\S+) %$/, "$1 %, 한도 $2 %"],
	[/^off$/, "꺼짐"],
	[/^equity (\S+) is (\S+) % or more below its peak (\S+)$/, "자산 $1 USDT가 최고 $3 USDT보다 $2 % 이상 낮음"],
	[/^an entry that may lose (\S+) USDT would break max_drawdown_pct$/, "$1 USDT를 잃을 수 있는 진입은 max_drawdown_pct를 넘음"],
	[/^(\S+) failed calls in a row, the last: (.+)$/, "호출 $1회 연속 실패, 마지막: $2"],
	[/^the operator wants everything closed$/, "운용자가 모두 청산하라고 함"],
	// of the order management
	[/^the account has not been read yet$/, "계정을 아직 읽지 못함"],
	[/^an order that was cancelled may still stand$/, "취소한 주문이 아직 남아 있을 수 있음"],
	[/^the wallet's change is not explained by the transaction log$/, "지갑의 변화를 거래 내역이 설명하지 못함"],
	[/^a position of (\S+) \((?:long|short)\) is not of this bot$/, "봇의 것이 아닌 포지션 $1"],
	[
		/^the exchange states (.+) where (.+) is known, and no execution.+$/,
		"거래소는 $1, 봇은 $2: 설명하는 체결이 없음. 계정을 직접 보십시오",
	],
	[/^(\S+) is neither open nor in the history: taken as never placed$/, "$1: 미체결에도 내역에도 없음. 접수되지 않은 것으로 봄"],
	[/^(\S+) is open though nothing wants it: cancelled$/, "$1: 쓸 곳이 없는 주문이라 취소함"],
	[/^the position has none at the exchange: set at (\S+)$/, "거래소에 손절이 없어 $1에 설정함"],
	[/^(\S+) instead of (\S+): moved$/, "$2이어야 할 손절이 $1: 옮김"],
	[/^(\S+) at (\S+) instead of (\S+) at (\S+): changed$/, "$3 @ $4이어야 할 익절이 $1 @ $2: 고침"],
	[/^(\S+) (\S+) was not ordered by this bot: left alone$/, "$1 $2: 봇이 낸 주문이 아니라 그대로 둠"],
	[
		/^(\S+) (\S+) of ours was not ordered by this bot: booked as it happened$/,
		"$1 $2: 봇이 내지 않은 주문으로 봇의 포지션이 줄어 그대로 기록함",
	],
	[/^(long|short) (\S+) is not of this bot: left alone$/, "$1 $2: 봇의 것이 아니라 그대로 둠"],
	[/^(.+): left alone$/, "$1: 그대로 둠"],
	[/^it never arrived at the exchange$/, "거래소에 도착하지 않음"],
	// of times
	[/^(p50 .+, p99 .+), at most (.+), (\d+) orders$/, "$1, 최대 $2, 주문 $3건"],
];

export function reasonText(why: string, pick: Pick): string {
	const found = REASONS.find(([pattern]) => pattern.test(why));
	return found === undefined ? why : pick(why.replace(...found), why);
}
