import assert from "node:assert/strict";
import { test } from "node:test";
import { WebSocket } from "ws";
import type { Result } from "../std/result.ts";
import type { OrderAck } from "./decode/order.ts";
import type { Fault } from "./fault.ts";
import { KEY, SECRET } from "./testing/fixtures.ts";
import { Harness } from "./testing/harness.ts";
import { type Line, LoopbackHttp } from "./testing/loopback.ts";

const ORDER = {
	symbol: "BTCUSDT",
	side: "Buy",
	orderType: "Limit",
	qty: "0.001",
	price: "60000",
	timeInForce: "PostOnly",
	orderLinkId: "r1-1",
} as const;

async function withTrade(
	run: (harness: Harness, trade: Line) => Promise<void>,
	setup: Parameters<typeof Harness.open>[0] = {},
): Promise<void> {
	const harness = await Harness.open(setup);
	try {
		assert.ok((await harness.client.start()).ok);
		const trade = await harness.streams.trade.next();
		await harness.up("public", "private", "trade");
		await harness.confirmed(4);
		assert.equal((await trade.next()).op, "auth");
		await run(harness, trade);
		const told = harness.told();
		assert.ok(!told.includes(KEY) && !told.includes(SECRET), "no event shows a secret (A1)");
	} finally {
		await harness.close();
		assert.equal(harness.time.armed, 0, "a closed client leaves no timer behind");
		assert.equal(harness.client.pending, 0);
	}
}

function faultOf(result: Result<OrderAck, Fault>): Fault {
	assert.ok(!result.ok);
	const text = JSON.stringify(result.error);
	assert.ok(!text.includes(KEY) && !text.includes(SECRET), "no fault shows a secret (A1)");
	return result.error;
}

function accept(trade: Line, reqId: unknown, orderId: string): void {
	const header = { "X-Bapi-Limit": "10", "X-Bapi-Limit-Status": "8", "X-Bapi-Limit-Reset-Timestamp": "1784880000000" };
	trade.send({
		reqId,
		retCode: 0,
		retMsg: "OK",
		op: "order.create",
		data: { orderId, orderLinkId: "r1-1" },
		retExtInfo: {},
		header,
		connId: "c",
	});
}

test("an order goes by the trade socket, signed by time alone, and answers find their requests in any order (D1, J1)", () =>
	withTrade(async (harness, trade) => {
		const first = harness.client.place(ORDER);
		const second = harness.client.cancel({ symbol: "BTCUSDT", orderLinkId: "r1-0" });
		assert.equal(harness.client.pending, 2);
		const [create, cancel] = [await trade.next(), await trade.next()];
		assert.deepEqual([create.op, create.args], ["order.create", [{ category: "linear", positionIdx: 0, ...ORDER }]]);
		assert.deepEqual([cancel.op, cancel.args], ["order.cancel", [{ category: "linear", symbol: "BTCUSDT", orderLinkId: "r1-0" }]]);
		assert.deepEqual(create.header, { "X-BAPI-TIMESTAMP": String(harness.time.now()), "X-BAPI-RECV-WINDOW": "5000" });
		assert.ok(typeof create.reqId === "string" && create.reqId.length <= 36 && create.reqId !== cancel.reqId);
		trade.send({
			reqId: cancel.reqId,
			retCode: 110001,
			retMsg: "order not exists or too late to cancel",
			op: "order.cancel",
			data: {},
			retExtInfo: {},
		});
		accept(trade, create.reqId, "o-1");
		assert.equal(faultOf(await second).class, "benign");
		assert.deepEqual(await first, { ok: true, value: { orderId: "o-1", orderLinkId: "r1-1" } });
		assert.deepEqual(harness.client.rateLimits.get("/v5/order/create"), { limit: 10, remaining: 8, resetAt: 1_784_880_000_000 });
		assert.equal(harness.http.heard.filter(({ url }) => url.startsWith("/v5/order")).length, 0);
	}));

test("an order without an answer in time is ambiguous, and its late answer disturbs nobody (D5)", () =>
	withTrade(async (harness, trade) => {
		const order = harness.client.place(ORDER);
		const { reqId } = await trade.next();
		harness.time.advance(9999);
		assert.equal(harness.client.pending, 1);
		harness.time.advance(1);
		const fault = faultOf(await order);
		assert.deepEqual(
			[fault.kind, fault.class, fault.ambiguous, fault.retry, fault.what],
			["timeout", "ambiguous", true, "never", "order.create"],
		);
		accept(trade, reqId, "o-1");
		const next = harness.client.place({ ...ORDER, orderLinkId: "r1-2" });
		accept(trade, (await trade.next()).reqId, "o-2");
		const answer = await next;
		assert.ok(answer.ok && answer.value.orderId === "o-2");
	}));

