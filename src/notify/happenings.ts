// What happens to the bot itself, as messages: start and stop, lines that break, calls that have to be repeated, answers that come late.
// One table, each entry in both languages side by side; what the engine notes is in catalogue.ts.

import { duration } from "../report/figures.ts";
import { negate } from "../units/grid.ts";
import { MINUTE, type Ms, type Usdt } from "../units/unit.ts";
import type { Importance, Locale, Row, Words } from "./message.ts";
import { PERIODIC, type Periodic } from "./periodic.ts";
import { differenceName, type Pick, pickOf, reasonText, SIDES } from "./terms.ts";
import { UPKEEP, type Upkeep } from "./upkeep.ts";
import { gain, money, price } from "./words.ts";

/** How the life before this one ended, and how long nobody was there. */
export type Before = { readonly how: "crash" | "failed" | "stopped"; readonly away: Ms };

/** A position that the bot goes on with; `bare`: the exchange shows no stop of it. */
export type Holding = {
	readonly symbol: string;
	readonly direction: "long" | "short";
	readonly qty: number;
	readonly stop: number | undefined;
	readonly bare: boolean;
};

/** What the account was found to differ in, and what was done about it. */
export type Found = { readonly symbol: string; readonly name: string; readonly text: string };

export type Happening =
	| Upkeep
	| Periodic
	| {
			readonly event: "started";
			readonly environment: string;
			readonly symbols: readonly string[];
			/** USDT. */
			readonly balance: number | undefined;
			/** Undefined at the very first start. */
			readonly before?: Before | undefined;
			/** From the start of the process to reconciled and trading. */
			readonly took?: Ms | undefined;
			readonly holds?: readonly Holding[] | undefined;
			readonly found?: readonly Found[] | undefined;
	  }
	| { readonly event: "stopped"; readonly why: string | undefined }
	| { readonly event: "outage"; readonly stream: string; readonly seconds: number; readonly why: string }
	| { readonly event: "restored"; readonly stream: string; readonly seconds: number }
	/** Breaks too short for an outage: so many since the message before. */
	| {
			readonly event: "reconnected";
			readonly stream: string;
			readonly times: number;
			readonly seconds: number;
			readonly why: string;
	  }
	/** Calls that failed and were or will be made again: so many in a row, since so long. */
	| { readonly event: "retrying"; readonly calls: number; readonly seconds: number; readonly what: string; readonly why: string }
	| { readonly event: "retried"; readonly calls: number; readonly seconds: number }
	/** The middle of the latest times, ms: of the bot's own share, or of the exchange's answers. */
	| { readonly event: "slow"; readonly whose: "bot" | "exchange"; readonly ms: number; readonly limit: number }
	| { readonly event: "quick"; readonly whose: "bot" | "exchange"; readonly ms: number; readonly seconds: number }
	/** Funding of the open trade, now and in all: positive when paid. */
	| { readonly event: "funded"; readonly symbol: string; readonly amount: Usdt; readonly total: Usdt; readonly balance: Usdt }
	| { readonly event: "test" };

type Entry<T> = { readonly importance: Importance | ((happening: T) => Importance); readonly words: (happening: T, pick: Pick) => Words };
type Of<Event extends Happening["event"]> = Extract<Happening, { event: Event }>;

const LINES = { bot: ["봇 처리 지연", "the bot's own share"], exchange: ["거래소 응답", "the exchange's answers"] } as const;

/** So many differences are listed one by one. */
const LISTED = 5;
/** From so many short breaks on it is worth a look. */
const BREAKS_MANY = 3;

