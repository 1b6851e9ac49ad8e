import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import fc from "fast-check";
import { DAY_START, minutes, still } from "./testing/candles.ts";
import { authArgs, type Json, KEY, market, Rig, type Socket } from "./testing/rig.ts";

/** An exchange whose replay is over: it stands at its last price and answers. */
async function frozen(): Promise<Rig> {
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(still(3, 20_000)))], speed: "max" });
	await rig.sim.finished;
	return rig;
}

const ORDER = { category: "linear", symbol: "BTCUSDT", side: "Buy", orderType: "Limit", qty: "0.01", price: "19000" };

const ORDERS: readonly (readonly [string, Json, number, RegExp])[] = [
	["no symbol", { symbol: undefined }, 10001, /symbol invalid/],
	["an unknown symbol", { symbol: "DOGEUSDT" }, 10001, /Not supported symbols/],
	["another category", { category: "spot" }, 10001, /not simulated/],
	["an unknown category", { category: "stocks" }, 10001, /Illegal category/],
	["a side in small letters", { side: "buy" }, 10001, /side invalid/],
	["no type", { orderType: null }, 10001, /orderType invalid/],
	["a quantity that is an object", { qty: {} }, 10001, /qty invalid/],
	["a quantity off the step", { qty: "0.0015" }, 10001, /qty invalid/],
	["a negative quantity", { qty: "-1" }, 10001, /qty invalid/],
	["a quantity below the minimum", { qty: "0" }, 10001, /minimum limit/],
	["a price off the tick", { price: "19000.05" }, 10001, /price invalid/],
	["a limit order without a price", { price: undefined }, 10001, /Price is invalid/],
	["less than the minimum notional", { qty: "0.001", price: "1" }, 110094, /minimum order value/],
	["more than the margin allows", { qty: "10" }, 110007, /ab not enough/],
	["more than money can count", { qty: "1190", price: "1999999.8" }, 110090, /risk limit/],
	["reduce-only without a position", { reduceOnly: true }, 110017, /current position is zero/],
	["a trigger that has passed", { triggerPrice: "19000", triggerDirection: 1 }, 110092, /expect Rising/],
	["hedge mode", { positionIdx: 1 }, 10001, /position idx not match/],
	["a take-profit on the wrong side", { takeProfit: "18000" }, 10001, /TakeProfit/],
	["a limit leg without its mode", { takeProfit: "21000", tpOrderType: "Limit", tpLimitPrice: "21000" }, 10001, /tpSlMode is empty/],
	["an order id of 37 characters", { orderLinkId: "x".repeat(37) }, 10001, /orderLinkId invalid/],
	["RPI", { timeInForce: "RPI" }, 110119, /approved makers/],
];

test("an amend that takes an order beyond what money can count is refused like a new one, and the order stays (D1)", async () => {
	const rig = await frozen();
	const { orderId } = await rig.done("/v5/order/create", { ...ORDER, orderLinkId: "small" });
	const waiting = { ...ORDER, triggerPrice: "21000", triggerDirection: 1, orderLinkId: "waits" };
	await rig.done("/v5/order/create", waiting);
	const most = { category: "linear", symbol: "BTCUSDT", qty: "1190", price: "1999999.8" };
	for (const ids of [{ orderId }, { orderLinkId: "small" }, { orderLinkId: "waits" }])
		assert.equal((await rig.post("/v5/order/amend", { ...most, ...ids })).retCode, 110090);
	assert.equal((await rig.post("/v5/order/amend", { ...most, orderLinkId: "nobody" })).retCode, 110001);
	const { list } = (await rig.post("/v5/order/amend-batch", { category: "linear", request: [{ ...most, orderId }] })).retExtInfo;
	assert.equal((list as { code: number }[])[0]?.code, 110090); // the rows' codes
	const open = await rig.list("/v5/order/realtime", { category: "linear", symbol: "BTCUSDT" });
	assert.deepEqual(
		open.map(({ orderLinkId, qty }) => [orderLinkId, qty]),
		[
			["waits", "0.01"],
			["small", "0.01"],
		],
	);
	await rig.done("/v5/order/amend", { category: "linear", symbol: "BTCUSDT", orderId, qty: "0.02" });
	assert.deepEqual(rig.warnings, []);
});

test("an order that Bybit would refuse is refused with its code and words, and nothing comes of it (D1)", async () => {
	const rig = await frozen();
	for (const [name, change, code, words] of ORDERS) {
		const answer = await rig.post("/v5/order/create", { ...ORDER, ...change });
		assert.equal(answer.retCode, code, `${name}: ${answer.retMsg}`);
		assert.match(answer.retMsg, words, name);
	}
	assert.deepEqual(await rig.list("/v5/order/realtime", { category: "linear", symbol: "BTCUSDT" }), []);
	await rig.done("/v5/order/create", { ...ORDER, orderLinkId: "once", unknownKey: [1], stopLoss: "0", takeProfit: "" });
	assert.deepEqual((await rig.post("/v5/order/create", { ...ORDER, orderLinkId: "once" })).retCode, 110072);
});

