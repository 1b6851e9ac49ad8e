import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { BybitRest } from "./calls.ts";
import type { Fault } from "./fault.ts";
import { Pacer } from "./pacer.ts";
import { redactor } from "./redact.ts";
import { queryOf, RestTransport } from "./rest.ts";
import { signRest } from "./sign.ts";
import { CREDENTIALS, KEY, SECRET } from "./testing/fixtures.ts";
import { type Heard, LoopbackHttp } from "./testing/loopback.ts";
import { ManualTime } from "./testing/manual-time.ts";
import { Work } from "./work.ts";

type Setup = {
	time: ManualTime;
	http: LoopbackHttp;
	transport: RestTransport;
	rest: BybitRest;
	work: Work;
	reports: string[];
	clockRefusals: number;
	clockHeals: boolean;
};

async function withRest(
	respond: (heard: Heard, response: ServerResponse) => void,
	run: (setup: Setup) => Promise<void>,
	baseUrl?: string,
): Promise<void> {
	const time = new ManualTime();
	const http = await LoopbackHttp.open(respond);
	const work = new Work(time);
	const reports: string[] = [];
	const transport = new RestTransport({
		baseUrl: baseUrl ?? http.url,
		credentials: CREDENTIALS,
		serverNow: () => time.now(),
		timers: time,
		work,
		pacer: new Pacer({ clock: time, timers: time }),
		redact: redactor(CREDENTIALS),
		recvWindowMs: 5000,
		deadlineMs: 3000,
		resyncClock: () => {
			setup.clockRefusals += 1;
			return Promise.resolve(setup.clockHeals);
		},
		onShutOut: (forMs, fault) => setup.reports.push(`shut out for ${forMs}: ${fault.message}`),
	});
	const rest = new BybitRest(transport, (what, reason) => reports.push(`${what}: ${reason}`));
	const setup: Setup = { time, http, transport, rest, work, reports, clockRefusals: 0, clockHeals: false };
	try {
		await run(setup);
	} finally {
		await transport.close();
		await http.close();
	}
}

function answer(response: ServerResponse, result: unknown, more: object = {}): void {
	response.end(JSON.stringify({ retCode: 0, retMsg: "OK", result, retExtInfo: {}, time: 1, ...more }));
}

function refusal(response: ServerResponse, retCode: number, retMsg = ""): void {
	response.end(JSON.stringify({ retCode, retMsg, result: {}, retExtInfo: {}, time: 1 }));
}

function faultOf<T>(result: { ok: true; value: T } | { ok: false; error: Fault }): Fault {
	assert.ok(!result.ok);
	assertSilent(result.error);
	return result.error;
}

/** No secret, and no signature, in any form a log might show. */
function assertSilent(value: unknown): void {
	const text = `${JSON.stringify(value)} ${String(value)}`;
	assert.ok(!text.includes(KEY) && !text.includes(SECRET) && !/[0-9a-f]{64}/i.test(text), "no secret is shown");
}

const ORDER = {
	symbol: "BTCUSDT",
	side: "Buy",
	orderType: "Limit",
	qty: "0.001",
	price: "60000",
	timeInForce: "PostOnly",
	orderLinkId: "sim-0001",
} as const;

test("a signed GET arrives with exactly the query that was signed, the four headers, and no body (A4, J1)", () =>
	withRest(
		(_, response) => answer(response, { list: [], nextPageCursor: "" }),
		async ({ rest, http, time }) => {
			const page = await rest.getPositions({ symbol: "BTCUSDT", cursor: "page_args%3Dfd43%26symbol%3D6%26" });
			assert.deepEqual(page, { ok: true, value: { list: [], nextPageCursor: undefined } });
			const heard = await http.next();
			assert.equal(heard.url, "/v5/position/list?category=linear&limit=200&symbol=BTCUSDT&cursor=page_args%253Dfd43%2526symbol%253D6%2526");
			const payload = heard.url.slice(heard.url.indexOf("?") + 1);
			assert.equal(heard.headers["x-bapi-api-key"], KEY);
			assert.equal(heard.headers["x-bapi-timestamp"], String(time.now()));
			assert.equal(heard.headers["x-bapi-recv-window"], "5000");
			assert.equal(heard.headers["x-bapi-sign"], signRest(CREDENTIALS, { timestamp: time.now(), recvWindowMs: 5000, payload }));
			assert.equal(heard.body, "");
			assert.equal(heard.headers["content-type"], undefined);
			assert.equal(heard.headers["content-length"], undefined);
		},
	));

