// A configuration text and candles in, trades out: what tests of whole runs go through, on the very road of the `backtest` command.

import assert from "node:assert/strict";
import { type BacktestOutcome, runBacktest } from "../../src/backtest/backtest.ts";
import { decodeConfig } from "../../src/config/decode.ts";
import { settingsOf } from "../../src/config/settings.ts";
import type { Columns } from "../../src/market/candle.ts";
import { bundledInstrument } from "../../src/market/instrument.ts";
import type { Interval } from "../../src/market/interval.ts";

/** Runs a backtest of `columns`; `config` is the content of config.yaml, as an object. */
export function backtest(config: object, columns: Columns, baseInterval: Interval): BacktestOutcome {
	const decoded = decodeConfig(JSON.stringify(config), "config.yaml");
	assert.ok(decoded.ok, decoded.ok ? "" : JSON.stringify(decoded.error));
	const { config: values, resolved } = decoded.value;
	const settings = settingsOf(values, resolved, bundledInstrument);
	return runBacktest({
		columns,
		baseInterval,
		engine: { ...settings.engine, run: "t", narrate: false },
		venue: settings.venue,
		policy: values.sim.path,
		fundingRate: values.sim.funding_rate,
	});
}
