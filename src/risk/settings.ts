// Limits and guards as plain values; undefined is off. Percentages as written in config.yaml (1 means 1 %).

export type RiskSettings = {
	readonly maxSymbolNotional: number | undefined;
	readonly maxTotalNotional: number | undefined;
	readonly maxLossPct: number | undefined;
	readonly maxDrawdownPct: number | undefined;
	readonly maxErrors: number | undefined;
};

export type GuardSettings = {
	readonly maxSpreadPct: number | undefined;
	readonly maxMovePct: number | undefined;
	readonly moveWindowS: number;
	readonly staleS: number | undefined;
	readonly maxDivergencePct: number | undefined;
	readonly minLiquidationDistancePct: number | undefined;
};

export type SizeSettings = { readonly mode: "percent" | "fixed"; readonly value: number };

/** Costs that sizes and expectations reckon with, as fractions. */
export type Costs = { readonly takerFee: number; readonly makerFee: number; readonly slippage: number };
