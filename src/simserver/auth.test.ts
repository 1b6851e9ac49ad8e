import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRest, checkSocket, checkTimestamp, hmacHex, restPayload, type SignedRequest } from "./auth.ts";
import { SimClock } from "./clock.ts";
import { KEY, SECRET } from "./testing/rig.ts";

const KEYS = { key: KEY, secret: SECRET };
const NOW = 1_784_880_000_000;
const YEARS_BEFORE = 100_000_000_000;
const BODY =
	'{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.001","price":"60000","timeInForce":"PostOnly","positionIdx":0,"orderLinkId":"sim-0001"}';

/** An exchange that stands at NOW, on a machine whose own clock is far from it. */
function clockAt(speed: number | "max" | "lockstep" = 1, wall = (): number => NOW - YEARS_BEFORE): SimClock {
	return new SimClock(NOW, speed, wall);
}

const VECTORS = [
	["GET", "category=linear&settleCoin=USDT&limit=50", "0004114885729c48d117a5059e9e55a35414768b61ddeb6f9d9037accbd0c8a8"],
	["GET, empty query", "", "678d80f8cac310c38fa98817df951819a7b0c08cb3426c350c8b9e3d03bdbe0f"],
	[
		"GET with encoded cursor",
		"category=linear&cursor=page_args%253Dfd43%2526symbol%253D6%2526",
		"08bae5c7a9603fa9d6a5b8196d11c433116f860ba347bf87db787ac59b16f971",
	],
	["POST", BODY, "af68d24e02a4a3bcc26dcf5c7d096ff5b5569835220ce2bca6fba163065f5b75"],
] as const;

for (const [name, payload, sign] of VECTORS)
	test(`the exchange accepts the worked signature "${name}" and no other (A4, J1)`, () => {
		const request = { key: KEY, timestamp: String(NOW), recvWindow: "5000", payload: Buffer.from(payload) };
		assert.equal(hmacHex(SECRET, restPayload(request)), sign);
		assert.equal(checkRest({ ...request, sign }, KEYS, clockAt()), undefined);
		const origin = `${NOW}${KEY}5000${payload}`;
		assert.deepEqual(checkRest({ ...request, sign: sign.replace(/^./, "f") }, KEYS, clockAt()), {
			code: 10004,
			message: `error sign! origin_string[${origin}]`,
		});
		assert.equal(checkRest({ ...request, sign: undefined }, KEYS, clockAt())?.code, 10004);
	});

test("the worked socket signature is accepted, expires being a number or a string (A4, J1)", () => {
	const expires = 1_784_880_010_000;
	const sign = "726af9e7d315d52827608f2882f220376ceba2fcacac3723dfb18b3e1252fdc1";
	assert.equal(checkSocket([KEY, expires, sign], KEYS, clockAt()), "ok");
	assert.equal(checkSocket([KEY, String(expires), sign], KEYS, clockAt()), "ok");
	assert.equal(checkSocket([KEY, expires, sign.toUpperCase()], KEYS, clockAt()), "sign");
	assert.equal(checkSocket(["another", expires, sign], KEYS, clockAt()), "key");
	for (const args of [undefined, {}, [KEY], [KEY, {}, sign], [KEY, expires, 7], [KEY, -1, sign]])
		assert.equal(checkSocket(args, KEYS, clockAt()), "malformed");
});

test("a socket's expires must lie ahead of the exchange's clock, or of the machine's (A4)", () => {
	const at = (expires: number): unknown[] => [KEY, expires, hmacHex(SECRET, `GET/realtime${expires}`)];
	for (const [expires, verdict] of [
		[NOW - 1, "expired"],
		[NOW, "expired"],
		[NOW + 1, "ok"],
	] as const)
		assert.equal(checkSocket(at(expires), KEYS, clockAt()), verdict, String(expires - NOW));
	const wall = NOW - YEARS_BEFORE;
	assert.equal(checkSocket(at(wall), KEYS, clockAt()), "expired");
	assert.equal(checkSocket(at(wall + 1), KEYS, clockAt()), "ok");
});

test("another key is refused before its time or signature is looked at (A4)", () => {
	const request: SignedRequest = { key: "another", timestamp: "1", recvWindow: "5000", sign: "", payload: Buffer.alloc(0) };
	assert.deepEqual(checkRest(request, KEYS, clockAt()), { code: 10003, message: "API key is invalid." });
	assert.equal(checkRest({ ...request, key: undefined }, KEYS, clockAt())?.code, 10003);
});

test("a timestamp may be one window old but not one second fast (A4)", () => {
	const check = (offset: number): number | undefined => checkTimestamp(String(NOW + offset), "5000", clockAt())?.code;
	for (const [offset, code] of [
		[-5001, 10002],
		[-5000, undefined],
		[-4999, undefined],
		[999, undefined],
		[1000, 10002],
		[1001, 10002],
	] as const)
		assert.equal(check(offset), code, String(offset));
	const { message } = checkTimestamp(NOW - 6000, undefined, clockAt()) ?? {};
	const says = `req_timestamp[${NOW - 6000}],server_timestamp[${NOW}],recv_window[5000]`;
	assert.equal(message, `invalid request, please check your server timestamp or recv_window param. ${says}`);
	for (const strange of [undefined, "", "now", -1, 1.5, {}, Number.NaN])
		assert.equal(checkTimestamp(strange, "5000", clockAt())?.code, 10002);
});

test("a timestamp that is fresh by the machine's own clock is accepted in a replay of another year (A4)", () => {
	const wall = NOW - YEARS_BEFORE;
	const check = (offset: number): number | undefined => checkTimestamp(wall + offset, "5000", clockAt())?.code;
	for (const [offset, code] of [
		[-5001, 10002],
		[-5000, undefined],
		[999, undefined],
		[1000, 10002],
	] as const)
		assert.equal(check(offset), code, String(offset));
});

test("a faster replay widens the window, so that it stays the same time by the wall (A4)", () => {
	const check = (offset: number): number | undefined => checkTimestamp(NOW + offset, "5000", clockAt(60))?.code;
	for (const [offset, code] of [
		[-300_001, 10002],
		[-300_000, undefined],
		[59_999, undefined],
		[60_000, 10002],
	] as const)
		assert.equal(check(offset), code, String(offset));
});

test("where time leaps from step to step, the window reaches back to where the exchange stood a window ago (A4)", () => {
	let wall = 0;
	const clock = new SimClock(NOW, "lockstep", () => wall);
	for (let step = 1; step <= 100; step++) {
		wall = step * 100;
		clock.stand(NOW + step * 60_000);
	}
	const stoodAt = NOW + 50 * 60_000;
	assert.equal(checkTimestamp(stoodAt, "5000", clock), undefined);
	assert.equal(checkTimestamp(stoodAt - 60_000, "5000", clock)?.code, 10002);
});
