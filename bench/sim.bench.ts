// The simulated exchange under load: how late its frames are, and how many orders one connection gets through. What regressing would
// cost: a bot tested against an exchange that lags learns the lag. `--full` listens for a minute.

import { createHmac } from "node:crypto";
import { once } from "node:events";
import { cpus } from "node:os";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { WebSocket } from "ws";
import { allocate, type Columns } from "../src/market/candle.ts";
import { makeInstrument } from "../src/market/instrument.ts";
import { type SimMarket, type Simulation, startSimulation } from "../src/simserver/simulation.ts";
import { assert } from "../src/std/assert.ts";
import { roundUsdt } from "../src/units/grid.ts";

const SYMBOLS = 100;
const CLIENTS = 10;
/** Ten candles a second: 40 trades and as many best prices for each symbol, and ten tickers, the most that is pushed. About 90 messages. */
const SPEED = 600_000;
const ORDERS = 20_000;
const KEYS = { key: "bench", secret: "bench" };

export async function bench({ full = false } = {}): Promise<void> {
	console.log(`sim: ${SYMBOLS} symbols, ${CLIENTS} clients · ${cpus()[0]?.model.trim()} · Node ${process.version}`);
	await streams(full ? 60 : 8);
	await orders();
}

function markets(count: number, rows: number): SimMarket[] {
	return Array.from({ length: count }, (_, i): SimMarket => {
		const symbol = `S${i}USDT`;
		const instrument = makeInstrument({
			symbol,
			baseCoin: `S${i}`,
			tick: "0.01",
			step: "0.001",
			minQty: "0.001",
			minNotional: 5,
			maxLeverage: 50,
			fundingHours: 8,
		});
		assert(instrument !== undefined, "the bench's instrument is on its grid");
		return { instrument, interval: "1", candles: wave(rows, 100 + i), generated: true, fundingRate: 0.0001 };
	});
}

function wave(rows: number, price: number): Columns {
	const columns = allocate(rows);
	for (let i = 0; i < rows; i++) {
		const open = price + Math.round(100 * Math.sin(i / 5)) / 100;
		const close = price + Math.round(100 * Math.sin((i + 1) / 5)) / 100;
		columns.openTime[i] = Date.UTC(2024, 0, 1) + i * 60_000;
		columns.open[i] = open;
		columns.close[i] = close;
		columns.high[i] = Math.max(open, close) + 0.1;
		columns.low[i] = Math.min(open, close) - 0.1;
		columns.volume[i] = 10;
		columns.turnover[i] = 5 * (open + close);
	}
	return columns;
}

async function exchange(count: number, rows: number, speed: number | "max", onStep?: (at: number) => void): Promise<Simulation> {
	const terms = {
		takerFee: 0.00055,
		makerFee: 0.0002,
		slippage: 0,
		marginMode: "isolated",
		balance: roundUsdt(1_000_000),
		leverage: 10,
	} as const;
	return await startSimulation({
		markets: markets(count, rows),
		terms,
		speed,
		...KEYS,
		autostart: false,
		...(onStep === undefined ? {} : { onStep }),
	});
}

