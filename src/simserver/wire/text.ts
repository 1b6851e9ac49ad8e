// Numbers as Bybit writes them: strings, without trailing zeros; what is missing is "".

import { plainDecimal, trimZeros } from "../../units/decimal.ts";
import { formatUsdt, type Grid, roundUsdt, usdtNumber } from "../../units/grid.ts";
import type { Price, Qty, Usdt } from "../../units/unit.ts";

/** A double as the shortest text that reads back as the same double. */
export function numberText(value: number | undefined): string {
	return value === undefined || !Number.isFinite(value) ? "" : plainDecimal(value);
}

export function moneyText(amount: Usdt): string {
	return trimZeros(formatUsdt(amount));
}

/** An estimate in USDT, to 1e-8. */
export function estimateText(usdt: number): string {
	return Number.isFinite(usdt) ? moneyText(roundUsdt(usdt)) : "";
}

export function priceText(grid: Grid, price: Price | undefined): string {
	return price === undefined ? "" : trimZeros(grid.formatPrice(price));
}

export function qtyText(grid: Grid, qty: Qty): string {
	return trimZeros(grid.formatQty(qty));
}

/** The average price of a fill: value ÷ quantity, free of the division's last binary digits. */
export function averageText(grid: Grid, value: Usdt, qty: Qty): string {
	return plainDecimal(Number((usdtNumber(value) / grid.qtyNumber(qty)).toPrecision(13)));
}

export function sideText(side: "buy" | "sell"): "Buy" | "Sell" {
	return side === "buy" ? "Buy" : "Sell";
}
