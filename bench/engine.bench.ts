// Tickers through Engine.handle, as the live bot takes them: while flat, while a position is open, and while one is open whose stop trails.
// What the wire, the journal and the logs cost is not in it.

import { decodeConfig } from "../src/config/decode.ts";
import { settingsOf } from "../src/config/settings.ts";
import { Engine } from "../src/engine/engine.ts";
import type { Event } from "../src/engine/event.ts";
import { bundledInstrument } from "../src/market/instrument.ts";
import type { Fill } from "../src/orders/fill.ts";
import { assert } from "../src/std/assert.ts";
import { Prng } from "../src/std/prng.ts";
import { NO_QTY, NO_USDT, scaleUsdt } from "../src/units/grid.ts";
import type { Ms } from "../src/units/unit.ts";
import { type Bench, byTurns, main } from "./figure.ts";

const TICKERS = 200_000;
/** Market ms between two tickers: Bybit pushes a linear ticker so often. */
const SPACING = 100;
const START: Ms = Date.UTC(2024, 0, 1, 12);
const PRICE = 60_000;
const ROUNDS = { rounds: 15, warmUp: 5 };
const TRAILING = { strategy: { exit: { trailing: { activation_pct: 0.2, distance_pct: 0.5 } } } };

function bench(): Bench {
	const tickers = makeTickers();
	const [flat = 0, open = 0, trailing = 0] = byTurns(
		[() => feed(makeEngine({}), tickers), () => feed(opened(makeEngine({})), tickers), () => feed(opened(makeEngine(TRAILING)), tickers)],
		ROUNDS,
	);
	const perSecond = (ms: number): number => TICKERS / ms / 1000;
	return {
		stake: "Six hundred symbols push up to 10 000 messages a second: at 10 µs each the engine alone would take a tenth of a core.",
		figures: [
			{ name: "ticker, flat", value: perSecond(flat), unit: "M events/s" },
			{ name: "ticker, position open", value: perSecond(open), unit: "M events/s" },
			{ name: "ticker, position open, trailing stop", value: perSecond(trailing), unit: "M events/s" },
			{ name: "ticker open ÷ flat, time", value: open / flat, unit: "×" },
		],
	};
}

function makeEngine(values: object): Engine {
	const decoded = decodeConfig(JSON.stringify(values), "config.yaml");
	assert(decoded.ok, "the bench's configuration is valid");
	const { engine } = settingsOf(decoded.value.config, decoded.value.resolved, bundledInstrument);
	return new Engine({ ...engine, baseInterval: "1", run: "bench", narrate: false });
}

/** The venue tells of a long position of 0.1 coins. */
function opened(engine: Engine): Engine {
	const grid = bundledInstrument("BTCUSDT")?.grid;
	assert(grid !== undefined, "BTCUSDT is bundled");
	const [price, qty] = [grid.floorToTick(PRICE), grid.floorToStep(0.1)];
	const value = grid.value(qty, price);
	const fill: Fill = {
		execId: "e1",
		orderId: "o1",
		linkId: "l1",
		symbol: "BTCUSDT",
		side: "buy",
		qty,
		price,
		value,
		fee: scaleUsdt(value, 0.00055),
		maker: false,
		cause: "order",
		closedQty: NO_QTY,
		realised: NO_USDT,
		leaves: NO_QTY,
		at: START,
	};
	const commands = engine.handle({ kind: "filled", at: START, symbol: "BTCUSDT", fill });
	assert(
		commands.some(({ kind }) => kind === "protect"),
		"the engine protects what it is told of",
	);
	return engine;
}

/** A price that wanders by ticks and stays within 0.4 % of its start: nothing is to be closed. */
function makeTickers(): Event[] {
	const draw = new Prng("tickers");
	let ticks = 0;
	return Array.from({ length: TICKERS }, (_, i) => {
		ticks = Math.max(-2400, Math.min(2400, ticks + draw.below(21) - 10));
		const last = PRICE + ticks / 10;
		const ticker = { last, mark: last, bid: last, ask: last + 0.1, turnover24h: 6e9, volume24h: 1e5 };
		return { kind: "ticker", at: START + (i + 1) * SPACING, symbol: "BTCUSDT", ticker };
	});
}

function feed(engine: Engine, events: readonly Event[]): void {
	for (const event of events) engine.handle(event);
}

if (import.meta.main) await main("engine", bench);
