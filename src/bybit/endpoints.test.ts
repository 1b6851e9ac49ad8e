import assert from "node:assert/strict";
import { test } from "node:test";
import { ENVIRONMENTS, type EndpointOverrides, resolveEndpoints } from "./endpoints.ts";

test("every environment speaks TLS, and demo has mainnet's public stream and no order entry by socket (A2, A3)", () => {
	for (const environment of ENVIRONMENTS) {
		const urls = resolveEndpoints(environment);
		assert.ok(urls.ok);
		assert.match(urls.value.rest, /^https:\/\/api(-testnet|-demo)?\.bybit\.com$/);
		assert.match(urls.value.private, /^wss:/);
		assert.equal(urls.value.trade === undefined, environment === "demo");
	}
	const demo = resolveEndpoints("demo");
	assert.ok(demo.ok && demo.value.public === "wss://stream.bybit.com/v5/public/linear");
});

const ROWS: readonly (readonly [EndpointOverrides, RegExp | undefined])[] = [
	[{ rest: "http://127.0.0.1:8080" }, undefined],
	[{ rest: "http://localhost:8080/" }, undefined],
	[{ public: "ws://[::1]:9000/v5/public/linear" }, undefined],
	[{ trade: "ws://127.8.9.10:1/v5/trade" }, undefined],
	[{ rest: "https://api.bytick.com" }, undefined],
	[{ rest: "http://api.bybit.com" }, /loopback only, not for api\.bybit\.com/],
	[{ rest: "http://127.0.0.1.example.com" }, /loopback only/],
	[{ rest: "http://localhost.example.com" }, /loopback only/],
	[{ rest: "http://0.0.0.0:80" }, /loopback only/],
	[{ private: "ws://10.0.0.1/v5/private" }, /loopback only/],
	[{ private: "https://stream.bybit.com/v5/private" }, /must begin with wss/],
	[{ rest: "wss://api.bybit.com" }, /must begin with https/],
	[{ rest: "https://user:hunter2@api.bybit.com" }, /user name or password/],
	[{ rest: "https://api.bybit.com/?a=1" }, /query or fragment/],
	[{ rest: "api.bybit.com" }, /is no address/],
];

for (const [overrides, refusal] of ROWS)
	test(`${JSON.stringify(overrides)} is ${refusal === undefined ? "taken" : "refused"} (A3)`, () => {
		const urls = resolveEndpoints("testnet", overrides);
		if (refusal === undefined) assert.ok(urls.ok);
		else assert.ok(!urls.ok && refusal.test(urls.error));
		assert.ok(urls.ok || !urls.error.includes("hunter2"));
	});
