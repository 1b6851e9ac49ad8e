// The same market through both roads: sockets in lockstep, and the backtest in process with the exchange's path.

import type { Decoded } from "../config/decode.ts";
import { firstDifference } from "../report/compare.ts";
import type { FaultInput } from "../simserver/faults/scenario.ts";
import { backtestRecord } from "./backtest-run.ts";
import type { MarketFile } from "./market-file.ts";
import { simulatedRun } from "./simulated-run.ts";

export type Comparison = { readonly trades: number; readonly difference: string | undefined; readonly seconds: number };

/** With `faults`, of the embedded exchange's: those that heal before the next evaluation change no trade. */
export async function compareRuns(
	{ config, resolved }: Pick<Decoded, "config" | "resolved">,
	market: MarketFile,
	{ faults = [], onProgress }: { readonly faults?: readonly FaultInput[] | undefined; readonly onProgress?: (share: number) => void } = {},
): Promise<Comparison> {
	const common = { config: { ...config, guard: { ...config.guard, max_spread_pct: null } }, resolved };
	const tested = backtestRecord({ config: common, market, policy: "nearest" });
	const started = performance.now();
	const traded = await simulatedRun({
		config: common,
		markets: [market],
		run: "parity",
		faults: { list: faults, seed: "parity" },
		onProgress: (_at, share) => onProgress?.(share),
	});
	const seconds = (performance.now() - started) / 1000;
	const difference = firstDifference(tested.trades, traded.trades, market.interval, { a: "backtest", b: "sockets" });
	return { trades: tested.trades.length, difference, seconds };
}
