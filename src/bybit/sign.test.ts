import assert from "node:assert/strict";
import { test } from "node:test";
import { authFrame, signRest, signSocket } from "./sign.ts";
import { CREDENTIALS, KEY } from "./testing/fixtures.ts";

const TIMESTAMP = 1_784_880_000_000;
const BODY =
	'{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.001","price":"60000","timeInForce":"PostOnly","positionIdx":0,"orderLinkId":"sim-0001"}';

const VECTORS: readonly (readonly [what: string, payload: string, signature: string])[] = [
	["a GET", "category=linear&settleCoin=USDT&limit=50", "0004114885729c48d117a5059e9e55a35414768b61ddeb6f9d9037accbd0c8a8"],
	["a GET without a query", "", "678d80f8cac310c38fa98817df951819a7b0c08cb3426c350c8b9e3d03bdbe0f"],
	[
		"a GET with an encoded cursor",
		"category=linear&cursor=page_args%253Dfd43%2526symbol%253D6%2526",
		"08bae5c7a9603fa9d6a5b8196d11c433116f860ba347bf87db787ac59b16f971",
	],
	["a POST", BODY, "af68d24e02a4a3bcc26dcf5c7d096ff5b5569835220ce2bca6fba163065f5b75"],
];

for (const [what, payload, signature] of VECTORS)
	test(`the signature of ${what} is the worked one (A4, J1)`, () => {
		assert.equal(signRest(CREDENTIALS, { timestamp: TIMESTAMP, recvWindowMs: 5000, payload }), signature);
	});

test("the signature of a socket is the worked one, and its frame carries key, expiry and signature in that order (A4, J1)", () => {
	const signature = "726af9e7d315d52827608f2882f220376ceba2fcacac3723dfb18b3e1252fdc1";
	assert.equal(signSocket(CREDENTIALS, 1_784_880_010_000), signature);
	assert.deepEqual(JSON.parse(authFrame(CREDENTIALS, { id: "a", expires: 1_784_880_010_000 })), {
		req_id: "a",
		op: "auth",
		args: [KEY, 1_784_880_010_000, signature],
	});
});
