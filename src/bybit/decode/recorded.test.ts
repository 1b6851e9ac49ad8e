// The recordings' own numbers as oracles: each was verified by hand when the recordings were collected.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { makeInstrument, tierOf } from "../../market/instrument.ts";
import { vwapOf } from "../../market/ticker.ts";
import { addUsdt, formatUsdt, parseUsdt } from "../../units/grid.ts";
import type { Usdt } from "../../units/unit.ts";
import { PrivateFeed } from "../private-feed.ts";
import { PublicFeed } from "../public-feed.ts";
import { parseJson } from "../rest.ts";
import { RECORDED, recordedLines, recordedText } from "../testing/fixtures.ts";
import { mutated, mutatedText } from "../testing/mutate.ts";
import { decodeTransaction, decodeWallet } from "./account.ts";
import { OrderBook } from "./book.ts";
import { decodeRiskLimit, type RiskLimit } from "./instrument.ts";
import { decodeExecution, decodeOrder } from "./order.ts";
import { decodeClosedPnl, decodePosition } from "./position.ts";
import { decodeFundingRate } from "./public.ts";
import { asInteger, type Decoded, decodeAll, isObject, type JsonObject, Row } from "./row.ts";
import { decodeTicker, TickerState } from "./ticker.ts";

function parse(name: string): JsonObject {
	const value: unknown = JSON.parse(recordedText(name));
	assert.ok(isObject(value));
	return value;
}

/** The list of a recorded REST answer, in an envelope or without. */
function listOf(file: string, key: string): readonly unknown[] {
	const entry = parse(file)[key];
	assert.ok(isObject(entry));
	if (entry.retCode !== undefined) assert.equal(asInteger(entry.retCode), 0, "the quoted retCode is read as a number");
	return new Row(entry.retCode === undefined ? entry : entry.result, key).list("list");
}

const CCXT = "rest-responses-ccxt.json";
const TESTNET = "rest-results-testnet-2023.json";

function decoded<T>(result: Decoded<readonly T[]>): readonly T[] {
	assert.ok(result.ok, result.ok ? "" : result.error);
	return result.value;
}

function usdt(text: string | undefined): Usdt {
	const value = parseUsdt(text ?? "");
	assert.ok(value !== undefined);
	return value;
}

test("recorded orders: the fee is the value × 0.00055, and a market order carries its cap, not its price (C4, J1)", RECORDED, () => {
	const [sell, buy] = decoded(decodeAll(listOf(CCXT, "order-history.two-market-orders"), decodeOrder));
	assert.ok(sell !== undefined && buy !== undefined);
	assert.equal(buy.cumExecValue, "123.498");
	assert.equal(buy.cumFeeDetail.USDT, "0.0679239");
	assert.equal(usdt(buy.cumFeeDetail.USDT), Math.round((usdt(buy.cumExecValue) * 55) / 100_000));
	assert.equal(sell.cumExecValue, "122.5299");
	assert.equal(usdt(sell.cumFeeDetail.USDT), Math.round((usdt(sell.cumExecValue) * 55) / 100_000));
	assert.equal(sell.cumFeeDetail.USDT, "0.06739145");
	assert.deepEqual([buy.timeInForce, buy.price, buy.avgPrice, buy.lastPriceOnCreated], ["IOC", "123615.9", "123498", "122392"]);
	const grid = makeInstrument({
		symbol: "BTCUSDT",
		baseCoin: "BTC",
		tick: "0.1",
		step: "0.001",
		minQty: "0.001",
		minNotional: 5,
		maxLeverage: 100,
		fundingHours: 8,
	})?.grid;
	assert.equal(grid?.formatPrice(grid.floorToTick(122392 * 1.01)), buy.price);
	assert.deepEqual([sell.side, sell.reduceOnly, sell.orderStatus, sell.orderLinkId], ["sell", true, "Filled", undefined]);
});

test("a recorded open order has no average price and no triggers (C4)", RECORDED, () => {
	const [order] = decoded(decodeAll(listOf(CCXT, "order-realtime.open-limit"), decodeOrder));
	assert.ok(order !== undefined);
	assert.deepEqual(
		[order.orderStatus, order.price, order.qty, order.leavesQty, order.avgPrice, order.triggerPrice, order.takeProfit, order.cancelType],
		["New", "102000", "0.001", "0.001", undefined, undefined, undefined, undefined],
	);
	assert.deepEqual([order.createdTime, order.positionIdx, order.rejectReason], [1_758_189_775_648, 0, undefined]);
});

