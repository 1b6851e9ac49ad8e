import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { usdtNumber } from "../../units/grid.ts";
import { PrivateFeed } from "../private-feed.ts";
import { PublicFeed } from "../public-feed.ts";
import { mutated } from "../testing/mutate.ts";
import { decodeAccountInfo, decodeApiKey, decodeFeeRate, decodeTransaction, decodeWallet, reviewKey } from "./account.ts";
import { decodeBook, OrderBook } from "./book.ts";
import { asDecimal } from "./decimal.ts";
import { decodeInstrument, decodeRiskLimit } from "./instrument.ts";
import { decodeExecution, decodeOrder, decodeOrderAck } from "./order.ts";
import { decodeClosedPnl, decodePosition } from "./position.ts";
import { candleOf, decodeFundingRate, decodeKline, decodeKlineRow, decodePublicTrade } from "./public.ts";
import { isObject } from "./row.ts";
import { decodeTicker, TickerState } from "./ticker.ts";

/** A synthetic example of every message, in the shapes of the exchange's documentation. */
const SAMPLES = {
	ticker: {
		symbol: "BTCUSDT",
		tickDirection: "PlusTick",
		lastPrice: "60000.10",
		markPrice: "60001.00",
		indexPrice: "60002.5",
		bid1Price: "60000.00",
		bid1Size: "1.5",
		ask1Price: "60000.20",
		ask1Size: "2",
		turnover24h: "600000000",
		volume24h: "10000",
		fundingRate: "-0.0001",
		nextFundingTime: "1784880000000",
	},
	book: {
		s: "BTCUSDT",
		b: [
			["100.0", "1"],
			["99.5", "2"],
		],
		a: [["100.5", "3"]],
		u: 10,
		seq: 7,
	},
	kline: {
		start: 1784880000000,
		end: 1784883599999,
		interval: "60",
		open: "10",
		close: "11",
		high: "12",
		low: "9",
		volume: "5",
		turnover: "55",
		confirm: false,
		timestamp: 1784880001000,
	},
	trade: { T: 1784880000001, s: "BTCUSDT", S: "Sell", v: "0.001", p: "60000.1", L: "PlusTick", i: "id-1", BT: false, RPI: false, seq: 5 },
	order: {
		category: "linear",
		symbol: "BTCUSDT",
		orderId: "o-1",
		orderLinkId: "l-1",
		side: "Buy",
		orderType: "Limit",
		timeInForce: "PostOnly",
		orderStatus: "PartiallyFilled",
		price: "60000",
		qty: "0.002",
		avgPrice: "60000",
		leavesQty: "0.001",
		cumExecQty: "0.001",
		cumExecValue: "60",
		cumExecFee: "0.012",
		cumFeeDetail: { USDT: "0.012" },
		reduceOnly: false,
		closeOnTrigger: false,
		positionIdx: 0,
		stopOrderType: "UNKNOWN",
		triggerPrice: "0.00",
		cancelType: "UNKNOWN",
		rejectReason: "EC_NoError",
		createdTime: "1784880000000",
		updatedTime: "1784880000001",
	},
	execution: {
		category: "linear",
		symbol: "BTCUSDT",
		execId: "e-1",
		execType: "Trade",
		orderId: "o-1",
		orderLinkId: "",
		side: "Sell",
		execPrice: "60000.1",
		execQty: "0.001",
		execValue: "60.0001",
		execFee: "-0.001",
		feeRate: "-0.00001",
		isMaker: true,
		execTime: "1784880000000",
		execPnl: "1.5",
		extraFees: "",
		seq: 44,
	},
	position: {
		category: "linear",
		symbol: "BTCUSDT",
		side: "Sell",
		size: "0.5",
		positionIdx: 0,
		entryPrice: "60000",
		positionValue: "30000",
		markPrice: "60010",
		leverage: "5",
		liqPrice: "70000",
		unrealisedPnl: "-5",
		curRealisedPnl: "1",
		isReduceOnly: false,
		createdTime: "1784880000000",
		updatedTime: "1784880000001",
		seq: 45,
	},
	wallet: {
		accountType: "UNIFIED",
		totalEquity: "1000",
		accountIMRate: "",
		coin: [{ coin: "USDT", walletBalance: "1000", equity: "995", usdValue: "995", totalOrderIM: "", borrowAmount: "0E-18" }],
	},
	instrument: {
		symbol: "BTCUSDT",
		symbolId: 5,
		contractType: "LinearPerpetual",
		status: "Trading",
		baseCoin: "BTC",
		quoteCoin: "USDT",
		settleCoin: "USDT",
		symbolType: "",
		launchTime: "1585526400000",
		deliveryTime: "0",
		leverageFilter: { minLeverage: "1", maxLeverage: "100.00", leverageStep: "0.01" },
		priceFilter: { minPrice: "0.10", maxPrice: "1999999.80", tickSize: "0.10" },
		lotSizeFilter: { minOrderQty: "0.001", qtyStep: "0.001", maxOrderQty: "1190.000", maxMktOrderQty: "119.000", minNotionalValue: "5" },
		unifiedMarginTrade: true,
		fundingInterval: 480,
		riskParameters: { priceLimitRatioX: "0.01", priceLimitRatioY: "0.02" },
		isPreListing: false,
		preListingInfo: null,
	},
	risk: {
		id: 1,
		symbol: "BTCUSDT",
		riskLimitValue: "2000000",
		maintenanceMargin: "0.005",
		initialMargin: "0.01",
		isLowestRisk: 1,
		maxLeverage: "100.00",
	},
	apiKey: {
		id: "1",
		note: "bot",
		apiKey: "k",
		readOnly: 0,
		secret: "",
		permissions: { ContractTrade: ["Order", "Position"], Wallet: [], Options: [], Derivatives: ["DerivativesTrade"], NFT: [] },
		ips: ["10.0.0.1"],
		deadlineDay: 80,
		expiredAt: "2026-10-01T00:00:00Z",
		uta: 1,
		isMaster: true,
	},
	accountInfo: { unifiedMarginStatus: 6, marginMode: "ISOLATED_MARGIN", updatedTime: "1784880000000" },
	feeRate: { symbol: "BTCUSDT", takerFeeRate: "0.00055", makerFeeRate: "0.0002" },
	transaction: {
		id: "t",
		type: "TRANSFER_IN",
		side: "None",
		transactionTime: "1784880000000",
		currency: "USDT",
		change: "10",
		cashBalance: "10",
		symbol: "",
	},
	closedPnl: {
		symbol: "BTCUSDT",
		orderId: "o",
		side: "Sell",
		qty: "0.01",
		closedSize: "0.01",
		cumEntryValue: "3584.9255",
		avgEntryPrice: "358492.55",
		cumExitValue: "3541.795",
		avgExitPrice: "354179.5",
		closedPnl: "-47.4065323",
		openFee: "2.1509553",
		closeFee: "2.125077",
		execType: "Trade",
		createdTime: "1784880000000",
	},
	fundingRate: { symbol: "BTCUSDT", fundingRate: "0.0001", fundingRateTimestamp: "1784880000000" },
	ack: { orderId: "o-1", orderLinkId: "l-1" },
} as const;

