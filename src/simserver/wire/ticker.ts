// The ticker's fields, in Bybit's order. Source: docs/v5/market/tickers, websocket/public/ticker. Open interest is a constant. While the 24-hour figures do not exist yet, the stream leaves them out and REST says "".

import type { Instrument } from "../../market/instrument.ts";
import type { Rolling24h } from "../../market/rolling.ts";
import type { Ms } from "../../units/unit.ts";
import type { Level } from "../ladder.ts";
import { FUNDING_CAP, fundingHours } from "./instrument.ts";
import { numberText } from "./text.ts";

export type TickDirection = "PlusTick" | "ZeroPlusTick" | "MinusTick" | "ZeroMinusTick";

export type TickerState = {
	readonly instrument: Instrument;
	readonly last: number;
	readonly mark: number;
	readonly index: number;
	readonly tickDirection: TickDirection;
	readonly rolling: Rolling24h | undefined;
	readonly high24h: number;
	readonly low24h: number;
	readonly prev24h: number;
	readonly prev1h: number;
	readonly openInterest: number;
	readonly fundingRate: number;
	readonly nextFunding: Ms;
	readonly bid: Level;
	readonly ask: Level;
};

export type TickerFields = Record<string, string>;

export function tickerFields(state: TickerState): TickerFields {
	const { instrument, last, openInterest, rolling } = state;
	const price = numberText(last);
	const fields: TickerFields = {
		symbol: instrument.symbol,
		tickDirection: state.tickDirection,
		price24hPcnt: numberText(Number((last / state.prev24h - 1).toFixed(6))),
		lastPrice: price,
		prevPrice24h: numberText(state.prev24h),
		highPrice24h: numberText(state.high24h),
		lowPrice24h: numberText(state.low24h),
		prevPrice1h: numberText(state.prev1h),
		markPrice: numberText(state.mark),
		indexPrice: numberText(state.index),
		openInterest: numberText(openInterest),
		openInterestValue: numberText(Number((openInterest * last).toFixed(2))),
		singleOpenInterest: numberText(openInterest / 2),
		singleOpenInterestValue: numberText(Number(((openInterest * last) / 2).toFixed(2))),
		turnover24h: numberText(rolling?.turnover24h),
		volume24h: numberText(rolling?.volume24h),
		nextFundingTime: String(state.nextFunding),
		fundingRate: numberText(state.fundingRate),
		bid1Price: state.bid[0],
		bid1Size: state.bid[1],
		ask1Price: state.ask[0],
		ask1Size: state.ask[1],
		preOpenPrice: "",
		preQty: "",
		curPreListingPhase: "",
		fundingIntervalHour: fundingHours(instrument),
		fundingCap: FUNDING_CAP,
	};
	if (fields.turnover24h === "") delete fields.turnover24h;
	if (fields.volume24h === "") delete fields.volume24h;
	return fields;
}

export function tickerRow(fields: TickerFields): object {
	const { tickDirection: _, ...rest } = fields;
	return {
		...rest,
		turnover24h: fields.turnover24h ?? "",
		volume24h: fields.volume24h ?? "",
		predictedDeliveryPrice: "",
		basisRate: "",
		basis: "",
		deliveryFeeRate: "",
		deliveryTime: "0",
		basisRateYear: "",
	};
}

/** The fields that differ, with the symbol that every delta bears. */
export function changedFields(before: TickerFields, after: TickerFields): TickerFields {
	const changed: TickerFields = { symbol: after.symbol ?? "" };
	for (const [name, value] of Object.entries(after)) if (before[name] !== value) changed[name] = value;
	return changed;
}
