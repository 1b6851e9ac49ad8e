import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import fc from "fast-check";
import { WebSocket } from "ws";
import { BYBIT_LIMITS, type LimitSettings, Limits } from "./limits.ts";
import { minutes, still } from "./testing/candles.ts";
import { authArgs, type Json, market, Rig } from "./testing/rig.ts";

/** An exchange with limits whose wall clock the test moves; its replay is over. */
async function limited(change: Partial<LimitSettings> = {}): Promise<{ rig: Rig; wait: (ms: number) => void }> {
	let wall = 1_700_000_000_000;
	const markets = [market("BTCUSDT", minutes(still(3, 20_000)))];
	const rig = await Rig.open({ markets, speed: "max", limits: { ...BYBIT_LIMITS, ...change }, wall: () => wall });
	await rig.sim.finished;
	const wait = (ms: number): void => {
		wall += ms;
	};
	return { rig, wait };
}

const ORDER = { category: "linear", symbol: "BTCUSDT", side: "Buy", orderType: "Limit", qty: "0.01", price: "19900" };

test("in every second's span no more than the limit gets through, and none is turned away while there is room (I1)", () => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 80 }), fc.integer({ min: 1, max: 12 }), (gaps, limit) => {
			let wall = 0;
			const limits = new Limits(BYBIT_LIMITS, () => wall);
			const passed: number[] = [];
			for (const gap of gaps) {
				wall += gap;
				const room = limit - passed.filter((at) => at > wall - 1000).length;
				assert.equal(limits.standing("x", limit).left, room);
				assert.equal(limits.take("x", limit), room > 0 ? 1 : 0);
				if (room > 0) passed.push(wall);
			}
		}),
	);
});

test("the eleventh order within a second is refused with 10006 until the reset that the headers name (I1)", async () => {
	const { rig, wait } = await limited();
	const send = async (): Promise<{ code: number; left: string | null; reset: number }> => {
		const body = JSON.stringify(ORDER);
		const headers = { ...rig.signed(body), "Content-Type": "application/json" };
		const response = await fetch(`${rig.sim.addresses.rest}/v5/order/create`, { method: "POST", headers, body });
		const { retCode } = (await response.json()) as { retCode: number }; // the test looks at what it holds
		assert.equal(response.headers.get("x-bapi-limit"), "10");
		const reset = Number(response.headers.get("x-bapi-limit-reset-timestamp")) - rig.sim.clock.now();
		return { code: retCode, left: response.headers.get("x-bapi-limit-status"), reset };
	};
	for (let i = 9; i >= 1; i--) assert.deepEqual(await send(), { code: 0, left: String(i), reset: 0 });
	assert.deepEqual(await send(), { code: 0, left: "0", reset: 1000 });
	wait(400);
	assert.deepEqual(await send(), { code: 10006, left: "0", reset: 600 });
	const cancelled = await rig.post("/v5/order/cancel-all", { category: "linear", symbol: "BTCUSDT" });
	assert.equal(cancelled.retCode, 0, "another endpoint has its own");
	wait(600);
	assert.deepEqual(await send(), { code: 0, left: "9", reset: 0 });
});

test("of a batch the orders that fit go through and the rest fail alone, in a bucket of its own (I1)", async () => {
	const { rig } = await limited();
	const request = Array.from({ length: 13 }, (_, i) => ({ ...ORDER, orderLinkId: `b-${i}`, category: undefined }));
	const answer = await rig.post("/v5/order/create-batch", { category: "linear", request });
	assert.equal(answer.retCode, 0);
	assert.deepEqual(
		(answer.retExtInfo.list as Json[]).map(({ code }) => code),
		[...Array<number>(10).fill(0), 10006, 10006, 10006],
	);
	assert.equal((await rig.list("/v5/order/realtime", { category: "linear", symbol: "BTCUSDT" })).length, 10);
	assert.equal((await rig.post("/v5/order/create", ORDER)).retCode, 0);
});

test("an address that asks too often is shut out by REST with HTTP 403, and let in again after a while (I1)", async () => {
	const { rig, wait } = await limited({ address: { requests: 5, window: 5000, ban: 600_000 } });
	const status = async (): Promise<number> => (await fetch(`${rig.sim.addresses.rest}/v5/market/time`)).status;
	for (let i = 0; i < 5; i++) assert.equal(await status(), 200);
	assert.equal(await status(), 403);
	wait(599_999);
	assert.equal(await status(), 403);
	wait(1);
	assert.equal(await status(), 200);
});

test("the trade socket shares the orders' limit with REST, and has limits of the connection and of the whole (I1)", async () => {
	const { rig, wait } = await limited({ trade: { session: 12, address: 3000, system: 20 } });
	const [one, two] = [await rig.authenticated("trade"), await rig.authenticated("trade")];
	assert.equal((await rig.post("/v5/order/create", ORDER)).retCode, 0);
	const ask = async (socket: typeof one): Promise<unknown> => {
		socket.send({ op: "order.create", header: { "X-BAPI-TIMESTAMP": String(rig.sim.clock.now()) }, args: [ORDER] });
		return (await socket.next()).retCode;
	};
	const codes: unknown[] = [];
	for (let i = 0; i < 13; i++) codes.push(await ask(one));
	assert.deepEqual(codes, [...Array<number>(9).fill(0), 10006, 10006, 10006, 20003]);
	for (let i = 0; i < 7; i++) await ask(two);
	assert.equal(await ask(two), 10429);
	wait(1000);
	assert.equal(await ask(one), 0);
});

test("a socket beyond the most is answered HTTP 503, and one that closes makes room (I1)", async () => {
	const { rig } = await limited({ sockets: { open: 1, opened: 500, window: 300_000 } });
	const first = await rig.socket("public");
	const refused = async (): Promise<number | undefined> => {
		const socket = new WebSocket(rig.sim.addresses.public);
		socket.on("error", () => {});
		const status = await new Promise<number | undefined>((resolve) => {
			socket.once("unexpected-response", (_request, response) => resolve(response.statusCode));
			socket.once("open", () => resolve(undefined));
		});
		socket.terminate();
		return status;
	};
	assert.equal(await refused(), 503);
	await rig.socket("private");
	first.ws.close();
	await once(first.ws, "close");
	assert.equal(await refused(), undefined);
});

test("a connection is cut when it has been silent for ten minutes, or for its own max_active_time (C6)", async () => {
	const { rig, wait } = await limited({ silence: { min: 30_000, max: 600_000, every: 2 } });
	const open = async (query: string): Promise<{ socket: WebSocket; closed: Promise<unknown> }> => {
		const socket = new WebSocket(`${rig.sim.addresses.private}${query}`);
		const closed = once(socket, "close");
		await once(socket, "open");
		return { socket, closed };
	};
	const [long, short, minute] = [await open(""), await open("?max_active_time=5s"), await open("?max_active_time=1m")];
	wait(29_999);
	long.socket.send(JSON.stringify({ op: "auth", args: authArgs(rig.sim.clock.now() + 5000) }));
	await once(long.socket, "message");
	wait(1);
	await short.closed;
	wait(30_000);
	await minute.closed;
	assert.equal(long.socket.readyState, WebSocket.OPEN);
	wait(600_000);
	await long.closed;
});

test("without limits nothing is counted", async () => {
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(still(3, 20_000)))], speed: "max" });
	await rig.sim.finished;
	for (let i = 0; i < 30; i++) assert.equal((await rig.post("/v5/order/create", { ...ORDER, qty: "0.001" })).retCode, 0);
});