const DECODERS: readonly (readonly [keyof typeof SAMPLES, (value: unknown) => { ok: boolean }])[] = [
	["ticker", decodeTicker],
	["book", (data) => ({ ok: new OrderBook("BTCUSDT").apply("snapshot", data).kind === "updated" })],
	["kline", decodeKline],
	["trade", decodePublicTrade],
	["order", decodeOrder],
	["execution", decodeExecution],
	["position", decodePosition],
	["wallet", decodeWallet],
	["instrument", decodeInstrument],
	["risk", decodeRiskLimit],
	["apiKey", decodeApiKey],
	["accountInfo", decodeAccountInfo],
	["feeRate", decodeFeeRate],
	["transaction", decodeTransaction],
	["closedPnl", decodeClosedPnl],
	["fundingRate", decodeFundingRate],
	["ack", decodeOrderAck],
];

for (const [name, decode] of DECODERS)
	test(`the sample ${name} is read, and no mutation of it makes the decoder throw (C6)`, () => {
		assert.ok(decode(SAMPLES[name]).ok);
		fc.assert(fc.property(mutated(SAMPLES[name]), (value) => typeof decode(value).ok === "boolean"));
		fc.assert(fc.property(fc.jsonValue(), (value) => typeof decode(value).ok === "boolean"));
	});

