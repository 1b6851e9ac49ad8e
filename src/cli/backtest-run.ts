// A backtest from a configuration and a market to the record that summary and result file are made of: shared by `backtest` and `parity`.

import { type BacktestInput, runBacktest } from "../backtest/backtest.ts";
import type { Decoded } from "../config/decode.ts";
import { shown } from "../config/render.ts";
import { settingsOf } from "../config/settings.ts";
import { lowerBound } from "../market/candle.ts";
import { bundledInstrument, type Instrument } from "../market/instrument.ts";
import { closeOf } from "../market/interval.ts";
import type { RunRecord } from "../report/metrics.ts";
import type { Warning } from "../report/warning.ts";
import type { PathPolicy } from "../venue/path.ts";
import type { MarketFile } from "./market-file.ts";

export type BacktestRun = {
	readonly config: Pick<Decoded, "config" | "resolved">;
	readonly market: MarketFile;
	readonly policy?: PathPolicy;
	/** Finds a symbol's rules; the bundled table by default. */
	readonly instrumentOf?: (symbol: string) => Instrument | undefined;
	readonly onProgress?: (done: number) => void;
	/** Asked for, it hears every note, each evaluation among them. */
	readonly onNote?: BacktestInput["onNote"];
};

export function backtestRecord(run: BacktestRun): RunRecord {
	const { market, policy, instrumentOf = bundledInstrument, onProgress, onNote } = run;
	const { config, resolved } = run.config;
	const settings = settingsOf(config, resolved, instrumentOf);
	const { columns, interval } = market;
	const outcome = runBacktest({
		columns,
		baseInterval: interval,
		engine: { ...settings.engine, run: "backtest", narrate: onNote !== undefined },
		venue: settings.venue,
		policy: policy ?? config.sim.path,
		fundingRate: config.sim.funding_rate,
		rateAt: market.rateAt,
		onProgress,
		onNote,
	});
	const warnings: Warning[] = [...market.warnings];
	if (outcome.assumedFundings > 0) warnings.push({ kind: "funding", times: outcome.assumedFundings, rate: config.sim.funding_rate });
	if (outcome.halted !== undefined) warnings.push({ kind: "halted", why: outcome.halted });
	// The run is measured from backtest.start on; what lies before is warm-up.
	const from = config.backtest.start === null ? 0 : lowerBound(columns, config.backtest.start);
	const times = new Float64Array(columns.length - from);
	for (let i = 0; i < times.length; i++) times[i] = closeOf(interval, columns.openTime[from + i]!);
	return {
		symbols: [market.symbol],
		baseInterval: interval,
		start: columns.openTime[from] ?? 0,
		end: times.at(-1) ?? 0,
		candles: columns.length - from,
		initialBalance: settings.engine.balance,
		finalBalance: outcome.balance,
		times,
		equity: outcome.equity.subarray(from),
		trades: outcome.trades,
		warnings,
		generated: market.generated,
		ambiguousCandles: outcome.ambiguousCandles,
		config: shown(config),
	};
}
