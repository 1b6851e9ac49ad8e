// Requests that are wrong before anybody looks at what they ask: unsigned, stale, by the wrong method, no JSON, no HTTP, too large, never
// finished, too many. Each path of the routes' table meets them all.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { ROUTES } from "./http.ts";
import { assertEnvelope, assertWell, bytes, inhabited, raw, stateOf } from "./testing/hostile.ts";
import { KEY, type Rig } from "./testing/rig.ts";

const JSON_TYPE = { "Content-Type": "application/json" };
const HOUR = 3_600_000;

type Row = readonly [what: string, headers: Record<string, string | undefined>, status: number, code: number];

function strangers(rig: Rig, payload: string): Row[] {
	const now = rig.sim.clock.now();
	const good = rig.signed(payload);
	const at = (timestamp: string): Record<string, string> => ({ ...good, "X-BAPI-TIMESTAMP": timestamp });
	const within = (window: string): Record<string, string> => ({ ...at(String(now - HOUR)), "X-BAPI-RECV-WINDOW": window });
	return [
		["no headers", {}, 401, 10003],
		["no key", { ...good, "X-BAPI-API-KEY": undefined }, 401, 10003],
		["another key", { ...good, "X-BAPI-API-KEY": `${KEY}x` }, 200, 10003],
		["a key of 10 000 letters", { ...good, "X-BAPI-API-KEY": "k".repeat(10_000) }, 200, 10003],
		["no signature", { ...good, "X-BAPI-SIGN": undefined }, 200, 10004],
		["a wrong signature", { ...good, "X-BAPI-SIGN": "0".repeat(64) }, 200, 10004],
		["a signature in capitals", { ...good, "X-BAPI-SIGN": (good["X-BAPI-SIGN"] ?? "").toUpperCase() }, 200, 10004],
		["a signature of something else", rig.signed(`${payload} `), 200, 10004],
		["another window than was signed", { ...good, "X-BAPI-RECV-WINDOW": "5001" }, 200, 10004],
		["no timestamp", { ...good, "X-BAPI-TIMESTAMP": undefined }, 200, 10002],
		["an old timestamp", rig.signed(payload, now - HOUR), 200, 10002],
		["a timestamp of the future", rig.signed(payload, Date.now() + HOUR), 200, 10002],
		["a timestamp in seconds", at(String(Math.floor(now / 1000))), 200, 10002],
		...["", "now", "NaN", "-1", "1e13", "9".repeat(400), `${now}.0`].map((text): Row => [`the timestamp ${text}`, at(text), 200, 10002]),
		...["", "-1", "NaN", "1e9", "99999999999", "9".repeat(30)].map((text): Row => [`the window ${text}`, within(text), 200, 10002]),
	];
}

function defined(headers: Record<string, string | undefined>): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).filter((each): each is [string, string] => each[1] !== undefined));
}

test("who is not the account, or comes too late, is turned away at every signed endpoint (A4)", async () => {
	const rig = await inhabited();
	const before = stateOf(rig);
	for (const { method, path } of ROUTES.filter(({ open }) => open !== true)) {
		const body = method === "POST" ? '{"category":"linear","symbol":"BTCUSDT"}' : undefined;
		await Promise.all(
			strangers(rig, body ?? "").map(async ([what, headers, status, code]) => {
				const sent = { method, path, headers: { ...defined(headers), ...JSON_TYPE }, ...(body === undefined ? {} : { body }) };
				const { status: got, answer } = await raw(rig, sent);
				assertEnvelope(answer, what);
				assert.deepEqual([got, answer.retCode], [status, code], `${path}, ${what}: ${answer.retMsg}`);
			}),
		);
	}
	assert.equal(stateOf(rig), before);
	await assertWell(rig);
});

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

test("the wrong method and a path that does not exist are told apart, on every path (A4)", async () => {
	const rig = await inhabited();
	const before = stateOf(rig);
	for (const { path } of ROUTES) {
		const methods = METHODS.filter((method) => !ROUTES.some((route) => route.path === path && route.method === method));
		for (const method of methods) {
			const { status, answer } = await raw(rig, { method, path, headers: { ...rig.signed(""), ...JSON_TYPE } });
			assertEnvelope(answer, path);
			assert.deepEqual([status, answer.retCode], [400, 10001], `${method} ${path}`);
		}
		for (const wrong of [`${path}/`, `${path}x`, `/${path}`, path.toUpperCase(), path.replace("v5", "v3"), `${path}%00`]) {
			const { status, answer } = await raw(rig, { path: wrong });
			assertEnvelope(answer, wrong);
			assert.deepEqual([status, answer.retCode], [404, 10017], wrong);
		}
	}
	assert.equal(stateOf(rig), before);
	await assertWell(rig);
});

const BODIES: readonly (readonly [string, string])[] = [
	["nothing", ""],
	["broken JSON", '{"category":'],
	["two objects", "{}{}"],
	["a list", "[]"],
	["a text", '"linear"'],
	["a number", "7"],
	["null", "null"],
	["HTML", "<html></html>"],
	["a form", "category=linear&symbol=BTCUSDT"],
	["zero bytes", "\u0000".repeat(100)],
	["half a surrogate", '{"category":"\\ud800"}'],
	["a byte order mark", "\ufeff{}"],
	["NaN", '{"category":NaN}'],
	["a single quote", "{'category':'linear'}"],
];
const GOOD_BODY = '{"category":"linear","symbol":"BTCUSDT","orderLinkId":"nobody"}';
const TYPES = ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx;", "json"];
/** What no JSON object can be said to, since they read nothing of it. */
const DEAF =
	/^\/v5\/(asset|account\/(borrow|repay|quick|set-(coll|hedg)|mmp|withdrawal)|user|spot-|position\/(switch-isolated|move))|disconnected/;

