// A generated market for a configured symbol, where no candle file was named. It says of itself that it is no history.

import { generateMarket } from "../candles/generate.ts";
import type { ResolvedSymbol } from "../config/rules.ts";
import type { Config } from "../config/schema.ts";
import { bundledInstrument } from "../market/instrument.ts";
import { UsageError } from "../std/usage-error.ts";
import { checkMarket, type MarketFile } from "./market-file.ts";

/** Where prices of the bundled symbols begin, USDT. */
export const PRICES: Readonly<Record<string, number>> = { BTCUSDT: 60_000, ETHUSDT: 3000, SOLUSDT: 150 };

export function generatedMarket(entry: ResolvedSymbol, config: Config, { seed, days }: { seed: string; days: number }): MarketFile {
	const instrument = bundledInstrument(entry.symbol);
	if (instrument === undefined)
		throw new UsageError(
			`symbols: no market can be generated for ${entry.symbol}, whose rules are not known; use BTCUSDT, ETHUSDT or SOLUSDT`,
		);
	const { tick, step } = instrument.grid;
	const columns = generateMarket({ seed: `${seed}/${entry.symbol}`, days, price: PRICES[entry.symbol] ?? 100, tick, step });
	const file = { columns, origin: "generated", hasVolume: true, hasTurnover: true, spacing: 60_000, interval: "1", gaps: [] } as const;
	return checkMarket(file, `generated market "${seed}"`, entry, config);
}