test("a line that breaks leaves every order on it ambiguous, and the next one goes by REST (D5)", () =>
	withTrade(
		async (harness, trade) => {
			const orders = [harness.client.place(ORDER), harness.client.amend({ symbol: "BTCUSDT", orderLinkId: "r1-0", price: "1" })];
			await trade.next();
			await trade.next();
			trade.ws.terminate();
			const faults = (await Promise.all(orders)).map(faultOf);
			assert.deepEqual(
				faults.map(({ kind, class: faultClass, what }) => [kind, faultClass, what]),
				[
					["network", "ambiguous", "order.create"],
					["network", "ambiguous", "order.amend"],
				],
			);
			assert.equal(harness.client.tradeReady, false);
			assert.deepEqual(await harness.client.place({ ...ORDER, orderLinkId: "r1-3" }), {
				ok: true,
				value: { orderId: "by-rest", orderLinkId: undefined },
			});
			assert.deepEqual(
				harness.http.heard
					.filter(({ method }) => method === "POST")
					.map(({ body }) => (JSON.parse(body) as { orderLinkId: string }).orderLinkId),
				["r1-3"],
				"what was on the line is never sent again",
			);
			assert.ok((await harness.client.amend({ symbol: "BTCUSDT", orderLinkId: "r1-3", price: "2" })).ok);
			assert.ok((await harness.client.cancel({ symbol: "BTCUSDT", orderLinkId: "r1-3" })).ok);
			assert.deepEqual(
				harness.http.heard.filter(({ method }) => method === "POST").map(({ url }) => url),
				["/v5/order/create", "/v5/order/amend", "/v5/order/cancel"],
			);
		},
		{ respond: (_, response) => response.end('{"retCode":0,"retMsg":"OK","result":{"orderId":"by-rest"}}') },
	));

test("a refusal without a reqId belongs to the only request of its kind, and to none among several (C6)", () =>
	withTrade(async (harness, trade) => {
		const alone = harness.client.place(ORDER);
		await trade.next();
		trade.send({ retCode: 10005, retMsg: `Permission denied for ${KEY}`, op: "order.create", data: {}, connId: "c" });
		const fault = faultOf(await alone);
		assert.deepEqual([fault.class, fault.message], ["fatal", "Permission denied for ***"]);
		const several = [harness.client.place(ORDER), harness.client.place({ ...ORDER, orderLinkId: "r1-9" })];
		await trade.next();
		await trade.next();
		trade.send({ retCode: 10005, retMsg: "Permission denied", op: "order.create", data: {}, connId: "c" });
		await harness.until((event) => event.kind === "malformed" && event.reason === "an answer without a reqId");
		harness.time.advance(10_000);
		for (const answer of await Promise.all(several)) assert.equal(faultOf(answer).class, "ambiguous");
	}));

test("answers that say nothing readable leave the outcome unknown (C6)", () =>
	withTrade(async (harness, trade) => {
		for (const answer of [{ retCode: "x" }, {}, { retCode: 0 }, { retCode: 0, data: { orderId: 7.5e300 } }, { retCode: 0, data: null }]) {
			const order = harness.client.place(ORDER);
			const { reqId } = await trade.next();
			trade.send({ reqId, op: "order.create", ...answer });
			const result = await order;
			if (!result.ok) assert.deepEqual([result.error.kind, result.error.class], ["malformed", "ambiguous"]);
		}
	}));

test("a restarting trade service takes nothing new on this connection; those in flight are answered, then a new line is made (D5)", () =>
	withTrade(
		async (harness, trade) => {
			const first = harness.client.place(ORDER);
			const second = harness.client.place({ ...ORDER, orderLinkId: "r1-2" });
			const [a, b] = [await trade.next(), await trade.next()];
			trade.send({ reqId: b.reqId, retCode: 10019, retMsg: "restarting", op: "order.create", data: {} });
			const refused = faultOf(await second);
			assert.deepEqual([refused.class, refused.retry], ["retry", "now"]);
			assert.equal(harness.client.tradeReady, false);
			assert.ok((await harness.client.place({ ...ORDER, orderLinkId: "r1-4" })).ok, "by REST meanwhile");
			accept(trade, a.reqId, "o-1");
			assert.ok((await first).ok);
			await harness.until((event) => event.kind === "stream" && event.stream === "trade" && !event.up);
			harness.time.advance(1000);
			await harness.up("trade");
			assert.equal(harness.client.tradeReady, true);
		},
		{ respond: (_, response) => response.end('{"retCode":0,"retMsg":"OK","result":{"orderId":"by-rest"}}') },
	));

