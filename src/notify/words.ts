// Small words that every message is made of: times, figures, and the number by which a message is known.

import { grouped, signedMoney } from "../report/figures.ts";
import { utcMinute } from "../report/utc.ts";
import { usdtNumber } from "../units/grid.ts";
import type { Ms, Usdt } from "../units/unit.ts";
import type { Locale } from "./message.ts";

/** UTC, to the second. */
export function timeText(at: Ms): string {
	const second = Math.floor(at / 1000) % 60;
	return `${utcMinute(at)}:${String(second).padStart(2, "0")}Z`;
}

/** Each message has its number, once: one that comes twice is seen to be the same, and one that is missing is missed. */
export function marker(numbers: readonly number[], repeated: boolean, locale: Locale): string {
	const [first, last] = [numbers[0], numbers.at(-1)];
	const name = first === undefined ? "" : first === last ? `#${first}` : `#${first}–#${last}`;
	if (!repeated) return name;
	return `${name} ${locale === "ko" ? "↻ 재전송: 같은 번호를 이미 받았다면 같은 알림입니다" : "↻ sent again: if you have this number already, it is the same message"}`;
}

export function price(value: number | undefined): string {
	if (value === undefined) return "–";
	return grouped(value, value >= 1000 ? 1 : value >= 1 ? 3 : 6);
}

export function money(amount: Usdt): string {
	return `${grouped(usdtNumber(amount), 2)} USDT`;
}

export function gain(amount: Usdt): string {
	return `${signedMoney(usdtNumber(amount))} USDT`;
}

export function signedPct(value: number): string {
	return `${value >= 0 ? "+" : ""}${value.toFixed(2)} %`;
}
