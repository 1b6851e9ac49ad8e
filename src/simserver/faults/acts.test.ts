// Faults of lines, keys, clocks and markets, seen from a client's side.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { WebSocket } from "ws";
import { HOUR, MINUTE } from "../../units/unit.ts";
import type { Json } from "../testing/rig.ts";
import { authArgs } from "../testing/rig.ts";
import { buy, CREATE, openIds, REALTIME, resting, standing, turns } from "../testing/standing.ts";

const BTC = { category: "linear", symbol: "BTCUSDT" };

test("a cut takes the sockets of its stream, without a farewell, and no others", async () => {
	const rig = await standing();
	const [account, stream] = [await rig.account(), await rig.socket("public")];
	const closed = once(account.ws, "close");
	rig.sim.control.inject({ fault: "cut", stream: "private" });
	assert.equal((await closed)[0], 1006);
	assert.equal(stream.ws.readyState, WebSocket.OPEN);
	await rig.account();
});

test("a cut can wait for an execution: the order has filled, and nobody was told", async () => {
	const rig = await standing([{ fault: "cut", stream: "private", topic: "execution", count: 1 }]);
	const account = await rig.account();
	const closed = once(account.ws, "close");
	await rig.done(CREATE, buy("a"));
	await closed;
	assert.equal(account.topic("execution").length, 0);
	assert.equal((await rig.list("/v5/position/list", BTC))[0]?.size, "0.1");
});

test("a stalled socket stays open, says nothing more, not even pong, and is cut after its time", async () => {
	const rig = await standing();
	const account = await rig.account();
	rig.sim.control.inject({ fault: "stall", stream: "private", for: "10s" });
	const before = account.frames.length;
	let pongs = 0;
	account.ws.on("pong", () => pongs++);
	account.ws.ping();
	account.send({ op: "ping" });
	await rig.done(CREATE, resting("a"));
	await turns();
	assert.deepEqual([account.frames.length, pongs, account.ws.readyState], [before, 0, WebSocket.OPEN]);
	const closed = once(account.ws, "close");
	await rig.sim.control.step({ ms: 10_000 });
	await closed;
});

test("connections can be refused for a time", async () => {
	const rig = await standing([{ fault: "refused-connections", stream: "trade", for: "1s" }]);
	await assert.rejects(rig.socket("trade"), /503/);
	await rig.account();
	await rig.sim.control.step({ ms: 1000 });
	await rig.authenticated("trade");
});

test("a restart cuts all sockets, keeps orders and positions, forgets closed orders in realtime, and begins books at u=1", async () => {
	const rig = await standing();
	await rig.done(CREATE, buy("filled"));
	await rig.done(CREATE, resting("rests"));
	const sockets = [await rig.account(), await rig.socket("public"), await rig.authenticated("trade")];
	const closed = sockets.map(({ ws }) => once(ws, "close"));
	rig.sim.control.inject({ fault: "restart", for: "5s" });
	await Promise.all(closed);
	assert.equal((await rig.get("/v5/position/list", BTC)).retCode, 10016, "it is away");
	await rig.sim.control.step({ ms: 5000 });
	assert.deepEqual(await openIds(rig), ["rests"]);
	assert.equal((await rig.list("/v5/position/list", BTC))[0]?.size, "0.1");
	assert.deepEqual(await rig.list(REALTIME, { ...BTC, orderLinkId: "filled" }), []);
	assert.equal((await rig.list("/v5/order/history", { ...BTC, orderLinkId: "filled" }))[0]?.orderStatus, "Filled");
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["orderbook.50.BTCUSDT"] });
	const frame = await stream.next(({ topic }) => topic !== undefined);
	assert.deepEqual([frame.type, (frame.data as Json).u], ["snapshot", 1]);
});

test("a skewed clock refuses timestamps that were good, stamps its answers, and takes those of its own time", async () => {
	const rig = await standing([{ fault: "clock-skew", by: 70_000 }]);
	const now = rig.sim.clock.now();
	assert.equal((await rig.post(CREATE, resting("a"))).retCode, 10002);
	const answer = await rig.ask("/v5/market/time");
	assert.deepEqual([answer.time, answer.result.timeSecond], [now + 70_000, String(Math.floor((now + 70_000) / 1000))]);
	const headers = rig.signed("accountType=UNIFIED", answer.time);
	const wallet = await (await fetch(`${rig.sim.addresses.rest}/v5/account/wallet-balance?accountType=UNIFIED`, { headers })).json();
	assert.equal((wallet as { retCode: number }).retCode, 0);
	rig.sim.control.heal();
	assert.equal((await rig.post(CREATE, resting("a"))).retCode, 0);
});

