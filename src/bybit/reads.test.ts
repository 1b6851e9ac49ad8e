import assert from "node:assert/strict";
import { test } from "node:test";
import { everyPage } from "./calls.ts";
import { resolveEndpoints } from "./endpoints.ts";
import { Harness } from "./testing/harness.ts";

const T = 1_784_880_000_000;

/** The rows of a list, in pages as the exchange makes them: a cursor that is percent-encoded text itself, "" at the end. */
function page(url: string, rows: readonly unknown[]): object {
	const { searchParams } = new URL(url, "http://x");
	const limit = Number(searchParams.get("limit"));
	const from = Number(/^page%3D(\d+)%26$/.exec(searchParams.get("cursor") ?? "page%3D0%26")?.[1]);
	const next = from + limit < rows.length ? `page%3D${from + limit}%26` : "";
	return { category: "linear", list: rows.slice(from, from + limit), nextPageCursor: next };
}

/** A client against an exchange that has these rows by path; and what was asked. */
async function withRows(rows: Readonly<Record<string, readonly unknown[]>>, run: (harness: Harness) => Promise<void>): Promise<void> {
	const harness = await Harness.open({
		respond: ({ url }, response) =>
			void response.end(JSON.stringify({ retCode: 0, retMsg: "OK", result: page(url, rows[url.split("?")[0] ?? ""] ?? []), time: 1 })),
	});
	try {
		await run(harness);
	} finally {
		await harness.close();
	}
}

function order(i: number): object {
	return {
		symbol: "BTCUSDT",
		orderId: `o-${i}`,
		orderLinkId: `r1-${i}`,
		side: i % 2 === 0 ? "Buy" : "Sell",
		orderType: "Limit",
		orderStatus: "New",
		price: "60000.10",
		qty: "0.001",
		leavesQty: "0.001",
		cumExecQty: "0",
		cumExecValue: "0",
		cumFeeDetail: {},
		avgPrice: "",
		timeInForce: "PostOnly",
		reduceOnly: false,
		closeOnTrigger: false,
		positionIdx: 0,
		stopOrderType: "UNKNOWN",
		stopLoss: "59000",
		slTriggerBy: "LastPrice",
		tpTriggerBy: "UNKNOWN",
		tpLimitPrice: "",
		slLimitPrice: "0",
		tpslMode: "Full",
		cancelType: "UNKNOWN",
		rejectReason: "EC_NoError",
		createdTime: String(T),
		updatedTime: String(T),
	};
}

test("a thousand open orders come over twenty pages, each once and in order, by the coin that settles (C5, D2)", () =>
	withRows({ "/v5/order/realtime": Array.from({ length: 1000 }, (_, i) => order(i)) }, async ({ client, http }) => {
		const all = await everyPage((cursor) => client.rest.getOpenOrders({ cursor }));
		assert.ok(all.ok);
		assert.deepEqual(
			all.value.map(({ orderLinkId }) => orderLinkId),
			Array.from({ length: 1000 }, (_, i) => `r1-${i}`),
		);
		assert.equal(http.heard.length, 20);
		assert.equal(http.heard[0]?.url, "/v5/order/realtime?category=linear&settleCoin=USDT&limit=50");
		assert.equal(http.heard[1]?.url, "/v5/order/realtime?category=linear&settleCoin=USDT&limit=50&cursor=page%253D50%2526");
		const [first] = all.value;
		assert.deepEqual(
			[first?.stopLoss, first?.slTriggerBy, first?.tpTriggerBy, first?.slLimitPrice],
			["59000", "LastPrice", undefined, undefined],
		);
	}));

test("one page exactly full is the last; a page that fails makes the whole a fault (C5)", () =>
	withRows({ "/v5/order/realtime": [...Array.from({ length: 99 }, (_, i) => order(i)), { symbol: "?" }] }, async ({ client, http }) => {
		const first = await everyPage((cursor) => client.rest.getOpenOrders({ cursor, limit: 50 }));
		assert.ok(!first.ok && first.error.kind === "malformed" && first.error.message.startsWith("row 49: "));
		assert.equal(http.heard.length, 2);
	}));

