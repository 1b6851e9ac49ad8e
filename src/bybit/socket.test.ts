import assert from "node:assert/strict";
import { test } from "node:test";
import { nextState } from "./socket.ts";
import { KEY, SECRET } from "./testing/fixtures.ts";
import { Harness } from "./testing/harness.ts";
import { type Line, obliging } from "./testing/loopback.ts";

async function withHarness(setup: Parameters<typeof Harness.open>[0], run: (harness: Harness) => Promise<void>): Promise<void> {
	const harness = await Harness.open(setup);
	try {
		await run(harness);
		const told = harness.told();
		assert.ok(!told.includes(KEY) && !told.includes(SECRET) && !/[0-9a-f]{64}/i.test(told), "no event shows a secret or a signature (A1)");
	} finally {
		await harness.close();
		assert.equal(harness.time.armed, 0, "a closed client leaves no timer behind");
	}
}

async function started(harness: Harness): Promise<{ public: Line; private: Line; trade: Line }> {
	const result = await harness.client.start();
	assert.ok(result.ok);
	const { streams } = harness;
	const [publicLine, privateLine, trade] = await Promise.all([streams.public.next(), streams.private.next(), streams.trade.next()]);
	return { public: publicLine, private: privateLine, trade };
}

const TICKER = { topic: "tickers.BTCUSDT", type: "snapshot", data: { symbol: "BTCUSDT", lastPrice: "100", markPrice: "101" }, ts: 5 };

test("the table of states has no way out of closed and none past authentication", () => {
	assert.equal(nextState("closed", "start"), undefined);
	assert.equal(nextState("connecting", "authenticated"), undefined);
	assert.equal(nextState("authenticating", "connected"), undefined);
	assert.equal(nextState("authenticating", "authenticated"), "open");
	assert.equal(nextState("open", "lost"), "waiting");
});

test("private and trade sockets authenticate with a signature over the server's time, the public one does not (A4, C4)", () =>
	withHarness({}, async (harness) => {
		harness.client.subscribe(["tickers.BTCUSDT"]);
		const lines = await started(harness);
		for (const line of [lines.private, lines.trade]) {
			const auth = await line.next();
			assert.equal(auth.op, "auth");
			const [key, expires, signature] = auth.args as [string, number, string];
			assert.equal(key, KEY);
			assert.equal(expires, harness.time.now() + 10_000);
			assert.match(signature, /^[0-9a-f]{64}$/);
		}
		assert.deepEqual((await lines.private.next()).args, ["order", "execution", "position", "wallet"]);
		assert.deepEqual((await lines.public.next()).args, ["tickers.BTCUSDT"]);
	}));

test("a frame's callback runs inside the frame's own event: pings behind a ticker are answered after it (C1)", () =>
	withHarness({}, async (harness) => {
		harness.client.subscribe(["tickers.BTCUSDT"]);
		const lines = await started(harness);
		await harness.up("public", "private", "trade");
		lines.public.send(TICKER);
		lines.public.ws.ping("after-ticker");
		assert.equal(await lines.public.pong(), "after-ticker");
		const event = harness.events.find(({ kind }) => kind === "ticker");
		assert.ok(event?.kind === "ticker" && event.ticker.last === 100 && event.at === 5);
	}));

test("a socket-level ping is answered only when nothing is pending, at the latest after a second", () =>
	withHarness({}, async (harness) => {
		const lines = await started(harness);
		await harness.up("public", "private", "trade");
		const release = harness.client.hold();
		lines.public.ws.ping("barrier");
		lines.public.send(TICKER);
		await harness.until(({ kind }) => kind === "ticker");
		assert.equal(lines.public.pongsWaiting, 0, "the ping came before the ticker and is still unanswered");
		release();
		assert.equal(await lines.public.pong(), "barrier");
		harness.client.hold();
		lines.public.ws.ping("patient");
		lines.public.send(TICKER);
		await harness.until(({ kind }) => kind === "ticker");
		harness.time.advance(1000);
		assert.equal(await lines.public.pong(), "patient");
	}));

test("the answer's own consequences are dealt with before a waiting ping is answered", () =>
	withHarness({}, async (harness) => {
		const lines = await started(harness);
		await harness.up("public", "private", "trade");
		await lines.trade.next();
		const order = { symbol: "BTCUSDT", side: "Buy", orderType: "Market", qty: "1", orderLinkId: "a" } as const;
		const log: string[] = [];
		void harness.client.place(order).then(async () => {
			log.push("first answered");
			await harness.client.place({ ...order, orderLinkId: "b" });
			log.push("second answered");
		});
		const first = await lines.trade.next();
		lines.public.ws.ping("p");
		lines.public.send(TICKER);
		await harness.until(({ kind }) => kind === "ticker");
		lines.trade.send({ reqId: first.reqId, retCode: 0, retMsg: "OK", op: "order.create", data: { orderId: "1", orderLinkId: "a" } });
		const second = await lines.trade.next();
		assert.deepEqual(log, ["first answered"]);
		assert.equal(lines.public.pongsWaiting, 0);
		lines.trade.send({ reqId: second.reqId, retCode: 0, retMsg: "OK", op: "order.create", data: { orderId: "2", orderLinkId: "b" } });
		await lines.public.pong();
		assert.deepEqual(log, ["first answered", "second answered"]);
	}));

