// Real recordings, played. They stay where they are; without ANCHORWATCH_DATA these tests are skipped, visibly.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeInstrument } from "../../market/instrument.ts";
import { bundled } from "../testing/candles.ts";
import { type Json, Rig } from "../testing/rig.ts";
import { readRecording } from "./recording.ts";

const folder = process.env.ANCHORWATCH_DATA;
const RECORDED = { skip: folder === undefined ? "ANCHORWATCH_DATA names no folder with recordings" : false };

function pathOf(name: string): string {
	return join(folder ?? "", "bybit-recorded", name);
}

/** XRPUSDT as it was in December 2024. */
function ripple(): ReturnType<typeof makeInstrument> {
	const spec = { tick: "0.0001", step: "1", minQty: "1", minNotional: 5, maxLeverage: 75, fundingHours: 8 };
	return makeInstrument({ symbol: "XRPUSDT", baseCoin: "XRP", ...spec });
}

type Top = { bid: string; bidSize: string; ask: string; askSize: string };

test("a recorded book of 500 levels is played as it was, and its best prices are those computed apart (J2)", RECORDED, async () => {
	const path = pathOf("ws-orderbook.500.XRPUSDT.first30.jsonl");
	const recording = readRecording([path], { instrumentOf: ripple, fundingRate: 0.0001 });
	const rig = await Rig.open({ markets: [], recording, autostart: false });
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["orderbook.500.XRPUSDT", "orderbook.1.XRPUSDT"] });
	await stream.next((frame) => frame.op === "subscribe");
	const best: unknown[] = [];
	const top = async (): Promise<void> => {
		const { result } = await rig.ask("/v5/market/orderbook?category=linear&symbol=XRPUSDT&limit=1");
		const [[bid, bidSize] = [], [ask, askSize] = []] = [(result.b as string[][])[0], (result.a as string[][])[0]];
		best.push({ bid, bidSize, ask, askSize });
	};
	for (const { at } of recording.frames) {
		await rig.sim.control.step({ ms: Math.max(1, at - rig.sim.clock.now()) });
		await top();
	}
	const expected = JSON.parse(readFileSync(pathOf("ws-orderbook.500.XRPUSDT.first30.expected-top.json"), "utf8")) as Top[];
	assert.deepEqual(
		best,
		expected.map(({ bid, bidSize, ask, askSize }) => ({ bid, bidSize, ask, askSize })),
	);
	const lines = readFileSync(path, "utf8").trimEnd().split("\n");
	assert.deepEqual(
		stream.topic("orderbook.500.XRPUSDT"),
		lines.map((line) => JSON.parse(line) as Json),
	);
	const told = new Set(expected.map(({ bid, bidSize, ask, askSize }) => [bid, bidSize, ask, askSize].join()));
	assert.equal(new Set(stream.topic("orderbook.1.XRPUSDT").map(({ data }) => [(data as Json).b, (data as Json).a].join())).size, told.size);
});

test("recorded tickers and a recorded best price are one market, on which orders fill (J2)", RECORDED, async () => {
	const paths = ["ws-tickers.BTCUSDT.2023-04-05.jsonl", "ws-orderbook.1.BTCUSDT.2023-04-05.jsonl"].map(pathOf);
	const recording = readRecording(paths, { instrumentOf: bundled, fundingRate: 0.0001 });
	const rig = await Rig.open({ markets: [], recording, speed: "max" });
	await rig.sim.finished;
	await rig.done("/v5/order/create", { category: "linear", symbol: "BTCUSDT", side: "Buy", orderType: "Market", qty: "0.1" });
	const [position] = await rig.list("/v5/position/list", { category: "linear", symbol: "BTCUSDT" });
	assert.deepEqual([position?.avgPrice, position?.markPrice], ["28552.1", "28552.81"]);
	const later = readRecording([pathOf("ws-tickers.BTCUSDT.2024-05-15.jsonl")], { instrumentOf: bundled, fundingRate: 0.0001 });
	const other = await Rig.open({ markets: [], recording: later, speed: "max" });
	await other.sim.finished;
	const { result } = await other.ask("/v5/market/tickers?category=linear&symbol=BTCUSDT");
	const [row] = result.list as Json[];
	assert.deepEqual([row?.lastPrice, row?.markPrice, row?.bid1Size], ["61874.00", "61875.06", "3.543"]);
});