test("a key expires, is revoked, or may only read: requests, sockets and query-api say so", async () => {
	const rig = await standing();
	const account = await rig.account();
	const closed = once(account.ws, "close");
	rig.sim.control.inject({ fault: "key-expired", for: "1m" });
	await closed;
	assert.equal((await rig.get("/v5/position/list", BTC)).retCode, 33004);
	const socket = await rig.socket("private");
	socket.send({ op: "auth", args: authArgs(rig.sim.clock.now() + 1000) });
	assert.equal((await socket.next()).success, false);
	await rig.sim.control.step({ ms: MINUTE });
	await rig.account();
	rig.sim.control.inject({ fault: "key-read-only" });
	assert.equal((await rig.get("/v5/user/query-api")).result.readOnly, 1);
	assert.equal((await rig.post(CREATE, resting("a"))).retCode, 10005);
	assert.equal((await rig.get("/v5/position/list", BTC)).retCode, 0);
	rig.sim.control.inject({ fault: "key-revoked" });
	assert.equal((await rig.get("/v5/user/query-api")).retCode, 10003);
	rig.sim.control.setKey({ permissions: { ContractTrade: ["Position"], Wallet: ["Withdraw"] }, ips: [] });
	const { permissions, ips } = (await rig.get("/v5/user/query-api")).result;
	assert.deepEqual([permissions, ips], [{ ContractTrade: ["Position"], Wallet: ["Withdraw"] }, []]);
	assert.equal((await rig.post(CREATE, resting("a"))).retCode, 10005);
});

test("a halted symbol shows its status and takes no orders, but lets those go that rest", async () => {
	const rig = await standing();
	await rig.done(CREATE, resting("a"));
	rig.sim.control.inject({ fault: "halt", symbol: "BTCUSDT" });
	const { list } = (await rig.ask("/v5/market/instruments-info?category=linear&symbol=BTCUSDT")).result as { list: Json[] };
	assert.equal(list[0]?.status, "Closed");
	assert.equal((await rig.post(CREATE, resting("b"))).retCode, 110074);
	assert.equal((await rig.post("/v5/order/cancel", { ...BTC, orderLinkId: "a" })).retCode, 0);
	rig.sim.control.heal();
	assert.equal((await rig.post(CREATE, resting("b"))).retCode, 0);
});

test("a price jump takes a stop far beyond its price, and the streams show it", async () => {
	const rig = await standing();
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
	await stream.next(({ topic }) => topic !== undefined);
	await rig.done(CREATE, buy("a", { stopLoss: "19900" }));
	rig.sim.control.inject({ fault: "price-jump", symbol: "BTCUSDT", percent: -10 });
	const frame = await stream.next(({ topic }) => topic !== undefined);
	assert.equal((frame.data as Json).lastPrice, "18000");
	const [exit] = await rig.list("/v5/execution/list", BTC);
	assert.deepEqual([exit?.side, exit?.execPrice], ["Sell", "17998.2"], "18000 × (1 − 0.0001), not 19900");
	assert.equal(rig.sim.control.state().symbols.BTCUSDT?.position, null);
});

test("a stop can vanish right after the fill that brought it", async () => {
	const rig = await standing([{ fault: "stop-vanishes", count: 1 }]);
	const account = await rig.account();
	await rig.done(CREATE, buy("a", { stopLoss: "19000" }));
	const gone = await account.next(
		(frame) => frame.topic === "order" && (frame.data as Json[]).some((row) => row.orderStatus === "Deactivated"),
	);
	assert.ok(gone);
	assert.equal((await rig.list("/v5/position/list", BTC))[0]?.stopLoss, "");
});

test("auto-deleveraging takes a part of the position, and the execution says so", async () => {
	const rig = await standing();
	await rig.done(CREATE, buy("a"));
	rig.sim.control.inject({ fault: "deleverage", symbol: "BTCUSDT", percent: 50 });
	const [taken] = await rig.list("/v5/execution/list", BTC);
	assert.deepEqual([taken?.execType, taken?.side, taken?.execQty, taken?.execPrice], ["AdlTrade", "Sell", "0.05", "20000"]);
	assert.equal(rig.sim.control.state().symbols.BTCUSDT?.position?.size, "0.05");
});

test("funding can be settled now, and again every hour", async () => {
	const rig = await standing();
	await rig.done(CREATE, buy("a"));
	rig.sim.control.inject({ fault: "funding-now", every: "1h", count: 3 });
	await rig.sim.control.step({ ms: 3 * HOUR });
	const settled = await rig.list("/v5/execution/list", { ...BTC, execType: "Funding" });
	assert.deepEqual(
		settled.map((row) => row.execFee),
		["0.2", "0.2", "0.2"],
	);
});
