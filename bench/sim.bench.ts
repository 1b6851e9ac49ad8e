// The simulated exchange under load: how late its frames are, and how many orders one connection gets through. What regressing would
// cost: a bot tested against an exchange that lags learns the lag. `--full` listens for a minute.

import { createHmac } from "node:crypto";
import { once } from "node:events";
import { cpus } from "node:os";
import { WebSocket } from "ws";
import { allocate, type Columns } from "../src/market/candle.ts";
import { makeInstrument } from "../src/market/instrument.ts";
import { type SimMarket, type Simulation, startSimulation } from "../src/simserver/simulation.ts";
import { assert } from "../src/std/assert.ts";
import { roundUsdt } from "../src/units/grid.ts";

const SYMBOLS = 100;
const CLIENTS = 10;
/** Four points a minute, and at each a ticker and a trade: 750 minutes a second are 100 messages a second and symbol. */
const SPEED = 750_000;
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

/** Lag: from the moment a step's market time stood on the wall to the moment its frame was read. */
async function streams(seconds: number): Promise<void> {
	const simulation = await exchange(SYMBOLS, Math.ceil((seconds * SPEED) / 60_000) + 60, SPEED);
	const lags: number[] = [];
	let messages = 0;
	let began: { wall: number; market: number } | undefined;
	const sockets = await Promise.all(
		Array.from({ length: CLIENTS }, async () => {
			const socket = new WebSocket(simulation.addresses.public);
			await once(socket, "open");
			const args = Array.from({ length: SYMBOLS }, (_, i) => [`publicTrade.S${i}USDT`, `tickers.S${i}USDT`]).flat();
			socket.send(JSON.stringify({ op: "subscribe", args }));
			await once(socket, "message");
			socket.on("message", (data: Buffer) => {
				messages++;
				if (messages % 97 !== 0 || began === undefined) return;
				const { ts } = JSON.parse(data.toString()) as { ts: number };
				lags.push(performance.now() - (began.wall + (ts - began.market) / SPEED));
			});
			return socket;
		}),
	);
	const memory = process.memoryUsage().rss;
	began = { wall: performance.now(), market: simulation.clock.now() };
	simulation.start();
	await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
	lags.sort((a, b) => a - b);
	const at = (share: number): string => (lags[Math.floor(lags.length * share)] ?? Number.NaN).toFixed(1);
	const grown = (process.memoryUsage().rss - memory) / 1e6;
	console.log(
		`  streams     ${Math.round(messages / seconds).toLocaleString("en")} messages/s for ${seconds} s, lag p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB (+${grown.toFixed(0)})`,
	);
	for (const socket of sockets) socket.terminate();
	await simulation.close();
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

if (import.meta.main) await bench({ full: process.argv.includes("--full") });