/** Lag: from the moment a step's market time was due on the wall to the moment its frame was read. Each client lives in a thread of its own. */
async function streams(seconds: number): Promise<void> {
	const simulation = await exchange(SYMBOLS, Math.ceil((seconds * SPEED) / 60_000) + 60, SPEED);
	const threads = Array.from(
		{ length: CLIENTS },
		() => new Worker(new URL(import.meta.url), { workerData: { address: simulation.addresses.public } }),
	);
	await Promise.all(threads.map((thread) => once(thread, "message")));
	const memory = process.memoryUsage().rss;
	const began = { wall: performance.timeOrigin + performance.now(), market: simulation.clock.now() };
	for (const thread of threads) thread.postMessage(began);
	simulation.start();
	await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
	const heard = await Promise.all(
		threads.map(async (thread) => {
			thread.postMessage("enough");
			const [found] = (await once(thread, "message")) as [{ messages: number; lags: number[] }]; // what `listen` sends
			return found;
		}),
	);
	const taken = (performance.timeOrigin + performance.now() - began.wall) / 1000;
	const messages = heard.reduce((sum, found) => sum + found.messages, 0);
	const lags = heard.flatMap((found) => found.lags).sort((a, b) => a - b);
	const at = (share: number): string => (lags[Math.floor(lags.length * share)] ?? Number.NaN).toFixed(1);
	const used = process.memoryUsage().rss;
	const rate = Math.round(messages / taken).toLocaleString("en");
	console.log(
		`  streams     ${rate} messages/s for ${taken.toFixed(0)} s (asked: 90,000), lag p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${(used / 1e6).toFixed(0)} MB (+${((used - memory) / 1e6).toFixed(0)})`,
	);
	await Promise.all(threads.map((thread) => thread.terminate()));
	await simulation.close();
}

async function listen(address: string): Promise<void> {
	const lags: number[] = [];
	let messages = 0;
	let began: { wall: number; market: number } | undefined;
	const socket = new WebSocket(address);
	await once(socket, "open");
	const args = Array.from({ length: SYMBOLS }, (_, k) => [`publicTrade.S${k}USDT`, `tickers.S${k}USDT`, `orderbook.1.S${k}USDT`]).flat();
	socket.send(JSON.stringify({ op: "subscribe", args }));
	await once(socket, "message");
	socket.on("message", (data: Buffer) => {
		messages++;
		if (messages % 97 !== 0 || began === undefined) return;
		const { ts } = JSON.parse(data.toString()) as { ts: number }; // every frame has its time
		lags.push(performance.timeOrigin + performance.now() - (began.wall + (ts - began.market) / SPEED));
	});
	parentPort?.on("message", (message: { wall: number; market: number } | "enough") => {
		if (message === "enough") parentPort?.postMessage({ messages, lags });
		else began = message;
	});
	parentPort?.postMessage("ready");
}

/** One order-entry connection: each order is cancelled again, a window of requests under way. */
async function orders(): Promise<void> {
	const simulation = await exchange(1, 3, "max");
	simulation.start();
	await simulation.finished;
	const socket = new WebSocket(simulation.addresses.trade);
	await once(socket, "open");
	const expires = Date.now() + 10_000;
	const sign = createHmac("sha256", KEYS.secret).update(`GET/realtime${expires}`).digest("hex");
	socket.send(JSON.stringify({ op: "auth", args: [KEYS.key, expires, sign] }));
	await once(socket, "message");
	let sent = 0;
	let done = 0;
	const send = (): void => {
		const link = `o-${sent >> 1}`;
		const place = { category: "linear", symbol: "S0USDT", side: "Buy", orderType: "Limit", qty: "1", price: "90", orderLinkId: link };
		const [op, body] =
			sent++ % 2 === 0 ? ["order.create", place] : ["order.cancel", { category: "linear", symbol: "S0USDT", orderLinkId: link }];
		socket.send(JSON.stringify({ op, header: { "X-BAPI-TIMESTAMP": String(Date.now()) }, args: [body] }));
	};
	const before = performance.now();
	await new Promise<void>((resolve) => {
		socket.on("message", (data: Buffer) => {
			if (!data.includes('"retCode":0')) throw new Error(data.toString());
			if (++done === ORDERS) resolve();
			else if (sent < ORDERS) send();
		});
		for (let i = 0; i < 16; i++) send();
	});
	const rate = ORDERS / ((performance.now() - before) / 1000);
	console.log(`  orders      ${Math.round(rate).toLocaleString("en")} round trips/s on one connection (goal 5,000)`);
	socket.terminate();
	await simulation.close();
}

if (!isMainThread)
	await listen((workerData as { address: string }).address); // what `streams` gave
else if (import.meta.main) await bench({ full: process.argv.includes("--full") });