type Raw = { method?: string; path: string; headers?: Record<string, string>; body?: string };

async function raw(rig: Rig, { method = "GET", path, headers = {}, body }: Raw): Promise<{ status: number; answer: Json }> {
	return await new Promise((resolve, reject) => {
		const sent = request(`${rig.sim.addresses.rest}${path}`, { method, headers }, (response) => {
			let text = "";
			response.on("data", (chunk) => {
				text += chunk;
			});
			response.on("end", () => resolve({ status: response.statusCode ?? 0, answer: JSON.parse(text) as Json })); // the test looks at what it holds
		});
		sent.on("error", reject);
		sent.end(body);
	});
}

test("what never reaches the business has Bybit's envelope all the same (A4, C6)", async () => {
	const rig = await frozen();
	const json = { "Content-Type": "application/json" };
	const post = (body: string, headers: Record<string, string> = json): Raw => {
		return { method: "POST", path: "/v5/order/create", headers: { ...rig.signed(body), ...headers }, body };
	};
	const rows: readonly (readonly [string, Raw, number, number])[] = [
		["an unknown path", { path: "/v5/nowhere" }, 404, 10017],
		["the wrong method", { path: "/v5/order/create" }, 400, 10001],
		["no key", { path: "/v5/position/list?category=linear" }, 401, 10003],
		["another key", { path: "/v5/position/list", headers: { ...rig.signed(""), "X-BAPI-API-KEY": "x" } }, 200, 10003],
		["no timestamp", { path: "/v5/position/list", headers: { "X-BAPI-API-KEY": KEY } }, 200, 10002],
		["a signature of something else", { path: "/v5/position/list?a=1", headers: rig.signed("a=2") }, 200, 10004],
		["a GET with a body", { path: "/v5/market/time", headers: { ...json, "Content-Length": "2" }, body: "{}" }, 403, 403],
		["broken JSON", post('{"category":'), 200, 10001],
		["JSON that is no object", post("[1]"), 200, 10001],
		["an empty body", post(""), 200, 10001],
		["another content type", post(JSON.stringify(ORDER), { "Content-Type": "text/plain" }), 200, 10001],
		["a body beyond all measure", post("x".repeat(300_000)), 413, 10001],
		["an address that cannot be decoded", { path: "/v5/market/%E0%A4%A" }, 400, 10001],
		[
			"a cursor of somebody else's",
			{ path: "/v5/order/history?category=linear&cursor=abc", headers: rig.signed("category=linear&cursor=abc") },
			200,
			10001,
		],
	];
	for (const [name, sent, status, code] of rows) {
		const { status: got, answer } = await raw(rig, sent);
		assert.deepEqual([got, answer.retCode], [status, code], `${name}: ${JSON.stringify(answer)}`);
		assert.deepEqual(Object.keys(answer), ["retCode", "retMsg", "result", "retExtInfo", "time"], name);
	}
	const bare = await raw(rig, { path: "/v5/account/info?", headers: rig.signed("") });
	assert.equal(bare.answer.retCode, 0, "a bare question mark is an empty query");
});

test("no body makes the exchange fail: each gets an answer with a code (C6)", async () => {
	const rig = await frozen();
	const values = fc.oneof(
		fc.jsonValue(),
		fc.constantFrom("1e400", "-0", "0x1", "9".repeat(40), "0.00000000001", "Infinity", "__proto__", true, -1, 1e300),
	);
	const bodies = fc.record({
		qty: values,
		price: values,
		side: fc.constantFrom("Buy", "Sell"),
		triggerPrice: values,
		stopLoss: values,
		orderLinkId: values,
		reduceOnly: values,
	});
	const paths = fc.constantFrom(
		"/v5/order/create",
		"/v5/order/amend",
		"/v5/order/cancel",
		"/v5/position/trading-stop",
		"/v5/position/set-leverage",
	);
	await fc.assert(
		fc.asyncProperty(paths, bodies, values, async (path, body, strange) => {
			const fixed = { category: "linear", symbol: "BTCUSDT", orderType: "Limit", buyLeverage: strange, sellLeverage: strange };
			const answer = await rig.post(path, { ...fixed, ...body });
			assert.equal(typeof answer.retCode, "number");
			assert.notEqual(answer.retCode, 10016);
		}),
		{ numRuns: 150 },
	);
	assert.deepEqual(rig.warnings, []);
});

async function reply(socket: Socket, frame: unknown): Promise<Json> {
	const next = socket.next();
	socket.send(frame);
	return await next;
}