test("the clock's refusal, by REST or by socket, measures the clock again, and the request goes once more (A4, D5)", () =>
	withTrade(
		async (harness, trade) => {
			const measured = (): number => harness.http.heard.filter(({ url }) => url === "/v5/market/time").length;
			const wallets = (): number => harness.http.heard.filter(({ url }) => url.startsWith("/v5/account/wallet")).length;
			assert.equal(measured(), 3);
			assert.ok(!(await harness.client.rest.getWallet()).ok);
			assert.deepEqual([measured(), wallets()], [6, 2], "a second refusal is the answer");
			const order = harness.client.place(ORDER);
			const first = await trade.next();
			trade.send({ reqId: first.reqId, retCode: 10002, retMsg: "timestamp", op: "order.create", data: {} });
			const second = await trade.next();
			assert.deepEqual([second.args, second.reqId === first.reqId, measured()], [first.args, false, 9]);
			accept(trade, second.reqId, "o-1");
			assert.ok((await order).ok);
			await harness.until(({ kind }) => kind === "clock");
			harness.time.advance(600_000);
			await harness.until(() => measured() === 12);
		},
		{
			respond: (_, response) =>
				response.end('{"retCode":10002,"retMsg":"invalid request, please check your server timestamp","result":{}}'),
		},
	));

test("an order refused for its stamp is not sent again when measuring the clock took too long (D5)", () => {
	let slow: (() => void) | undefined;
	let asked = 0;
	return withTrade(
		async (harness, trade) => {
			const order = harness.client.place(ORDER);
			trade.send({ reqId: (await trade.next()).reqId, retCode: 10002, retMsg: "timestamp", op: "order.create", data: {} });
			while (slow === undefined) await harness.http.next();
			harness.time.advance(2001);
			slow();
			assert.deepEqual([faultOf(await order).retCode, faultOf(await order).retry], [10002, "after"]);
			assert.equal(asked, 6, "the clock was measured once more");
		},
		{
			onTime: (answer) => {
				asked += 1;
				if (asked === 4) slow = answer;
				else answer();
			},
		},
	);
});

test("private frames become events with the exchange's time (C4, J2)", () =>
	withTrade(async (harness) => {
		const line = await harness.streams.private.next();
		const order = {
			symbol: "BTCUSDT",
			orderId: "o",
			side: "Buy",
			orderType: "Limit",
			orderStatus: "New",
			qty: "1",
			cumExecQty: "0",
			reduceOnly: false,
		};
		const execution = {
			symbol: "BTCUSDT",
			execId: "e",
			execType: "Trade",
			orderId: "o",
			side: "Buy",
			execPrice: "5",
			execQty: "1",
			execFee: "0.1",
			isMaker: false,
			execTime: "9",
		};
		line.send({ id: "1", topic: "execution", creationTime: 10, data: [execution] });
		line.send({ id: "2", topic: "order", creationTime: 11, data: [{ ...order, orderStatus: "Filled", cumExecQty: "1" }] });
		line.send({
			id: "3",
			topic: "position",
			creationTime: 12,
			data: [{ symbol: "BTCUSDT", side: "Buy", size: "1", entryPrice: "5", positionIdx: 0 }],
		});
		line.send({
			id: "4",
			topic: "wallet",
			creationTime: 13,
			data: [{ accountType: "UNIFIED", coin: [{ coin: "USDT", walletBalance: "9", equity: "9" }] }],
		});
		await harness.until(({ kind }) => kind === "wallet");
		const told = harness.events.filter(({ kind }) => ["execution", "order", "position", "wallet"].includes(kind));
		assert.deepEqual(
			told.map((event) => [event.kind, "at" in event ? event.at : undefined]),
			[
				["execution", 10],
				["order", 11],
				["position", 12],
				["wallet", 13],
			],
		);
	}));

