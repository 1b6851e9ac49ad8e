// A position on the wire: REST position/list calls the entry `avgPrice`, the private topic `entryPrice`. Values are entry-based.
// Source: docs/v5/position/position, websocket/private/position.

import { deleverageRank } from "../../account/adl-rank.ts";
import { averageEntry, isFlat, unrealised } from "../../account/position.ts";
import { tierOf } from "../../market/instrument.ts";
import { plainDecimal } from "../../units/decimal.ts";
import type { Ms } from "../../units/unit.ts";
import type { Venue } from "../../venue/venue.ts";
import { estimateText, moneyText, numberText, priceText, qtyText } from "./text.ts";

/** What the exchange keeps about a symbol beside the position itself. */
export type PositionRecord = { readonly seq: number; readonly createdAt: Ms; readonly updatedAt: Ms };

/** What a position is shown from. */
export type Holdings = {
	readonly venue: Venue;
	readonly ledger: { record(symbol: string): PositionRecord };
};

export function streamPosition(holdings: Holdings, symbol: string): object {
	return { category: "linear", entryPrice: entryText(holdings.venue, symbol), ...positionFields(holdings, symbol) };
}

export function listPosition(holdings: Holdings, symbol: string): PositionRow {
	return { avgPrice: entryText(holdings.venue, symbol), ...positionFields(holdings, symbol) };
}

export type PositionRow = Readonly<Record<string, unknown>>;

/** To eight decimals, as captured. */
function entryText(venue: Venue, symbol: string): string {
	const position = venue.position(symbol);
	const instrument = venue.instrument(symbol);
	return isFlat(position) || instrument === undefined ? "0" : numberText(Number(averageEntry(position, instrument.grid).toFixed(8)));
}

function positionFields({ venue, ledger }: Holdings, symbol: string): object {
	const record = ledger.record(symbol);
	const instrument = venue.instrument(symbol);
	if (instrument === undefined) return {};
	const { grid } = instrument;
	const position = venue.position(symbol);
	const flat = isFlat(position);
	const leverage = venue.leverage(symbol);
	const { initial, maintenance: needed, added } = venue.margin(symbol);
	const mark = venue.mark(symbol);
	const { takeProfit, stopLoss, trailingStop } = venue.protection(symbol);
	const realised = venue.realised(symbol);
	const margin = moneyText(initial);
	const maintenance = flat ? "0" : estimateText(needed);
	return {
		positionIdx: 0,
		riskId: 1 + instrument.tiers.indexOf(tierOf(instrument, position.cost)),
		riskLimitValue: moneyText(tierOf(instrument, position.cost).limit),
		symbol,
		side: flat ? "" : position.direction === "long" ? "Buy" : "Sell",
		size: qtyText(grid, position.qty),
		positionValue: flat ? "" : moneyText(position.cost),
		tradeMode: 0,
		positionStatus: "Normal",
		autoAddMargin: venue.autoAddMargin(symbol) ? 1 : 0,
		adlRankIndicator: deleverageRank(position, instrument, { mark, leverage, added }),
		leverage: plainDecimal(leverage),
		positionBalance: flat ? "0" : margin,
		markPrice: numberText(mark),
		liqPrice: liquidationText(venue, symbol),
		bustPrice: "",
		breakEvenPrice: numberText(Number(venue.breakEven(symbol).toFixed(8))),
		positionIM: flat ? "0" : margin,
		positionIMByMp: flat ? "0" : margin,
		positionMM: maintenance,
		positionMMByMp: maintenance,
		tpslMode: "Full",
		takeProfit: priceText(grid, takeProfit),
		stopLoss: priceText(grid, stopLoss),
		trailingStop: priceText(grid, trailingStop) || "0",
		unrealisedPnl: flat ? "" : estimateText(unrealised(position, grid, mark)),
		curRealisedPnl: flat ? "0" : moneyText(realised.current),
		cumRealisedPnl: moneyText(realised.ever),
		sessionAvgPrice: "",
		createdTime: String(record.createdAt),
		updatedTime: String(record.updatedAt),
		openTime: flat ? 0 : realised.openedAt,
		seq: record.seq,
		isReduceOnly: false,
		mmrSysUpdatedTime: "",
		leverageSysUpdatedTime: "",
	};
}

/** To the nearest tick; "" outside the prices that the instrument can have. */
function liquidationText(venue: Venue, symbol: string): string {
	const price = venue.liquidationPrice(symbol);
	const instrument = venue.instrument(symbol);
	if (Number.isNaN(price) || instrument === undefined) return "";
	const { grid, minPrice, maxPrice } = instrument;
	return price < grid.priceNumber(minPrice) || price > grid.priceNumber(maxPrice) ? "" : priceText(grid, grid.nearestTick(price));
}
