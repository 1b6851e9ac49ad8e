// A clock that is off, wherever a client can read it: one clock of the exchange, in stamps, rows, pongs, headers and refusals alike.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MINUTE } from "../../units/unit.ts";
import type { Json } from "../testing/rig.ts";
import { authArgs } from "../testing/rig.ts";
import { buy, CREATE, REALTIME, rawPost, resting, standing } from "../testing/standing.ts";

const BTC = { category: "linear", symbol: "BTCUSDT" };

for (const by of [70_000, -70_000])
	test(`a clock that is ${by} ms off shows the same time everywhere; what was stamped before and what is scheduled stay`, async () => {
		const rig = await standing();
		const account = await rig.account();
		const trade = await rig.authenticated("trade");
		const stream = await rig.socket("public");
		await rig.done(CREATE, resting("before"));
		const then = String(rig.sim.clock.now());
		await rig.sim.control.step({ ms: 10 });
		rig.sim.control.inject({ fault: "clock-skew", by, for: "10m" });
		const now = rig.sim.clock.now();
		const shown = now + by;
		const signed = { "X-BAPI-TIMESTAMP": String(shown) };

		trade.send({ op: "order.create", header: signed, args: [buy("filled")] });
		const answer = await trade.next(({ op }) => op === "order.create");
		const { Timenow, "X-Bapi-Limit-Reset-Timestamp": reset } = answer.header as Json;
		assert.deepEqual([answer.retCode, Timenow, reset], [0, String(shown), String(shown)]);
		trade.send({ op: "ping" });
		account.send({ op: "ping" });
		assert.deepEqual((await trade.next(({ op }) => op === "pong")).data, [String(shown)]);
		assert.deepEqual((await account.next(({ op }) => op === "pong")).args, [String(shown)]);
		const rowOf = (topic: string): Json => ((account.topic(topic).at(-1)?.data ?? []) as Json[])[0] ?? {};
		assert.deepEqual(
			[rowOf("execution").execTime, rowOf("order").createdTime, rowOf("position").updatedTime],
			Array(3).fill(String(shown)),
		);
		assert.equal(account.topic("wallet").at(-1)?.creationTime, shown);

		const stale = await rawPost(rig, CREATE, resting("stale"));
		assert.match(stale.text, new RegExp(`"retCode":10002.*server_timestamp\\[${shown}\\].*"time":${shown}}`));
		assert.equal(stale.headers.get("x-bapi-limit-reset-timestamp"), String(shown));
		const ask = async (path: string, query: string): Promise<Json[]> => {
			const response = await fetch(`${rig.sim.addresses.rest}${path}?${query}`, { headers: rig.signed(query, rig.sim.clock.now() + by) });
			const { retCode, time, result } = (await response.json()) as { retCode: number; time: number; result: { list: Json[] } };
			assert.deepEqual([retCode, time], [0, rig.sim.clock.now() + by]);
			return result.list;
		};
		const query = "category=linear&symbol=BTCUSDT";
		assert.deepEqual(
			(await ask(REALTIME, query)).map(({ createdTime }) => createdTime),
			[then],
			"stamped before",
		);
		assert.deepEqual(
			(await ask("/v5/execution/list", `${query}&startTime=${shown}`)).map(({ execTime }) => execTime),
			[String(shown)],
		);
		assert.deepEqual(await ask("/v5/execution/list", `${query}&startTime=${shown + 1}&endTime=${shown + 2}`), []);
		assert.equal((await ask("/v5/market/tickers", query))[0]?.nextFundingTime, String(Date.UTC(2023, 10, 15, 8)));

		stream.send({ op: "subscribe", args: ["kline.1.BTCUSDT", "tickers.BTCUSDT", "publicTrade.BTCUSDT", "orderbook.1.BTCUSDT"] });
		await rig.sim.control.step({ to: "point" });
		const moved = rig.sim.clock.now() + by;
		const frame = (topic: string): Json => stream.topic(`${topic}.BTCUSDT`).at(-1) ?? {};
		for (const topic of ["kline.1", "tickers", "publicTrade", "orderbook.1"]) assert.equal(frame(topic).ts, moved, topic);
		const [candle, traded] = [(frame("kline.1").data as Json[])[0], (frame("publicTrade").data as Json[])[0]];
		assert.deepEqual([candle?.timestamp, Number(candle?.start) % MINUTE, traded?.T, frame("orderbook.1").cts], [moved, 0, moved, moved]);
		assert.equal((await ask("/v5/market/recent-trade", query))[0]?.time, String(moved));

		await rig.sim.control.step({ ms: 10 * MINUTE });
		assert.equal((await rig.ask("/v5/market/time")).time, rig.sim.clock.now(), "the clock is right again");
		const [execution] = await rig.list("/v5/execution/list", { ...BTC, orderLinkId: "filled" });
		assert.equal(execution?.execTime, String(shown), "what it has stamped meanwhile stays");
		const socket = await rig.socket("private");
		socket.send({ op: "auth", args: authArgs(rig.sim.clock.now() + 5000) });
		assert.equal((await socket.next()).success, true);
		rig.sim.control.reset();
		assert.equal(
			(await rig.list("/v5/execution/list", { ...BTC, orderLinkId: "filled" }))[0]?.execTime,
			String(now),
			"as if it had never been",
		);
	});
