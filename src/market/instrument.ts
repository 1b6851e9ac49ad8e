// What the venue says about a contract: grid, limits, leverage, risk tiers, funding interval. Source: instruments-info, risk-limit.

import { Grid, roundUsdt } from "../units/grid.ts";
import { HOUR, type Ms, type Price, type Qty, type Usdt } from "../units/unit.ts";

/** One row of the maintenance table: up to `limit` of position value. Source: /v5/market/risk-limit. */
export type RiskTier = {
	readonly limit: Usdt;
	/** Maintenance margin rate, a fraction. */
	readonly maintenance: number;
	readonly deduction: Usdt;
	readonly maxLeverage: number;
};

export type Instrument = {
	readonly symbol: string;
	readonly baseCoin: string;
	readonly grid: Grid;
	readonly minQty: Qty;
	readonly maxQty: Qty;
	readonly maxMarketQty: Qty;
	readonly minNotional: Usdt;
	readonly minPrice: Price;
	readonly maxPrice: Price;
	readonly maxLeverage: number;
	readonly fundingInterval: Ms;
	readonly tiers: readonly RiskTier[];
	/** `Trading`, or what else the venue says. */
	readonly status: string;
};

/** An instrument's rules as text and numbers, as a table or the venue gives them. */
export type InstrumentSpec = {
	symbol: string;
	baseCoin: string;
	tick: string;
	step: string;
	minQty: string;
	maxQty?: string;
	maxMarketQty?: string;
	/** USDT. */
	minNotional: number;
	maxLeverage: number;
	fundingHours: number;
	status?: string;
	tiers?: readonly { limit: number; maintenance: number; maxLeverage: number }[];
};

/** Largest quantities are re-tuned by the venue twice a month: a table that does not come from it states none. */
const NO_MAXIMUM = "1000000000";

const FIRST_TIERS = [{ limit: 2_000_000, maintenance: 0.005, maxLeverage: 100 }] as const;

/** Builds the instrument; undefined when a number in the text is off its own grid. */
export function makeInstrument(spec: InstrumentSpec): Instrument | undefined {
	const grid = new Grid({ tick: spec.tick, step: spec.step });
	const minQty = grid.parseQty(spec.minQty);
	const maxQty = grid.parseQty(spec.maxQty ?? NO_MAXIMUM);
	const maxMarketQty = grid.parseQty(spec.maxMarketQty ?? spec.maxQty ?? NO_MAXIMUM);
	if (minQty === undefined || maxQty === undefined || maxMarketQty === undefined) return undefined;
	return {
		symbol: spec.symbol,
		baseCoin: spec.baseCoin,
		grid,
		minQty,
		maxQty,
		maxMarketQty,
		minNotional: roundUsdt(spec.minNotional),
		minPrice: 1 as Price,
		maxPrice: grid.floorToTick(19_999_998 * grid.priceNumber(1 as Price)),
		maxLeverage: spec.maxLeverage,
		fundingInterval: spec.fundingHours * HOUR,
		tiers: withDeductions(spec.tiers ?? FIRST_TIERS.map((tier) => ({ ...tier, maxLeverage: spec.maxLeverage }))),
		status: spec.status ?? "Trading",
	};
}

/** D_n = D_(n−1) + limit_(n−1) · (MMR_n − MMR_(n−1)), D_1 = 0: the maintenance margin has no step at a tier's edge. */
function withDeductions(tiers: readonly { limit: number; maintenance: number; maxLeverage: number }[]): RiskTier[] {
	let deduction = 0;
	return tiers.map((tier, i) => {
		const before = tiers[i - 1];
		if (before !== undefined) deduction += before.limit * (tier.maintenance - before.maintenance);
		return { ...tier, limit: roundUsdt(tier.limit), deduction: roundUsdt(deduction) };
	});
}

/** The tier that a position value falls into; the last one above its limit. */
export function tierOf(instrument: Instrument, value: Usdt): RiskTier {
	const tier = instrument.tiers.find(({ limit }) => value <= limit) ?? instrument.tiers.at(-1);
	if (tier === undefined) throw new RangeError(`${instrument.symbol} has no risk tier`);
	return tier;
}

/** The bundled table (spec §13), used where nothing newer was downloaded. */
export const BUNDLED: readonly InstrumentSpec[] = [
	{
		symbol: "BTCUSDT",
		baseCoin: "BTC",
		tick: "0.1",
		step: "0.001",
		minQty: "0.001",
		minNotional: 5,
		maxLeverage: 100,
		fundingHours: 8,
	},
	{
		symbol: "ETHUSDT",
		baseCoin: "ETH",
		tick: "0.01",
		step: "0.01",
		minQty: "0.01",
		minNotional: 5,
		maxLeverage: 100,
		fundingHours: 8,
	},
	{
		symbol: "SOLUSDT",
		baseCoin: "SOL",
		tick: "0.01",
		step: "0.1",
		minQty: "0.1",
		minNotional: 5,
		maxLeverage: 100,
		fundingHours: 8,
	},
];

export function bundledInstrument(symbol: string): Instrument | undefined {
	const spec = BUNDLED.find((entry) => entry.symbol === symbol);
	return spec === undefined ? undefined : makeInstrument(spec);
}