test("frames of any shape never throw out of the feeds, and what they do not understand they report (C6)", () => {
	const publicTopics = [
		"tickers.BTCUSDT",
		"orderbook.50.BTCUSDT",
		"kline.60.BTCUSDT",
		"publicTrade.BTCUSDT",
		"orderbook",
		"kline",
		"",
		"x.y",
		"__proto__",
		"orderbook.x.y",
	];
	const data = fc.oneof(fc.jsonValue(), mutated(SAMPLES.ticker), mutated(SAMPLES.book), mutated([SAMPLES.kline]), mutated([SAMPLES.trade]));
	const frames = fc.record({
		topic: fc.oneof(fc.constantFrom(...publicTopics, "constructor", "order", "order.linear"), fc.jsonValue()),
		type: fc.constantFrom("snapshot", "delta", null, 5),
		ts: fc.oneof(fc.constant(1), fc.jsonValue()),
		creationTime: fc.oneof(fc.constant(1), fc.jsonValue()),
		data,
	});
	fc.assert(
		fc.property(fc.array(frames, { maxLength: 6 }), (list) => {
			let told = 0;
			const count = (): void => {
				told += 1;
			};
			const publicFeed = new PublicFeed({ onEvent: count, onLost: () => {}, onMalformed: count });
			const privateFeed = new PrivateFeed({ onEvent: count, onMalformed: count });
			for (const frame of list) {
				publicFeed.take(frame);
				privateFeed.take(frame);
			}
			return told >= 0;
		}),
	);
	const reasons: unknown[] = [];
	const feed = new PrivateFeed({ onEvent: () => assert.fail(), onMalformed: (topic, reason) => reasons.push([topic, reason]) });
	feed.take({ topic: "constructor", creationTime: 1, data: [] });
	feed.take({ creationTime: 1, data: [] });
	feed.take({ topic: "order", data: [] });
	feed.take({ topic: "order", creationTime: 1, data: {} });
	assert.deepEqual(reasons, [
		["constructor", "no decoder for this topic"],
		[undefined, "the frame has no topic"],
		["order", "creationTime is missing or no time"],
		["order", "data is no list"],
	]);
});

const REQUIRED: Readonly<Partial<Record<keyof typeof SAMPLES, readonly string[]>>> = {
	ticker: ["symbol", "lastPrice", "markPrice"],
	order: ["symbol", "orderId", "side", "orderType", "orderStatus", "qty", "cumExecQty", "reduceOnly"],
	execution: ["symbol", "execId", "execType", "orderId", "side", "execPrice", "execQty", "execFee", "isMaker", "execTime"],
	position: ["symbol", "size", "side", "entryPrice"],
	wallet: ["accountType", "coin"],
	kline: ["start", "end", "interval", "open", "high", "low", "close", "volume", "turnover", "confirm"],
	trade: ["T", "s", "S", "v", "p", "i"],
	instrument: ["symbol", "status", "leverageFilter", "priceFilter", "lotSizeFilter", "fundingInterval", "settleCoin"],
	apiKey: ["readOnly", "permissions"],
	ack: ["orderId"],
};

for (const [name, decode] of DECODERS)
	for (const field of REQUIRED[name] ?? [])
		test(`a ${name} whose ${field} is missing, null or empty is an error, not a default (C6)`, () => {
			for (const value of [undefined, null, ""]) {
				const result = decode({ ...SAMPLES[name], [field]: value });
				assert.ok(!result.ok, `${field} = ${JSON.stringify(value)}`);
				assert.ok("error" in result && String(result.error).length > 0);
			}
		});

test("numbers in quotes and decimals without them are read alike (C6)", () => {
	const quoted = decodeOrder({ ...SAMPLES.order, positionIdx: "0", createdTime: 1784880000000, qty: 0.002, reduceOnly: "false" });
	assert.deepEqual(quoted, decodeOrder(SAMPLES.order));
	assert.equal(asDecimal(1e-8), "0.00000001");
	assert.equal(asDecimal("0E-8"), "0.00000000");
	assert.equal(asDecimal("1.5e3"), "1500");
	for (const odd of ["", "-", ".", "1,5", "+1", "1e999", "NaN", "Infinity", " 1", "0x1", Number.NaN, null, {}])
		assert.equal(asDecimal(odd), undefined);
});