test("history by our id and by time, executions, positions, the ledger and closed profits are asked as the exchange wants them (D2)", () => {
	const execution = {
		symbol: "BTCUSDT",
		execId: "e-1",
		execType: "Trade",
		orderId: "o-1",
		orderLinkId: "r1-1",
		side: "Buy",
		orderPrice: "61000",
		orderType: "Market",
		execPrice: "60000",
		execQty: "0.001",
		execValue: "60",
		execFee: "0.033",
		feeRate: "0.00055",
		isMaker: false,
		execTime: String(T),
		markPrice: "60001",
		indexPrice: "60002",
		closedSize: "0",
		seq: 7,
	};
	const position = {
		symbol: "BTCUSDT",
		positionIdx: 0,
		side: "Buy",
		size: "0.001",
		avgPrice: "60000",
		breakEvenPrice: "60066",
		autoAddMargin: 1,
		openTime: T,
		seq: 7,
	};
	const transaction = {
		id: "t-1",
		category: "linear",
		symbol: "BTCUSDT",
		type: "TRADE",
		transSubType: "",
		side: "Buy",
		transactionTime: String(T),
		currency: "USDT",
		change: "-0.033",
		cashBalance: "999.967",
		bonusChange: "0",
	};
	const closed = {
		symbol: "BTCUSDT",
		orderId: "o-2",
		side: "Sell",
		qty: "0.001",
		closedSize: "0.001",
		cumEntryValue: "60",
		avgEntryPrice: "60000",
		cumExitValue: "61",
		avgExitPrice: "61000",
		closedPnl: "0.93345",
		execType: "Trade",
		orderPrice: "58000",
		orderType: "Market",
		fillCount: "2",
		createdTime: String(T),
	};
	const rows = {
		"/v5/order/history": [order(1)],
		"/v5/execution/list": [execution],
		"/v5/position/list": [position],
		"/v5/account/transaction-log": [transaction],
		"/v5/position/closed-pnl": [closed],
	};
	return withRows(rows, async ({ client: { rest }, http }) => {
		const range = { startTime: T - 1000, endTime: T };
		const byId = await rest.getOrderHistory({ symbol: "BTCUSDT", orderLinkId: "r1-1" });
		const byTime = await everyPage((cursor) => rest.getOrderHistory({ ...range, cursor }));
		const fills = await everyPage((cursor) => rest.getExecutions({ startTime: T - 1000, cursor }));
		const positions = await everyPage((cursor) => rest.getPositions({ cursor }));
		const ledger = await everyPage((cursor) => rest.getTransactionLog({ ...range, cursor }));
		const profits = await everyPage((cursor) => rest.getClosedPnl({ ...range, cursor }));
		assert.ok(byId.ok && byTime.ok && fills.ok && positions.ok && ledger.ok && profits.ok);
		assert.deepEqual(
			http.heard.map(({ url }) => url),
			[
				"/v5/order/history?category=linear&limit=50&symbol=BTCUSDT&orderLinkId=r1-1",
				`/v5/order/history?category=linear&settleCoin=USDT&limit=50&startTime=${T - 1000}&endTime=${T}`,
				`/v5/execution/list?category=linear&settleCoin=USDT&limit=100&startTime=${T - 1000}`,
				"/v5/position/list?category=linear&settleCoin=USDT&limit=200",
				`/v5/account/transaction-log?accountType=UNIFIED&limit=50&startTime=${T - 1000}&endTime=${T}`,
				`/v5/position/closed-pnl?category=linear&limit=100&startTime=${T - 1000}&endTime=${T}`,
			],
		);
		const [[fill], [held], [entry], [profit]] = [fills.value, positions.value, ledger.value, profits.value];
		assert.deepEqual([fill?.orderPrice, fill?.indexPrice, fill?.seq], ["61000", "60002", 7]);
		assert.deepEqual([held?.breakEvenPrice, held?.autoAddMargin, held?.openTime], ["60066", true, T]);
		assert.deepEqual([entry?.category, entry?.transSubType, entry?.bonusChange], ["linear", undefined, "0"]);
		assert.deepEqual([profit?.orderPrice, profit?.orderType, profit?.fillCount], ["58000", "Market", 2]);
	});
});

test("what demo trading does not have is refused in one line, without being asked for (J1)", async () => {
	const demo = resolveEndpoints("demo");
	assert.ok(demo.ok && demo.value.trade === undefined && demo.value.absent !== undefined);
	const { absent } = demo.value;
	const harness = await Harness.open({ endpoints: (urls) => ({ ...urls, absent }) });
	const fees = await harness.client.rest.getFeeRate("BTCUSDT");
	assert.ok(!fees.ok);
	assert.deepEqual([fees.error.class, fees.error.retry, fees.error.ambiguous], ["refused", "never", false]);
	assert.equal(
		fees.error.message,
		"demo trading has no fee rates, account settings, pre-check, disconnect protection and order entry by socket: /v5/account/fee-rate was not asked",
	);
	assert.ok((await harness.client.rest.getOpenOrders()).ok);
	assert.deepEqual(
		harness.http.heard.map(({ url }) => url.split("?")[0]),
		["/v5/order/realtime"],
	);
	await harness.close();
});
