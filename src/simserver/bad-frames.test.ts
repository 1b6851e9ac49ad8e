// Frames that are wrong, on every socket and for every op of each: broken, binary, huge, unsigned, repeated, of the wrong type; and
// connections without end.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import type { WebSocket } from "ws";
import { PATHS } from "./sockets.ts";
import { assertWell, bytes, DOCUMENTED, inhabited, NO_NUMBERS, nested, STRANGE, stateOf } from "./testing/hostile.ts";
import { type Json, KEY, type Rig, type Socket } from "./testing/rig.ts";
import { OPS } from "./trade-door.ts";

type Kind = keyof typeof PATHS;
const KINDS = Object.keys(PATHS) as Kind[]; // the table's own keys
const FRAMES = ["subscribe", "unsubscribe", "auth", "ping"] as const;

/** The op of each socket, and whether it is of no use there. */
const opsOf = (kind: Kind): readonly string[] => (kind === "trade" ? [...Object.keys(OPS), "auth", "ping"] : FRAMES);

/** A socket that has shown who it is, where it can. */
async function signedIn(rig: Rig, kind: Kind): Promise<Socket> {
	return kind === "private" || kind === "trade" ? await rig.authenticated(kind) : await rig.socket(kind);
}

async function reply(socket: Socket, frame: unknown): Promise<Json> {
	const next = socket.next();
	socket.send(frame);
	return await next;
}

/** A no, or a pong, in the shape of the socket's door. */
function assertAnswer(kind: Kind, answer: Json, what: string): void {
	if (kind === "trade") {
		const { retCode, retMsg, op, connId } = answer;
		const shaped = typeof op === "string" && typeof connId === "string" && (op === "pong" || typeof retMsg === "string");
		assert.ok(shaped && DOCUMENTED.has(retCode as number), `${what}: ${JSON.stringify(answer).slice(0, 200)}`);
		return;
	}
	assert.ok(typeof answer.op === "string" && typeof answer.conn_id === "string", what);
	if (answer.op !== "pong") assert.ok(typeof answer.success === "boolean" && typeof answer.ret_msg === "string", what);
}

const ARGS: readonly unknown[] = [
	...[undefined, null, "", "tickers.BTCUSDT", 7, true, {}, [], [null], [7], [[]], [{}], [""], ["\u0000"], ["😀"], ["x".repeat(10_000)]],
	...[["__proto__"], ["tickers"], ["tickers."], [".BTCUSDT"], ["kline.7.BTCUSDT"], ["orderbook.7.BTCUSDT"], ["order", "tickers"]],
	...[
		[KEY],
		[KEY, 1],
		[KEY, "NaN", ""],
		[KEY, 1e300, "0".repeat(64)],
		[KEY, -1, "x"],
		[{}, {}, {}],
		Array.from({ length: 10_000 }, () => "a"),
	],
	Array.from({ length: 3 }, () => "x".repeat(8000)),
];

test("every op of every socket answers what its arguments cannot be, and nothing changes (C1, C4, C6)", async () => {
	const rig = await inhabited();
	const before = stateOf(rig);
	for (const kind of KINDS)
		for (const socket of [await rig.socket(kind), await signedIn(rig, kind)])
			for (const op of [...opsOf(kind), "", "order.make", "SUBSCRIBE", "constructor", "x".repeat(10_000)])
				for (const args of ARGS) {
					const answer = await reply(socket, { op, args, req_id: "q", reqId: undefined });
					const what = `${kind} ${op.slice(0, 20)} ${JSON.stringify(args)?.slice(0, 60)}`;
					assertAnswer(kind, answer, what);
					if (op !== "ping") assert.ok(answer.success === false || Number(answer.retCode ?? 0) !== 0, `${what}: ${JSON.stringify(answer)}`);
				}
	assert.equal(stateOf(rig), before);
	await assertWell(rig);
});

const TEXTS: readonly string[] = [
	...["", "{", "}", "[]", "[[]]", "null", "true", "7", '"ping"', "ping", "\u0000", "😀", "{}{}", "{'op':'ping'}", '{"op":NaN}', "{}"],
	...[
		'{"op":null}',
		'{"op":7}',
		'{"op":{}}',
		'{"op":["ping"]}',
		nested(5000),
		`{"op":"subscribe","args":${nested(5000)}}`,
		"[".repeat(60_000),
	],
];

