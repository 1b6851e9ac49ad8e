// What arrives out of step: fills of an order that is being cancelled, closing orders that turn out too small, candles without a ticker.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeConfig } from "../../src/config/decode.ts";
import { settingsOf } from "../../src/config/settings.ts";
import type { Command } from "../../src/engine/command.ts";
import { Engine } from "../../src/engine/engine.ts";
import { bundledInstrument } from "../../src/market/instrument.ts";
import type { OrderRequest } from "../../src/orders/order.ts";
import { NO_QTY, NO_USDT } from "../../src/units/grid.ts";
import { HOUR, type Qty } from "../../src/units/unit.ts";

const SYMBOL = "BTCUSDT";
const START = Date.UTC(2024, 0, 10);
const FIGURES = { turnover24h: 1_000_000, volume24h: 10_000 };

/** An engine that goes long above 100 and short below, after warm-up, on hourly closes; limit entries. */
class Rig {
	readonly engine: Engine;
	readonly sent: Command[] = [];
	#hour = 0;
	#execution = 0;

	constructor() {
		const content = {
			strategy: {
				anchor: { type: "price", price: 100 },
				bands: { length: 2, k: 0.01 },
				momentum: { lookback: 0 },
				entry: { order: "limit", timeout_s: 86_400, reprice_ticks: 100_000 },
			},
			guard: { max_move_pct: null, max_spread_pct: null },
		};
		const decoded = decodeConfig(JSON.stringify(content), "config.yaml");
		assert.ok(decoded.ok);
		const { engine } = settingsOf(decoded.value.config, decoded.value.resolved, bundledInstrument);
		this.engine = new Engine({ ...engine, baseInterval: "60", run: "t", narrate: false });
		for (const close of [100, 100]) this.close(close);
	}

	get machine() {
		return this.engine.machine(SYMBOL);
	}

	#do(event: Parameters<Engine["handle"]>[0]): Command[] {
		const commands = this.engine.handle(event).filter((command) => command.kind !== "note");
		this.sent.push(...commands);
		return commands;
	}

	get at(): number {
		return START + this.#hour * HOUR;
	}

	candle(close: number): void {
		this.#hour++;
		const candle = { openTime: this.at - HOUR, open: close, high: close, low: close, close, volume: 1, turnover: close };
		this.#do({ kind: "closed", at: this.at, symbol: SYMBOL, candle });
	}

	ticker(last: number, after = 0): Command[] {
		return this.#do({
			kind: "ticker",
			at: this.at + after,
			symbol: SYMBOL,
			ticker: { last, mark: last, bid: last, ask: last + 0.1, ...FIGURES },
		});
	}

	close(close: number): Command[] {
		this.candle(close);
		return this.ticker(close);
	}

	/** Fills part of an order; the price is its own or 100. */
	fill(order: OrderRequest, qty: number, leaves: number): Command[] {
		const { grid } = bundledInstrument(SYMBOL)!; // bundled
		const price = order.price ?? grid.nearestTick(100);
		const execId = `e${this.#execution++}`;
		const { symbol, side, linkId } = order;
		const money = { value: grid.value(qty as Qty, price), fee: NO_USDT, realised: NO_USDT };
		const fill = {
			execId,
			orderId: linkId,
			linkId,
			symbol,
			side,
			qty: qty as Qty,
			price,
			...money,
			maker: false,
			cause: "order",
			closedQty: NO_QTY,
			leaves: leaves as Qty,
			at: this.at,
		} as const;
		return this.#do({ kind: "filled", at: this.at, symbol, fill });
	}

	ended(linkId: string): void {
		this.#do({ kind: "ended", at: this.at, symbol: SYMBOL, linkId, filled: NO_QTY, reason: "CancelByUser" });
	}
}

function placed(commands: readonly Command[], purpose: string): OrderRequest {
	const command = commands.find((each) => each.kind === "place" && each.purpose === purpose);
	assert.ok(command?.kind === "place", `a ${purpose} order is sent`);
	return command.order;
}

test("an entry that fills behind the closing order's back is closed too, at the next ticker (E3, D4)", () => {
	const rig = new Rig();
	const entry = placed(rig.close(110), "entry");
	rig.fill(entry, 1000, entry.qty - 1000);
	const exit = placed(rig.close(90), "exit");
	assert.equal(exit.qty, 1000);
	rig.fill(entry, 500, entry.qty - 1500); // the cancellation has not arrived yet
	rig.fill(exit, 1000, 0);
	assert.equal(rig.machine.position.qty, 500);
	const rest = placed(rig.ticker(90, 1), "exit");
	assert.equal(rest.qty, 500);
	assert.notEqual(rest.linkId, exit.linkId);
	rig.fill(rest, 500, 0);
	assert.equal(rig.machine.position.qty, 0);
});

test("an entry that fills after all was closed is closed as well (E3)", () => {
	const rig = new Rig();
	const entry = placed(rig.close(110), "entry");
	rig.fill(entry, 1000, entry.qty - 1000);
	const exit = placed(rig.close(90), "exit");
	rig.fill(exit, 1000, 0);
	assert.equal(rig.machine.position.qty, 0);
	rig.fill(entry, 300, entry.qty - 1300);
	assert.equal(rig.machine.position.qty, 300);
	const rest = placed(rig.ticker(90, 1), "exit");
	assert.equal(rest.qty, 300);
});

test("a closing order that ends unfilled is sent again, and the cool-down still counts from the evaluation that decided it (E4)", () => {
	const rig = new Rig();
	const entry = placed(rig.close(110), "entry");
	rig.fill(entry, entry.qty, 0);
	const exit = placed(rig.close(90), "exit");
	rig.ended(exit.linkId);
	const again = placed(rig.ticker(90, 1), "exit");
	rig.fill(again, entry.qty, 0);
	assert.equal(rig.machine.phase, "flat");
	placed(rig.close(90), "entry"); // one evaluation later, as cooldown.candles 1 allows
});

test("two candles that close without a ticker between are both evaluated, in order", () => {
	const rig = new Rig();
	rig.candle(110);
	rig.candle(111);
	const entry = rig.sent.find((command) => command.kind === "place");
	assert.ok(entry?.kind === "place", "the first candle's signal is judged before the second candle counts");
	assert.deepEqual(
		rig.ticker(111).filter((command) => command.kind === "place"),
		[],
	); // its episode has entered
});

test("flatten cancels what rests and closes what is open, and a late fill too (F4)", () => {
	const rig = new Rig();
	const entry = placed(rig.close(110), "entry");
	rig.fill(entry, 1000, entry.qty - 1000);
	const commands = rig.engine.handle({ kind: "operator", at: rig.at, wish: "flatten" });
	assert.deepEqual(
		commands.flatMap((command) => (command.kind === "note" ? [] : [command.kind])),
		["cancel", "cancel", "place"],
	);
	const exit = placed(commands, "exit");
	assert.deepEqual([exit.reduceOnly, exit.type, exit.qty], [true, "market", 1000]);
});