test("the stream's entryPrice is REST's avgPrice, and a flat position has neither side nor price (C4)", () => {
	const stream = decodePosition(SAMPLES.position);
	assert.ok(stream.ok && stream.value.avgPrice === "60000" && stream.value.side === "sell");
	const flat = decodePosition({ symbol: "BTCUSDT", side: "", size: "0", avgPrice: "0", liqPrice: "", positionIdx: 0 });
	assert.ok(flat.ok && flat.value.side === undefined && flat.value.avgPrice === undefined && flat.value.liqPrice === undefined);
});

test("a row that cannot be read takes none of its frame's others with it; rows of other categories are not ours (C4, C6)", () => {
	const told: string[] = [];
	const feed = new PrivateFeed({
		onEvent: ({ kind }) => told.push(kind),
		onMalformed: (topic, reason) => told.push(`${topic}: ${reason}`),
	});
	feed.take({
		topic: "order",
		creationTime: 1,
		data: [{ ...SAMPLES.order, orderStatus: "Vanished" }, SAMPLES.order, { ...SAMPLES.order, category: "spot" }],
	});
	feed.take({ topic: "execution.linear", creationTime: "2", data: [SAMPLES.execution] });
	assert.deepEqual(told, ["order: orderStatus is not a value we know", "order", "execution"]);
});

test("a ticker's delta changes what it carries and nothing else; an empty field is none (C1)", () => {
	const state = new TickerState();
	assert.ok(!state.apply("delta", { symbol: "BTCUSDT", lastPrice: "1" }).ok);
	assert.ok(state.apply("snapshot", SAMPLES.ticker).ok);
	const after = state.apply("delta", { symbol: "BTCUSDT", lastPrice: "60010", bid1Price: "", bid1Size: "" });
	assert.ok(after.ok);
	assert.deepEqual(
		[after.value.ticker.last, after.value.ticker.bid, after.value.ticker.ask, after.value.ticker.mark],
		[60010, undefined, 60000.2, 60001],
	);
	assert.ok(!state.apply("delta", { symbol: "BTCUSDT", lastPrice: "much" }).ok);
	assert.ok(!state.apply("delta", { symbol: "BTCUSDT", markPrice: null }).ok);
	assert.ok(!state.apply("delta", { symbol: "ETHUSDT", markPrice: "5" }).ok);
	assert.equal(state.view?.ticker.last, 60010, "after an error the state is what it was");
	assert.equal(state.view?.raw.bid1Size, undefined);
});

test("a VWAP of the venue's own is read where one is sent (C2)", () => {
	const row = decodeTicker({ ...SAMPLES.ticker, vwap: "59000.5" });
	assert.ok(row.ok && row.value.ticker.vwap === 59000.5);
	const other = decodeTicker({ ...SAMPLES.ticker, avgPrice: "59001" });
	assert.ok(other.ok && other.value.ticker.vwap === 59001);
});

test("a book notices a hole, a crossed top and an unreadable level, and is lost until the next snapshot (C1, C5)", () => {
	const rows: readonly (readonly [unknown, RegExp])[] = [
		[{ s: "BTCUSDT", b: [], a: [], u: 12 }, /u went from 10 to 12/],
		[{ s: "BTCUSDT", b: [], a: [], u: 9 }, /u went from 10 to 9/],
		[{ s: "BTCUSDT", b: [["100.5", "1"]], a: [], u: 11 }, /reaches the best ask/],
		[{ s: "BTCUSDT", b: [["x", "1"]], a: [], u: 11 }, /unreadable level/],
		[{ s: "BTCUSDT", b: [["99", "-1"]], a: [], u: 11 }, /unreadable level/],
		[{ s: "BTCUSDT", b: [["99"]], a: [], u: 11 }, /unreadable level/],
		[{ s: "BTCUSDT", b: null, a: [], u: 11 }, /unreadable level/],
		[{ s: "ETHUSDT", b: [], a: [], u: 11 }, /another symbol/],
		[{ s: "BTCUSDT", b: [], a: [] }, /u is missing/],
		[null, /no object/],
	];
	for (const [data, reason] of rows) {
		const book = new OrderBook("BTCUSDT");
		assert.equal(book.apply("snapshot", SAMPLES.book).kind, "updated");
		const outcome = book.apply("delta", data);
		assert.ok(outcome.kind === "resync" && reason.test(outcome.reason), JSON.stringify(outcome));
		assert.equal(book.ready, false);
		assert.equal(book.bid, undefined);
		assert.equal(book.apply("delta", { s: "BTCUSDT", b: [["1", "1"]], a: [], u: 11 }).kind, "ignored");
		assert.equal(book.apply("snapshot", SAMPLES.book).kind, "updated");
	}
});

