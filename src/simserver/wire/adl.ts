// Insurance pool and thresholds of auto-deleveraging. Source: docs/v5/market/adl-alert, websocket/public/adl-alert (strings there by REST,
// numbers on the stream). The thresholds are those of the examples there.

import { plainDecimal } from "../../units/decimal.ts";
import type { Ms } from "../../units/unit.ts";
import type { Insurance } from "../insurance.ts";

const LIMITS = { threshold: -0.3, trigger: 10_000, stop: -0.25 } as const;

export function adlRow(fund: Insurance, symbol: string, now: Ms): object {
	const { balance, maxBalance, pnlRatio } = shown(fund, symbol, now);
	return {
		coin: "USDT",
		symbol,
		balance: plainDecimal(balance),
		maxBalance: plainDecimal(maxBalance),
		insurancePnlRatio: String(LIMITS.threshold),
		pnlRatio: plainDecimal(pnlRatio),
		adlTriggerThreshold: String(LIMITS.trigger),
		adlStopRatio: String(LIMITS.stop),
	};
}

export function adlEntry(fund: Insurance, symbol: string, now: Ms): object {
	const { balance, maxBalance, pnlRatio } = shown(fund, symbol, now);
	const { threshold, trigger, stop } = LIMITS;
	return { c: "USDT", s: symbol, b: balance, mb: maxBalance, i_pr: threshold, pr: pnlRatio, adl_tt: trigger, adl_sr: stop };
}

/** The pool that the symbols share; market/insurance. */
export function insuranceRow(fund: Insurance, symbols: readonly string[]): object {
	const balance = plainDecimal(rounded(fund.balance));
	return { coin: "USDT", symbols: symbols.join(","), balance, value: balance };
}

/** websocket/public/insurance-pool. */
export function insuranceEntry(fund: Insurance, symbol: string, at: Ms): object {
	return { coin: "USDT", symbols: symbol, balance: plainDecimal(rounded(fund.balance)), updateTime: String(at) };
}

function shown(fund: Insurance, symbol: string, now: Ms): { balance: number; maxBalance: number; pnlRatio: number } {
	const { balance, maxBalance, pnlRatio } = fund.standing(symbol, now);
	return { balance: rounded(balance), maxBalance: rounded(maxBalance), pnlRatio: Number(pnlRatio.toFixed(8)) };
}

function rounded(usdt: number): number {
	return Number(usdt.toFixed(6));
}
