// Every parameter of every REST endpoint, one at a time, with everything that it cannot be. The endpoints come from the routes' own table
// and the parameters from what each handler asks for, so that a new one is covered by being there.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import fc from "fast-check";
import { ROUTES } from "./http.ts";
import { Params } from "./params.ts";
import type { Route } from "./rest/route.ts";
import { assertEnvelope, assertWell, inhabited, NO_NUMBERS, nested, STRANGE, stateOf } from "./testing/hostile.ts";
import type { Envelope, Json, Rig } from "./testing/rig.ts";
import { standing } from "./testing/standing.ts";

const ORDER = { symbol: "BTCUSDT", side: "Buy", orderType: "Limit", qty: "0.01", price: "18000" };

/** A request that every endpoint can do something with; what one needs otherwise stands in `OTHERWISE`. */
const GOOD: Json = {
	category: "linear",
	...ORDER,
	accountType: "UNIFIED",
	interval: "1",
	intervalTime: "1h",
	locale: "en-US",
	buyLeverage: "5",
	sellLeverage: "5",
	mode: "0",
	setMarginMode: "REGULAR_MARGIN",
	modifyEnable: "true",
	margin: "1",
	autoAddMargin: "1",
	riskId: "1",
	tpSlMode: "Full",
	request: [ORDER],
	period: "1h",
	coin: "USDT",
	coinName: "USDT",
};

const OTHERWISE: Readonly<Record<string, Json>> = {
	"/v5/order/amend": { orderLinkId: "rests" },
	"/v5/order/cancel": { orderLinkId: "rests" },
	"/v5/order/amend-batch": { request: [{ symbol: "BTCUSDT", orderLinkId: "rests", qty: "0.02" }] },
	"/v5/order/cancel-batch": { request: [{ symbol: "BTCUSDT", orderLinkId: "rests" }] },
	"/v5/position/trading-stop": { tpslMode: "Full", positionIdx: "0", stopLoss: "18500" },
	"/v5/market/index-price-components": { indexName: "BTCUSDT" },
};

/** They can serve no request at all, or not this account's. */
const UNSERVED = new Set(["/v5/order/pre-check", "/v5/order/disconnected-cancel-all"]);

/** What each endpoint asks for; the first test fills it. */
const ASKED = new Map<Route, ReadonlySet<string>>();

const UNKNOWN = "unknownParameter";

/** Parameters that are numbers: what is none of Bybit's is refused. */
const NUMBERS = new Set([
	...["qty", "price", "triggerPrice", "takeProfit", "stopLoss", "tpLimitPrice", "slLimitPrice", "activePrice", "trailingStop"],
	...["buyLeverage", "sellLeverage", "margin", "tpSize", "slSize", "limit", "startTime", "endTime", "start", "end", "page"],
]);

function goodFor({ path }: Route): Json {
	return { ...GOOD, ...OTHERWISE[path] };
}

async function ask(rig: Rig, { method, path }: Route, fields: Json): Promise<Envelope> {
	if (method === "POST") return await rig.post(path, fields);
	const flat = Object.entries(fields).filter(([, value]) => value !== undefined);
	return await rig.get(
		path,
		Object.fromEntries(flat.map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)])),
	);
}

/** What each handler has asked of a request that it could serve, and what it answered. */
async function askedOf(rig: Rig, route: Route): Promise<{ names: ReadonlySet<string>; code: number; message: string }> {
	const names = new Set<string>();
	const { text, rows } = Params.prototype;
	mock.method(Params.prototype, "text", function (this: Params, name: string) {
		names.add(name);
		return text.call(this, name);
	});
	mock.method(Params.prototype, "rows", function (this: Params, name: string) {
		names.add(name);
		return rows.call(this, name);
	});
	try {
		const { retCode: code, retMsg: message } = await ask(rig, route, goodFor(route));
		return { names, code, message };
	} finally {
		mock.restoreAll();
	}
}

/** The request with one parameter as `value`; in a batch, that of its rows as well. */
function spoilt(route: Route, name: string, value: unknown): Json {
	const good = { ...goodFor(route), [name]: value };
	return route.batch === true && name !== "request"
		? { ...good, request: (goodFor(route).request as Json[]).map((row) => ({ ...row, [name]: value })) }
		: good;
}
/** Codes that refuse: the answer's own, or in a batch those of its rows. */
function refuses({ retCode, retExtInfo }: Envelope): boolean {
	const rows = (retExtInfo as { list?: { code: number }[] }).list ?? [];
	return retCode !== 0 || (rows.length > 0 && rows.every(({ code }) => code !== 0));
}

