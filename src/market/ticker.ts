// The venue's own statement of a symbol (spec §1): observations, plain numbers. Absent is undefined, never zero.

import type { Ms } from "../units/unit.ts";

export type Ticker = {
	readonly last: number;
	readonly mark: number;
	readonly index?: number | undefined;
	readonly bid?: number | undefined;
	readonly ask?: number | undefined;
	/** A volume-weighted average the venue states itself, where it sends one (spec §2.1). */
	readonly vwap?: number | undefined;
	/** USDT over the last 24 h. */
	readonly turnover24h?: number | undefined;
	/** Base coin over the last 24 h. */
	readonly volume24h?: number | undefined;
	readonly fundingRate?: number | undefined;
	readonly nextFundingTime?: Ms | undefined;
};

/** The exchange's VWAP, `V` (spec §2): its own field, else turnover ÷ volume; undefined when neither gives a finite number. */
export function vwapOf(ticker: Ticker): number | undefined {
	if (ticker.vwap !== undefined && Number.isFinite(ticker.vwap) && ticker.vwap > 0) return ticker.vwap;
	const { turnover24h, volume24h } = ticker;
	if (turnover24h === undefined || volume24h === undefined || !(volume24h > 0)) return undefined;
	const vwap = turnover24h / volume24h;
	return Number.isFinite(vwap) && vwap > 0 ? vwap : undefined;
}
