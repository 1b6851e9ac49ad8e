import assert from "node:assert/strict";
import { test } from "node:test";
import type { SimulationOptions } from "../simulation.ts";
import { bundled } from "../testing/candles.ts";
import { type Json, Rig, type Socket } from "../testing/rig.ts";
import { parseRecording } from "./recording.ts";

/** Half a minute before a minute's end. */
const T = Date.UTC(2024, 4, 15, 12, 0, 30);
const S = 1000;

const TICKER = {
	symbol: "BTCUSDT",
	tickDirection: "PlusTick",
	lastPrice: "20000.00",
	markPrice: "20001.25",
	indexPrice: "20010.50",
	openInterest: "5000.5",
	fundingRate: "0.0002",
	bid1Price: "20000.00",
	bid1Size: "0.5",
	ask1Price: "20000.10",
	ask1Size: "0.2",
};

function ticker(ts: number, data: object, type = "delta"): string {
	return JSON.stringify({ topic: "tickers.BTCUSDT", type, data: { symbol: "BTCUSDT", ...data }, cs: ts % 1e6, ts });
}

function book(ts: number, u: number, [b, a]: readonly [unknown, unknown], type = "delta"): string {
	return JSON.stringify({ topic: "orderbook.50.BTCUSDT", type, ts, data: { s: "BTCUSDT", b, a, u, seq: 7000 + u }, cts: ts - 3 });
}

function trade(ts: number, side: "Buy" | "Sell", price: string, size: string, more: object = {}): string {
	const row = {
		T: ts - 4,
		s: "BTCUSDT",
		S: side,
		v: size,
		p: price,
		L: "MinusTick",
		i: `trade-${ts}-${price}`,
		BT: false,
		RPI: false,
		seq: ts % 1e6,
		...more,
	};
	return JSON.stringify({ topic: "publicTrade.BTCUSDT", type: "snapshot", ts, data: [row] });
}

function kline(ts: number, interval: string, start: number, [open, high, low, close]: readonly string[], confirm: boolean): string {
	const row = {
		start,
		end: start + Number(interval) * 60_000 - 1,
		interval,
		open,
		high,
		low,
		close,
		volume: "12.5",
		turnover: "250000",
		confirm,
		timestamp: ts,
	};
	return JSON.stringify({ topic: `kline.${interval}.BTCUSDT`, data: [row], ts, type: "snapshot" });
}

const SIDES = [
	[
		["20000.00", "0.500"],
		["19999.90", "1.000"],
		["19999.50", "3.000"],
	],
	[
		["20000.10", "0.200"],
		["20000.30", "0.300"],
		["20001.00", "2.000"],
	],
] as const;

const LINES = [
	ticker(T, TICKER, "snapshot"),
	book(T + 10, 5, SIDES, "snapshot"),
	trade(T + S, "Buy", "20000.10", "0.100"),
	book(T + S + 100, 6, [[["20000.00", "0.400"]], [["20000.10", "0"]]]),
	ticker(T + S + 200, { markPrice: "20002.00", ask1Price: "20000.30" }),
	ticker(T + 2 * S, { markPrice: "19980.00" }),
	trade(T + 29 * S, "Sell", "19999.50", "0.250"),
	book(T + 29 * S, 7, [
		[
			["20000.00", "0"],
			["19999.90", "0"],
		],
		[],
	]),
	trade(T + 31 * S, "Sell", "19990.00", "0.100"),
	book(T + 31 * S, 8, [
		[
			["19999.50", "0"],
			["19989.90", "4.000"],
		],
		[["19990.10", "5.000"]],
	]),
	ticker(T + 32 * S, { lastPrice: "19990.00", markPrice: "19991.00" }),
];

type Options = Partial<SimulationOptions>;

async function open(lines: readonly string[], options: Options = {}): Promise<Rig> {
	const recording = parseRecording([{ name: "test.jsonl", text: lines.join("\n") }], { instrumentOf: bundled, fundingRate: 0.0001 });
	return await Rig.open({ markets: [], recording, ...options });
}

async function heard(rig: Rig, ...topics: string[]): Promise<Socket> {
	const socket = await rig.socket("public");
	socket.send({ op: "subscribe", args: topics });
	await socket.next((frame) => frame.op === "subscribe");
	return socket;
}

/** Stands, so that the test moves time by hand. */
async function stepped(lines: readonly string[], options: Options = {}): Promise<Rig> {
	return await open(lines, { autostart: false, ...options });
}