test("a POST arrives with exactly the body that was signed (A4, D1, J1)", () =>
	withRest(
		(_, response) => answer(response, { orderId: "o-1", orderLinkId: "sim-0001" }),
		async ({ rest, http, time }) => {
			assert.deepEqual(await rest.placeOrder(ORDER), { ok: true, value: { orderId: "o-1", orderLinkId: "sim-0001" } });
			const heard = await http.next();
			assert.deepEqual([heard.method, heard.url, heard.headers["content-type"]], ["POST", "/v5/order/create", "application/json"]);
			assert.deepEqual(JSON.parse(heard.body), { category: "linear", positionIdx: 0, ...ORDER });
			assert.equal(heard.headers["x-bapi-sign"], signRest(CREDENTIALS, { timestamp: time.now(), recvWindowMs: 5000, payload: heard.body }));
		},
	));

test("public calls carry neither key nor signature (A1)", () =>
	withRest(
		(_, response) => answer(response, { list: [] }),
		async ({ rest, http }) => {
			await rest.getTickers("BTCUSDT");
			assert.ok(!Object.keys((await http.next()).headers).some((name) => name.startsWith("x-bapi")));
		},
	));

test("every call asks its own endpoint with the exchange's own names (J1)", () =>
	withRest(
		(heard, response) =>
			answer(response, heard.url.includes("order/c") || heard.url.includes("amend") ? { orderId: "o", list: [] } : { list: [] }),
		async ({ rest, http }) => {
			await rest.setLeverage({ symbol: "BTCUSDT", leverage: "3" });
			await rest.setMarginMode("ISOLATED_MARGIN");
			await rest.switchMode({ coin: "USDT", mode: 0 });
			await rest.setTradingStop({ symbol: "BTCUSDT", tpslMode: "Full", stopLoss: "59000" });
			await rest.amendOrder({ symbol: "BTCUSDT", orderLinkId: "a", price: "1" });
			await rest.cancelOrder({ symbol: "BTCUSDT", orderLinkId: "a" });
			await rest.cancelAll({ orderFilter: "Order" });
			await rest.getOpenOrders();
			await rest.getTransactionLog({ type: "SETTLEMENT" });
			await rest.getFundingHistory({ symbol: "BTCUSDT", startTime: 1, endTime: 2 });
			const seen: unknown[] = [];
			while (seen.length < 10) {
				const { url, body } = await http.next();
				seen.push(body === "" ? url : [url, JSON.parse(body)]);
			}
			assert.deepEqual(seen, [
				["/v5/position/set-leverage", { category: "linear", symbol: "BTCUSDT", buyLeverage: "3", sellLeverage: "3" }],
				["/v5/account/set-margin-mode", { setMarginMode: "ISOLATED_MARGIN" }],
				["/v5/position/switch-mode", { category: "linear", coin: "USDT", mode: 0 }],
				["/v5/position/trading-stop", { category: "linear", positionIdx: 0, symbol: "BTCUSDT", tpslMode: "Full", stopLoss: "59000" }],
				["/v5/order/amend", { category: "linear", symbol: "BTCUSDT", orderLinkId: "a", price: "1" }],
				["/v5/order/cancel", { category: "linear", symbol: "BTCUSDT", orderLinkId: "a" }],
				["/v5/order/cancel-all", { category: "linear", settleCoin: "USDT", orderFilter: "Order" }],
				"/v5/order/realtime?category=linear&settleCoin=USDT&limit=50",
				"/v5/account/transaction-log?accountType=UNIFIED&limit=50&type=SETTLEMENT",
				"/v5/market/funding/history?category=linear&symbol=BTCUSDT&startTime=1&endTime=2",
			]);
		},
	));

test("a write without an answer is ambiguous, a read to be repeated; the deadline is the injected one (D5)", () =>
	withRest(
		() => {},
		async ({ rest, http, time, transport, work }) => {
			const write = rest.placeOrder(ORDER);
			const read = rest.getWallet();
			assert.equal(transport.pending, 2);
			assert.equal(work.pending, 2);
			await http.next();
			await http.next();
			time.advance(2999);
			assert.equal(transport.pending, 2);
			time.advance(1);
			const fault = faultOf(await write);
			assert.deepEqual(
				[fault.kind, fault.class, fault.ambiguous, fault.retry, fault.what],
				["timeout", "ambiguous", true, "never", "POST /v5/order/create"],
			);
			assert.deepEqual([faultOf(await read).class, faultOf(await read).retry], ["retry", "after"]);
			assert.equal(transport.pending, 0);
			assert.equal(time.armed, 0, "no timer is left");
		},
	));