test("a delta's size 0 deletes, a known price is replaced, a new one inserted, and u = 1 replaces everything (C1)", () => {
	const book = new OrderBook("BTCUSDT");
	book.apply("snapshot", SAMPLES.book);
	const delta = { s: "BTCUSDT", b: [["100.0", "0"], ["99.8", "4"], ["99.5", "7"], ["42", "0"]], a: [["100.4", "1"]], u: 11, seq: 8 }; // biome-ignore format: pairs
	assert.equal(book.apply("delta", delta).kind, "updated");
	assert.deepEqual(book.bids, [
		{ price: "99.8", size: "4" },
		{ price: "99.5", size: "7" },
	]);
	assert.deepEqual(book.ask, { price: "100.4", size: "1" });
	assert.equal(book.apply("delta", delta).kind, "ignored", "a frame seen before");
	assert.equal(book.apply("delta", { s: "BTCUSDT", b: [["50", "1"]], a: [], u: 1 }).kind, "updated");
	assert.deepEqual([book.bids, book.asks], [[{ price: "50", size: "1" }], []]);
});

test("a book built from any deltas is the map of its last sizes, sorted (C1)", () => {
	const pair = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 3 }));
	fc.assert(
		fc.property(fc.array(fc.array(pair, { maxLength: 8 }), { maxLength: 10 }), (deltas) => {
			const book = new OrderBook("X");
			book.apply("snapshot", { s: "X", b: [], a: [["1000", "1"]], u: 1 });
			const model = new Map<number, number>();
			for (const [i, delta] of deltas.entries()) {
				for (const [price, size] of delta) {
					if (size === 0) model.delete(price);
					else model.set(price, size);
				}
				book.apply("delta", { s: "X", b: delta.map(([price, size]) => [String(price), String(size)]), a: [], u: i + 2 });
			}
			const sorted = [...model].sort(([a], [b]) => b - a);
			assert.deepEqual(
				book.bids.map(({ price, size }) => [Number(price), Number(size)]),
				sorted,
			);
		}),
	);
});

test("a book by REST is a snapshot by itself (C1)", () => {
	const snapshot = decodeBook({ ...SAMPLES.book, ts: 5, cts: 4 });
	assert.ok(snapshot.ok && snapshot.value.at === 5 && snapshot.value.book.bid?.price === "100.0");
	assert.ok(!decodeBook({ ...SAMPLES.book }).ok);
});

test("a candle by REST is seven texts; prices outside low and high are an error (C3, C6)", () => {
	const row = decodeKlineRow(["1784880000000", "10", "12", "9", "11", "5", "55"]);
	assert.ok(row.ok);
	assert.deepEqual(candleOf(row.value), { openTime: 1784880000000, open: 10, high: 12, low: 9, close: 11, volume: 5, turnover: 55 });
	assert.ok(!decodeKlineRow(["1784880000000", "10", "12", "9", "13", "5", "55"]).ok);
	assert.ok(!decodeKlineRow(["1784880000000", "10", "12", "9", "11", "5"]).ok);
	assert.ok(!decodeKlineRow(["1784880000000", "10", "12", "9", "11", "", "55"]).ok);
});

test("a maximum off the quantity step is rounded down, which is the safe side (B1)", () => {
	const lot = { ...SAMPLES.instrument.lotSizeFilter, maxOrderQty: "1190.0009" };
	const info = decodeInstrument({ ...SAMPLES.instrument, lotSizeFilter: lot });
	assert.ok(info.ok && info.value.instrument.maxQty === 1_190_000);
});

