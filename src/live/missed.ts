// What the exchange published while nobody listened: whole minutes, and the funding rates that were settled. Public data, by REST.

import type { BybitClient } from "../bybit/client.ts";
import { candleOf } from "../bybit/decode/public.ts";
import type { Candle } from "../market/candle.ts";
import { MINUTE, type Ms } from "../units/unit.ts";
import { ask } from "./start-up.ts";

type Span = { readonly symbol: string; readonly since: Ms; readonly at: Ms };

const CANDLES_PAGE = 1000;
const RATES_PAGE = 200;

/** Minutes that opened after `since` and closed by `at`, ascending. */
export async function missedCandles({ rest }: BybitClient, { symbol, since, at }: Span): Promise<Candle[]> {
	const candles: Candle[] = [];
	const span = (CANDLES_PAGE - 1) * MINUTE;
	for (let start = Math.ceil(since / MINUTE) * MINUTE; start + MINUTE <= at; start += span + MINUTE) {
		const range = { start, end: Math.min(at, start + span), limit: CANDLES_PAGE };
		const rows = await ask(() => rest.getKline({ symbol, interval: "1", ...range }), `candles of ${symbol}`);
		candles.push(...rows.map(candleOf).filter(({ openTime }) => openTime >= start && openTime + MINUTE <= at));
	}
	return candles;
}

/** The rate of each funding time in `(since, at]`. */
export async function missedRates({ rest }: BybitClient, { symbol, since, at }: Span): Promise<ReadonlyMap<Ms, number>> {
	const rates = new Map<Ms, number>();
	for (let endTime = Math.floor(at); endTime > since; ) {
		const query = { symbol, startTime: Math.floor(since) + 1, endTime, limit: RATES_PAGE };
		const rows = await ask(() => rest.getFundingHistory(query), `funding rates of ${symbol}`);
		for (const { fundingRateTimestamp, fundingRate } of rows) rates.set(fundingRateTimestamp, Number(fundingRate));
		const oldest = rows.at(-1);
		if (rows.length < RATES_PAGE || oldest === undefined) break;
		endTime = oldest.fundingRateTimestamp - 1;
	}
	return rates;
}
