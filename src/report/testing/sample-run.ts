// Made-up runs for the tests of this room: whole trades and equity curves from a few numbers, in USDT and minutes.

import type { Direction } from "../../orders/side.ts";
import { addUsdt, roundUsdt } from "../../units/grid.ts";
import { DAY, MINUTE, type Ms, type Usdt } from "../../units/unit.ts";
import type { RunRecord } from "../metrics.ts";
import type { ExitReason, Trade } from "../trade.ts";

/** Monday 2024-01-01 00:00 UTC. */
export const START: Ms = 1_704_067_200_000;

export function usdt(amount: number): Usdt {
	return roundUsdt(amount);
}

export type TradeSketch = {
	readonly pnl?: number;
	readonly fees?: number;
	readonly funding?: number;
	readonly slippage?: number;
	readonly before?: number;
	readonly direction?: Direction;
	readonly symbol?: string;
	/** Ms after START. */
	readonly in?: Ms;
	readonly out?: Ms;
	readonly reasons?: readonly ExitReason[];
};

/** A trade of 1 coin at 100; each of its exits closes an equal part. */
export function tradeOf(sketch: TradeSketch = {}): Trade {
	const { pnl = 0, fees = 0, funding = 0, slippage = 0, before = 1000, reasons = ["stop_loss"] } = sketch;
	const entryAt = START + (sketch.in ?? 60 * MINUTE);
	const exitAt = START + (sketch.out ?? 120 * MINUTE);
	return {
		symbol: sketch.symbol ?? "BTCUSDT",
		direction: sketch.direction ?? "long",
		signalAt: entryAt,
		entryAt,
		entryPrice: 100,
		qty: 1,
		exits: reasons.map((reason) => ({ at: exitAt, price: 101, qty: 1 / reasons.length, reason })),
		exitAt,
		fees: usdt(fees),
		funding: usdt(funding),
		pnl: usdt(pnl),
		balanceBefore: usdt(before),
		balanceAfter: addUsdt(usdt(before), usdt(pnl)),
		slippage,
	};
}

/** Trades one after the other: each starts with the balance that the one before it left. */
export function chainOf(sketches: readonly TradeSketch[], initial: number): Trade[] {
	let before = usdt(initial);
	return sketches.map((sketch) => {
		const trade = tradeOf(sketch);
		const after = addUsdt(before, trade.pnl);
		const chained = { ...trade, balanceBefore: before, balanceAfter: after };
		before = after;
		return chained;
	});
}

/** A run of one-minute candles over two days from START, of 1000 USDT, flat, unless told otherwise. */
export function runOf(parts: Partial<RunRecord> = {}): RunRecord {
	const { trades = [], initialBalance = usdt(1000) } = parts;
	const gained = trades.reduce((sum, trade) => addUsdt(sum, trade.pnl), usdt(0));
	return {
		symbols: ["BTCUSDT"],
		baseInterval: "1",
		start: START,
		end: START + 2 * DAY,
		candles: 2880,
		initialBalance,
		finalBalance: addUsdt(initialBalance, gained),
		times: new Float64Array(),
		equity: new Float64Array(),
		trades,
		warnings: [],
		generated: false,
		ambiguousCandles: 0,
		...parts,
	};
}

/** Equity points `[ms after START, USDT]`. */
export function curveOf(points: readonly (readonly [after: Ms, equity: number])[]): Pick<RunRecord, "times" | "equity"> {
	return { times: Float64Array.from(points, ([after]) => START + after), equity: Float64Array.from(points, ([, equity]) => equity) };
}