export const HAPPENINGS: { readonly [Event in Happening["event"]]: Entry<Of<Event>> } = {
	...UPKEEP,
	...PERIODIC,
	started: {
		importance: ({ before, holds = [] }) => (before?.how === "crash" || holds.some(({ bare }) => bare) ? "alarm" : "news"),
		words: (happening, pick) => ({ icon: "🚀", title: startTitle(happening, pick), rows: startRows(happening, pick) }),
	},
	stopped: {
		importance: "news",
		words: ({ why }, pick) => ({
			icon: "💤",
			title: pick("봇 정지", "Bot stopped"),
			rows: why === undefined ? [] : [[pick("이유", "reason"), why]],
		}),
	},
	outage: {
		importance: "alarm",
		words: ({ stream, seconds, why }, pick) => ({
			icon: "📡",
			title: pick(`${stream} 스트림 단절`, `${stream} stream is down`),
			rows: [
				[pick("시간", "for"), `${seconds} s`],
				[pick("이유", "reason"), why],
			],
		}),
	},
	restored: {
		importance: "news",
		words: ({ stream, seconds }, pick) => ({
			icon: "📶",
			title: pick(`${stream} 스트림 복구`, `${stream} stream is back`),
			rows: [[pick("단절 시간", "was down for"), `${seconds} s`]],
		}),
	},
	reconnected: {
		importance: ({ times }) => (times >= BREAKS_MANY ? "news" : "quiet"),
		words: ({ stream, times, seconds, why }, pick) => ({
			icon: "🔌",
			title: pick(`${stream} 스트림 재연결`, `${stream} stream reconnected`),
			rows: [
				...(times > 1 ? [[pick("횟수", "times"), `${times}`] as const] : []),
				[pick("단절 시간", "was down for"), `${seconds} s`],
				[pick("이유", "reason"), why],
			],
		}),
	},
	retrying: {
		importance: "alarm",
		words: ({ calls, seconds, what, why }, pick) => ({
			icon: "🔁",
			title: pick("거래소 호출이 계속 실패: 다시 시도하는 중", "Calls to the exchange keep failing and are tried again"),
			rows: [
				[pick("연속 실패", "failed in a row"), `${calls}`],
				[pick("시간", "for"), `${seconds} s`],
				[pick("마지막 호출", "the latest"), what],
				[pick("이유", "reason"), why],
			],
		}),
	},
	retried: {
		importance: "news",
		words: ({ calls, seconds }, pick) => ({
			icon: "✔️",
			title: pick("거래소 호출 정상화", "Calls to the exchange succeed again"),
			rows: [[pick("실패", "failed"), pick(`${seconds}초 동안 ${calls}회`, `${calls} in ${seconds} s`)]],
		}),
	},
	slow: {
		importance: "alarm",
		words: ({ whose, ms, limit }, pick) => ({
			icon: "🐢",
			title: pick(`지연: ${LINES[whose][0]}`, `Slow: ${LINES[whose][1]}`),
			rows: [
				[pick("중앙값", "median"), `${ms.toFixed(0)} ms`],
				[pick("한도", "limit"), `${limit} ms (notify.latency_ms)`],
			],
		}),
	},
	quick: {
		importance: "news",
		words: ({ whose, ms, seconds }, pick) => ({
			icon: "⏱️",
			title: pick(`지연 해소: ${LINES[whose][0]}`, `No longer slow: ${LINES[whose][1]}`),
			rows: [
				[pick("중앙값", "median"), `${ms.toFixed(0)} ms`],
				[pick("지연된 시간", "was slow for"), `${seconds} s`],
			],
		}),
	},
	funded: {
		importance: "quiet",
		words: ({ symbol, amount, total, balance }, pick) => ({
			icon: "💸",
			title: amount > 0 ? pick(`${symbol} 펀딩 지급`, `${symbol} funding paid`) : pick(`${symbol} 펀딩 수취`, `${symbol} funding received`),
			rows: [
				[pick("금액", "amount"), gain(negate(amount))],
				[pick("이 거래에서 모두", "in this trade so far"), gain(negate(total))],
				[pick("잔고", "balance"), money(balance)],
			],
		}),
	},
	test: {
		importance: "news",
		words: (_happening, pick) => ({ icon: "🔔", title: pick("시험 알림: 잘 도착했습니다", "Test message: it has arrived"), rows: [] }),
	},
};

export function happeningImportance(happening: Happening): Importance {
	const { importance } = HAPPENINGS[happening.event] as Entry<Happening>; // the entry of that very event
	return typeof importance === "function" ? importance(happening) : importance;
}

export function happeningWords(happening: Happening, locale: Locale): Words {
	const entry = HAPPENINGS[happening.event] as Entry<Happening>; // likewise
	return entry.words(happening, pickOf(locale));
}

function startTitle({ before, environment }: Of<"started">, pick: Pick): string {
	if (before === undefined) return pick(`봇 시작 (${environment})`, `Bot started (${environment})`);
	if (before.how === "crash")
		return pick(`봇 재시작: 비정상 종료 뒤 복구 (${environment})`, `Bot restarted after a crash (${environment})`);
	if (before.how === "failed")
		return pick(`봇 재시작: 오류로 끝난 뒤 (${environment})`, `Bot restarted after it had ended with an error (${environment})`);
	return pick(`봇 재시작 (${environment})`, `Bot restarted (${environment})`);
}

function startRows({ symbols, balance, before, took, holds, found = [] }: Of<"started">, pick: Pick): Row[] {
	const rows: Row[] = [[pick("심볼", "symbols"), symbols.join(", ")]];
	if (before !== undefined) rows.push([pick("자리를 비운 시간", "was away for"), awayText(before.away)]);
	if (took !== undefined) rows.push([pick("시작 → 거래", "start → trading"), `${(took / 1000).toFixed(1)} s`]);
	if (holds?.length === 0) rows.push([pick("포지션", "positions"), pick("없음", "none")]);
	for (const holding of holds ?? []) rows.push([pick("이어서 보유", "goes on with"), holdingText(holding, pick)]);
	for (const one of found.slice(0, LISTED)) rows.push([pick("대조에서 발견", "found"), foundText(one, pick)]);
	if (found.length > LISTED) rows.push(["", pick(`그 밖의 차이 ${found.length - LISTED}건`, `and ${found.length - LISTED} more`)]);
	if (found.length === 0 && before !== undefined)
		rows.push([pick("거래소 대조", "reconciled"), pick("차이 없음", "no difference to the exchange")]);
	if (balance !== undefined) rows.push([pick("잔고", "balance"), `${balance.toFixed(2)} USDT`]);
	return rows;
}

/** To the second, as long as seconds matter. */
function awayText(away: Ms): string {
	return away < 2 * MINUTE ? `${Math.round(away / 1000)} s` : duration(away);
}

function holdingText({ symbol, direction, qty, stop, bare }: Holding, pick: Pick): string {
	const what = `${symbol} ${pick(...SIDES[direction])} ${qty}`;
	if (bare || stop === undefined) return `${what}, ${pick("거래소에 손절 없음!", "NO stop at the exchange!")}`;
	return `${what}, ${pick(`손절 ${price(stop)} (거래소에 있음)`, `stop ${price(stop)} at the exchange`)}`;
}

function foundText({ symbol, name, text }: Found, pick: Pick): string {
	return `${symbol} ${differenceName(name, pick)}: ${reasonText(text, pick)}`;
}