async function assertStands(rig: Rig, route: Route, [name, value]: readonly [string, unknown]): Promise<void> {
	const before = stateOf(rig);
	const answer = await ask(rig, route, spoilt(route, name, value));
	const what = `${route.path} ${name}=${String(JSON.stringify(value)).slice(0, 60)}: ${answer.retCode} ${answer.retMsg}`;
	assertEnvelope(answer as unknown as Json, what);
	const refused = refuses(answer);
	if (refused || route.method === "GET") assert.equal(stateOf(rig), before, what);
	if (NUMBERS.has(name) && NO_NUMBERS.includes(value)) assert.ok(refused, what);
}

test("every endpoint has a good request here, and asks of it what it needs", async () => {
	for (const route of ROUTES) {
		const rig = await inhabited();
		const { names, code, message } = await askedOf(rig, route);
		assert.ok(code !== 10001 || UNSERVED.has(route.path), `${route.path}: ${message}: what it needs is missing in GOOD or OTHERWISE`);
		ASKED.set(route, names);
		await rig.close();
	}
	assert.ok([...ASKED.values()].reduce((sum, names) => sum + names.size, 0) > 250);
});

test("no value of any parameter of any endpoint gets anything but Bybit's own answer, and what is refused changes nothing (A4, C6)", async () => {
	for (const [route, names] of ASKED) {
		const rig = await inhabited();
		for (const name of [...names, UNKNOWN]) {
			const values = name === UNKNOWN ? ["x", [{}]] : NUMBERS.has(name) ? [...NO_NUMBERS, "1e5", "-1", "-0.1", "", null] : STRANGE;
			const tries = values.map((value) => [name, value] as const);
			if (route.method === "GET") await Promise.all(tries.map((each) => assertStands(rig, route, each)));
			else for (const each of tries) await assertStands(rig, route, each);
		}
		if (route.path.endsWith("/create")) await assertWell(rig);
		assert.deepEqual(rig.warnings, [], route.path);
		await rig.close();
	}
});

test("any mixture of parameters and values is answered, whatever the endpoint (A4, C6)", async () => {
	const rig = await inhabited();
	const values = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(...NO_NUMBERS, ...STRANGE), fc.string({ unit: "binary" }));
	const cases = fc.constantFrom(...ROUTES).chain((route) => {
		const names = [...(ASKED.get(route) ?? []), "category"];
		return fc.record({ route: fc.constant(route), changes: fc.dictionary(fc.constantFrom(...names), values, { maxKeys: 4 }) });
	});
	await fc.assert(
		fc.asyncProperty(cases, async ({ route, changes }) => {
			const before = stateOf(rig);
			const answer = await ask(rig, route, { ...goodFor(route), ...changes });
			assertEnvelope(answer as unknown as Json, route.path);
			if (refuses(answer) || route.method === "GET") assert.equal(stateOf(rig), before, route.path);
		}),
		{ numRuns: 300 },
	);
	assert.deepEqual(rig.warnings, []);
});

test("the last of a parameter that is named twice counts, unknown ones do not, and nesting of any depth is answered", async () => {
	const rig = await inhabited();
	const twice = "category=spot&category=linear&symbol=ETHUSDT&symbol=BTCUSDT&colour=red";
	const both = await fetch(`${rig.sim.addresses.rest}/v5/order/realtime?${twice}`, { headers: rig.signed(twice) });
	assert.equal((((await both.json()) as Envelope).result.list as Json[]).length, 2);
	const before = stateOf(rig);
	for (const [depth, code] of [
		[5000, 10001],
		[40_000, 10001],
	] as const)
		for (const text of [nested(depth), `{"category":"linear","symbol":${nested(depth)}}`, `${"[".repeat(depth)}${"]".repeat(depth)}`]) {
			const headers = { ...rig.signed(text), "Content-Type": "application/json" };
			const response = await fetch(`${rig.sim.addresses.rest}/v5/order/create`, { method: "POST", headers, body: text });
			const answer = (await response.json()) as Envelope;
			assert.ok(answer.retCode === code && (response.status === 200 || response.status === 413), `${depth}: ${answer.retCode}`);
		}
	assert.equal(stateOf(rig), before);
	await assertWell(rig);
});

test("a hypothetical order is judged by the same guard of what money can count as a real one (D1)", async () => {
	const rig = await standing([], { control: true });
	await rig.done("/v5/account/set-margin-mode", { setMarginMode: "REGULAR_MARGIN" });
	const order = { category: "linear", symbol: "BTCUSDT", side: "Buy", orderType: "Limit", qty: "0.01", price: "19000" };
	const before = stateOf(rig);
	const check = async (change: Json): Promise<number> => (await rig.post("/v5/order/pre-check", { ...order, ...change })).retCode;
	assert.equal(await check({}), 0);
	for (const change of [{ qty: "1190", price: "1999999.8" }, { qty: "1190" }, { orderType: "Market", qty: "119" }]) {
		const real = await rig.post("/v5/order/create", { ...order, ...change });
		assert.notEqual(real.retCode, 0);
		assert.equal(await check(change), real.retCode, JSON.stringify(change));
	}
	assert.equal(stateOf(rig), before);
});
