// A candle on the wire: a REST row of strings, or the one object of a kline frame. Source: docs/v5/market/kline, websocket/public/kline.

import type { Candle } from "../../market/candle.ts";
import { closeOf, type Interval } from "../../market/interval.ts";
import type { Ms } from "../../units/unit.ts";
import { numberText } from "./text.ts";

/** A volume that was not recorded is shown as none: a candle without the field would be no candle to a client. */
function volumeText(volume: number): string {
	return numberText(volume) || "0";
}

export function klineRow(candle: Candle): string[] {
	return [...priceKlineRow(candle), volumeText(candle.volume), volumeText(candle.turnover)];
}

/** A row of mark-price-kline, index-price-kline or premium-index-price-kline: no volume. */
export function priceKlineRow({ openTime, open, high, low, close }: Candle): string[] {
	return [String(openTime), numberText(open), numberText(high), numberText(low), numberText(close)];
}

export function klineFrame(
	candle: Candle,
	{ topic, interval, confirm, at }: { topic: string; interval: Interval; confirm: boolean; at: Ms },
): object {
	const data = {
		start: candle.openTime,
		end: closeOf(interval, candle.openTime) - 1,
		interval,
		open: numberText(candle.open),
		close: numberText(candle.close),
		high: numberText(candle.high),
		low: numberText(candle.low),
		volume: volumeText(candle.volume),
		turnover: volumeText(candle.turnover),
		confirm,
		timestamp: confirm ? at - 1 : at,
	};
	return { topic, data: [data], ts: at, type: "snapshot" };
}
