// Rows of instruments-info and risk-limit. Source: docs/v5/market/instrument, risk-limit.

import type { Instrument } from "../../market/instrument.ts";
import { decimalsOf, plainDecimal, trimZeros } from "../../units/decimal.ts";
import { HOUR, MINUTE, type Ms, type Price } from "../../units/unit.ts";
import { PRICE_LIMIT_RATIOS } from "./price-limit.ts";
import { moneyText, priceText, qtyText } from "./text.ts";

/** Bybit's usual cap of a funding rate; instruments differ, and nothing here depends on it. */
export const FUNDING_CAP = "0.005";

export function instrumentRow(instrument: Instrument, { index, launchTime }: { index: number; launchTime: Ms }): object {
	const { grid, symbol } = instrument;
	const maxOrderQty = qtyText(grid, instrument.maxQty);
	return {
		symbol,
		symbolId: index + 1,
		contractType: "LinearPerpetual",
		status: instrument.status,
		baseCoin: instrument.baseCoin,
		quoteCoin: "USDT",
		settleCoin: "USDT",
		symbolType: "",
		launchTime: String(launchTime),
		deliveryTime: "0",
		deliveryFeeRate: "",
		priceScale: String(decimalsOf(grid.tick)),
		leverageFilter: { minLeverage: "1", maxLeverage: instrument.maxLeverage.toFixed(2), leverageStep: "0.01" },
		priceFilter: {
			minPrice: priceText(grid, instrument.minPrice),
			maxPrice: priceText(grid, instrument.maxPrice),
			tickSize: priceText(grid, 1 as Price), // one whole tick
		},
		lotSizeFilter: {
			maxOrderQty,
			minOrderQty: qtyText(grid, instrument.minQty),
			qtyStep: trimZeros(grid.step),
			postOnlyMaxOrderQty: maxOrderQty,
			maxMktOrderQty: qtyText(grid, instrument.maxMarketQty),
			minNotionalValue: moneyText(instrument.minNotional),
		},
		unifiedMarginTrade: true,
		fundingInterval: instrument.fundingInterval / MINUTE,
		copyTrading: "none",
		upperFundingRate: FUNDING_CAP,
		lowerFundingRate: `-${FUNDING_CAP}`,
		displayName: "",
		forbidUplWithdrawal: false,
		riskParameters: { priceLimitRatioX: plainDecimal(PRICE_LIMIT_RATIOS.x), priceLimitRatioY: plainDecimal(PRICE_LIMIT_RATIOS.y) },
		isPreListing: false,
		preListingInfo: null,
	};
}

export function fundingHours(instrument: Instrument): string {
	return plainDecimal(instrument.fundingInterval / HOUR);
}

export function riskLimitRows(instrument: Instrument): object[] {
	return instrument.tiers.map((tier, i) => ({
		id: i + 1,
		symbol: instrument.symbol,
		riskLimitValue: moneyText(tier.limit),
		maintenanceMargin: plainDecimal(tier.maintenance),
		initialMargin: plainDecimal(Number((1 / tier.maxLeverage).toFixed(4))),
		isLowestRisk: i === 0 ? 1 : 0,
		maxLeverage: tier.maxLeverage.toFixed(2),
		mmDeduction: tier.deduction === 0 ? "" : moneyText(tier.deduction),
	}));
}