const NAMES = ["tickers.BTCUSDT", "orderbook.50.BTCUSDT", "publicTrade.BTCUSDT"] as const;

for (const speed of ["lockstep", "max", 100_000] as const)
	test(`at speed ${speed} each recorded message reaches its listeners as it was recorded, in its order (J2)`, async () => {
		const rig = await stepped(LINES, { speed });
		const stream = await heard(rig, ...NAMES);
		rig.sim.start();
		await rig.sim.finished;
		await stream.next((frame) => frame.ts === T + 32 * S);
		assert.deepEqual(
			stream.frames.slice(1),
			LINES.map((line) => JSON.parse(line) as Json),
		);
		assert.deepEqual([rig.sim.progress(), rig.sim.clock.now()], [1, T + 32 * S]);
	});

test("messages come at their own times, and no sooner (J2)", async () => {
	const rig = await stepped(LINES);
	const stream = await heard(rig, ...NAMES);
	const times: number[] = [];
	for (const [ms, count] of [
		[9, 1],
		[1, 2],
		[989, 2],
		[1, 3],
		[100, 4],
		[28_000, 8],
	] as const) {
		await rig.sim.control.step({ ms });
		times.push(stream.frames.length - 1 - count);
	}
	assert.deepEqual(times, [0, 0, 0, 0, 0, 0]);
});

test("who comes later is told what the messages so far add up to, numbered so that the next one fits (J2)", async () => {
	const rig = await stepped(LINES);
	await rig.sim.control.step({ ms: 1500 });
	const stream = await heard(rig, ...NAMES);
	const [told, shown] = await Promise.all([
		stream.next((frame) => frame.topic === "tickers.BTCUSDT"),
		stream.next((frame) => frame.topic === "orderbook.50.BTCUSDT"),
	]);
	assert.deepEqual(told, {
		topic: "tickers.BTCUSDT",
		type: "snapshot",
		data: { ...TICKER, markPrice: "20002.00", ask1Price: "20000.30" },
		cs: (T + S + 200) % 1e6,
		ts: T + S + 200,
	});
	assert.deepEqual(shown, {
		topic: "orderbook.50.BTCUSDT",
		type: "snapshot",
		ts: T + S + 100,
		data: { s: "BTCUSDT", b: [["20000.00", "0.400"], ...SIDES[0].slice(1)], a: SIDES[1].slice(1), u: 6, seq: 7006 },
		cts: T + S + 97,
	});
	await rig.sim.control.step({ ms: 29 * S });
	assert.deepEqual(
		stream.topic("orderbook.50.BTCUSDT").map(({ data }) => (data as Json).u),
		[6, 7],
	);
});

test("REST answers from the merged messages: ticker, book, trades, candles (J2)", async () => {
	const rig = await stepped(LINES);
	await rig.sim.control.step({ ms: 31 * S });
	const query = "category=linear&symbol=BTCUSDT";
	const ask = async (path: string): Promise<Json> => (await rig.ask(`/v5/market/${path}`)).result;
	const [row] = (await ask(`tickers?${query}`)).list as [Json];
	assert.deepEqual([row.markPrice, row.openInterest, row.ask1Price, row.fundingRate], ["19980.00", "5000.5", "20000.30", "0.0002"]);
	assert.deepEqual(await ask(`orderbook?${query}&limit=1`), {
		s: "BTCUSDT",
		b: [["19989.90", "4.000"]],
		a: [["19990.10", "5.000"]],
		ts: T + 31 * S,
		u: 8,
		seq: 7008,
		cts: T + 31 * S - 3,
	});
	const trades = (await ask(`recent-trade?${query}`)).list as Json[];
	assert.deepEqual(
		trades.map(({ price, size, side }) => [price, size, side]),
		[
			["19990.00", "0.100", "Sell"],
			["19999.50", "0.250", "Sell"],
			["20000.10", "0.100", "Buy"],
		],
	);
	const rows = (await ask(`kline?${query}&interval=1`)).list as string[][];
	const minute = T + 30 * S;
	assert.deepEqual(rows, [
		[String(minute), "19999.5", "19999.5", "19990", "19990", "0.1", "1999"],
		[String(minute - 60_000), "20000", "20000.1", "19999.5", "19999.5", "0.35", "6999.885"],
	]);
	const five = (await ask(`kline?${query}&interval=5`)).list as string[][];
	assert.deepEqual(five[0]?.slice(1, 5), ["20000", "20000.1", "19990", "19990"]);
	assert.equal(((await rig.ask("/v5/market/kline?category=linear&symbol=ETHUSDT&interval=1")).retMsg ?? "").includes("symbol"), true);
});

