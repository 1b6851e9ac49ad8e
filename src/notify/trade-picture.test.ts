import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import type { Exit, Trade } from "../report/trade.ts";
import { MINUTE, type Usdt } from "../units/unit.ts";
import type { Colour } from "./canvas.ts";
import { DOWN, ENTRY, INK, MEAN, UP } from "./palette.ts";
import { tradePicture } from "./trade-picture.ts";
import type { TradeStory } from "./view.ts";

/** How many pixels are of a colour, and where they lie. */
class Seen {
	readonly width: number;
	readonly height: number;
	readonly #rows: Uint8Array;

	constructor(png: Uint8Array) {
		const bytes = Buffer.from(png);
		[this.width, this.height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
		this.#rows = inflateSync(bytes.subarray(41, 41 + bytes.readUInt32BE(33)));
	}

	of([red, green, blue]: Colour, within: { readonly left?: number; readonly right?: number } = {}): { x: number; y: number }[] {
		const found: { x: number; y: number }[] = [];
		for (let y = 60; y < this.height; y++)
			for (let x = within.left ?? 0; x < (within.right ?? this.width); x++) {
				const at = y * (1 + this.width * 3) + 1 + x * 3;
				if (this.#rows[at] === red && this.#rows[at + 1] === green && this.#rows[at + 2] === blue) found.push({ x, y });
			}
		return found;
	}
}

const START = 1_700_000_000_000 - (1_700_000_000_000 % MINUTE);
const PLOT = { right: 710 };

function trade(direction: "long" | "short", exits: readonly Exit[], entryAt = START + 20 * MINUTE): Trade {
	const money = { fees: 0 as Usdt, funding: 0 as Usdt, pnl: 1e8 as Usdt, balanceBefore: 1000e8 as Usdt, balanceAfter: 1001e8 as Usdt };
	const exitAt = exits.at(-1)?.at ?? entryAt;
	return { symbol: "BTCUSDT", direction, signalAt: entryAt, entryAt, entryPrice: 100, qty: 1, exits, exitAt, slippage: 0, ...money };
}

function story(more: Partial<TradeStory> = {}): TradeStory {
	const exits = [
		{ at: START + 40 * MINUTE, price: 103, qty: 0.5, reason: "take_profit" as const },
		{ at: START + 60 * MINUTE, price: 101, qty: 0.5, reason: "stop_loss" as const },
	];
	const candles = Array.from({ length: 80 }, (_, i) => {
		const open = 100 + 3 * Math.sin(i / 12);
		return { openTime: START + i * MINUTE, open, high: open + 0.3, low: open - 0.3, close: open + 0.1, volume: 1, turnover: 1 };
	});
	const levels = [{ at: START + 20 * MINUTE, stop: 99, takeProfit: 103 }];
	const evaluations = [0, 79].map((i) => ({
		at: START + i * MINUTE,
		signal: { direction: 1 as const, why: "", price: 100, reference: 98.5, upper: 98.7, lower: 98.3 },
	}));
	return { trade: trade("long", exits), interval: MINUTE, candles, levels, evaluations, ...more };
}

test("the picture shows entry and exits, the stop while it stood, the target until it was taken, and the reference (G1)", () => {
	const seen = new Seen(tradePicture(story()));
	const entries = seen.of(ENTRY, { right: PLOT.right });
	const [entry] = entries;
	assert.ok(entry !== undefined && entries.length > 40, "a mark where it went in");
	const stops = seen.of(DOWN, { right: PLOT.right }).filter(({ y }) => y > entry.y + 40);
	const targets = seen.of(UP, { right: PLOT.right });
	const right = (spots: readonly { x: number }[]): number => Math.max(...spots.map(({ x }) => x));
	const row = (spots: readonly { x: number; y: number }[], y: number) => spots.filter((spot) => spot.y === y);
	const stopRow = stops[0]?.y ?? 0;
	assert.ok(
		row(stops, stopRow).every(({ x }) => x >= entry.x - 1 && x <= 20 + (690 * 60) / 80 + 1),
		"from the entry to the last exit",
	);
	assert.ok(row(stops, stopRow).length > 100);
	const top = Math.min(...targets.map(({ y }) => y));
	assert.ok(right(row(targets, top)) < 20 + (690 * 60) / 80 - 50, "the target ends where it was taken");
	assert.ok(seen.of(MEAN).length > 600, "the reference goes through all of it");
});

test("without candles the line goes from note to note; a trade of one moment, and one that stands alone, are drawn, too (G1)", () => {
	const bare = new Seen(tradePicture(story({ candles: [] })));
	assert.ok(bare.of(INK, { right: PLOT.right }).length > 200, "a line of what was noted");
	const sudden = trade("short", [{ at: START, price: 100, qty: 1, reason: "liquidation" }], START);
	for (const candles of [[], story().candles.slice(0, 1), story().candles]) {
		const seen = new Seen(tradePicture({ trade: sudden, interval: MINUTE, candles, levels: [], evaluations: [] }));
		assert.ok(seen.of(ENTRY).length > 40);
	}
});

test("what a strategy does not know, and prices of any size, are left out or fit in (G1)", () => {
	const evaluations = [{ at: START, signal: { direction: 0 as const, why: "warm-up", price: 100 } }];
	for (const scale of [1e-6, 1, 1e6]) {
		const candles = story().candles.map((candle) => ({
			...candle,
			open: candle.open * scale,
			high: candle.high * scale,
			low: candle.low * scale,
			close: candle.close * scale,
		}));
		const exits = [{ at: START + 30 * MINUTE, price: 101 * scale, qty: 1, reason: "opposite_signal" as const }];
		const one = { ...trade("long", exits), entryPrice: 100 * scale, symbol: "1000000BABYDOGEUSDT" };
		const seen = new Seen(tradePicture({ trade: one, interval: MINUTE, candles, levels: [], evaluations }));
		assert.ok(seen.of(UP, { right: PLOT.right }).length > 500);
		assert.equal(seen.of(MEAN).length, 0);
	}
});