test("a line that breaks with a write on it leaves the outcome unknown (D5)", () =>
	withRest(
		(_, response) => response.destroy(),
		async ({ rest }) => {
			const fault = faultOf(await rest.placeOrder(ORDER));
			assert.deepEqual([fault.kind, fault.class], ["network", "ambiguous"]);
			assert.equal(faultOf(await rest.getWallet()).class, "retry");
		},
	));

test("a refused connection means that nothing was sent, so even a write may be tried again (D5)", async () => {
	const gone = await LoopbackHttp.open(() => {});
	const { url } = gone;
	await gone.close();
	await withRest(
		() => {},
		async ({ rest }) => {
			const fault = faultOf(await rest.placeOrder(ORDER));
			assert.deepEqual([fault.kind, fault.class, fault.ambiguous], ["offline", "retry", false]);
		},
		url,
	);
});

test("answers that are no answers: broken JSON, no retCode, a proxy's page (C6)", () => {
	const bodies = ["{", "[]", "null", "", '{"retMsg":"OK"}', '{"retCode":"zero"}'];
	return withRest(
		(_, response) => {
			const body = bodies.shift();
			if (body === undefined) response.statusCode = 502;
			response.end(body ?? `<html><h1>Bad</h1> gateway ${KEY}</html>`);
		},
		async ({ rest }) => {
			while (bodies.length > 0)
				assert.deepEqual(
					[faultOf(await rest.placeOrder(ORDER))].map(({ kind, class: c }) => [kind, c]),
					[["malformed", "ambiguous"]],
				);
			const page = faultOf(await rest.getWallet());
			assert.deepEqual([page.kind, page.httpStatus, page.message], ["http", 502, "HTTP 502: Bad gateway ***"]);
		},
	);
});

test("an accepted order whose answer names no order is ambiguous, not accepted (C6)", () =>
	withRest(
		(_, response) => answer(response, { orderId: null }),
		async ({ rest }) => assert.equal(faultOf(await rest.placeOrder(ORDER)).class, "ambiguous"),
	));

test("an unreadable position makes the whole list a fault; an unreadable instrument is left out and reported (C5, C6)", () =>
	withRest(
		(_, response) =>
			answer(response, {
				list: [
					{ symbol: "BTCUSDT", size: "1", side: "Buy", avgPrice: "5" },
					{ symbol: "ETHUSDT", size: "many" },
				],
				nextPageCursor: "",
			}),
		async ({ rest, reports }) => {
			assert.equal(faultOf(await rest.getPositions()).message, "row 1: size is not a decimal");
			assert.deepEqual(await rest.getTickers(), { ok: true, value: [] });
			assert.deepEqual(reports, [
				"/v5/market/tickers: row 0: lastPrice is missing or not above zero",
				"/v5/market/tickers: row 1: lastPrice is missing or not above zero",
			]);
		},
	));

test("the exchange's complaint about the clock is passed on, and its echo of the key is not (A1, A4)", () =>
	withRest(
		(heard, response) => {
			if (heard.url.includes("wallet"))
				refusal(response, 10002, "invalid request, please check your server timestamp or recv_window param");
			else
				refusal(
					response,
					10004,
					`error sign! origin_string[1784880000000${KEY}5000] secret ${SECRET}, got ${heard.headers["x-bapi-sign"]}`,
				);
		},
		async (setup) => {
			assert.equal(faultOf(await setup.rest.getWallet()).class, "retry");
			assert.equal(setup.clockRefusals, 1);
			const fault = faultOf(await setup.rest.getAccountInfo());
			assert.deepEqual([fault.retCode, fault.class], [10004, "fatal"]);
			assert.equal(fault.message, "error sign! origin_string[1784880000000***5000] secret ***, got ***");
		},
	));

test("a key that no header can carry ends in a fault that does not show it (A1)", async () => {
	const time = new ManualTime();
	const strange = { key: { reveal: () => "bad\r\nkey-value" }, secret: { reveal: () => SECRET } };
	const transport = new RestTransport({
		baseUrl: "http://127.0.0.1:1",
		credentials: strange,
		serverNow: () => time.now(),
		timers: time,
		work: new Work(time),
		pacer: new Pacer({ clock: time, timers: time }),
		redact: redactor(strange),
		recvWindowMs: 5000,
		deadlineMs: 3000,
	});
	const fault = faultOf(await new BybitRest(transport).getWallet());
	assert.equal(fault.class, "fatal");
	assert.ok(!JSON.stringify(fault).includes("key-value"));
	await transport.close();
});

