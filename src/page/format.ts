// A figure of the result file as the page shows it: rounded for the eye, exact beside it, and a dash where there is none.

import { grouped, money, NONE, percent, plain, signedMoney, signedPercent } from "../report/figures.ts";
import { utcMinute } from "../report/utc.ts";
import { plainDecimal } from "../units/decimal.ts";
import { html, type Markup } from "./element.ts";
import { durationText, type Locale } from "./texts.ts";

/** How a figure is read. Amounts are USDT where the unit stands elsewhere; `growth` is a fraction that is shown in percent; signed ones bear a + and a colour. */
export type Kind =
	| "money"
	| "signedMoney"
	| "amount"
	| "signedAmount"
	| "percent"
	| "signedPercent"
	| "growth"
	| "ratio"
	| "count"
	| "time"
	| "duration"
	| "price"
	| "coins";

export function figureText(kind: Kind, value: number | null, locale: Locale): string {
	if (value === null) return NONE;
	switch (kind) {
		case "money":
			return `${money(value)} USDT`;
		case "signedMoney":
			return `${signedMoney(value)} USDT`;
		case "amount":
			return money(value);
		case "signedAmount":
			return signedMoney(value);
		case "percent":
			return percent(value);
		case "signedPercent":
			return signedPercent(value);
		case "growth":
			return signedPercent(100 * value);
		case "ratio":
			return plain(value, 2);
		case "count":
			return grouped(value, 0);
		case "time":
			return utcMinute(value);
		case "duration":
			return durationText(locale, value);
		case "price":
			return priceText(value);
		case "coins":
			return grouped(value, decimalsIn(value));
	}
}

/** A figure with where it stands in the result file (`metrics.pnl`, `trades.3.fees`) and its exact value there. */
export function figure(kind: Kind, at: string, value: number | null, locale: Locale): Markup {
	const exact = JSON.stringify(value);
	const tone = isSigned(kind) && value !== null && value !== 0 ? (value > 0 ? "gain" : "loss") : "";
	const title = value === null ? "" : html` title="${exact}"`;
	return html`<span class="n ${tone}" data-at="${at}" data-exact="${exact}"${title}>${figureText(kind, value, locale)}</span>`;
}

function isSigned(kind: Kind): boolean {
	return kind === "signedMoney" || kind === "signedAmount" || kind === "signedPercent" || kind === "growth";
}

/** A price as it was recorded; an average of several fills to eight digits. */
function priceText(value: number): string {
	const decimals = decimalsIn(value);
	return grouped(value, decimals <= 8 ? decimals : Math.max(2, 7 - Math.floor(Math.log10(Math.abs(value)))));
}

function decimalsIn(value: number): number {
	return (plainDecimal(value).split(".")[1] ?? "").length;
}
