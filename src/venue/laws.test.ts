// What the venue may never do, whatever is asked of it and wherever the price goes; and who comes first at one price (spec §9).

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isFlat } from "../account/position.ts";
import { bundledInstrument } from "../market/instrument.ts";
import { signOf } from "../orders/side.ts";
import { roundUsdt, usdtNumber } from "../units/grid.ts";
import type { Price, Qty } from "../units/unit.ts";
import type { VenueEvent } from "./event.ts";
import { PATHS, type PathPolicy } from "./path.ts";
import { Venue } from "./venue.ts";
import { walkCandle } from "./walk.ts";

const BTC = bundledInstrument("BTCUSDT")!;
const SYMBOL = "BTCUSDT";

function venue(slippage = 0): Venue {
	return new Venue([BTC], {
		takerFee: 0.00055,
		makerFee: 0.0002,
		slippage,
		marginMode: "isolated",
		balance: roundUsdt(10_000),
		leverage: 10,
	});
}

const MARKET = { symbol: SYMBOL, type: "market", timeInForce: "IOC", reduceOnly: false } as const;

type Prices = readonly [open: number, high: number, low: number, close: number];

/** Walks one candle of an hour, with somebody acting at each point of its path; what the venue tells. */
function candle(on: Venue, [open, high, low, close]: Prices, policy: PathPolicy = "nearest", act?: () => void): VenueEvent[] {
	const events = [...on.drain()];
	const whole = { openTime: 0, open, high, low, close, volume: 1, turnover: 1 };
	for (const step of walkCandle(on, SYMBOL, whole, { policy, length: 3_600_000 })) {
		if (step.kind === "point") act?.();
		events.push(...on.drain());
	}
	return events;
}

function fills(events: readonly VenueEvent[]): string[] {
	return events.flatMap((event) =>
		event.kind === "execution" ? [`${event.fill.cause} ${event.fill.side} ${event.fill.qty / 1000} @ ${event.fill.price / 10}`] : [],
	);
}

test("when a stop and a conditional order would trigger at one price, the stop comes first (E3)", () => {
	const on = venue();
	candle(on, [20_000, 20_000, 20_000, 20_000]);
	// Long 0.1 with its stop at 19900, and a conditional sell of 0.05 at the same price, older than the stop.
	on.open(SYMBOL, 20_000, 0);
	const trigger = { price: 199_000 as Price, direction: "fall", by: "last" } as const;
	on.submit({ ...MARKET, linkId: "older", side: "sell", qty: 50 as Qty, reduceOnly: true, trigger }, 0);
	on.submit({ ...MARKET, linkId: "entry", side: "buy", qty: 100 as Qty, stopLoss: 199_000 as Price }, 0);
	on.drain();
	assert.deepEqual(fills(candle(on, [20_000, 20_000, 19_800, 19_850])), ["stopLoss sell 0.1 @ 19900"]);
	assert.ok(isFlat(on.position(SYMBOL)), "and the other finds nothing left to reduce");
});

test("a reduce-only order closes what there is and no more (D1)", () => {
	const on = venue();
	on.open(SYMBOL, 20_000, 0);
	on.submit({ ...MARKET, linkId: "entry", side: "buy", qty: 100 as Qty }, 0);
	on.submit({ ...MARKET, linkId: "out", side: "sell", qty: 250 as Qty, reduceOnly: true }, 0);
	assert.deepEqual(fills(on.drain()), ["order buy 0.1 @ 20000", "order sell 0.1 @ 20000"]);
	assert.ok(isFlat(on.position(SYMBOL)));
});

test("the stop follows the position's size, and goes with it (D4)", () => {
	const on = venue();
	on.open(SYMBOL, 20_000, 0);
	on.submit({ ...MARKET, linkId: "entry", side: "buy", qty: 100 as Qty, stopLoss: 199_000 as Price }, 0);
	const stops = () => on.openOrders(SYMBOL).map(({ qty, trigger }) => [qty, trigger?.price]);
	assert.deepEqual(stops(), [[100, 199_000]]);
	on.submit({ ...MARKET, linkId: "more", side: "buy", qty: 20 as Qty }, 0);
	assert.deepEqual(stops(), [[120, 199_000]]);
	on.submit({ ...MARKET, linkId: "less", side: "sell", qty: 70 as Qty, reduceOnly: true }, 0);
	assert.deepEqual(stops(), [[50, 199_000]]);
	on.submit({ ...MARKET, linkId: "out", side: "sell", qty: 50 as Qty, reduceOnly: true }, 0);
	assert.deepEqual(stops(), []);
	// A position that has turned round is another one: the old stop is no stop of it.
	on.submit({ ...MARKET, linkId: "again", side: "buy", qty: 100 as Qty, stopLoss: 199_000 as Price }, 0);
	on.submit({ ...MARKET, linkId: "turn", side: "sell", qty: 150 as Qty }, 0);
	assert.deepEqual([on.position(SYMBOL).direction, on.position(SYMBOL).qty, stops()], ["short", 50, []]);
});

test("between candles nothing trades: what is asked then fills at the next open (H1)", () => {
	const on = venue();
	candle(on, [20_000, 20_000, 20_000, 20_000]);
	on.submit({ ...MARKET, linkId: "entry", side: "buy", qty: 100 as Qty }, 0);
	assert.deepEqual(fills(on.drain()), []);
	assert.deepEqual(fills(candle(on, [20_050, 20_060, 20_040, 20_050])), ["order buy 0.1 @ 20050"]);
});