test("one bad topic voids the whole subscribe frame, and the connection stays open (C1, C6)", async () => {
	const rig = await frozen();
	const stream = await rig.socket("public");
	for (const topic of ["orderbook.500.BTCUSDT", "tickers.NOPE", "kline.7.BTCUSDT", "kline.1", "order", "tickers.BTCUSDT.more", ""]) {
		const answer = await reply(stream, { op: "subscribe", req_id: "a", args: ["tickers.BTCUSDT", topic] });
		assert.deepEqual(
			[answer.success, answer.ret_msg, answer.req_id, answer.op],
			[false, `error:handler not found,topic:${topic}`, "a", "subscribe"],
		);
	}
	assert.equal((await reply(stream, { op: "subscribe", args: ["tickers.BTCUSDT"] })).success, true);
	assert.equal((await stream.next()).type, "snapshot");
	assert.equal(
		(await reply(stream, { op: "subscribe", args: ["tickers.BTCUSDT"] })).ret_msg,
		"error:already subscribed,topic:tickers.BTCUSDT",
	);
	for (const frame of [
		"{",
		"[]",
		"null",
		'"ping"',
		"{}",
		'{"op":7}',
		'{"op":"auth"}',
		'{"op":"subscribe","args":"tickers.BTCUSDT"}',
		'{"op":"subscribe","args":[1]}',
	])
		assert.equal((await reply(stream, frame)).success, false, frame);
	const pong = await reply(stream, { op: "ping", req_id: 7 });
	assert.deepEqual([pong.success, pong.ret_msg, pong.op, pong.req_id], [true, "pong", "ping", 7]);
});

test("the private socket tells nothing before it knows who listens (A4, C4)", async () => {
	const rig = await frozen();
	const socket = await rig.socket("private");
	assert.deepEqual((await reply(socket, { op: "subscribe", args: ["order"] })).success, false);
	for (const args of [authArgs(DAY_START - 1000), [KEY, DAY_START + 10_000_000, "f".repeat(64)], ["x", 1, "y"], []])
		assert.deepEqual((await reply(socket, { op: "auth", args, req_id: "q" })).ret_msg, "Params Error");
	const { conn_id: _, ...ok } = await reply(socket, { op: "auth", req_id: "q", args: authArgs(String(rig.sim.clock.now() + 5000)) });
	assert.deepEqual(ok, { success: true, ret_msg: "", op: "auth", req_id: "q" });
	for (const args of [["tickers.BTCUSDT"], ["order", "order.linear"], ["order", "order"], [], "order"])
		assert.equal((await reply(socket, { op: "subscribe", args })).success, false, JSON.stringify(args));
	assert.equal((await reply(socket, { op: "subscribe", args: ["order.linear", "wallet"] })).success, true);
	const pong = await reply(socket, { op: "ping", req_id: "x" });
	assert.deepEqual([pong.op, pong.args, pong.req_id], ["pong", [String(rig.sim.clock.now())], "x"]);
});

test("the trade socket takes no order from a stranger (A4, D1)", async () => {
	const rig = await frozen();
	const socket = await rig.socket("trade");
	const header = { "X-BAPI-TIMESTAMP": String(rig.sim.clock.now()) };
	assert.equal((await reply(socket, { op: "order.create", header, args: [ORDER] })).retCode, 10007);
	assert.equal((await reply(socket, { op: "auth", args: [KEY, rig.sim.clock.now() + 9000, "0".repeat(64)] })).retCode, 10004);
	assert.equal((await reply(socket, { op: "auth", args: ["stranger", 1, ""] })).retCode, 10003);
	const { connId: _, ...ok } = await reply(socket, { op: "auth", reqId: "a1", args: authArgs(rig.sim.clock.now() + 9000) });
	assert.deepEqual(ok, { reqId: "a1", retCode: 0, retMsg: "OK", op: "auth" });
	assert.equal((await reply(socket, { op: "auth", args: authArgs(rig.sim.clock.now() + 9000) })).retCode, 20001);
	for (const frame of [
		"{",
		{ op: "order.create", header, args: [ORDER, ORDER] },
		{ op: "order.create", header },
		{ op: "order.create", header, args: [7] },
	])
		assert.equal((await reply(socket, frame)).retCode, 10001, JSON.stringify(frame));
	assert.equal((await reply(socket, { op: "order.create", args: [ORDER] })).retCode, 10002, "no header");
	assert.equal((await reply(socket, { op: "ping" })).op, "pong");
	assert.equal((await reply(socket, { op: "order.create", header, args: [ORDER] })).retCode, 0);
});

test("a frame beyond all measure costs its sender the connection, and nobody else's (C6)", async () => {
	const rig = await frozen();
	const loud = await rig.socket("public");
	const quiet = await rig.socket("public");
	const closed = new Promise((resolve) => loud.ws.once("close", resolve));
	loud.send("x".repeat(100_000));
	await closed;
	assert.equal((await reply(quiet, { op: "ping" })).ret_msg, "pong");
});
