// A position and its closed profit as the exchange reports them. Source: docs/v5/position/{position,close-pnl},
// docs/v5/websocket/private/position. REST says `avgPrice` where the stream says `entryPrice`; both become `avgPrice` here.

import type { Side } from "../../orders/side.ts";
import type { Ms } from "../../units/unit.ts";
import type { Decimal } from "./decimal.ts";
import { type Decoded, Row } from "./row.ts";

export type BybitPosition = {
	readonly symbol: string;
	readonly positionIdx: number;
	/** `undefined` when flat. */
	readonly side: Side | undefined;
	/** Never negative. */
	readonly size: Decimal;
	readonly avgPrice: Decimal | undefined;
	readonly positionValue: Decimal | undefined;
	readonly leverage: Decimal | undefined;
	readonly markPrice: Decimal | undefined;
	readonly breakEvenPrice: Decimal | undefined;
	readonly liqPrice: Decimal | undefined;
	readonly positionIM: Decimal | undefined;
	readonly positionMM: Decimal | undefined;
	readonly takeProfit: Decimal | undefined;
	readonly stopLoss: Decimal | undefined;
	readonly trailingStop: Decimal | undefined;
	readonly unrealisedPnl: Decimal | undefined;
	readonly curRealisedPnl: Decimal | undefined;
	readonly cumRealisedPnl: Decimal | undefined;
	readonly positionStatus: string | undefined;
	readonly adlRankIndicator: number | undefined;
	readonly isReduceOnly: boolean;
	/** Isolated alone: margin is added by itself. */
	readonly autoAddMargin: boolean;
	readonly openTime: Ms | undefined;
	readonly createdTime: Ms | undefined;
	readonly updatedTime: Ms | undefined;
	/** Joins fills to the position; −1 if never traded. */
	readonly seq: number | undefined;
};

export function decodePosition(value: unknown): Decoded<BybitPosition> {
	const row = new Row(value, "a position");
	const size = row.size("size");
	const side = row.optionalSide("side");
	const avgPrice = row.optionalPrice("avgPrice") ?? row.optionalPrice("entryPrice");
	if (Number(size) > 0 && side === undefined) row.fail("side is missing");
	if (Number(size) > 0 && avgPrice === undefined) row.fail("avgPrice is missing");
	return row.finish({
		symbol: row.text("symbol"),
		positionIdx: row.optionalInteger("positionIdx") ?? 0,
		side: Number(size) > 0 ? side : undefined,
		size,
		avgPrice,
		positionValue: row.optionalDecimal("positionValue"),
		leverage: row.optionalDecimal("leverage"),
		markPrice: row.optionalPrice("markPrice"),
		breakEvenPrice: row.optionalPrice("breakEvenPrice"),
		liqPrice: row.optionalPrice("liqPrice"),
		positionIM: row.optionalDecimal("positionIM"),
		positionMM: row.optionalDecimal("positionMM"),
		takeProfit: row.optionalPrice("takeProfit"),
		stopLoss: row.optionalPrice("stopLoss"),
		trailingStop: row.optionalPrice("trailingStop"),
		unrealisedPnl: row.optionalDecimal("unrealisedPnl"),
		curRealisedPnl: row.optionalDecimal("curRealisedPnl"),
		cumRealisedPnl: row.optionalDecimal("cumRealisedPnl"),
		positionStatus: row.optionalText("positionStatus"),
		adlRankIndicator: row.optionalInteger("adlRankIndicator"),
		isReduceOnly: row.optionalFlag("isReduceOnly") === true,
		autoAddMargin: row.optionalInteger("autoAddMargin") === 1,
		openTime: row.optionalTime("openTime"),
		createdTime: row.optionalTime("createdTime"),
		updatedTime: row.optionalTime("updatedTime"),
		seq: row.optionalInteger("seq"),
	});
}

/** One row per closing order; `closedPnl` is net of both sides' fees, funding not included. */
export type ClosedPnl = {
	readonly symbol: string;
	readonly orderId: string;
	/** Of the closing order. */
	readonly side: Side;
	readonly qty: Decimal;
	readonly closedSize: Decimal;
	readonly cumEntryValue: Decimal;
	readonly avgEntryPrice: Decimal;
	readonly cumExitValue: Decimal;
	readonly avgExitPrice: Decimal;
	readonly closedPnl: Decimal;
	readonly openFee: Decimal | undefined;
	readonly closeFee: Decimal | undefined;
	readonly execType: string;
	readonly leverage: Decimal | undefined;
	readonly orderPrice: Decimal | undefined;
	readonly orderType: string | undefined;
	readonly fillCount: number | undefined;
	readonly createdTime: Ms;
	readonly updatedTime: Ms | undefined;
};

export function decodeClosedPnl(value: unknown): Decoded<ClosedPnl> {
	const row = new Row(value, "a closed profit");
	return row.finish({
		symbol: row.text("symbol"),
		orderId: row.text("orderId"),
		side: row.side("side"),
		qty: row.size("qty"),
		closedSize: row.size("closedSize"),
		cumEntryValue: row.decimal("cumEntryValue"),
		avgEntryPrice: row.decimal("avgEntryPrice"),
		cumExitValue: row.decimal("cumExitValue"),
		avgExitPrice: row.decimal("avgExitPrice"),
		closedPnl: row.decimal("closedPnl"),
		openFee: row.optionalDecimal("openFee"),
		closeFee: row.optionalDecimal("closeFee"),
		execType: row.text("execType"),
		leverage: row.optionalDecimal("leverage"),
		orderPrice: row.optionalPrice("orderPrice"),
		orderType: row.optionalText("orderType"),
		fillCount: row.optionalInteger("fillCount"),
		createdTime: row.time("createdTime"),
		updatedTime: row.optionalTime("updatedTime"),
	});
}
