import assert from "node:assert/strict";
import { test } from "node:test";
import { MINUTE } from "../units/unit.ts";
import { DAY_START, minutes, still, wave } from "./testing/candles.ts";
import { type Json, market, Rig } from "./testing/rig.ts";

const MARKETS = [market("BTCUSDT", minutes(wave(30, 20_000)))];

/** Lets the event loop turn so often that anything that could happen without an outside event has happened. */
async function turns(count = 50): Promise<void> {
	for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

test("time stands still until a public socket listens, and again when none is left (J2)", async () => {
	const rig = await Rig.open({ markets: MARKETS });
	await rig.account();
	await turns();
	assert.equal(rig.sim.clock.now(), DAY_START);
	const stream = await rig.socket("public");
	await turns();
	assert.equal(rig.sim.clock.now(), DAY_START, "a connection alone is no listener");
	stream.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
	await stream.next((frame) => frame.ts === DAY_START + 3 * MINUTE);
	stream.send({ op: "unsubscribe", args: ["tickers.BTCUSDT"] });
	await stream.next((frame) => frame.op === "unsubscribe");
	const stopped = rig.sim.clock.now();
	await turns();
	assert.equal(rig.sim.clock.now(), stopped);
	assert.ok(rig.sim.progress() > 0 && rig.sim.progress() < 1);
	stream.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
	await rig.sim.finished;
	assert.equal(rig.sim.progress(), 1);
});

test("nothing more is sent while a listener has not dealt with what it was sent (J2)", async () => {
	const rig = await Rig.open({ markets: MARKETS });
	const stream = await rig.socket("public");
	stream.answers = false;
	stream.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
	await stream.next((frame) => frame.op === "subscribe");
	await turns();
	assert.equal(stream.frames.length, 1, "not even the first ticker");
	stream.answers = true;
	stream.answerPings();
	await stream.next((frame) => frame.topic === "tickers.BTCUSDT");
	await rig.sim.finished;
});

test("a private socket holds time up like a public one (J2)", async () => {
	const rig = await Rig.open({ markets: MARKETS });
	const account = await rig.account();
	account.answers = false;
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
	await stream.next((frame) => frame.op === "subscribe");
	await turns();
	assert.equal(rig.sim.clock.now(), DAY_START);
	account.answers = true;
	account.answerPings();
	await rig.sim.finished;
});

test("a socket that stays silent is left out with a warning, and the others go on (J2)", async () => {
	const rig = await Rig.open({ markets: MARKETS, patience: 30 });
	const account = await rig.account();
	account.answers = false;
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
	await rig.sim.finished;
	assert.equal(rig.warnings.length, 1);
	assert.match(rig.warnings[0] ?? "", /private socket .* has not answered/);
});

test("a closed socket holds nobody up (J2)", async () => {
	const rig = await Rig.open({ markets: MARKETS });
	const account = await rig.account();
	account.answers = false;
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
	await stream.next((frame) => frame.op === "subscribe");
	account.ws.terminate();
	await rig.sim.finished;
});

test("an order and all that it sets off are dealt with before the market moves on, and its answer before its frames (J2)", async () => {
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(still(6, 20_000)))] });
	const account = await rig.account();
	const stream = await rig.socket("public");
	const story: string[] = [];
	account.onFrame = (frame) => {
		const [order] = frame.data as Json[];
		if (frame.topic === "order") story.push(`${order?.orderStatus} at ${rig.sim.clock.now() - DAY_START}`);
	};
	const body = { category: "linear", symbol: "BTCUSDT", side: "Buy", orderType: "Market", qty: "0.01" };
	stream.onFrame = (frame) => {
		if (frame.ts !== DAY_START + 2 * MINUTE) return;
		void rig.done("/v5/order/create", body).then(() => story.push(`answered at ${rig.sim.clock.now() - DAY_START}`));
	};
	stream.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
	await rig.sim.finished;
	assert.deepEqual(story, ["answered at 120000", "New at 120000", "Filled at 120000"]);
});

test("two runs with the same reactions send the same frames (J2)", async () => {
	const run = async (): Promise<string> => {
		const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(wave(40, 20_000))), market("ETHUSDT", minutes(wave(40, 1500)))] });
		const account = await rig.account();
		const stream = await rig.socket("public");
		let orders = 0;
		stream.onFrame = (frame) => {
			if (typeof frame.ts !== "number" || frame.ts % (5 * MINUTE) !== 0 || !String(frame.topic).startsWith("tickers")) return;
			const side = ++orders % 2 === 0 ? "Sell" : "Buy";
			const symbol = String(frame.topic).split(".")[1];
			void rig.post("/v5/order/create", { category: "linear", symbol, side, orderType: "Market", qty: "0.1", orderLinkId: `o-${orders}` });
		};
		stream.send({
			op: "subscribe",
			args: ["tickers.BTCUSDT", "tickers.ETHUSDT", "kline.5.BTCUSDT", "orderbook.50.BTCUSDT", "publicTrade.ETHUSDT"],
		});
		await rig.sim.finished;
		await rig.close();
		assert.ok(orders > 10);
		const told = [...stream.frames, ...account.frames].filter((frame) => frame.topic !== undefined);
		return told.map((frame) => JSON.stringify(frame)).join("\n");
	};
	assert.equal(await run(), await run());
});

test("with a pace, lockstep does not run ahead of the wall by more than it (J2)", async () => {
	let wall = 0;
	const rig = await Rig.open({ markets: MARKETS, pace: 1, wall: () => wall });
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
	await stream.next((frame) => frame.op === "subscribe");
	await turns();
	assert.ok(rig.sim.clock.now() <= DAY_START + 1);
	wall = 1e9;
});