test("one bad topic voids the frame; each topic is asked for by itself, and the bad one is named (C1, C6)", () =>
	withHarness(
		{
			onPublic: (line, frame) => {
				const topics = Array.isArray(frame.args) ? (frame.args as string[]) : [];
				const bad = topics.find((topic) => topic.includes("500"));
				if (frame.op === "subscribe" && bad !== undefined)
					line.send({
						success: false,
						ret_msg: `error:handler not found,topic:${bad}`,
						conn_id: "c",
						req_id: frame.req_id,
						op: "subscribe",
					});
				else obliging(line, frame);
			},
		},
		async (harness) => {
			harness.client.subscribe(["tickers.BTCUSDT", "orderbook.500.BTCUSDT", "publicTrade.BTCUSDT"]);
			await started(harness);
			const seen = new Map<string, string | undefined>();
			while (seen.size < 3) {
				const event = await harness.until((candidate) => candidate.kind === "topic" && candidate.stream === "public");
				if (event.kind === "topic") seen.set(event.topic, event.up ? undefined : event.reason);
			}
			assert.deepEqual(Object.fromEntries(seen), {
				"tickers.BTCUSDT": undefined,
				"orderbook.500.BTCUSDT": "error:handler not found,topic:orderbook.500.BTCUSDT",
				"publicTrade.BTCUSDT": undefined,
			});
		},
	));

test("after a loss the client waits, comes back, authenticates and subscribes again, waiting longer each time (C1, C4, D5)", () =>
	withHarness({}, async (harness) => {
		harness.client.subscribe(["tickers.BTCUSDT"]);
		let lines = await started(harness);
		await harness.up("public", "private", "trade");
		for (const delay of [750, 1500, 3000]) {
			lines.private.ws.terminate();
			const down = await harness.until(({ kind }) => kind === "stream");
			assert.ok(down.kind === "stream" && down.stream === "private" && !down.up && down.reason?.includes("1006"));
			harness.time.advance(delay - 1);
			assert.equal(harness.client.stateOf("private"), "waiting");
			harness.time.advance(1);
			assert.equal(harness.client.stateOf("private"), "connecting");
			lines = { ...lines, private: await harness.streams.private.next() };
			assert.equal((await lines.private.next()).op, "auth");
			assert.deepEqual((await lines.private.next()).args, ["order", "execution", "position", "wallet"]);
			await harness.up("private");
		}
		lines.public.ws.close(1001, "restart");
		const down = await harness.until(({ kind }) => kind === "stream");
		assert.ok(down.kind === "stream" && down.reason === "the line was closed (1001 restart)");
		harness.time.advance(750);
		assert.deepEqual((await (await harness.streams.public.next()).next()).args, ["tickers.BTCUSDT"]);
	}));

test("a server that is away is tried again and again (D5)", () =>
	withHarness({}, async (harness) => {
		await started(harness);
		await harness.up("public", "private", "trade");
		await harness.streams.public.close();
		for (const delay of [750, 1500, 3000]) {
			await harness.until((event) => event.kind === "stream" && event.stream === "public" && !event.up);
			harness.time.advance(delay);
		}
		const down = await harness.until((event) => event.kind === "stream" && event.stream === "public" && !event.up);
		assert.ok(down.kind === "stream" && down.reason?.includes("ECONNREFUSED"));
	}));

test("a ping every 20 s; a line that stays silent for 10 s afterwards is given up, one that says anything is kept (C1)", () =>
	withHarness({ onPublic: () => {} }, async (harness) => {
		const lines = await started(harness);
		await harness.up("public", "private", "trade");
		await harness.confirmed(4);
		harness.time.advance(20_000);
		assert.equal((await lines.public.next()).op, "ping");
		lines.public.send(TICKER);
		await harness.until(({ kind }) => kind === "ticker");
		for (const line of [lines.private, lines.trade]) line.send({ topic: "wallet", creationTime: 1, data: [] });
		for (const line of [lines.private, lines.trade]) await pingAnswered(line);
		harness.time.advance(10_000);
		assert.equal(harness.client.stateOf("public"), "open");
		harness.time.advance(10_000);
		assert.equal((await lines.public.next()).op, "ping");
		for (const line of [lines.private, lines.trade]) await pingAnswered(line);
		harness.time.advance(9999);
		assert.equal(harness.client.stateOf("public"), "open");
		harness.time.advance(1);
		assert.equal(harness.client.stateOf("public"), "waiting");
		assert.equal(harness.client.stateOf("private"), "open");
		const down = await harness.until(({ kind }) => kind === "stream");
		assert.ok(down.kind === "stream" && down.reason === "silent for 10000 ms after a ping");
	}));