test("a body that is no JSON object, or says that it is something else, is a parameter error at every endpoint (C6)", async () => {
	const rig = await inhabited();
	const before = stateOf(rig);
	for (const { path } of ROUTES.filter(({ method }) => method === "POST")) {
		const tries = [
			...BODIES.map(([what, body]) => ({ what, body, type: "application/json" })),
			...TYPES.map((type) => ({ what: `the type ${type}`, body: GOOD_BODY, type })),
		];
		for (const { what, body, type } of tries) {
			const headers = { ...rig.signed(body), ...(type === "" ? {} : { "Content-Type": type }) };
			const { status, answer } = await raw(rig, { method: "POST", path, headers, body });
			assertEnvelope(answer, `${path}, ${what}`);
			if (!DEAF.test(path) || type !== "application/json") assert.deepEqual([status, answer.retCode], [200, 10001], `${path}, ${what}`);
			else assert.ok(status === 200 && answer.retCode !== 0, `${path}, ${what}`);
		}
	}
	for (const { path } of ROUTES.filter(({ method }) => method === "GET")) {
		const { status, answer } = await raw(rig, { path, headers: { ...rig.signed(""), ...JSON_TYPE, "Content-Length": "2" }, body: "{}" });
		assert.deepEqual([status, answer.retCode], [403, 403], path);
	}
	assert.equal(stateOf(rig), before);
	await assertWell(rig);
});

const MEGABYTES_10 = 10 * 1024 * 1024;
const HEAD = "POST /v5/order/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

/** What comes before the exchange hangs up: status and envelope. */
const NO_HTTP: readonly (readonly [string, string | Buffer, number, number])[] = [
	["ten megabytes by length", `${HEAD}Content-Length: ${MEGABYTES_10}\r\n\r\n`, 413, 10001],
	[
		"ten megabytes in chunks",
		`${HEAD}Transfer-Encoding: chunked\r\n\r\n${MEGABYTES_10.toString(16)}\r\n${"x".repeat(MEGABYTES_10)}`,
		413,
		10001,
	],
	["words", "good morning\r\n\r\n", 400, 10001],
	["random bytes", Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 251)), 400, 10001],
	["a method of its own", "FETCH /v5/market/time HTTP/1.1\r\nHost: x\r\n\r\n", 400, 10001],
	["a version of its own", "GET /v5/market/time HTTP/9.9\r\nHost: x\r\n\r\n", 400, 10001],
	["a length that is none", `${HEAD}Content-Length: -5\r\n\r\n`, 400, 10001],
	["two lengths", `${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400, 10001],
	["a header without an end", `GET /v5/market/time HTTP/1.1\r\nHost: x\r\nA: ${"x".repeat(100_000)}`, 431, 10001],
	["a path of 100 000 letters", `GET /v5/market/time?${"x".repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, 10001],
	["chunks that are none", `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400, 10001],
];

test("what is no HTTP, or too much of it, has Bybit's envelope, costs its sender the connection, and nobody else anything (C6)", async () => {
	const rig = await inhabited();
	const before = stateOf(rig);
	for (const [what, sent, status, code] of NO_HTTP) {
		const answer = await bytes(rig, sent);
		const [head = "", body = ""] = answer.split("\r\n\r\n");
		assert.match(head, new RegExp(`^HTTP/1.1 ${status} `), what);
		const envelope = JSON.parse(body) as Record<string, unknown>;
		assertEnvelope(envelope, what);
		assert.equal(envelope.retCode, code, what);
	}
	assert.equal(stateOf(rig), before);
	await assertWell(rig);
});

test("requests that are never finished keep nobody else waiting, and time goes on (C6)", async () => {
	const rig = await inhabited();
	const before = stateOf(rig);
	const port = Number(new URL(rig.sim.addresses.rest).port);
	const halves = [
		"",
		"GET",
		"GET /v5/market/time HTTP/1.1\r\n",
		"GET /v5/market/time HTTP/1.1\r\nHost: x\r\n",
		`${HEAD}Content-Length: 500\r\n\r\n{"categ`,
	];
	const slow = await Promise.all(
		Array.from({ length: 200 }, async (_, i) => {
			const socket = connect(port, "127.0.0.1");
			socket.on("error", () => {});
			await once(socket, "connect");
			socket.write(halves[i % halves.length] ?? "");
			return socket;
		}),
	);
	await assertWell(rig);
	await rig.sim.control.step({ ms: 1 });
	assert.notEqual(stateOf(rig), before, "time goes on");
	for (const socket of slow) socket.destroy();
	await assertWell(rig);
});

const CONNECTIONS = 10_000;
const AT_ONCE = 250;

test("ten thousand connections are each answered, and it answers afterwards (C6)", async () => {
	const rig = await inhabited();
	const before = stateOf(rig);
	const ask = "GET /v5/market/time HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	let [left, answered] = [CONNECTIONS, 0];
	const client = async (): Promise<void> => {
		while (left-- > 0) if ((await bytes(rig, ask)).includes('"retCode":0')) answered++;
	};
	await Promise.all(Array.from({ length: AT_ONCE }, client));
	assert.equal(answered, CONNECTIONS);
	assert.equal(stateOf(rig), before);
	await assertWell(rig);
});
