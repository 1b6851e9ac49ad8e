// A backtest on a generated market with the default settings, as `backtest --report` hands it to the page.

import assert from "node:assert/strict";
import { type BacktestRun, backtestRecord } from "../../src/cli/backtest-run.ts";
import { generatedMarket } from "../../src/cli/generated-market.ts";
import { decodeConfig } from "../../src/config/decode.ts";
import type { ReportInput } from "../../src/page/page.ts";
import type { Evaluation } from "../../src/page/series.ts";

/** Not listened to, it has no evaluations. */
export function sampleReport(days = 40, seed = "report", isHeard = true): ReportInput {
	const decoded = decodeConfig("", "config.yaml");
	assert.ok(decoded.ok);
	const config = decoded.value;
	const [entry] = config.resolved.symbols;
	assert.ok(entry !== undefined);
	const market = generatedMarket(entry, config.config, { seed, days });
	const evaluations: Evaluation[] = [];
	const onNote: BacktestRun["onNote"] = (at, _symbol, note) => {
		if (note.what === "evaluated") evaluations.push({ at, ...note.signal });
	};
	const run = backtestRecord({ config, market, onNote: isHeard ? onNote : undefined });
	const { symbol, interval, columns } = market;
	return { run, kind: "backtest", locale: "en", charts: [{ symbol, interval, columns, evaluations }], unknown: [] };
}
