// What must hold at every step of every run, whatever market and configuration: on generated markets and configurations drawn from a fixed
// seed, with every candle walked point by point.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isFlat } from "../../src/account/position.ts";
import { generateMarket } from "../../src/candles/generate.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { Event } from "../../src/engine/event.ts";
import { parseInput } from "../../src/journal/journal.ts";
import { aggregate } from "../../src/market/aggregate.ts";
import type { Columns } from "../../src/market/candle.ts";
import type { Interval } from "../../src/market/interval.ts";
import { signOf } from "../../src/orders/side.ts";
import { usdtNumber } from "../../src/units/grid.ts";
import { anyEntries } from "../support/configurations.ts";
import { type Desk, replay, walk } from "../support/desk.ts";
import type { OracleConfig } from "../support/oracle.ts";
import { backtest } from "../support/run.ts";

const SYMBOL = "BTCUSDT";

type Market = { readonly columns: Columns; readonly base: Interval };

/** Two days of minutes, or eight of quarter hours, whose paths decide more. Made once each. */
const made = new Map<string, Market>();

function marketOf(seed: number, base: Interval): Market {
	const name = `${seed}/${base}`;
	const known = made.get(name);
	if (known !== undefined) return known;
	const minutes = generateMarket({ seed, days: base === "1" ? 2 : 8 });
	const market = { base, columns: base === "1" ? minutes : aggregate(minutes, "1", base).columns };
	made.set(name, market);
	return market;
}

/** The signal interval follows the base interval, so that minutes trade as often as quarter hours. */
const runs = fc
	.tuple(anyEntries, fc.nat(7), fc.constantFrom<readonly [Interval, Interval]>(["1", "5"], ["15", "15"], ["15", "60"]))
	.map(([config, seed, [base, interval]]) => ({ config: { ...config, strategy: { ...config.strategy, interval } }, seed, base }));

/** `count` runs drawn from a fixed seed; a failing one is printed with its market's seed. */
function everyRun(count: number, law: (config: OracleConfig, market: Market) => void): void {
	fc.assert(
		fc.property(runs, ({ config, seed, base }) => law(config, marketOf(seed, base))),
		{ numRuns: count, seed: 20_240_101 },
	);
}

test("engine and venue agree on money and position at every step, and a position is never without its whole stop (D4, J2)", () => {
	let positions = 0;
	everyRun(12, (config, { columns, base }) => {
		walk(config, columns, base, {
			settled({ engine, venue }) {
				const machine = engine.machine(SYMBOL);
				const position = venue.position(SYMBOL);
				assert.equal(engine.balance, venue.wallet);
				assert.deepEqual(machine.position, position);
				const orders = venue.openOrders(SYMBOL);
				const stop = orders.find(({ stopOrderType }) => stopOrderType === "StopLoss");
				if (isFlat(position)) return assert.equal(stop, undefined, "no stop without a position");
				positions++;
				assert.ok(stop !== undefined, "a position has its stop at the venue");
				assert.deepEqual([stop.qty, stop.reduceOnly, stop.trigger?.price], [position.qty, true, machine.stop]);
				for (const order of orders)
					if (order.reduceOnly) assert.ok(order.qty <= position.qty || order.status !== "Untriggered" || order.trigger !== undefined);
			},
		});
	});
	assert.ok(positions > 500, `there were positions to look at: ${positions}`);
});

test("equity is wallet + unrealised profit at each close, in the engine, at the venue and on the curve (H2)", () => {
	everyRun(7, (config, { columns, base }) => {
		const { equity } = backtest(config, columns, base);
		walk(config, columns, base, {
			closed({ engine, venue }, row) {
				const position = venue.position(SYMBOL);
				const coins = isFlat(position) ? 0 : (signOf(position.direction) * position.qty) / 1000;
				const worth =
					usdtNumber(venue.wallet) +
					(isFlat(position) ? 0 : coins * columns.close[row]! - signOf(position.direction) * usdtNumber(position.cost));
				assert.ok(Math.abs(engine.equity() - worth) < 1e-6, `${engine.equity()} is not ${worth}`);
				assert.ok(Math.abs(usdtNumber(venue.wallet) + venue.unrealised() - worth) < 1e-6);
				if (row < columns.length - 1) assert.ok(Math.abs(equity[row]! - worth) < 1e-6, `row ${row}: ${equity[row]} is not ${worth}`);
			},
		});
	});
});