test("a recorded execution of 2023: 268.168 × 0.0006 = 0.1609008 (C4)", RECORDED, () => {
	const [fill] = decoded(decodeAll(listOf(TESTNET, "execution-list"), decodeExecution));
	assert.ok(fill !== undefined);
	assert.deepEqual([fill.execValue, fill.feeRate, fill.execFee], ["268.168", "0.0006", "0.1609008"]);
	assert.equal(usdt(fill.execFee), Math.round((usdt(fill.execValue) * 6) / 10_000));
	assert.deepEqual([fill.execType, fill.side, fill.execTime, fill.closedSize], ["Trade", "sell", 1_684_314_652_233, "0.01"]);
});

test("recorded closed profit: exit − entry − both fees = −0.2857676", RECORDED, () => {
	const [row] = decoded(decodeAll(listOf(TESTNET, "closed-pnl"), decodeClosedPnl));
	assert.ok(row !== undefined);
	const [entry, exit] = [usdt(row.cumEntryValue), usdt(row.cumExitValue)];
	assert.equal(row.closedPnl, "-0.2857676");
	assert.equal(usdt(row.closedPnl), exit - entry - Math.round(((entry + exit) * 6) / 10_000));
});

test("a recorded position: its profit and both margins follow from entry, mark and leverage (C4)", RECORDED, () => {
	const [position] = decoded(decodeAll(listOf(CCXT, "position-list.long"), decodePosition));
	assert.ok(position !== undefined);
	const [size, entry, mark, leverage] = [position.size, position.avgPrice, position.markPrice, position.leverage].map(Number);
	assert.ok(size !== undefined && entry !== undefined && mark !== undefined && leverage !== undefined);
	const value = size * entry;
	const closingFee = value * (1 - 1 / leverage) * 0.00055;
	assert.deepEqual([position.size, position.avgPrice, position.markPrice, position.leverage], ["1.2", "64.59947917", "71.1", "6"]);
	assert.equal(position.unrealisedPnl, "7.800625");
	assert.ok(Math.abs(size * (mark - entry) - 7.800625) < 1e-6);
	assert.ok(Math.abs(value - Number(position.positionValue)) < 1e-6);
	assert.ok(Math.abs(value / leverage + closingFee - Number(position.positionIM)) < 1e-6);
	assert.ok(Math.abs(value * 0.01 + closingFee - Number(position.positionMM)) < 1e-6);
	assert.deepEqual(
		[position.side, position.liqPrice, position.takeProfit, position.trailingStop, position.seq],
		["buy", undefined, undefined, undefined, 15411084098],
	);
});

test("recorded funding: 86.7 × 0.0001 = 0.00867, paid by the long, and it is no trade (C4)", RECORDED, () => {
	const [row] = decoded(decodeAll(listOf(CCXT, "execution-list.funding"), decodeExecution));
	assert.ok(row !== undefined);
	assert.deepEqual(
		[row.execType, row.execValue, row.feeRate, row.execFee, row.side, row.orderType],
		["Funding", "86.7", "0.0001", "0.00867", "buy", undefined],
	);
	assert.equal(usdt(row.execFee), Math.round(usdt(row.execValue) / 10_000));
});

test(
	"the recorded wallet's seven coins sum to its equity but for the cut digits, and empty fields are none, not zero (C4, C6)",
	RECORDED,
	() => {
		const wallet = decodeWallet(listOf(CCXT, "wallet-balance")[0]);
		assert.ok(wallet.ok);
		const { coins, totalEquity } = wallet.value;
		assert.equal(coins.length, 7);
		// Each of the seven is cut to 8 decimals by itself, so the sum may fall short of the total by less than 7e-8.
		assert.equal(formatUsdt(addUsdt(...coins.map((coin) => usdt(coin.usdValue)))), "92255.96988640");
		assert.equal(totalEquity, "92255.96988644");
		const usdtRow = coins.find(({ coin }) => coin === "USDT");
		assert.deepEqual([usdtRow?.walletBalance, usdtRow?.locked, usdtRow?.totalPositionIM], ["3322.25896609", "42", "50.61831144"]);
		const older = decodeWallet(listOf(TESTNET, "wallet-balance")[0]);
		assert.ok(older.ok && older.value.coins.length === 2);
	},
);