function lastPrice(frame: Json | undefined): unknown {
	return (frame?.data as Json | undefined)?.lastPrice;
}

const ORDER = { category: "linear", symbol: "BTCUSDT", side: "Buy", orderType: "Market", qty: "0.4" };

async function executions(rig: Rig): Promise<unknown[][]> {
	const rows = await rig.list("/v5/execution/list", { category: "linear" });
	return rows.map(({ execPrice, execQty, isMaker }) => [execPrice, execQty, isMaker]).reverse();
}

test("a market order takes what the recorded book offers, level by level (J2, D1)", async () => {
	const rig = await stepped(LINES);
	await rig.sim.control.step({ ms: 500 });
	await rig.done("/v5/position/set-leverage", { category: "linear", symbol: "BTCUSDT", buyLeverage: "10", sellLeverage: "10" });
	await rig.done("/v5/order/create", ORDER);
	assert.deepEqual(await executions(rig), [
		["20000.1", "0.2", false],
		["20000.3", "0.2", false],
	]);
	const [position] = await rig.list("/v5/position/list", { category: "linear", symbol: "BTCUSDT" });
	assert.deepEqual([position?.avgPrice, position?.markPrice], ["20000.2", "20001.25"], "the recorded mark price");
});

test("a resting order is filled by recorded trades up to their size, and by a recorded book that comes to it (J2, D3)", async () => {
	const rig = await stepped(LINES);
	await rig.sim.control.step({ ms: 500 });
	await rig.done("/v5/order/create", { ...ORDER, orderType: "Limit", price: "19999.5" });
	await rig.sim.control.step({ ms: 28 * S });
	assert.deepEqual(await executions(rig), [], "the book has only come to its neighbour");
	await rig.sim.control.step({ ms: S });
	assert.deepEqual(await executions(rig), [["19999.5", "0.25", true]], "as much as was traded there");
	await rig.sim.control.step({ ms: 2 * S });
	assert.deepEqual((await executions(rig)).slice(1), [
		["19999.5", "0.1", true],
		["19999.5", "0.05", true],
	]);
});

test("a block trade moves no price and fills nothing (J2)", async () => {
	const lines = [...LINES.slice(0, 2), trade(T + S, "Sell", "19000.00", "9.000", { BT: true }), ticker(T + 2 * S, { openInterest: "1" })];
	const rig = await stepped(lines);
	await rig.sim.control.step({ ms: 500 });
	await rig.done("/v5/order/create", { ...ORDER, orderType: "Limit", price: "19500" });
	await rig.sim.control.step({ ms: 2 * S });
	assert.deepEqual(await executions(rig), []);
	assert.equal(rig.sim.venue.last("BTCUSDT"), 20_000);
	const { result } = await rig.ask("/v5/market/recent-trade?category=linear&symbol=BTCUSDT");
	assert.equal((result.list as Json[])[0]?.isBlockTrade, true);
});

test("a conditional order by mark price waits for the recorded mark price, one by last price for the recorded trades (J2, D4)", async () => {
	const rig = await stepped(LINES);
	await rig.sim.control.step({ ms: 500 });
	const stop = { ...ORDER, side: "Sell", qty: "0.01", triggerDirection: 2 };
	await rig.done("/v5/order/create", { ...stop, triggerPrice: "19995", triggerBy: "MarkPrice", orderLinkId: "mark" });
	await rig.done("/v5/order/create", { ...stop, triggerPrice: "19995", triggerBy: "LastPrice", orderLinkId: "last" });
	const live = async (): Promise<unknown[]> =>
		(await rig.list("/v5/order/realtime", { category: "linear", symbol: "BTCUSDT", openOnly: "0" }))
			.filter(({ orderStatus }) => orderStatus === "Untriggered")
			.map(({ orderLinkId }) => orderLinkId);
	await rig.sim.control.step({ ms: 1400 });
	assert.deepEqual((await live()).sort(), ["last", "mark"]);
	await rig.sim.control.step({ ms: 200 });
	assert.deepEqual(await live(), ["last"]);
	await rig.sim.control.step({ ms: 29 * S });
	assert.deepEqual(await live(), []);
});

