// Trading on paper, over real sockets beside a simulated exchange: real levels, real funding, an account that goes on, and nothing private.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Columns } from "../src/market/candle.ts";
import { DAY_START, minutes, type Row, still } from "../src/simserver/testing/candles.ts";
import { Prng } from "../src/std/prng.ts";
import { addUsdt, roundUsdt } from "../src/units/grid.ts";
import { DAY, HOUR, MINUTE, type Ms } from "../src/units/unit.ts";
import { EnvironmentRig } from "./support/environment-rig.ts";
import { SYMBOL } from "./support/rig-bot.ts";

const START = roundUsdt(10_000);

function path(...closes: number[]): Row[] {
	let open = 20_000;
	return closes.map((close) => {
		const row = { open, high: Math.max(open, close), low: Math.min(open, close), close };
		open = close;
		return row;
	});
}

function after(day: number, rows: readonly Row[], start?: Ms): Columns {
	return minutes([...still(day, 20_000), ...rows], start);
}

test("a paper run trades on public data alone: no private request, no private stream, no key", async () => {
	const rig = await EnvironmentRig.open(after(DAY / MINUTE + 1, path(20_100, 20_100, 20_100, 19_800, 19_800, 19_800)));
	await rig.minutes(3);
	assert.equal(rig.position, "long 0.1");
	await rig.minutes(3);
	assert.deepEqual(
		rig.notes.flatMap((note) => (note.what === "flat" ? [note.trade.direction] : [])),
		["long"],
		"the stop was hit",
	);
	const asked = new Set(rig.asked());
	assert.ok(asked.has("rest request /v5/market/kline BTCUSDT"), "requests are counted");
	assert.deepEqual(
		[...asked].filter((hit) => !/^rest request \/v5\/market\/|^public (message|request) /.test(hit)),
		[],
	);
	assert.equal(
		rig.lines.some((line) => /private|trade stream/.test(line)),
		false,
	);
	assert.equal(rig.exchange.sim.venue.wallet, START, "the exchange's own account knows of nothing");
	assert.equal(rig.bot.engine.balance, rig.kept.venue.wallet);
});

test("orders walk the levels of the live book: a large one fills worse than its first part", async () => {
	const rig = await EnvironmentRig.open(after(DAY / MINUTE + 1, path(20_100, 20_100, 20_100)), {
		size: { mode: "fixed", value: 9000 },
		leverage: 50,
		risk: { max_loss_pct: null, max_drawdown_pct: null, max_symbol_notional: null, max_total_notional: null },
	});
	await rig.minutes(3);
	const fills = rig.kept.desk.executions.flatMap((one) => (one.kind === "fill" ? [one.fill] : []));
	assert.ok(fills.length > 1, "several levels were taken");
	assert.deepEqual(
		fills.map(({ price }) => price),
		fills.map(({ price }) => price).sort((a, b) => a - b),
	);
	assert.ok(new Set(fills.map(({ price }) => price)).size > 1);
});

test("a restart goes on with position, stop and target; a stop that was passed meanwhile has been filled", async () => {
	const rig = await EnvironmentRig.open(
		after(DAY / MINUTE + 1, path(20_100, ...Array.from({ length: 5 }, () => 20_100), ...Array.from({ length: 5 }, () => 19_700))),
	);
	await rig.minutes(3);
	assert.equal(rig.position, "long 0.1");
	const { wallet } = rig.kept.venue;
	await rig.die();
	await rig.minutes(1);
	await rig.live();
	assert.equal(rig.position, "long 0.1");
	assert.ok(rig.lines.some((line) => /goes on with a long position in BTCUSDT/.test(line)));
	assert.equal(rig.kept.venue.wallet, wallet);
	assert.equal(rig.kept.venue.markets[0]?.orders.length, 2, "stop and target");
	assert.ok(rig.bot.trader.agreed, rig.bot.trader.oms.doubtOf(SYMBOL) ?? "the account is read in agreement");
	await rig.kill();
	await rig.minutes(5);
	await rig.live();
	await rig.step(MINUTE / 2);
	assert.equal(rig.trades.length, 1);
	assert.ok(rig.lines.some((line) => /minutes since the last run were gone through/.test(line)));
	assert.equal(rig.bot.engine.balance, rig.kept.venue.wallet);
});

test("funding that fell due while nobody ran is settled at its own time", async () => {
	const closes = [20_100, ...Array.from({ length: 60 }, () => 20_100)];
	const rig = await EnvironmentRig.open(after(DAY / MINUTE + 1, path(...closes), DAY_START + 7.5 * HOUR));
	await rig.minutes(3);
	assert.equal(rig.position, "long 0.1");
	await rig.die();
	await rig.minutes(45);
	await rig.live();
	assert.equal(rig.position, "long 0.1");
	const funding = rig.kept.desk.transactions.filter(({ type }) => type === "SETTLEMENT");
	assert.deepEqual(
		funding.map(({ at, change }) => [at, change]),
		[[DAY_START + DAY + 8 * HOUR, roundUsdt(-0.1 * 20_100 * 0.0001)]],
	);
	assert.equal(rig.bot.engine.balance, rig.kept.venue.wallet);
});

test("flatten closes the paper position and says so only when the account shows it", async () => {
	const rig = await EnvironmentRig.open(after(DAY / MINUTE + 1, path(20_100, 20_100, 20_100, 20_100)));
	await rig.minutes(3);
	assert.equal(rig.position, "long 0.1");
	const at = rig.exchange.sim.clock.now();
	rig.bot.trader.take({ kind: "event", event: { kind: "operator", at, wish: "flatten" } }, at);
	await rig.minutes(1);
	assert.equal(rig.position, "flat");
	assert.deepEqual(rig.kept.venue.markets[0]?.orders, []);
	assert.ok(rig.notes.some(({ what }) => what === "confirmedFlat"));
});

test("over hours of trades with funding the wallet is the start and every change of it, to the last 1e-8", async () => {
	const chance = new Prng("paper");
	let price = 20_000;
	const closes = Array.from({ length: 300 }, () => {
		price = Math.round((price + (20_000 - price) * 0.02 + (chance.unit() - 0.5) * 160) * 10) / 10;
		return price;
	});
	const rig = await EnvironmentRig.open(after(DAY / MINUTE + 1, path(...closes), DAY_START + 4 * HOUR), {
		strategy: {
			interval: "1",
			anchor: { type: "price", price: 20_000 },
			bands: { length: 2, k: 0.5 },
			momentum: { lookback: 0 },
			exit: { long: { stop_loss_pct: 0.3, take_profit_pct: 0.4 }, short: { stop_loss_pct: 0.3, take_profit_pct: 0.4 } },
		},
	});
	await rig.minutes(290);
	const { desk, venue } = rig.kept;
	assert.ok(rig.trades.length >= 5, `${rig.trades.length} trades`);
	assert.ok(
		desk.transactions.some(({ type }) => type === "SETTLEMENT"),
		"funding was settled",
	);
	assert.equal(venue.wallet, addUsdt(START, ...desk.transactions.map(({ change }) => change)));
	assert.equal(rig.bot.engine.balance, venue.wallet);
	assert.ok(rig.bot.trader.agreed);
	assert.deepEqual(
		rig.notes.flatMap((note) => (note.what === "difference" ? [note.text] : [])),
		[],
	);
});
