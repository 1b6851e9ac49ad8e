// The bot over loopback sockets against the simulated exchange in lockstep, in one process: candles a second with everything on the road
// (signing, frames, decoding, engine, order entry, the private stream). Its trades are those of the backtest, which is checked.

import { compareRuns } from "../src/cli/compare-runs.ts";
import { generatedMarket } from "../src/cli/generated-market.ts";
import { decodeConfig } from "../src/config/decode.ts";
import { assert } from "../src/std/assert.ts";
import { type Bench, main, median } from "./figure.ts";

const DAYS = 4;
const ROUNDS = 3;

async function bench(): Promise<Bench> {
	const decoded = decodeConfig("", "config.yaml");
	assert(decoded.ok, "an empty configuration is valid");
	const [entry] = decoded.value.resolved.symbols;
	assert(entry !== undefined, "an empty configuration trades one symbol");
	const market = generatedMarket(entry, decoded.value.config, { seed: "wire", days: DAYS });
	const seconds: number[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		const comparison = await compareRuns(decoded.value, market);
		assert(comparison.difference === undefined, `the sockets trade as the backtest does: ${comparison.difference}`);
		seconds.push(comparison.seconds);
	}
	return {
		stake: "Paper runs, the demo and the parity check go this road: a year of minutes takes half a million candles.",
		figures: [{ name: "bot over sockets, lockstep", value: market.columns.length / median(seconds), unit: "candles/s" }],
	};
}

if (import.meta.main) await main("wire", bench);
