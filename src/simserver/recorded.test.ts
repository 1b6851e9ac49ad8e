// The shapes of recorded Bybit messages against ours: the same keys with the same JSON types, wherever a recording has them. Recordings
// stay where they are; without ANCHORWATCH_DATA these tests are skipped, visibly.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { HOUR, MINUTE } from "../units/unit.ts";
import { DAY_START, minutes, still } from "./testing/candles.ts";
import { type Json, market, Rig } from "./testing/rig.ts";

const folder = process.env.ANCHORWATCH_DATA;
const RECORDED = { skip: folder === undefined ? "ANCHORWATCH_DATA names no folder with recordings" : false };

/** Members that the recording client quoted although they are numbers on the wire, and one that it added (data/README.md). */
const QUOTED = new Set([
	"positionIdx",
	"riskId",
	"tradeMode",
	"seq",
	"triggerDirection",
	"smpGroup",
	"adlRankIndicator",
	"autoAddMargin",
	"time",
	"retCode",
]);
const ADDED = new Set(["nextPageCursor"]);

function kindOf(value: unknown): string {
	return Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
}

/** Numbers stand in texts; "" is a number that is none. */
function isDecimal(text: unknown): boolean {
	return typeof text === "string" && /^-?\d+(\.\d+)?$/.test(text);
}

/** Every recorded key is in ours with the same type; objects and the first elements of lists are compared within. */
function assertShape(recorded: unknown, ours: unknown, path: string): void {
	if (Array.isArray(recorded)) {
		assert.ok(Array.isArray(ours), `${path} is a list`);
		if (recorded.length > 0 && ours.length > 0) assertShape(recorded[0], ours[0], `${path}[0]`);
		return;
	}
	assert.equal(kindOf(ours), kindOf(recorded), path);
	if (typeof recorded === "string" && recorded !== "" && ours !== "")
		assert.equal(isDecimal(ours), isDecimal(recorded), `${path}: ${ours}`);
	if (typeof recorded !== "object" || recorded === null) return;
	for (const [key, value] of Object.entries(recorded)) {
		if (ADDED.has(key) && !(key in (ours as Json))) continue;
		assert.ok(key in (ours as Json), `${path}.${key} is missing`);
		if (QUOTED.has(key) && typeof value === "string") continue;
		assertShape(value, (ours as Json)[key], `${path}.${key}`);
	}
}

function recordedText(name: string): string {
	return readFileSync(join(folder ?? "", "bybit-recorded", name), "utf8");
}

/** A day and a bit of trading with a round trip, a resting order, a position over a funding time, and every stream recorded. */
async function session(): Promise<{ rig: Rig; stream: Json[] }> {
	const start = DAY_START - 24 * HOUR - 10 * MINUTE;
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(still(24 * 60 + 20, 20_000), start))] });
	const socket = await rig.socket("public");
	const order = { category: "linear", symbol: "BTCUSDT", orderType: "Market", qty: "0.1" };
	const plans = new Map<number, Json>([
		[DAY_START - 30 * MINUTE, { ...order, side: "Buy" }],
		[DAY_START + MINUTE, { ...order, side: "Sell", reduceOnly: true, qty: "0.05" }],
		[DAY_START + 2 * MINUTE, { ...order, side: "Buy", orderType: "Limit", price: "19000" }],
	]);
	socket.onFrame = (frame) => {
		const plan = String(frame.topic).startsWith("tickers") ? plans.get(frame.ts as number) : undefined;
		if (plan !== undefined) void rig.done("/v5/order/create", plan);
	};
	socket.send({ op: "subscribe", args: ["tickers.BTCUSDT", "orderbook.1.BTCUSDT", "orderbook.200.BTCUSDT"] });
	await rig.sim.finished;
	return { rig, stream: socket.frames };
}

const CCXT = "rest-responses-ccxt.json";
const TESTNET = "rest-results-testnet-2023.json";
const LINEAR = { category: "linear", symbol: "BTCUSDT" };
const WALLET = { accountType: "UNIFIED" };
const HOURLY = { ...LINEAR, intervalTime: "1h", limit: "1" };

/** Every recorded answer, and the request whose answer here must look like it. */
const ANSWERS: readonly (readonly [file: string, name: string, path: string, query: Record<string, string>])[] = [
	[CCXT, "order-realtime.open-limit", "/v5/order/realtime", LINEAR],
	[CCXT, "order-history.two-market-orders", "/v5/order/history", LINEAR],
	[CCXT, "position-list.long", "/v5/position/list", LINEAR],
	[CCXT, "execution-list.funding", "/v5/execution/list", { ...LINEAR, execType: "Funding" }],
	[CCXT, "wallet-balance", "/v5/account/wallet-balance", WALLET],
	[CCXT, "transaction-log.settlement", "/v5/account/transaction-log", { type: "SETTLEMENT" }],
	[CCXT, "tickers.testnet", "/v5/market/tickers", LINEAR],
	[CCXT, "tickers.mainnet", "/v5/market/tickers", LINEAR],
	[CCXT, "recent-trade", "/v5/market/recent-trade", LINEAR],
	[CCXT, "open-interest", "/v5/market/open-interest", HOURLY],
	[TESTNET, "execution-list", "/v5/execution/list", { ...LINEAR, execType: "Trade" }],
	[TESTNET, "closed-pnl", "/v5/position/closed-pnl", LINEAR],
	[TESTNET, "funding-rate-history", "/v5/market/funding/history", LINEAR],
	[TESTNET, "public-trading-history", "/v5/market/recent-trade", LINEAR],
	[TESTNET, "open-interest", "/v5/market/open-interest", HOURLY],
	[TESTNET, "wallet-balance", "/v5/account/wallet-balance", WALLET],
	[TESTNET, "risk-limit", "/v5/market/risk-limit", LINEAR],
];