test("the rate limit's headers are kept, and after 10006 the endpoint rests until the time they name (D5)", () => {
	let first = true;
	return withRest(
		(_, response) => {
			response.setHeader("X-Bapi-Limit", "10");
			response.setHeader("X-Bapi-Limit-Status", first ? "0" : "9");
			response.setHeader("X-Bapi-Limit-Reset-Timestamp", String(1_784_880_000_000 + 700));
			if (first) refusal(response, 10006, "Too many visits. Exceeded the API Rate Limit.");
			else answer(response, { orderId: "o" });
			first = false;
		},
		async ({ rest, transport, time, http }) => {
			const fault = faultOf(await rest.placeOrder(ORDER));
			assert.deepEqual([fault.class, fault.retryAfterMs], ["retry", 700]);
			assert.deepEqual(transport.rateLimits.get("/v5/order/create"), { limit: 10, remaining: 0, resetAt: 1_784_880_000_700 });
			const second = rest.placeOrder({ ...ORDER, orderLinkId: "sim-0002" });
			time.advance(699);
			assert.equal(http.heard.length, 1);
			time.advance(1);
			assert.ok((await second).ok);
		},
	);
});

test("an address that asked too often asks nothing for ten minutes (D5)", () => {
	let banned = true;
	return withRest(
		(_, response) => {
			response.statusCode = banned ? 403 : 200;
			if (banned) response.end("access too frequent");
			else answer(response, { list: [] });
			banned = false;
		},
		async ({ rest, http, time }) => {
			assert.equal(faultOf(await rest.getTickers()).class, "retry");
			time.advance(599_999);
			const held = faultOf(await rest.placeOrder(ORDER));
			assert.deepEqual([held.kind, held.ambiguous, held.retryAfterMs], ["offline", false, 1]);
			assert.equal(http.heard.length, 1);
			time.advance(1);
			assert.ok((await rest.getTickers()).ok);
		},
	);
});

test("an id that the exchange would not take is a mistake of ours, found before anything is sent (J1)", () =>
	withRest(
		() => {},
		async ({ rest, http }) => {
			for (const orderLinkId of ["", "a b", "x".repeat(37)]) assert.throws(() => rest.placeOrder({ ...ORDER, orderLinkId }), /orderLinkId/);
			assert.equal(http.heard.length, 0);
		},
	));

test("pages are followed to the last, and one that leads to itself ends (B1)", () => {
	const cursors = ["a", "b", "b", ""];
	return withRest(
		(heard, response) =>
			answer(response, { list: [], nextPageCursor: heard.url.includes("risk-limit") ? (cursors.shift() ?? "") : "same" }),
		async ({ rest, http }) => {
			assert.deepEqual(await rest.getRiskLimit(), { ok: true, value: [] });
			assert.deepEqual(
				http.heard.map(({ url }) => url),
				[
					"/v5/market/risk-limit?category=linear",
					"/v5/market/risk-limit?category=linear&cursor=a",
					"/v5/market/risk-limit?category=linear&cursor=b",
				],
			);
			assert.deepEqual(await rest.getInstruments(), { ok: true, value: [] });
			assert.equal(http.heard.length, 5);
		},
	);
});

test("candles come back ascending, and out of order they are a fault (C3)", () => {
	const row = (start: number): string[] => [String(start), "10", "12", "9", "11", "5", "55"];
	const lists = [
		[row(2000), row(1000)],
		[row(1000), row(2000)],
	];
	return withRest(
		(_, response) => answer(response, { list: lists.shift() }),
		async ({ rest }) => {
			const candles = await rest.getKline({ symbol: "BTCUSDT", interval: "60" });
			assert.ok(candles.ok);
			assert.deepEqual(
				candles.value.map(({ start }) => start),
				[1000, 2000],
			);
			assert.equal(faultOf(await rest.getKline({ symbol: "BTCUSDT", interval: "60" })).message, "candles are out of order at 1000");
		},
	);
});

test("a query leaves out what is undefined and encodes the rest", () => {
	assert.equal(queryOf({ a: "x y&z", b: undefined, c: 0, d: false }), "a=x%20y%26z&c=0&d=false");
	assert.equal(queryOf({}), "");
});

test("a closed client answers, and what was in flight is ambiguous (D5)", () =>
	withRest(
		() => {},
		async ({ rest, http, transport }) => {
			const flying = rest.placeOrder(ORDER);
			await http.next();
			await transport.close();
			assert.equal(faultOf(await flying).class, "ambiguous");
			assert.equal(faultOf(await rest.placeOrder(ORDER)).kind, "offline");
		},
	));