test("a recorded ledger row: funding is negative when paid, and is the change (C4)", RECORDED, () => {
	const [row] = decoded(decodeAll(listOf(CCXT, "transaction-log.settlement"), decodeTransaction));
	assert.deepEqual(
		[row?.type, row?.funding, row?.change, row?.cashBalance, row?.side],
		["SETTLEMENT", "-0.0006935", "-0.0006935", "94.05070437", "buy"],
	);
});

test("recorded funding rates keep their sign and their digits", RECORDED, () => {
	const rates = decoded(decodeAll(listOf(TESTNET, "funding-rate-history"), decodeFundingRate));
	assert.deepEqual(
		rates.map(({ fundingRate }) => fundingRate),
		["0.0001", "-0.00230379", "-0.00086576", "-0.0032142", "0.0001"],
	);
	assert.equal(rates[0]?.fundingRateTimestamp, 1_679_702_400_000);
});

test("recorded tickers by REST: the VWAP is turnover ÷ volume (C1, C2)", RECORDED, () => {
	for (const [key, last, vwap] of [
		["tickers.testnet", 51444.4, 2352063794.0035 / 47293.887],
		["tickers.mainnet", 68641.3, 7940401914.5025 / 115859.112],
	] as const) {
		const row = decodeTicker(listOf(CCXT, key)[0]);
		assert.ok(row.ok);
		assert.equal(row.value.ticker.last, last);
		assert.equal(vwapOf(row.value.ticker), vwap);
	}
});

test("the recorded ticker snapshot of 2023 is read in full (C1)", RECORDED, () => {
	const [frame] = recordedLines("ws-tickers.BTCUSDT.2023-04-05.jsonl");
	assert.ok(isObject(frame));
	const view = new TickerState().apply(frame.type, frame.data);
	assert.ok(view.ok);
	assert.deepEqual(view.value.ticker, {
		last: 28550.7,
		mark: 28552.81,
		index: 28562.25,
		bid: 28550.7,
		ask: 28550.8,
		vwap: undefined,
		turnover24h: 4273027716.4294,
		volume24h: 151185.516,
		fundingRate: 0.0001,
		nextFundingTime: 1_680_681_600_000,
	});
});

test("after the recorded delta five fields are new and the other fourteen are what the snapshot said (C1)", RECORDED, () => {
	const [snapshot, delta] = recordedLines("ws-tickers.BTCUSDT.2024-05-15.jsonl");
	assert.ok(isObject(snapshot) && isObject(delta) && isObject(snapshot.data) && isObject(delta.data));
	assert.equal(Object.keys(snapshot.data).length, 1 + 19);
	assert.equal(Object.keys(delta.data).length, 1 + 5);
	const state = new TickerState();
	assert.ok(state.apply("snapshot", snapshot.data).ok);
	const view = state.apply("delta", delta.data);
	assert.ok(view.ok);
	const { raw, ticker } = view.value;
	assert.deepEqual({ ...raw }, { ...snapshot.data, ...delta.data });
	assert.deepEqual([ticker.last, ticker.mark, ticker.index, ticker.bid, ticker.ask], [61874, 61875.06, 61903.59, 61873.9, 61874]);
	assert.deepEqual([raw.bid1Size, raw.openInterestValue, raw.ask1Size, raw.lastPrice], ["3.543", "3595994223.27", "16.278", "61874.00"]);
});

test("the recorded book has the expected top and levels after each of its 30 messages (C1)", RECORDED, () => {
	const frames = recordedLines("ws-orderbook.500.XRPUSDT.first30.jsonl");
	const expected = JSON.parse(recordedText("ws-orderbook.500.XRPUSDT.first30.expected-top.json")) as readonly unknown[];
	assert.deepEqual([frames.length, expected.length], [30, 30]);
	const book = new OrderBook("XRPUSDT");
	for (const [i, frame] of frames.entries()) {
		assert.ok(isObject(frame));
		assert.deepEqual(book.apply(frame.type, frame.data), { kind: "updated" });
		assert.deepEqual(
			{
				u: book.u,
				ts: frame.ts,
				bid: book.bid?.price,
				bidSize: book.bid?.size,
				ask: book.ask?.price,
				askSize: book.ask?.size,
				bidLevels: book.bidLevels,
				askLevels: book.askLevels,
			},
			expected[i],
		);
	}
});

