// Insurance fund and thresholds of auto-deleveraging. Source: docs/v5/market/adl-alert, websocket/public/adl-alert (strings there by REST,
// numbers on the stream). The simulated fund is a constant.

import type { Ms } from "../../units/unit.ts";

const FUND = { balance: 1_000_000_000, threshold: -0.3, ratio: 0, trigger: 10_000, stop: -0.25 } as const;

export function adlRow(symbol: string): object {
	return {
		coin: "USDT",
		symbol,
		balance: String(FUND.balance),
		maxBalance: String(FUND.balance),
		insurancePnlRatio: String(FUND.threshold),
		pnlRatio: String(FUND.ratio),
		adlTriggerThreshold: String(FUND.trigger),
		adlStopRatio: String(FUND.stop),
	};
}

export function adlEntry(symbol: string): object {
	const { balance, threshold, ratio, trigger, stop } = FUND;
	return { c: "USDT", s: symbol, b: balance, mb: balance, i_pr: threshold, pr: ratio, adl_tt: trigger, adl_sr: stop };
}

/** The pool that the symbols share; market/insurance. */
export function insuranceRow(symbols: readonly string[]): object {
	const balance = String(FUND.balance);
	return { coin: "USDT", symbols: symbols.join(","), balance, value: balance };
}

/** websocket/public/insurance-pool. */
export function insuranceEntry(symbol: string, at: Ms): object {
	return { coin: "USDT", symbols: symbol, balance: String(FUND.balance), updateTime: String(at) };
}
