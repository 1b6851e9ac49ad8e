// The simulated exchange under load: how late its frames are, and how many orders one connection gets through. The clients live in a process
// of their own, so memory is the server's alone. `--full` takes a minute and a half.

import { type ChildProcess, fork } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { WebSocket } from "ws";
import { allocate, type Columns } from "../src/market/candle.ts";
import { makeInstrument } from "../src/market/instrument.ts";
import { type SimMarket, type Simulation, startSimulation } from "../src/simserver/simulation.ts";
import { assert } from "../src/std/assert.ts";
import { roundUsdt } from "../src/units/grid.ts";
import { type Bench, type Figure, main } from "./figure.ts";
import type { Order, Report } from "./sim-listeners.ts";

const SYMBOLS = 100;
const CLIENTS = 10;
/** Market time per wall time. A minute's candle has four trades and as many best prices, and ten tickers a second are pushed: at 11.25 candles a second, 100 messages. */
const SPEED = 675;
const MESSAGES = SYMBOLS * CLIENTS * 100;
/** Seconds that warm the compiler up and seconds that count. In the long run what is kept of the latest trades fills up first, within 25 s. */
const SHORT = { warmUp: 3, seconds: 6 };
const FULL = { warmUp: 30, seconds: 60 };
const ORDERS = 20_000;
const KEYS = { key: "bench", secret: "bench" };

export async function bench({ full = false } = {}): Promise<Bench> {
	const figures = [...(await streams(full ? FULL : SHORT)), await orders()];
	return { stake: "A bot tested against an exchange that lags learns the lag.", figures };
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

async function exchange(count: number, rows: number, speed: number | "max"): Promise<Simulation> {
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
	});
}

/** Lag: from the moment a step's market time was due on the wall to the moment its frame was read. */
async function streams({ warmUp, seconds }: typeof FULL): Promise<Figure[]> {
	const simulation = await exchange(SYMBOLS, Math.ceil(((warmUp + seconds) * 1000 * SPEED) / 60_000) + 60, SPEED);
	const listeners = fork(join(import.meta.dirname, "sim-listeners.ts"));
	const topics = Array.from({ length: SYMBOLS }, (_, k) => [`publicTrade.S${k}USDT`, `tickers.S${k}USDT`, `orderbook.1.S${k}USDT`]).flat();
	await asked(listeners, { address: simulation.addresses.public, clients: CLIENTS, topics });
	listeners.send({ wall: performance.timeOrigin + performance.now(), market: simulation.clock.now(), speed: SPEED } satisfies Order);
	simulation.start();
	await wait(warmUp);
	const live = liveBytes();
	listeners.send("measure" satisfies Order);
	const before = performance.now();
	await wait(seconds);
	const { messages, lags } = (await asked(listeners, "report")) as Report; // what it answers to "report"
	const taken = (performance.now() - before) / 1000;
	const { rss } = process.memoryUsage();
	const gained = liveBytes() - live;
	listeners.kill();
	await simulation.close();
	const sorted = lags.toSorted((a, b) => a - b);
	const lag = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
	const load = `${SYMBOLS} symbols, ${CLIENTS} clients`;
	return [
		{ name: `messages, ${load}`, value: messages / taken, unit: "/s", mark: { value: 0.95 * MESSAGES, side: "at least" } },
		{ name: "lag of a frame, median", value: lag(0.5), unit: "ms" },
		{ name: "lag of a frame, 99 of 100", value: lag(0.99), unit: "ms", mark: { value: 100, side: "at most" } },
		{ name: "memory of the server's process", value: rss / 1e6, unit: "MB" },
		{ name: "live memory it has gained", value: gained / 1e6, unit: "MB", mark: { value: 20, side: "at most" } },
	];
}

/** What a full collection leaves: how much more the process holds says more of V8's leisure than of the server. */
function liveBytes(): number {
	setFlagsFromString("--expose-gc");
	(runInNewContext("gc") as () => void)(); // the flag's own function
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

async function asked(listeners: ChildProcess, order: Order): Promise<unknown> {
	listeners.send(order);
	const [answer] = (await once(listeners, "message")) as [unknown];
	return answer;
}

async function wait(seconds: number): Promise<void> {
	await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** One order-entry connection: each order is cancelled again, a window of requests under way. */
async function orders(): Promise<Figure> {
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
	socket.terminate();
	await simulation.close();
	return { name: "orders on one connection", value: rate, unit: "round trips/s", mark: { value: 5000, side: "at least" } };
}

if (import.meta.main) await main("sim", () => bench({ full: process.argv.includes("--full") }));