/** A round trip on the line: whatever the server answered before has been received. */
async function pingAnswered(line: Line): Promise<void> {
	for (;;) if ((await line.next()).op === "ping") break;
	line.ws.ping("round");
	await line.pong();
}

test("a subscription without an answer, and an auth without one, end the connection (C1, C4)", () =>
	withHarness({ onPublic: () => {}, onPrivate: () => {} }, async (harness) => {
		harness.client.subscribe(["tickers.BTCUSDT"]);
		const lines = await started(harness);
		await lines.public.next();
		await lines.private.next();
		await harness.up("trade");
		harness.time.advance(10_000);
		const reasons = harness.events.flatMap((event) => (event.kind === "stream" && !event.up ? [event.reason] : []));
		assert.deepEqual(reasons.sort(), ["no answer to a subscription within 10000 ms", "no answer to auth within 10000 ms"]);
	}));

test("a refused authentication is a fault with its class, and the clock is measured again (A4, D6)", () =>
	withHarness(
		{
			onPrivate: (line, frame) =>
				line.send({ success: false, ret_msg: `Params Error ${KEY}`, op: frame.op, req_id: frame.req_id, conn_id: "c" }),
			onTrade: (line, frame) => line.send({ retCode: 10004, retMsg: "error sign", op: frame.op, connId: "c" }),
		},
		async (harness) => {
			await started(harness);
			const faults = new Map<string, unknown>();
			while (faults.size < 2) {
				const event = await harness.until((candidate) => candidate.kind === "stream" && !candidate.up);
				if (event.kind === "stream") faults.set(event.stream, [event.reason, event.fault?.class, event.fault?.what]);
			}
			assert.deepEqual(Object.fromEntries(faults), {
				private: ["authentication refused: Params Error ***", "retry", "auth private"],
				trade: ["authentication refused: error sign", "fatal", "auth trade"],
			});
			await harness.until(({ kind }) => kind === "clock");
		},
	));

test("garbage on the line is reported and changes nothing (C6)", () =>
	withHarness({}, async (harness) => {
		harness.client.subscribe(["tickers.BTCUSDT"]);
		const lines = await started(harness);
		await harness.up("public", "private", "trade");
		for (const frame of [
			"",
			"{",
			"null",
			"7",
			'"x"',
			"[]",
			"{}",
			'{"topic":5}',
			'{"topic":"moon.BTCUSDT","ts":1}',
			'{"op":"subscribe"}',
			'{"op":"auth"}',
			'{"op":{}}',
		])
			lines.public.send(frame);
		lines.public.ws.send(Buffer.from([0xff, 0x00, 0xfe]));
		lines.public.send(TICKER);
		await harness.until(({ kind }) => kind === "ticker");
		assert.equal(harness.client.stateOf("public"), "open");
		const reasons = harness.events.flatMap((event) => (event.kind === "malformed" ? [event.reason] : []));
		assert.deepEqual(reasons, [
			"the frame is no JSON",
			"the frame is no JSON",
			"the frame is no object",
			"the frame is no object",
			"the frame is no object",
			"the frame is no object",
			"the frame has no topic",
			"the frame has no topic",
			"no decoder for this topic",
			"the frame has no topic",
			"the frame is no JSON",
		]);
	}));

test("a hole in the book asks for a new snapshot at once, and again after 5 s while none comes (C1, C5)", () =>
	withHarness({}, async (harness) => {
		const topic = "orderbook.50.BTCUSDT";
		harness.client.subscribe([topic]);
		const lines = await started(harness);
		await harness.confirmed(5);
		assert.equal((await lines.public.next()).op, "subscribe");
		const book = (type: string, u: number, b: string[][], a: string[][]): void =>
			lines.public.send({ topic, type, ts: 1, data: { s: "BTCUSDT", b, a, u, seq: u } });
		book("snapshot", 10, [["99", "1"]], [["101", "1"]]);
		book("delta", 12, [["100", "1"]], []);
		assert.deepEqual([(await lines.public.next()).op, (await lines.public.next()).op], ["unsubscribe", "subscribe"]);
		assert.equal(harness.client.book(topic)?.ready, false);
		harness.time.advance(5000);
		assert.deepEqual([(await lines.public.next()).op, (await lines.public.next()).op], ["unsubscribe", "subscribe"]);
		book("snapshot", 20, [["98", "2"]], [["102", "1"]]);
		const event = await harness.until((candidate) => candidate.kind === "book" && candidate.bid?.price === "98");
		assert.ok(event.kind === "book" && event.depth === 50 && event.ask?.price === "102");
		harness.time.advance(5000);
		lines.public.ws.ping("quiet");
		await lines.public.pong();
		assert.equal(harness.events.filter((candidate) => candidate.kind === "topic" && candidate.reason === "no snapshot came").length, 1);
	}));
