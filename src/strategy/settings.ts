// Settings of the anchored-VWAP strategy: plain values, decoded from config.yaml elsewhere.

import type { Interval } from "../market/interval.ts";
import type { Ms } from "../units/unit.ts";

export const ANCHOR_TYPES = ["daily", "time", "price", "extreme", "event"] as const;
export type AnchorType = (typeof ANCHOR_TYPES)[number];

export const BAND_METHODS = ["std", "atr"] as const;
export type BandMethod = (typeof BAND_METHODS)[number];

export const VWAP_SOURCES = ["ticker", "kline"] as const;
export type VwapSource = (typeof VWAP_SOURCES)[number];

export type AnchoredVwapSettings = {
	readonly interval: Interval;
	readonly vwapSource: VwapSource;
	readonly anchor: {
		readonly type: AnchorType;
		/** Offset of the session's open from 00:00 UTC. */
		readonly sessionStart: Ms;
		readonly time: Ms | undefined;
		readonly price: number | undefined;
		/** Signal candles, at least 2. */
		readonly lookback: number;
		readonly volumeMultiple: number;
		readonly rangeMultiple: number;
		readonly coldStart: "reconstruct" | "wait";
	};
	readonly bands: { readonly method: BandMethod; readonly length: number; readonly k: number };
	readonly momentum: { readonly lookback: number };
};