test("without credentials there is public data alone, and a signed call is a fault, not an accident", async () => {
	const harness = await Harness.open({ options: { credentials: undefined } });
	assert.ok((await harness.client.start()).ok);
	await harness.up("public");
	assert.equal(harness.client.stateOf("private"), undefined);
	const wallet = await harness.client.rest.getWallet();
	assert.ok(!wallet.ok && wallet.error.class === "fatal");
	await harness.close();
	assert.equal(harness.time.armed, 0);
});

test("where there is no order entry by socket, orders go by REST (D1)", async () => {
	const harness = await Harness.open({
		options: { restOrdersOnly: true },
		respond: (_, response) => response.end('{"retCode":0,"retMsg":"OK","result":{"orderId":"by-rest","orderLinkId":"r1-1"}}'),
	});
	assert.ok((await harness.client.start()).ok);
	await harness.up("public", "private");
	assert.deepEqual(await harness.client.place(ORDER), { ok: true, value: { orderId: "by-rest", orderLinkId: "r1-1" } });
	assert.deepEqual(await harness.client.cancel({ symbol: "BTCUSDT", orderId: "by-rest" }), {
		ok: true,
		value: { orderId: "by-rest", orderLinkId: "r1-1" },
	});
	await harness.close();
});

test("a client closed while it connects leaves nothing open", async () => {
	const harness = await Harness.open();
	assert.ok((await harness.client.start()).ok);
	assert.equal(harness.client.stateOf("private"), "connecting");
	await harness.client.close();
	assert.equal(harness.client.stateOf("private"), "closed");
	await harness.close();
	assert.equal(harness.time.armed, 0);
});

test("a client without a pace sends everything at once (J2)", async () => {
	const harness = await Harness.open({ options: { paced: false } });
	const asked = Array.from({ length: 60 }, () => harness.client.rest.getFeeRate());
	assert.ok((await Promise.all(asked)).every((answer) => answer.ok));
	await harness.close();
});

test("a start without a reachable exchange is a fault, and the client can be closed or started again (D5)", async () => {
	const harness = await Harness.open();
	await harness.http.close();
	const start = await harness.client.start();
	assert.ok(!start.ok && start.error.kind === "offline");
	assert.equal(harness.client.stateOf("public"), "idle");
	await harness.client.close();
	assert.ok(!(await harness.client.start()).ok);
	await Promise.all([harness.streams.public.close(), harness.streams.private.close(), harness.streams.trade.close()]);
	assert.equal(harness.time.armed, 0);
});

test("closing answers what is in flight as ambiguous and what waits for a rate limit as never sent (D5)", async () => {
	const harness = await Harness.open();
	assert.ok((await harness.client.start()).ok);
	await harness.up("public", "private", "trade");
	const orders = Array.from({ length: 11 }, (_, i) => harness.client.place({ ...ORDER, reduceOnly: true, orderLinkId: `r1-${i}` }));
	assert.equal(harness.client.pending, 11);
	await harness.close();
	const faults = (await Promise.all(orders)).map(faultOf);
	assert.deepEqual([...new Set(faults.slice(0, 10).map(({ class: faultClass }) => faultClass))], ["ambiguous"]);
	assert.equal(faults[10]?.kind, "offline");
	assert.equal(harness.time.armed, 0);
});

test("a line that is refused, or speaks no TLS, ends in a reason without secrets, and is tried again (A1, A3, D5)", async () => {
	const plain = await LoopbackHttp.open((heard, response) => {
		response.statusCode = 401;
		response.end(`${KEY} ${heard.url}`);
	});
	const harness = await Harness.open({
		options: {
			connect: (url) =>
				new WebSocket(url.includes("private") ? plain.url.replace("http:", "wss:") : plain.url.replace("http:", "ws:"), {
					autoPong: false,
				}),
		},
	});
	assert.ok((await harness.client.start()).ok);
	const reasons = new Map<string, string | undefined>();
	while (reasons.size < 3) {
		const event = await harness.until(({ kind }) => kind === "stream");
		if (event.kind === "stream") reasons.set(event.stream, event.reason);
	}
	assert.equal(reasons.get("public"), "Unexpected server response: 401");
	assert.equal(reasons.get("trade"), "Unexpected server response: 401");
	assert.ok(reasons.get("private") !== undefined && !harness.told().includes(SECRET) && !harness.told().includes(KEY));
	assert.equal(harness.client.stateOf("private"), "waiting");
	await harness.close();
	await plain.close();
	assert.equal(harness.time.armed, 0);
});