/** Every other recorded file: the test below that reads it, or why none does. */
const OTHER_FILES: Readonly<Record<string, string>> = {
	"ws-tickers.BTCUSDT.2023-04-05.jsonl": "stream frames",
	"ws-tickers.BTCUSDT.2024-05-15.jsonl": "stream frames",
	"ws-orderbook.1.BTCUSDT.2023-04-05.jsonl":
		"stream frames; its delta is of a time when depth 1 had deltas (snapshots alone since 2025-03-20)",
	"ws-orderbook.500.XRPUSDT.first30.jsonl": "stream frames; depth 500 is 1000 since 2025-09-11, and looks the same",
	"ws-orderbook.500.XRPUSDT.first30.expected-top.json":
		"computed, no message of Bybit's: recorded/real.test.ts plays the frames against it",
};

test("every recording is used, or it is said why not (J2)", RECORDED, () => {
	for (const name of readdirSync(join(folder ?? "", "bybit-recorded"))) {
		const used = ANSWERS.filter(([file]) => file === name).map(([, entry]) => entry);
		if (used.length === 0) assert.ok(OTHER_FILES[name] !== undefined, `${name} is used nowhere`);
		else assert.deepEqual(used.sort(), Object.keys(JSON.parse(recordedText(name)) as object).sort(), name);
	}
});

test(
	"REST answers have every field of the recorded ones, with its type and kind of text, envelope and rows (C6, J2)",
	RECORDED,
	async () => {
		const { rig } = await session();
		for (const [file, name, path, query] of ANSWERS) {
			const answer = await rig.get(path, query);
			assert.equal(answer.retCode, 0, answer.retMsg);
			const entry = (JSON.parse(recordedText(file)) as Record<string, Json>)[name] ?? {};
			if ("result" in entry) assertShape({ ...entry, result: {} }, { ...answer, result: {} }, name);
			const recorded = (entry.result ?? entry) as Json;
			assertShape(recorded, answer.result, name);
			const [ours] = answer.result.list as Json[];
			assert.ok(ours !== undefined, `${name}: there is a row to compare`);
			for (const row of recorded.list as Json[]) assertShape(row, ours, name);
		}
	},
);

test("stream frames have every field of the recorded ones, with its type (C1, C6)", RECORDED, async () => {
	const { rig, stream } = await session();
	const lines = (name: string): Json[] =>
		recordedText(name)
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line) as Json);
	const last = (topic: string, type: string): Json | undefined => stream.findLast((frame) => frame.topic === topic && frame.type === type);
	const late = await rig.socket("public");
	late.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
	const snapshot = await late.next((frame) => frame.topic === "tickers.BTCUSDT");
	const deltas = stream.filter((frame) => frame.topic === "tickers.BTCUSDT" && frame.type === "delta");
	const changed = Object.assign({}, ...deltas.map(({ data }) => data as Json));
	for (const name of ["ws-tickers.BTCUSDT.2023-04-05.jsonl", "ws-tickers.BTCUSDT.2024-05-15.jsonl"])
		for (const line of lines(name)) {
			assert.deepEqual(Object.keys(line).sort(), ["cs", "data", "topic", "ts", "type"]);
			if (line.type === "snapshot") assertShape(line, snapshot, "ticker snapshot");
			else assertShape(line, { ...deltas[0], data: { ...changed, ...(snapshot.data as Json), symbol: changed.symbol } }, "ticker delta");
		}
	for (const { data } of deltas) assert.equal((data as Json).symbol, "BTCUSDT", "a delta bears its symbol");
	assert.deepEqual(Object.keys(deltas[0] ?? {}).sort(), ["cs", "data", "topic", "ts", "type"]);
	const [top] = lines("ws-orderbook.1.BTCUSDT.2023-04-05.jsonl");
	assertShape(top, last("orderbook.1.BTCUSDT", "snapshot"), "orderbook.1");
	for (const line of lines("ws-orderbook.500.XRPUSDT.first30.jsonl"))
		assertShape(line, last("orderbook.200.BTCUSDT", String(line.type)), `orderbook.200 ${line.type}`);
	const updates = stream.filter((frame) => frame.topic === "orderbook.200.BTCUSDT").map((frame) => (frame.data as Json).u as number);
	assert.ok(
		updates.every((u, i) => i === 0 || u === updates[i - 1]! + 1),
		"u grows by exactly 1 per frame",
	);
});
