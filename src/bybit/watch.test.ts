import assert from "node:assert/strict";
import { test } from "node:test";
import { Heard } from "./heard.ts";
import { Harness } from "./testing/harness.ts";
import type { Line } from "./testing/loopback.ts";

type Lines = { readonly public: Line; readonly private: Line; readonly trade: Line };

async function withLines(
	run: (harness: Harness, lines: Lines) => Promise<void>,
	setup: Parameters<typeof Harness.open>[0] = {},
): Promise<void> {
	const harness = await Harness.open(setup);
	try {
		harness.client.subscribe(["tickers.BTCUSDT", "kline.1.BTCUSDT", "tickers.ETHUSDT"]);
		assert.ok((await harness.client.start()).ok);
		const { streams } = harness;
		const [publicLine, privateLine, trade] = await Promise.all([streams.public.next(), streams.private.next(), streams.trade.next()]);
		await harness.up("public", "private", "trade");
		await harness.confirmed(7);
		assert.equal((await trade.next()).op, "auth");
		await run(harness, { public: publicLine, private: privateLine, trade });
	} finally {
		await harness.close();
		assert.equal(harness.time.armed, 0, "a closed client leaves no timer behind");
	}
}

const TICKER = { topic: "tickers.BTCUSDT", type: "snapshot", data: { symbol: "BTCUSDT", lastPrice: "100", markPrice: "101" }, ts: 5 };
const ORDER = { symbol: "BTCUSDT", side: "Buy", orderType: "Market", qty: "1", orderLinkId: "a" } as const;

test("of each topic and symbol it is known since when it is quiet, while the line itself lives (C1, C5)", () =>
	withLines(async (harness, lines) => {
		const { client, time } = harness;
		const start = time.now();
		time.advance(7000);
		lines.public.send(TICKER);
		await harness.until(({ kind }) => kind === "ticker");
		assert.deepEqual(
			["tickers.BTCUSDT", "kline.1.BTCUSDT", "BTCUSDT", "ETHUSDT", "SOLUSDT"].map((name) => client.quietSince(name)),
			[start + 7000, start, start + 7000, start, undefined],
		);
		assert.deepEqual(client.quietTopics(7000), ["kline.1.BTCUSDT", "tickers.ETHUSDT"]);
		assert.deepEqual(client.quietTopics(7001), []);
		assert.equal(client.lineHeardAt("public"), start + 7000);
		client.unsubscribe(["tickers.ETHUSDT"]);
		assert.equal(client.quietSince("ETHUSDT"), undefined);
	}));

test("the private line's last sign of life is its last pong (C4)", () =>
	withLines(async (harness, lines) => {
		const { client, time } = harness;
		const start = time.now();
		assert.equal(client.lineHeardAt("private"), start);
		time.advance(20_000);
		for (;;) if ((await lines.private.next()).op === "ping") break;
		lines.private.ws.ping("round");
		await lines.private.pong();
		assert.equal(client.lineHeardAt("private"), start + 20_000);
		lines.private.ws.terminate();
		await harness.until((event) => event.kind === "stream" && event.stream === "private" && !event.up);
		assert.equal(client.lineHeardAt("private"), undefined);
	}));

test("a line is given up on demand without a farewell, and comes back; orders on it are ambiguous (C1, D5)", () =>
	withLines(async (harness, lines) => {
		const { client, time } = harness;
		const order = client.place(ORDER);
		await lines.trade.next();
		for (const stream of ["public", "trade"] as const) {
			lines[stream].ws.pause(); // the other side no longer reads: no closing handshake would ever end
			assert.equal(client.reconnect(stream, `${stream} looks dead`), true);
			assert.equal(client.reconnect(stream, "again"), false, "it is on its way back already");
		}
		const fault = await order;
		assert.ok(!fault.ok && fault.error.class === "ambiguous" && fault.error.message.includes("trade looks dead"));
		assert.deepEqual([client.stateOf("public"), client.stateOf("private"), client.tradeReady], ["waiting", "open", false]);
		const reasons = harness.events.flatMap((event) => (event.kind === "stream" && !event.up ? [event.reason] : []));
		assert.deepEqual(reasons, ["public looks dead", "trade looks dead"]);
		time.advance(1000);
		await harness.up("public", "trade");
		const again = await harness.streams.public.next();
		assert.deepEqual((await again.next()).args, ["tickers.BTCUSDT", "kline.1.BTCUSDT", "tickers.ETHUSDT"]);
	}));