test("topics that were not recorded are told from those that were: depths, candles, the band of prices (J2)", async () => {
	const rig = await stepped(LINES);
	const stream = await heard(rig, "orderbook.1.BTCUSDT", "orderbook.200.BTCUSDT", "kline.1.BTCUSDT", "priceLimit.BTCUSDT");
	rig.sim.start();
	await rig.sim.finished;
	const best = stream.topic("orderbook.1.BTCUSDT");
	assert.ok(best.every(({ type }) => type === "snapshot"));
	assert.deepEqual(
		best.map(({ data }) => [(data as Json).b, (data as Json).a].flat()),
		[
			[
				["20000.00", "0.5"],
				["20000.10", "0.2"],
			],
			[
				["20000.00", "0.500"],
				["20000.10", "0.200"],
			],
			[
				["20000.00", "0.400"],
				["20000.30", "0.300"],
			],
			[
				["19999.50", "3.000"],
				["20000.30", "0.300"],
			],
			[
				["19989.90", "4.000"],
				["19990.10", "5.000"],
			],
		],
		"first the ticker's, then the book's",
	);
	const deep = stream
		.topic("orderbook.200.BTCUSDT")
		.map(({ type, data }) => ({ type, ...(data as { u: number; b: unknown[]; a: unknown[] }) }));
	assert.ok(deep.every(({ u }, i) => i === 0 || u === deep[i - 1]!.u + 1));
	assert.deepEqual(deep.at(-1)?.b, [
		["19989.90", "4.000"],
		["19999.50", "0"],
	]);
	const candles = stream.topic("kline.1.BTCUSDT").map(({ data }) => (data as Json[])[0]!);
	const closed = candles.filter(({ confirm }) => confirm === true);
	assert.deepEqual(
		closed.map(({ start, close, volume }) => [start, close, volume]),
		[[T - 30 * S, "19999.5", "0.35"]],
	);
	assert.equal(candles.at(-1)?.close, "19990");
	assert.ok(stream.topic("priceLimit.BTCUSDT").length > 0);
	stream.send({ op: "subscribe", args: ["orderbook.500.BTCUSDT"] });
	assert.equal((await stream.next((frame) => frame.op === "subscribe" && frame.success === false)).success, false);
});

test("recorded candles are the candles, for the stream and for REST; longer ones are made of them (J2)", async () => {
	const minute = T - 30 * S;
	const lines = [
		kline(T, "1", minute, ["20000", "20010", "19990", "20005"], false),
		kline(T, "15", minute, ["19900", "20010", "19900", "20005"], false),
		kline(T + 30_050, "1", minute, ["20000", "20020", "19990", "20015"], true),
		kline(T + 40 * S, "1", minute + 60_000, ["20015", "20016", "20014", "20015.5"], false),
	];
	const rig = await stepped(lines);
	const stream = await heard(rig, "kline.1.BTCUSDT", "kline.5.BTCUSDT", "tickers.BTCUSDT");
	rig.sim.start();
	await rig.sim.finished;
	assert.deepEqual(
		stream.topic("kline.1.BTCUSDT"),
		[lines[0], lines[2], lines[3]].map((line) => JSON.parse(line!) as Json),
	);
	const five = stream.topic("kline.5.BTCUSDT").map(({ data }) => (data as Json[])[0]!);
	assert.deepEqual([five.at(-1)?.high, five.at(-1)?.close, five.at(-1)?.volume, five.at(-1)?.confirm], ["20020", "20015.5", "25", false]);
	const rows = async (interval: string): Promise<unknown> =>
		(await rig.ask(`/v5/market/kline?category=linear&symbol=BTCUSDT&interval=${interval}`)).result.list;
	assert.deepEqual(await rows("15"), [[String(minute), "19900", "20010", "19900", "20005", "12.5", "250000"]]);
	assert.equal(((await rows("1")) as unknown[]).length, 2);
	const told = stream.topic("tickers.BTCUSDT");
	assert.equal(lastPrice(told[0]), "20005", "a ticker made of what is known");
	assert.equal(lastPrice(told.at(-1)), "20015.5");
});

test("candles that were not recorded are told when they move, and close when their last part does (J2)", async () => {
	const minute = T - 30 * S;
	const closed = (i: number): string =>
		kline(minute + (i + 1) * 60 * S + 50, "1", minute + i * 60 * S, ["20000", "20001", "19999", "20000"], true);
	const lines = [book(T, 5, SIDES, "snapshot"), closed(0), closed(1), book(T + 100 * S, 6, [[["20000.00", "0.300"]], []]), closed(2)];
	const rig = await stepped(lines);
	const stream = await heard(rig, "kline.3.BTCUSDT");
	rig.sim.start();
	await rig.sim.finished;
	const told = stream
		.topic("kline.3.BTCUSDT")
		.map(({ ts, data }) => [Number(ts) - minute, ...(data as Json[]).map(({ confirm }) => confirm)]);
	assert.deepEqual(told, [
		[60_050, false],
		[120_050, false],
		[180_050, true],
	]);
});