test("no text and no bytes stop a socket: broken ones are answered, as text or binary, in any number of parts (C6)", async () => {
	const rig = await inhabited();
	const before = stateOf(rig);
	for (const kind of KINDS) {
		const socket = await signedIn(rig, kind);
		for (const text of TEXTS) assertAnswer(kind, await reply(socket, text), `${kind} ${text.slice(0, 40)}`);
		for (const data of [Buffer.from([0, 159, 146, 150]), Buffer.alloc(60_000, 0xff), Buffer.from('{"op":"nothing"}')]) {
			const next = socket.next();
			socket.ws.send(data, { binary: true });
			assertAnswer(kind, await next, `${kind} binary`);
		}
		const next = socket.next();
		for (const part of ['{"op":', '"pi', "ng"]) socket.ws.send(part, { fin: false });
		socket.ws.send('"}', { fin: true });
		assert.match(JSON.stringify(await next), /pong/);
	}
	assert.equal(stateOf(rig), before);
	await assertWell(rig);
});

test("a frame of ten megabytes, or of broken framing, costs its sender the connection alone (C6)", async () => {
	const rig = await inhabited();
	const before = stateOf(rig);
	for (const kind of KINDS) {
		const others = await signedIn(rig, kind);
		for (const spoil of [
			(ws: WebSocket) => ws.send("x".repeat(10 * 1024 * 1024)),
			(ws: WebSocket) => ws.send(Buffer.alloc(10 * 1024 * 1024), { binary: true }),
			(ws: WebSocket) => rawOf(ws).write(Buffer.from([0xff, 0xff, 0xff, 0xff])),
			(ws: WebSocket) => rawOf(ws).write(Buffer.from([0x81, 0x02, 0x7b, 0x7d])), // unmasked
			(ws: WebSocket) => rawOf(ws).write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff])), // no UTF-8
			(ws: WebSocket) => rawOf(ws).end(),
		]) {
			const loud = await rig.socket(kind);
			const closed = once(loud.ws, "close");
			spoil(loud.ws);
			await closed;
		}
		assert.match(JSON.stringify(await reply(others, { op: "ping" })), /pong/, kind);
	}
	assert.equal(stateOf(rig), before);
	await assertWell(rig);
});

/** The socket under a client's WebSocket. */
function rawOf(ws: WebSocket): import("node:net").Socket {
	return (ws as unknown as { _socket: import("node:net").Socket })._socket; // ws keeps it there
}

const ORDER = { category: "linear", symbol: "BTCUSDT", side: "Buy", orderType: "Limit", qty: "0.01", price: "18000" };

test("every operation of the trade socket refuses what an order cannot be, who cannot ask, and when (A4, D1)", async () => {
	const rig = await inhabited();
	const before = stateOf(rig);
	const stamp = (): Json => ({ "X-BAPI-TIMESTAMP": String(rig.sim.clock.now()) });
	const stranger = await rig.socket("trade");
	const trade = await rig.authenticated("trade");
	const spoilt = [...NO_NUMBERS, "-1", -1].map((qty) => ({ ...ORDER, qty }));
	for (const op of Object.keys(OPS)) {
		const many = op.endsWith("-batch");
		const body = (order: Json): Json => (many ? { category: "linear", request: [order] } : order);
		const frames: readonly (readonly [Json, number])[] = [
			[{ args: [body(ORDER)] }, 10002],
			[{ header: {}, args: [body(ORDER)] }, 10002],
			[{ header: 7, args: [body(ORDER)] }, 10002],
			...["", "NaN", "-1", "0", {}, null, 1e300, String(rig.sim.clock.now() - 3_600_000), String(Date.now() + 3_600_000)].map(
				(at) => [{ header: { "X-BAPI-TIMESTAMP": at }, args: [body(ORDER)] }, 10002] as const,
			),
			[{ header: { ...stamp(), "X-BAPI-RECV-WINDOW": "NaN" }, args: [body(ORDER)] }, 10002],
			...[undefined, null, 7, "", {}, [], [null], [[]], ["x"], [body(ORDER), body(ORDER)]].map(
				(args) => [{ header: stamp(), args }, 10001] as const,
			),
			[{ header: stamp(), args: [{}] }, 10001],
			[{ header: stamp(), args: [{ ...body(ORDER), category: "spot" }] }, 10001],
			[{ header: stamp(), reqId: "r".repeat(37), args: [body(ORDER)] }, 10001],
		];
		for (const [frame, code] of frames) {
			const answer = await reply(trade, { op, ...frame });
			assert.deepEqual([answer.retCode, answer.op], [code, op], JSON.stringify(frame).slice(0, 200));
			assert.equal((await reply(stranger, { op, ...frame })).retCode, 10007);
		}
		if (many) {
			for (const request of [undefined, null, {}, [], "x", [7], [null], Array.from({ length: 21 }, () => ORDER)])
				assert.equal((await reply(trade, { op, header: stamp(), args: [{ category: "linear", request }] })).retCode, 10001);
		}
		for (const order of spoilt) {
			const { retCode, retExtInfo } = await reply(trade, { op, header: stamp(), args: [body(order)] });
			const rows = (retExtInfo as { list?: { code: number }[] }).list ?? [];
			assert.ok(retCode !== 0 || (many && rows.length === 1 && rows[0]?.code !== 0), `${op} ${JSON.stringify(order).slice(0, 90)}`);
		}
		assert.equal((await reply(trade, { op, reqId: `once ${op}`, header: stamp(), args: [{}] })).retCode, 10001);
		assert.equal((await reply(trade, { op, reqId: `once ${op}`, header: stamp(), args: [{}] })).retCode, 20006);
	}
	assert.equal(stateOf(rig), before);
	await assertWell(rig);
});

