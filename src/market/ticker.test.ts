import assert from "node:assert/strict";
import { test } from "node:test";
import { type Ticker, vwapOf } from "./ticker.ts";

test("the exchange's VWAP is its own field where it sends one, else turnover ÷ volume, else there is none (C2)", () => {
	const rows: readonly (readonly [figures: Partial<Ticker>, expected: number | undefined])[] = [
		[{ turnover24h: 40_200, volume24h: 2 }, 20_100],
		[{ vwap: 19_999, turnover24h: 40_200, volume24h: 2 }, 19_999],
		[{ vwap: 19_999 }, 19_999],
		[{ vwap: 0, turnover24h: 40_200, volume24h: 2 }, 20_100],
		[{ vwap: Number.NaN, turnover24h: 40_200, volume24h: 2 }, 20_100],
		[{ turnover24h: 40_200 }, undefined],
		[{ volume24h: 2 }, undefined],
		[{ turnover24h: 40_200, volume24h: 0 }, undefined],
		[{ turnover24h: 40_200, volume24h: Number.NaN }, undefined],
		[{ turnover24h: 40_200, volume24h: Number.POSITIVE_INFINITY }, undefined],
		[{ turnover24h: Number.NaN, volume24h: 2 }, undefined],
		[{ turnover24h: 0, volume24h: 2 }, undefined],
		[{}, undefined],
	];
	for (const [figures, expected] of rows) assert.equal(vwapOf({ last: 1, mark: 1, ...figures }), expected, JSON.stringify(figures));
});