test("a book alone is a market: its best prices hold the last price between them, and orders fill (J2)", async () => {
	const lines = [
		book(T, 5, SIDES, "snapshot"),
		book(T + S, 6, [
			[
				["20000.00", "0"],
				["19999.90", "0"],
			],
			[["19999.60", "1.000"]],
		]),
	];
	const rig = await stepped(lines);
	await rig.sim.control.step({ ms: 10 });
	assert.equal(rig.sim.venue.last("BTCUSDT"), 20_000);
	await rig.sim.control.step({ ms: S });
	assert.equal(rig.sim.venue.last("BTCUSDT"), 19_999.6);
	await rig.done("/v5/order/create", { ...ORDER, qty: "0.1" });
	assert.deepEqual(await executions(rig), [["19999.6", "0.1", false]]);
});

test("funding is settled at the recorded rate and the mark price (J2, D2)", async () => {
	const eight = Date.UTC(2024, 4, 15, 16);
	const lines = [
		ticker(eight - 2 * S, TICKER, "snapshot"),
		ticker(eight - S, { fundingRate: "0.0005", markPrice: "20100" }),
		ticker(eight + S, { fundingRate: "0.0001" }),
	];
	const rig = await stepped(lines);
	await rig.sim.control.step({ ms: 500 });
	await rig.done("/v5/order/create", { ...ORDER, qty: "0.1" });
	await rig.sim.control.step({ ms: 3 * S });
	const [row] = await rig.list("/v5/account/transaction-log", { type: "SETTLEMENT" });
	assert.equal(Number(row?.funding ?? row?.change), -1.005, "0.1 × 20100 × 0.0005");
	const { result } = await rig.ask("/v5/market/funding/history?category=linear&symbol=BTCUSDT");
	assert.deepEqual(result.list, [{ symbol: "BTCUSDT", fundingRate: "0.0005", fundingRateTimestamp: String(eight) }]);
});

test("after its last message the exchange stays up at the last prices, and orders still fill (J2)", async () => {
	const rig = await open(LINES, { speed: "max" });
	await rig.sim.finished;
	await rig.done("/v5/order/create", { ...ORDER, qty: "0.1" });
	assert.deepEqual(await executions(rig), [["19990.1", "0.1", false]]);
	const stream = await heard(rig, "tickers.BTCUSDT");
	assert.equal(((await stream.next((frame) => frame.topic === "tickers.BTCUSDT")).data as Json).lastPrice, "19990.00");
});

test("the price can be moved by hand between two messages, and the next one is the market's again (J2)", async () => {
	const rig = await stepped(LINES);
	const stream = await heard(rig, "tickers.BTCUSDT");
	await rig.sim.control.step({ ms: 500 });
	rig.sim.control.setPrice("BTCUSDT", 18_000);
	assert.equal(((await stream.next((frame) => frame.type === "delta")).data as Json).lastPrice, "18000");
	await rig.sim.control.step({ ms: S });
	assert.equal(rig.sim.venue.last("BTCUSDT"), 20_000.1);
});

test("best prices made of a recorded book are told again after three seconds, recorded ones as they were recorded alone (J2, C1)", async () => {
	const best = JSON.stringify({
		topic: "orderbook.1.BTCUSDT",
		type: "snapshot",
		ts: T + 5,
		data: { s: "BTCUSDT", b: [["20000.00", "0.5"]], a: [], u: 9, seq: 1 },
	});
	for (const [lines, count] of [
		[LINES.slice(1, 2), 2],
		[[best, ...LINES.slice(1, 2)], 1],
	] as const) {
		const rig = await stepped([...lines, ticker(T + 60 * S, TICKER, "snapshot")], { speed: 1 });
		const stream = await heard(rig, "orderbook.1.BTCUSDT");
		for (const ms of [10, 2000, 999, 1, 1]) await rig.sim.control.step({ ms });
		stream.send({ op: "ping" });
		await stream.next((frame) => frame.op === "ping");
		const told = stream.topic("orderbook.1.BTCUSDT");
		assert.equal(told.length, count);
		assert.equal(new Set(told.map(({ data }) => (data as Json).u)).size, 1, "under one number");
	}
});