test("an instrument takes its grid, limits and tiers from the exchange; a tier beyond countable money is the last (B1)", () => {
	const tier = (limit: string, maintenance: string, leverage: string) => ({
		...SAMPLES.risk,
		riskLimitValue: limit,
		maintenanceMargin: maintenance,
		maxLeverage: leverage,
	});
	const risks = [tier("1200000000", "0.6", "1.00"), tier("2000000", "0.005", "100.00"), tier("200000000", "0.14", "4.00")].map(
		decodeRiskLimit,
	);
	const info = decodeInstrument(
		SAMPLES.instrument,
		risks.flatMap((risk) => (risk.ok ? [risk.value] : [])),
	);
	assert.ok(info.ok);
	const { instrument } = info.value;
	assert.deepEqual(
		[instrument.grid.tick, instrument.grid.step, instrument.minQty, instrument.maxQty, instrument.maxMarketQty],
		["0.10", "0.001", 1, 1190000, 119000],
	);
	assert.deepEqual([instrument.minPrice, instrument.maxPrice, instrument.fundingInterval], [1, 19_999_998, 28_800_000]);
	assert.deepEqual([info.value.deliveryTime, info.value.launchTime], [undefined, 1585526400000]);
	assert.equal(instrument.tiers.length, 2);
	assert.deepEqual(
		instrument.tiers.map(({ maintenance, maxLeverage }) => [maintenance, maxLeverage]),
		[
			[0.005, 100],
			[0.14, 4],
		],
	);
	assert.ok(usdtNumber(instrument.tiers[1]!.limit) > 90_000_000);
	const offGrid = { ...SAMPLES.instrument, lotSizeFilter: { ...SAMPLES.instrument.lotSizeFilter, minOrderQty: "0.0005" } };
	assert.ok(!decodeInstrument(offGrid).ok);
	const noTick = { ...SAMPLES.instrument, priceFilter: { ...SAMPLES.instrument.priceFilter, tickSize: "0" } };
	assert.deepEqual(decodeInstrument(noTick), { ok: false, error: "tickSize is not above zero" });
});

test("a key that may withdraw, cannot trade or cannot be read is refused; idle rights and a missing binding are warned about (A3)", () => {
	const review = (change: object): unknown => {
		const key = decodeApiKey({ ...SAMPLES.apiKey, ...change });
		return key.ok ? reviewKey(key.value, Date.UTC(2026, 0, 1)) : key.error;
	};
	assert.deepEqual(review({}), { refusals: [], warnings: [] });
	const withdraw = review({ permissions: { ...SAMPLES.apiKey.permissions, Wallet: ["AccountTransfer", "Withdraw"] } });
	assert.deepEqual(withdraw, { refusals: ["the API key may withdraw: use one that cannot"], warnings: [] });
	const transfer = review({ permissions: { ...SAMPLES.apiKey.permissions, Wallet: ["AccountTransfer"] } });
	assert.deepEqual(transfer, { refusals: ["the API key may transfer money: use one that cannot"], warnings: [] });
	assert.deepEqual(review({ expiredAt: "2026-01-14T23:00:00Z" }), {
		refusals: [],
		warnings: ["the API key expires in 14 days: renew it in time"],
	});
	assert.deepEqual(review({ expiredAt: "2025-12-31T00:00:00Z" }), {
		refusals: ["the API key has expired (2025-12-31T00:00:00Z): make a new one"],
		warnings: [],
	});
	assert.deepEqual(review({ expiredAt: "2026-01-15T01:00:00Z" }), { refusals: [], warnings: [] });
	assert.ok(isObject(review({ readOnly: 1 })));
	assert.deepEqual(review({ readOnly: 1, permissions: {} }), {
		refusals: [
			"the API key is read-only: it cannot trade",
			"the API key lacks the permission ContractTrade/Order",
			"the API key lacks the permission ContractTrade/Position",
		],
		warnings: [],
	});
	assert.deepEqual(review({ permissions: { ContractTrade: ["Order", "Position"] } }), {
		refusals: [],
		warnings: ["the API key lacks the permission Derivatives/DerivativesTrade: some calls may be refused"],
	});
	assert.deepEqual(review({ ips: [], permissions: { ...SAMPLES.apiKey.permissions, Earn: ["Earn"] } }), {
		refusals: [],
		warnings: [
			"the API key has more rights than it needs: Earn (Earn)",
			"the API key is bound to no address and expires at 2026-10-01T00:00:00Z",
		],
	});
	assert.equal(review({ permissions: { Wallet: "Withdraw" } }), "permissions of Wallet are no list of texts");
	assert.equal(review({ readOnly: 2 }), "readOnly is neither 0 nor 1");
});

test("the key itself is not kept (A1)", () => {
	const key = decodeApiKey(SAMPLES.apiKey);
	assert.ok(key.ok && !JSON.stringify(key.value).includes('"k"'));
});
