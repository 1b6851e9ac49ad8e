import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "../../std/usage-error.ts";
import { bundled } from "../testing/candles.ts";
import { parseRecording, type Recording } from "./recording.ts";

const T = Date.UTC(2024, 4, 15, 12, 0, 30);
const TICKER = { symbol: "BTCUSDT", lastPrice: "20000.00", markPrice: "20001.25", indexPrice: "20010.5", fundingRate: "0.0002" };

function ticker(ts: number, data: object = TICKER, type = "snapshot"): string {
	return JSON.stringify({ topic: "tickers.BTCUSDT", type, data, cs: 1, ts });
}

function book(ts: number, u: number, type = "delta", b: unknown = [["20000.0", "1"]]): string {
	return JSON.stringify({
		topic: "orderbook.50.BTCUSDT",
		type,
		ts,
		data: { s: "BTCUSDT", b, a: [["20000.1", "2"]], u, seq: u * 10 },
		cts: ts - 2,
	});
}

function read(...files: readonly (readonly string[])[]): Recording {
	return parseRecording(
		files.map((lines, i) => ({ name: `file${i + 1}`, text: lines.join("\n") })),
		{ instrumentOf: (symbol) => (symbol === "BTCUSDT" ? bundled(symbol) : undefined), fundingRate: 0.0001 },
	);
}

const WRONG: readonly (readonly [string, readonly string[], RegExp])[] = [
	["a line that is no JSON", [ticker(T), "", '{"topic":"tick'], /^file1, line 3: this is no JSON object: "\{\\"topic\\":\\"tick"$/],
	["an unknown topic", [ticker(T), '{"topic":"candles.1.BTCUSDT","ts":1}'], /line 2: unknown topic "candles.1.BTCUSDT": tickers, /],
	["a message without a topic", ['{"ts":1}'], /line 1: the message names no topic/],
	["a time that runs back within a topic", [ticker(T), ticker(T - 1)], /line 2: tickers.BTCUSDT: ts \d+ lies before that of line 1/],
	[
		"a time that runs back by more than a second",
		[ticker(T), book(T - 1001, 5, "snapshot")],
		/line 2: ts \d+ lies 1001 ms before that of line 1/,
	],
	["a message without a time", ['{"topic":"tickers.BTCUSDT","type":"snapshot","data":{}}'], /line 1: tickers.BTCUSDT: ts is no time/],
	["no message", ['{"success":true,"op":"subscribe"}', ""], /^file1: it holds no message of a public stream/],
	["no line", [], /^file1: it holds no message/],
	["a change of a ticker that was never told", [ticker(T, { symbol: "BTCUSDT" }, "delta")], /line 1: .*a delta before the first snapshot/],
	["a change of a book that was never told", [book(T, 5)], /line 1: .*a delta before the first snapshot/],
	["a hole in a book", [book(T, 5, "snapshot"), book(T + 1, 7)], /line 2: .*u went from 5 to 7/],
	["a crossed book", [book(T, 5, "snapshot", [["20000.1", "1"]])], /line 1: .*the best bid reaches the best ask/],
	["a price between two ticks", [book(T, 5, "snapshot", [["20000.05", "1"]])], /20000.05 is off the tick 0.1: .*--instruments/],
	["a size between two steps", [book(T, 5, "snapshot", [["20000", "1.0001"]])], /1.0001 is off the step 0.001: .*--instruments/],
	[
		"a symbol without rules",
		[ticker(T).replaceAll("BTCUSDT", "XRPUSDT")],
		/line 1: the rules of XRPUSDT .* are not known: .*--instruments/,
	],
	["another symbol's data", [ticker(T, { ...TICKER, symbol: "ETHUSDT" })], /line 1: .*data.symbol is not BTCUSDT/],
];

for (const [name, lines, words] of WRONG)
	test(`a recording with ${name} is refused in one line (J2)`, () => {
		assert.throws(
			() => read(lines),
			(error: unknown) => error instanceof UsageError && words.test(error.message) && !error.message.includes("\n"),
		);
	});

test("answers to subscriptions and empty lines are passed over, and a topic may lag behind another by a second (J2)", () => {
	const { frames } = read(['{"success":true,"ret_msg":"","op":"subscribe"}', book(T, 5, "snapshot"), "", ticker(T - 1000)]);
	assert.deepEqual(
		frames.map(({ name, at }) => [name, at - T]),
		[
			["orderbook.50.BTCUSDT", 0],
			["tickers.BTCUSDT", 0],
		],
		"in the order of the lines: time never runs back",
	);
});

test("several files are played together by their time, and a fault names the file it stands in (J2)", () => {
	const { frames, markets } = read([ticker(T), ticker(T + 20)], [book(T + 10, 5, "snapshot"), book(T + 30, 6)]);
	assert.deepEqual(
		frames.map(({ at }) => at - T),
		[0, 10, 20, 30],
	);
	assert.deepEqual([markets.length, markets[0]?.depth, markets[0]?.interval], [1, 50, "1"]);
	assert.throws(() => read([ticker(T)], [book(T, 5, "snapshot"), book(T + 5, 9)]), /^UsageError: file2, line 2:/);
});