test("from a public frame's arrival to the order that it caused: both times are told, and only to that order (I6, J2)", () => {
	let ticks = 0;
	const sent: [number | undefined, number][] = [];
	let harness: Harness | undefined;
	return withLines(
		async (opened, lines) => {
			harness = opened;
			void opened.client.place(ORDER);
			lines.public.send(TICKER);
			await lines.trade.next();
			await lines.trade.next();
			const [before, caused] = sent;
			assert.ok(before !== undefined && caused?.[0] !== undefined);
			assert.equal(before[0], undefined);
			assert.ok(before[1] < caused[0] && caused[0] < caused[1], "the frame came after the first order, and before its own");
			assert.equal(opened.client.frameReceivedAt, undefined);
		},
		{
			options: {
				stopwatch: () => {
					if (harness !== undefined) ticks += 1;
					return ticks;
				},
				onOrderSent: (received, at) => sent.push([received, at]),
				onEvent: (event) => {
					if (event.kind === "ticker") void harness?.client.place({ ...ORDER, orderLinkId: "b" });
				},
			},
		},
	);
});

test("a symbol is forgotten with its last topic, and a topic without a symbol has none", () => {
	const heard = new Heard();
	heard.expect(["tickers.BTCUSDT", "kline.1.BTCUSDT", "odd"], 1);
	heard.expect(["tickers.BTCUSDT"], 5);
	heard.note("kline.1.BTCUSDT", 7);
	heard.note("kline.5.BTCUSDT", 9);
	assert.deepEqual([heard.at("tickers.BTCUSDT"), heard.at("BTCUSDT"), heard.at("odd")], [1, 7, 1]);
	heard.forget(["kline.1.BTCUSDT"]);
	assert.equal(heard.at("BTCUSDT"), 7);
	heard.forget(["tickers.BTCUSDT"]);
	assert.equal(heard.at("BTCUSDT"), undefined);
	assert.deepEqual(heard.quietSince(1), ["odd"]);
});

test("a ban is told once, REST rests, and orders go on by the socket (D5)", () =>
	withLines(
		async (harness, lines) => {
			const { client, time } = harness;
			assert.ok(!(await client.rest.getWallet()).ok);
			const event = await harness.until(({ kind }) => kind === "banned");
			assert.ok(event.kind === "banned" && event.until === time.now() + 600_000 && event.fault.httpStatus === 403);
			const stop = await client.rest.setTradingStop({ symbol: "BTCUSDT", tpslMode: "Full", stopLoss: "90" });
			assert.ok(!stop.ok && stop.error.kind === "offline" && stop.error.retryAfterMs === 600_000);
			assert.equal(harness.http.heard.filter(({ url }) => url !== "/v5/market/time").length, 1);
			const order = client.cancel({ symbol: "BTCUSDT", orderLinkId: "a" });
			const { reqId } = await lines.trade.next();
			lines.trade.send({ reqId, retCode: 10018, retMsg: "ip limit", op: "order.cancel", data: {} });
			assert.ok(!(await order).ok);
			const next = await client.cancel({ symbol: "BTCUSDT", orderLinkId: "a" });
			assert.ok(!next.ok && next.error.kind === "offline" && next.error.retryAfterMs === 600_000, "that word is meant for every road");
			assert.equal(client.headroom[0]?.heldMs, 600_000);
		},
		{
			respond: (_, response) => {
				response.statusCode = 403;
				response.end("access too frequent");
			},
		},
	));
