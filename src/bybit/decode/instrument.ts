// Contract rules: instruments-info and risk-limit into the market's `Instrument`. Source: docs/v5/market/{instrument,risk-limit}.

import { type Instrument, makeInstrument } from "../../market/instrument.ts";
import { Bug } from "../../std/assert.ts";
import { err, ok } from "../../std/result.ts";
import { Grid, usdtNumber } from "../../units/grid.ts";
import type { Ms, Usdt } from "../../units/unit.ts";
import type { Decimal } from "./decimal.ts";
import { type Decoded, isObject, Row } from "./row.ts";

/** A contract and what the exchange says around it. */
export type InstrumentInfo = {
	readonly instrument: Instrument;
	readonly contractType: string;
	readonly quoteCoin: string;
	readonly settleCoin: string;
	/** `stock`, `commodity`, …: some need a signed agreement. */
	readonly symbolType: string | undefined;
	readonly isPreListing: boolean;
	readonly launchTime: Ms | undefined;
	/** Set: the contract is being delisted. */
	readonly deliveryTime: Ms | undefined;
	readonly minLeverage: Decimal | undefined;
	readonly leverageStep: Decimal | undefined;
	readonly priceLimitRatioX: Decimal | undefined;
	readonly priceLimitRatioY: Decimal | undefined;
};

/** One row of GET /v5/market/risk-limit; margins are fractions. */
export type RiskLimit = {
	readonly id: number;
	readonly symbol: string;
	readonly riskLimitValue: Decimal;
	readonly maintenanceMargin: Decimal;
	readonly initialMargin: Decimal | undefined;
	readonly maxLeverage: Decimal;
	readonly mmDeduction: Decimal | undefined;
};

export function decodeRiskLimit(value: unknown): Decoded<RiskLimit> {
	const row = new Row(value, "a risk limit");
	const maintenanceMargin = row.price("maintenanceMargin");
	if (Number(maintenanceMargin) >= 1) row.fail("maintenanceMargin is no fraction");
	return row.finish({
		id: row.integer("id"),
		symbol: row.text("symbol"),
		riskLimitValue: row.price("riskLimitValue"),
		maintenanceMargin,
		initialMargin: row.optionalDecimal("initialMargin"),
		maxLeverage: row.price("maxLeverage"),
		mmDeduction: row.optionalDecimal("mmDeduction"),
	});
}

/** Money is exact up to here (`Usdt`), so no position of ours reaches a tier beyond it. */
const TIER_LIMIT_MAX = Math.floor(usdtNumber(Number.MAX_SAFE_INTEGER as Usdt));

type Tier = { limit: number; maintenance: number; maxLeverage: number };

/** The tiers of one symbol, ascending, cut off where money can no longer be counted. */
function tiersOf(symbol: string, risks: readonly RiskLimit[]): Tier[] {
	const all = risks
		.filter((risk) => risk.symbol === symbol)
		.map((risk) => ({
			limit: Number(risk.riskLimitValue),
			maintenance: Number(risk.maintenanceMargin),
			maxLeverage: Number(risk.maxLeverage),
		}))
		.sort((a, b) => a.limit - b.limit);
	const beyond = all.findIndex((tier) => tier.limit > TIER_LIMIT_MAX);
	const last = all[beyond];
	return last === undefined ? all : [...all.slice(0, beyond), { ...last, limit: TIER_LIMIT_MAX }];
}

/** One row of GET /v5/market/instruments-info, with the symbol's risk limits where they are known. */
export function decodeInstrument(value: unknown, risks: readonly RiskLimit[] = []): Decoded<InstrumentInfo> {
	const row = new Row(value, "an instrument");
	const leverage = part(row, "leverageFilter");
	const price = part(row, "priceFilter");
	const lot = part(row, "lotSizeFilter");
	const riskParameters = new Row(isObject(row.raw("riskParameters")) ? row.raw("riskParameters") : {}, "riskParameters");
	const symbol = row.text("symbol");
	const tick = price.price("tickSize");
	const step = lot.price("qtyStep");
	const rules = {
		tick,
		step,
		minQty: lot.price("minOrderQty"),
		maxQty: lot.price("maxOrderQty"),
		maxMarketQty: lot.price("maxMktOrderQty"),
		minNotional: Number(lot.size("minNotionalValue")),
		maxLeverage: Number(leverage.price("maxLeverage")),
		minPrice: price.price("minPrice"),
		maxPrice: price.price("maxPrice"),
		fundingHours: row.integer("fundingInterval") / 60,
	};
	if (!(rules.fundingHours > 0)) row.fail("fundingInterval is not above zero");
	if (rules.minNotional > 1e6) row.fail("minNotionalValue is beyond reason");
	const rest = {
		contractType: row.text("contractType"),
		quoteCoin: row.text("quoteCoin"),
		settleCoin: row.text("settleCoin"),
		symbolType: row.optionalText("symbolType"),
		isPreListing: row.optionalFlag("isPreListing") === true,
		launchTime: row.optionalTime("launchTime"),
		deliveryTime: row.optionalTime("deliveryTime"),
		minLeverage: leverage.optionalDecimal("minLeverage"),
		leverageStep: leverage.optionalDecimal("leverageStep"),
		priceLimitRatioX: riskParameters.optionalDecimal("priceLimitRatioX"),
		priceLimitRatioY: riskParameters.optionalDecimal("priceLimitRatioY"),
	};
	const spec = { ...rules, symbol, baseCoin: row.text("baseCoin"), status: row.text("status") };
	for (const part of [row, leverage, price, lot, riskParameters]) {
		const read = part.finish(undefined);
		if (!read.ok) return read;
	}
	const tiers = tiersOf(symbol, risks);
	const instrument = build(spec, tiers);
	return instrument.ok ? ok({ instrument: instrument.value, ...rest }) : instrument;
}

function part(row: Row, name: string): Row {
	return new Row(row.raw(name), name);
}

type Rules = {
	symbol: string;
	baseCoin: string;
	status: string;
	tick: Decimal;
	step: Decimal;
	minQty: Decimal;
	maxQty: Decimal;
	maxMarketQty: Decimal;
	minNotional: number;
	maxLeverage: number;
	minPrice: Decimal;
	maxPrice: Decimal;
	fundingHours: number;
};

function build(rules: Rules, tiers: readonly Tier[]): Decoded<Instrument> {
	try {
		const grid = new Grid(rules);
		// Maxima off the step are rounded down, which is the safe side; a minimum off the step is the exchange's own contradiction.
		const floor = (max: Decimal): string => grid.formatQty(grid.floorToStep(Number(max)));
		const spec = { ...rules, maxQty: floor(rules.maxQty), maxMarketQty: floor(rules.maxMarketQty) };
		const instrument = makeInstrument(tiers.length === 0 ? spec : { ...spec, tiers });
		if (instrument === undefined) return err("the minimum quantity is off the quantity step");
		return ok({ ...instrument, minPrice: grid.ceilToTick(Number(rules.minPrice)), maxPrice: grid.floorToTick(Number(rules.maxPrice)) });
	} catch (error) {
		// The grid asserts that its numbers are countable; here they are the exchange's, so it is its row that is wrong.
		if (error instanceof Bug) return err(error.message);
		throw error;
	}
}
