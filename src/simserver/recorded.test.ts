// The shapes of recorded Bybit messages against ours: the same keys with the same JSON types, wherever a recording has them. Recordings
// stay where they are; without ANCHORWATCH_DATA these tests are skipped, visibly.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
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

/** Every recorded key is in ours with the same type; objects and the first elements of lists are compared within. */
function assertShape(recorded: unknown, ours: unknown, path: string): void {
	if (Array.isArray(recorded)) {
		assert.ok(Array.isArray(ours), `${path} is a list`);
		if (recorded.length > 0 && ours.length > 0) assertShape(recorded[0], ours[0], `${path}[0]`);
		return;
	}
	assert.equal(kindOf(ours), kindOf(recorded), path);
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

function entryOf(file: string, name: string): Json {
	const entry = (JSON.parse(recordedText(file)) as Record<string, Json>)[name];
	assert.ok(entry !== undefined, `${file} has ${name}`);
	return (entry.result ?? entry) as Json;
}

function firstOf(result: Json): Json {
	return (result.list as Json[])[0]!;
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

test("REST objects have every field of the recorded ones, with its type (C6, J2)", RECORDED, async () => {
	const { rig } = await session();
	const linear = { category: "linear", symbol: "BTCUSDT" };
	const ask = async (path: string, query: Record<string, string> = linear): Promise<Json> => {
		const answer = await rig.get(path, query);
		assert.equal(answer.retCode, 0, answer.retMsg);
		return answer.result;
	};
	const executions = (await ask("/v5/execution/list")).list as Json[];
	const rows: readonly (readonly [string, string, Json | undefined])[] = [
		["rest-responses-ccxt.json", "order-realtime.open-limit", firstOf(await ask("/v5/order/realtime"))],
		["rest-responses-ccxt.json", "order-history.two-market-orders", firstOf(await ask("/v5/order/history"))],
		["rest-responses-ccxt.json", "position-list.long", firstOf(await ask("/v5/position/list"))],
		["rest-responses-ccxt.json", "execution-list.funding", executions.find((row) => row.execType === "Funding")],
		["rest-results-testnet-2023.json", "execution-list", executions.find((row) => row.execType === "Trade")],
		["rest-results-testnet-2023.json", "closed-pnl", firstOf(await ask("/v5/position/closed-pnl"))],
		["rest-responses-ccxt.json", "wallet-balance", firstOf(await ask("/v5/account/wallet-balance", { accountType: "UNIFIED" }))],
		["rest-responses-ccxt.json", "transaction-log.settlement", firstOf(await ask("/v5/account/transaction-log", { type: "SETTLEMENT" }))],
		["rest-responses-ccxt.json", "tickers.mainnet", firstOf(await ask("/v5/market/tickers"))],
		["rest-responses-ccxt.json", "recent-trade", firstOf(await ask("/v5/market/recent-trade"))],
		["rest-results-testnet-2023.json", "funding-rate-history", firstOf(await ask("/v5/market/funding/history"))],
		["rest-responses-ccxt.json", "tickers.testnet", firstOf(await ask("/v5/market/tickers"))],
		["rest-results-testnet-2023.json", "wallet-balance", firstOf(await ask("/v5/account/wallet-balance", { accountType: "UNIFIED" }))],
		["rest-results-testnet-2023.json", "public-trading-history", firstOf(await ask("/v5/market/recent-trade"))],
		["rest-responses-ccxt.json", "open-interest", firstOf(await ask("/v5/market/open-interest", { ...linear, intervalTime: "1h" }))],
		["rest-results-testnet-2023.json", "open-interest", firstOf(await ask("/v5/market/open-interest", { ...linear, intervalTime: "1h" }))],
		["rest-results-testnet-2023.json", "risk-limit", firstOf(await ask("/v5/market/risk-limit"))],
	];
	for (const [file, name, ours] of rows) assertShape(firstOf(entryOf(file, name)), ours, name);
	const interest = await ask("/v5/market/open-interest", { ...linear, intervalTime: "1h", limit: "1" });
	assertShape(entryOf("rest-responses-ccxt.json", "open-interest"), interest, "open-interest");
	for (const name of ["order-realtime.open-limit", "position-list.long", "tickers.mainnet"])
		assertShape({ ...entryOf("rest-responses-ccxt.json", name), list: [] }, { nextPageCursor: "", category: "linear", list: [] }, name);
});

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
	for (const line of lines("ws-tickers.BTCUSDT.2024-05-15.jsonl").filter(({ type }) => type === "snapshot"))
		assertShape(line, snapshot, "ticker snapshot");
	assert.deepEqual(Object.keys(last("tickers.BTCUSDT", "delta") ?? {}).sort(), ["cs", "data", "topic", "ts", "type"]);
	const [top] = lines("ws-orderbook.1.BTCUSDT.2023-04-05.jsonl");
	assertShape(top, last("orderbook.1.BTCUSDT", "snapshot"), "orderbook.1");
	for (const line of lines("ws-orderbook.500.XRPUSDT.first30.jsonl").slice(0, 2))
		assertShape(line, last("orderbook.200.BTCUSDT", String(line.type)), `orderbook.200 ${line.type}`);
	const updates = stream.filter((frame) => frame.topic === "orderbook.200.BTCUSDT").map((frame) => (frame.data as Json).u as number);
	assert.ok(
		updates.every((u, i) => i === 0 || u === updates[i - 1]! + 1),
		"u grows by exactly 1 per frame",
	);
});