test("any mixture of keys in a frame is answered on every socket (C6)", async () => {
	const rig = await inhabited();
	const sockets = new Map<Kind, Socket>();
	for (const kind of KINDS) sockets.set(kind, await signedIn(rig, kind));
	const before = stateOf(rig);
	const values = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(...STRANGE.filter((value) => value !== undefined)));
	const cases = fc.constantFrom(...KINDS).chain((kind) =>
		fc.record({
			kind: fc.constant(kind),
			op: fc.oneof(fc.constantFrom(...opsOf(kind)), values),
			more: fc.dictionary(fc.constantFrom("args", "req_id", "reqId", "header", "extra", "topic"), values, { maxKeys: 4 }),
		}),
	);
	await fc.assert(
		fc.asyncProperty(cases, async ({ kind, op, more }) => assertAnswer(kind, await reply(sockets.get(kind)!, { op, ...more }), kind)),
		{ numRuns: 500 },
	);
	assert.equal(stateOf(rig), before);
	await assertWell(rig);
});

const HANDSHAKE = [
	"Host: x",
	"Connection: Upgrade",
	"Upgrade: websocket",
	"Sec-WebSocket-Version: 13",
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

test("a handshake that is none, or for nowhere, is refused (C6)", async () => {
	const rig = await inhabited();
	const ask = async (path: string, without: number, method = "GET"): Promise<string> =>
		(await bytes(rig, [`${method} ${path} HTTP/1.1`, ...HANDSHAKE.filter((_, i) => i !== without), "", ""].join("\r\n"))).slice(9, 12);
	for (const path of ["/", "/v5/public/spot", "/v5/private/", "/v5/trade/../private", "//v5/trade"])
		assert.equal(await ask(path, -1), "404", path);
	for (const path of Object.values(PATHS)) {
		assert.match(await ask(path, 3), /^4(00|26)$/, `${path} without a version`);
		assert.equal(await ask(path, 4), "400", `${path} without a key`);
		assert.match(await ask(path, -1, "POST"), /^40[05]$/, `${path} by POST`);
	}
	await assertWell(rig);
});

const CONNECTIONS = 10_000;
const AT_ONCE = 250;

test("ten thousand sockets are opened and torn, and it answers afterwards and has forgotten them (C6)", async () => {
	const rig = await inhabited();
	const before = stateOf(rig);
	const port = Number(new URL(rig.sim.addresses.rest).port);
	const quiet = await rig.socket("public");
	let [left, opened] = [CONNECTIONS, 0];
	const attempt = (i: number): Promise<void> =>
		new Promise((resolve) => {
			const path = PATHS[KINDS[i % KINDS.length]!];
			const socket = connect(port, "127.0.0.1", () => socket.write([`GET ${path} HTTP/1.1`, ...HANDSHAKE, "", ""].join("\r\n")));
			socket.once("data", (data) => {
				if (data.toString().startsWith("HTTP/1.1 101 ")) opened++;
				socket.destroy();
			});
			socket.on("error", () => {});
			socket.on("close", () => resolve());
		});
	const client = async (): Promise<void> => {
		while (left > 0) await attempt(left--);
	};
	await Promise.all(Array.from({ length: AT_ONCE }, client));
	assert.equal(opened, CONNECTIONS);
	assert.equal((await reply(quiet, { op: "ping" })).ret_msg, "pong");
	assert.equal(stateOf(rig), before);
	await assertWell(rig);
});