test("the recorded depth-1 delta with an empty side leaves that side as it was (C1)", RECORDED, () => {
	const tops: unknown[] = [];
	const feed = new PublicFeed({
		onEvent: (event) => event.kind === "book" && tops.push([event.bid, event.ask]),
		onLost: (_, reason) => assert.fail(reason),
		onMalformed: (_, reason) => assert.fail(reason),
	});
	for (const frame of recordedLines("ws-orderbook.1.BTCUSDT.2023-04-05.jsonl")) if (isObject(frame)) feed.take(frame);
	const ask = { price: "28552.10", size: "25.433" };
	assert.deepEqual(tops, [
		[{ price: "28552.00", size: "0.047" }, ask],
		[{ price: "28552.00", size: "0.012" }, ask],
	]);
});

test("recorded risk limits become tiers whose deduction leaves no step at an edge, as far as money is counted", RECORDED, () => {
	const risks: readonly RiskLimit[] = decoded(decodeAll(listOf(TESTNET, "risk-limit"), decodeRiskLimit));
	assert.equal(risks.length, 35);
	assert.deepEqual([risks[32]?.maintenanceMargin, risks[32]?.maxLeverage], ["0.42", "1.43"]);
	const instrument = makeInstrument({
		symbol: "BTCUSDT",
		baseCoin: "BTC",
		tick: "0.1",
		step: "0.001",
		minQty: "0.001",
		minNotional: 5,
		maxLeverage: 100,
		fundingHours: 8,
		tiers: risks.slice(0, 22).map((risk) => ({
			limit: Number(risk.riskLimitValue),
			maintenance: Number(risk.maintenanceMargin),
			maxLeverage: Number(risk.maxLeverage),
		})),
	});
	assert.ok(instrument !== undefined);
	assert.equal(tierOf(instrument, usdt("2000000")).maintenance, 0.005);
	assert.equal(tierOf(instrument, usdt("2000001")).deduction, usdt("1200"));
});

test("no recorded message, however bent, makes a feed or a decoder throw (C6)", RECORDED, () => {
	const texts = ["ws-tickers.BTCUSDT.2024-05-15.jsonl", "ws-orderbook.1.BTCUSDT.2023-04-05.jsonl"].flatMap((name) =>
		recordedText(name).trimEnd().split("\n"),
	);
	let heard = 0;
	const count = (): void => {
		heard += 1;
	};
	const feed = new PublicFeed({ onEvent: count, onLost: () => {}, onMalformed: count });
	for (const text of texts)
		fc.assert(
			fc.property(
				fc.oneof(
					mutatedText(text),
					mutated(JSON.parse(text)).map((value) => JSON.stringify(value) ?? ""),
				),
				(bent) => {
					const frame = parseJson(bent);
					if (isObject(frame)) feed.take(frame);
				},
			),
		);
	const rest = [...Object.values(parse(CCXT)), ...Object.values(parse(TESTNET))];
	const decoders = [
		decodeOrder,
		decodeExecution,
		decodePosition,
		decodeClosedPnl,
		decodeWallet,
		decodeTransaction,
		decodeFundingRate,
		decodeRiskLimit,
		decodeTicker,
	];
	const privately = new PrivateFeed({ onEvent: count, onMalformed: count });
	for (const entry of rest) {
		const result = isObject(entry) && isObject(entry.result) ? entry.result : entry;
		const rows = isObject(result) && Array.isArray(result.list) ? (result.list as readonly unknown[]) : [];
		fc.assert(
			fc.property(mutated(rows.slice(0, 2)), fc.constantFrom("order", "execution", "position", "wallet"), (bent, topic) => {
				for (const row of Array.isArray(bent) ? bent : [bent])
					for (const decode of decoders) assert.equal(typeof decode(row).ok, "boolean");
				privately.take({ topic, creationTime: 1, data: bent });
			}),
		);
	}
	assert.ok(heard > 0);
});