test("the wallet is the initial balance and what fills realised, less fees and funding; the position is the sum of the fills (H2)", () => {
	let fills = 0;
	everyRun(7, (config, { columns, base }) => {
		const { taken, venue, trades } = walk(config, columns, base);
		let wallet = 10_000n * 100_000_000n;
		let held = 0;
		for (const { event } of taken) {
			if (event.kind === "funded") wallet -= BigInt(event.amount);
			if (event.kind !== "filled") continue;
			fills++;
			const { realised, fee, side, qty, closedQty, value, price } = event.fill;
			wallet += BigInt(realised) - BigInt(fee);
			assert.equal(value, qty * price * 10_000, "notional is quantity times price");
			assert.equal(closedQty, Math.sign(held) === (side === "buy" ? -1 : 1) ? Math.min(qty, Math.abs(held)) : 0);
			held += side === "buy" ? qty : -qty;
		}
		assert.equal(BigInt(venue.wallet), wallet);
		const position = venue.position(SYMBOL);
		assert.equal(held, isFlat(position) ? 0 : signOf(position.direction) * position.qty);
		for (const trade of trades) {
			const out = trade.exits.reduce((sum, { qty }) => sum + Math.round(qty * 1000), 0);
			assert.equal(out, Math.round(trade.qty * 1000), "all that was entered was exited");
			assert.equal(trade.balanceAfter - trade.balanceBefore, trade.pnl, "a trade's profit is what the balance changed by");
		}
	});
	assert.ok(fills > 100, `there were fills: ${fills}`);
});

test("no path makes a stop fill better than its trigger, or than the open that jumped it (H1)", () => {
	let stops = 0;
	everyRun(15, (config, { columns, base }) => {
		let row = 0;
		walk(config, columns, base, {
			before(event: Event, engine: Engine) {
				if (event.kind !== "filled" || event.fill.cause !== "stopLoss") return;
				stops++;
				const { position, stop } = engine.machine(SYMBOL);
				assert.ok(stop !== undefined);
				const sign = signOf(position.direction);
				const price = event.fill.price / 10;
				assert.ok(sign * (price - stop / 10) <= 1e-9, `filled at ${price}, triggered at ${stop / 10}`);
				const open = columns.open[row]!;
				if (event.at === columns.openTime[row]) assert.ok(sign * (price - open) <= 1e-9, `filled at ${price}, opened at ${open}`);
			},
			closed: (_desk, closed) => {
				row = closed + 1;
			},
		});
	});
	assert.ok(stops > 40, `there were stops: ${stops}`);
});

test("only entries may open: every other order is reduce-only, every entry carries its stop, and no id comes twice (D1, D4)", () => {
	let placed = 0;
	everyRun(7, (config, { columns, base }) => {
		const ids = new Set<string>();
		for (const { commands } of walk(config, columns, base).taken)
			for (const command of JSON.parse(commands)) {
				if (command.kind !== "place") continue;
				placed++;
				const { order, purpose } = command;
				assert.equal(order.reduceOnly, purpose !== "entry");
				assert.equal(order.stopLoss !== undefined, purpose === "entry");
				assert.ok(!ids.has(order.linkId), `${order.linkId} came twice`);
				ids.add(order.linkId);
			}
	});
	assert.ok(placed > 100, `there were orders: ${placed}`);
});

test("the same events lead to the same commands, ids included, and so do the events that a journal has kept as text (I3)", () => {
	everyRun(6, (config, { columns, base }) => {
		const { settings, taken } = walk(config, columns, base);
		const commands = taken.map((one) => one.commands);
		assert.ok(commands.some((text) => text !== "[]"));
		assert.deepEqual(
			replay(
				settings,
				taken.map(({ event }) => event),
			),
			commands,
		);
		assert.deepEqual(
			replay(
				settings,
				taken.map(({ input }) => parseInput(input)),
			),
			commands,
		);
	});
});

test("passing over quiet candles changes no trade: the backtest is the walk of every candle (H1)", () => {
	let trades = 0;
	everyRun(12, (config, { columns, base }) => {
		const fast = backtest(config, columns, base).trades.filter(({ exits }) => exits.at(-1)?.reason !== "end_of_data");
		const slow: Desk = walk(config, columns, base);
		assert.deepEqual(fast, slow.trades);
		trades += fast.length;
	});
	assert.ok(trades > 40, `there were trades: ${trades}`);
});