const tick = fc.integer({ min: 190_000, max: 210_000 }).map((price) => price as Price);
const wish = fc.record({
	act: fc.constantFrom("place" as const, "place" as const, "cancel" as const, "stop" as const, "amend" as const, "fund" as const),
	kind: fc.constantFrom("market" as const, "limit" as const, "post" as const, "trigger" as const),
	side: fc.constantFrom("buy" as const, "sell" as const),
	qty: fc.integer({ min: 1, max: 300 }).map((qty) => qty as Qty),
	price: tick,
	reduceOnly: fc.boolean(),
	stop: fc.option(tick, { nil: undefined }),
	/** Which of the orders so far an amendment or a cancellation means, counted from the newest. */
	back: fc.nat(3),
});
type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never;
const prices = fc
	.tuple(tick, tick, tick, tick)
	.map(([open, a, b, close]): Prices => [open / 10, Math.max(open, a, b, close) / 10, Math.min(open, a, b, close) / 10, close / 10]);
const scripts = fc.array(fc.tuple(fc.array(wish, { minLength: 3, maxLength: 5 }), prices, fc.constantFrom(...PATHS)), {
	minLength: 4,
	maxLength: 10,
});

/** Does what is wished; the venue may refuse. */
function grant(on: Venue, { act, kind, side, qty, price, reduceOnly, stop, back }: Wish, sequence: number): void {
	const earlier = { symbol: SYMBOL, linkId: `id-${sequence - 1 - back}` };
	const limit = kind === "limit" || kind === "post";
	const direction = price / 10 > on.last(SYMBOL) ? "rise" : "fall";
	if (act === "cancel") on.cancel(earlier, 0);
	else if (act === "amend") on.amend(earlier, { price, qty }, 0);
	else if (act === "stop") on.setStop(SYMBOL, stop, 0);
	else if (act === "fund") on.fund(SYMBOL, { price: on.last(SYMBOL), rate: (qty - 150) / 100_000 }, 0);
	else
		on.submit(
			{
				linkId: `id-${sequence}`,
				symbol: SYMBOL,
				side,
				type: limit ? "limit" : "market",
				qty,
				price: limit ? price : undefined,
				timeInForce: kind === "post" ? "PostOnly" : limit ? "GTC" : "IOC",
				reduceOnly,
				trigger: kind === "trigger" ? { price, direction, by: "last" } : undefined,
				stopLoss: reduceOnly ? undefined : stop,
			},
			0,
		);
}

/** Keeps a book of its own from what the venue tells, and compares. */
class Auditor {
	executions = 0;
	#wallet = roundUsdt(10_000) as number;
	#held = 0;

	read(events: readonly VenueEvent[]): void {
		for (const event of events) {
			if (event.kind === "funding") this.#wallet -= event.amount;
			else if (event.kind === "wallet") assert.equal(event.balance, this.#wallet, "the wallet told is the wallet then");
			else if (event.kind === "execution") this.#execution(event);
		}
	}

	compare(on: Venue): void {
		assert.equal(on.wallet, this.#wallet, "initial + Σ realised − Σ fees − Σ funding");
		const position = on.position(SYMBOL);
		const sign = isFlat(position) ? 0 : signOf(position.direction);
		assert.equal(this.#held, sign * position.qty, "a position is the sum of its fills");
		const open = (this.#held / 1000) * on.last(SYMBOL) - sign * usdtNumber(position.cost);
		assert.ok(Math.abs(on.unrealised() - open) < 1e-6);
		const stop = on.openOrders(SYMBOL).find(({ stopOrderType }) => stopOrderType === "StopLoss");
		if (stop !== undefined) assert.equal(stop.qty, Math.abs(this.#held), "a stop covers the position");
	}

	#execution({ fill, order, mark }: Extract<VenueEvent, { kind: "execution" }>): void {
		this.executions++;
		const before = this.#held;
		this.#wallet += fill.realised - fill.fee;
		this.#held += fill.side === "buy" ? fill.qty : -fill.qty;
		if (order.reduceOnly) assert.equal(Math.abs(this.#held), Math.abs(before) - fill.qty, "reduce-only reduces");
		const worse = fill.side === "buy" ? 1 : -1;
		if (order.type === "limit") assert.ok(worse * (fill.price - order.price!) <= 0, "a limit order never fills beyond its price");
		else if (fill.cause !== "liquidation")
			assert.ok(worse * (fill.price / 10 - mark) >= -1e-9, "a market order never fills better than the price");
		if (fill.cause === "stopLoss") assert.ok(worse * (mark - order.trigger!.price / 10) >= -1e-9, "a stop triggers at its price or beyond");
	}
}

test("whatever is asked, money and size add up, nothing reduce-only opens, and no order fills better than its path (H2, D1, D4)", () => {
	let executions = 0;
	fc.assert(
		fc.property(scripts, fc.constantFrom(0, 0.0001, 0.01), (script, slippage) => {
			const on = venue(slippage);
			const auditor = new Auditor();
			let sequence = 0;
			on.open(SYMBOL, 20_000, 0);
			for (const [wishes, path, policy] of script) {
				const waiting = [...wishes];
				const act = (): void => {
					const next = waiting.pop();
					if (next !== undefined) grant(on, next, ++sequence);
				};
				act(); // one between candles, the others at the points of the path
				auditor.read(candle(on, path, policy, act));
				auditor.compare(on);
			}
			executions += auditor.executions;
		}),
		{ numRuns: 500, seed: 20_240_101 },
	);
	assert.ok(executions > 1000, `there were executions: ${executions}`);
});
