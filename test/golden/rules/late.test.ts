// A candle that closed while the bot was away: what is held is judged by it, an entry is not made on it when it is too old.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeConfig } from "../../../src/config/decode.ts";
import { settingsOf } from "../../../src/config/settings.ts";
import type { Command } from "../../../src/engine/command.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { bundledInstrument } from "../../../src/market/instrument.ts";
import { HOUR } from "../../../src/units/unit.ts";

const SYMBOL = "BTCUSDT";
const START = Date.UTC(2024, 0, 2);

/** Long above 20000, short below, judged each hour. */
function engine(): Engine {
	const strategy = {
		anchor: { type: "price", price: 20_000 },
		bands: { length: 2, k: 0.01 },
		momentum: { lookback: 0 },
		cooldown: { candles: 0 },
	};
	const guard = { max_move_pct: null };
	const decoded = decodeConfig(JSON.stringify({ strategy, guard }), "config.yaml");
	assert.ok(decoded.ok);
	const { engine: settings } = settingsOf(decoded.value.config, decoded.value.resolved, bundledInstrument);
	return new Engine({ ...settings, baseInterval: "60", run: "r", narrate: false });
}

function hour(one: Engine, number: number, close: number, late = false): readonly Command[] {
	const openTime = START + number * HOUR;
	const candle = { openTime, open: close, high: close + 1, low: close - 1, close, volume: 1, turnover: close };
	const at = openTime + HOUR;
	one.handle({ kind: "closed", at, symbol: SYMBOL, candle, late });
	const ticker = { last: close, mark: close, turnover24h: 20_000, volume24h: 1 };
	return one.handle({ kind: "ticker", at: at + 1, symbol: SYMBOL, ticker });
}

function placed(commands: readonly Command[]): number {
	return commands.filter(({ kind }) => kind === "place").length;
}

test("a candle in time enters, one that is late does not and says so (I3)", () => {
	for (const late of [false, true]) {
		const one = engine();
		hour(one, 0, 20_000);
		hour(one, 1, 20_000);
		const commands = hour(one, 2, 20_200, late);
		assert.equal(placed(commands), late ? 0 : 1);
		assert.equal(
			commands.some((command) => command.kind === "note" && command.note.what === "skipped" && /was away/.test(command.note.why)),
			late,
		);
		assert.equal(one.machine(SYMBOL).judgedAt, START + 3 * HOUR);
	}
});

test("what was judged last outlives the process (I3)", () => {
	const [one, two] = [engine(), engine()];
	hour(one, 0, 20_000);
	assert.equal(two.machine(SYMBOL).judgedAt, Number.NEGATIVE_INFINITY);
	two.restore(one.saved());
	assert.equal(two.machine(SYMBOL).judgedAt, START + HOUR);
});
