// What clients ask that is not about trading contracts, and the ways in which they ask for what is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUR } from "../units/unit.ts";
import { BEYOND_ROUTES } from "./rest/beyond.ts";
import { DAY_START, minutes, wave } from "./testing/candles.ts";
import { type Envelope, type Json, market, Rig, type Socket } from "./testing/rig.ts";
import { buy, CREATE, resting, standing } from "./testing/standing.ts";

test("what the account never did is an empty list, and what its key may not do is refused as 10005 (A4)", async () => {
	const rig = await standing();
	const asked = { accountType: "UNIFIED", coin: "USDT", coinName: "USDT" };
	const answers = await Promise.all(
		BEYOND_ROUTES.map(async ({ method, path }) => {
			const { retCode } = method === "GET" ? await rig.get(path, asked) : await rig.post(path, {});
			return { path, retCode };
		}),
	);
	const refused = answers.filter(({ retCode }) => retCode !== 0);
	assert.deepEqual([...new Set(refused.map(({ retCode }) => retCode))], [10005]);
	for (const path of ["/v5/asset/withdraw/create", "/v5/asset/transfer/inter-transfer", "/v5/user/update-api"])
		assert.ok(refused.some((answer) => answer.path === path));
});

test("the account's USDT can be looked up by account and coin, and is less while a position binds it (B2)", async () => {
	const rig = await standing();
	const balance = async (accountType: string, coin: string): Promise<unknown[]> => {
		const { result } = await rig.get("/v5/asset/transfer/query-account-coin-balance", { accountType, coin });
		const { walletBalance, transferBalance } = result.balance as Json;
		return [walletBalance, transferBalance];
	};
	assert.deepEqual(await balance("UNIFIED", "USDT"), ["10000", "10000"]);
	assert.deepEqual(
		[await balance("FUND", "USDT"), await balance("UNIFIED", "BTC")],
		[
			["0", "0"],
			["0", "0"],
		],
	);
	await rig.done(CREATE, buy("entry"));
	const [wallet, free] = await balance("UNIFIED", "USDT");
	assert.ok(Number(free) < Number(wallet) - 600);
	const { result } = await rig.get("/v5/account/withdrawal", { coinName: "USDT,BTC" });
	assert.deepEqual(result, { availableWithdrawal: free, availableWithdrawalMap: { USDT: free, BTC: "0" } });
	assert.equal((await rig.get("/v5/asset/transfer/query-account-coin-balance", { accountType: "NONE", coin: "USDT" })).retCode, 10001);
});

test("statistics that no candle holds are constants at each step of the time that has passed (B1)", async () => {
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(wave(26 * 60, 20_000)))], speed: "max" });
	await rig.sim.finished;
	const of = (path: string, more: string): Promise<Json> =>
		rig.ask(`/v5/market/${path}?category=linear&symbol=BTCUSDT${more}`).then(({ result }) => result);
	const ratios = await of("account-ratio", "&period=1h&limit=2");
	assert.deepEqual(
		(ratios.list as Json[]).map(({ timestamp, buyRatio, sellRatio }) => [(Number(timestamp) - DAY_START) / HOUR, buyRatio, sellRatio]),
		[
			[26, "0.5", "0.5"],
			[25, "0.5", "0.5"],
		],
	);
	const next = await of("account-ratio", `&period=1h&limit=2&cursor=${encodeURIComponent(String(ratios.nextPageCursor))}`);
	assert.equal((Number((next.list as Json[])[0]?.timestamp) - DAY_START) / HOUR, 24);
	assert.deepEqual((await of("delivery-price", "")).list, []);
	const { list: pools } = (await rig.ask("/v5/market/insurance")).result;
	assert.deepEqual(
		(pools as Json[]).map(({ coin, symbols }) => [coin, symbols]),
		[["USDT", "BTCUSDT"]],
	);
	const { result: index } = await rig.ask("/v5/market/index-price-components?indexName=BTCUSDT");
	assert.deepEqual([index.lastPrice, (index.components as Json[]).length], [rig.sim.venue.index("BTCUSDT").toString(), 1]);
});

test("a cursor leads to the next page whether the client escapes it or not (B1)", async () => {
	const rig = await standing();
	for (const id of ["o-1", "o-2", "o-3"]) await rig.done(CREATE, resting(id));
	const query = { category: "linear", symbol: "BTCUSDT", limit: "1" };
	const cursor = String((await rig.get("/v5/order/realtime", query)).result.nextPageCursor);
	assert.match(cursor, /%/);
	const raw = `category=linear&symbol=BTCUSDT&limit=1&cursor=${cursor}`;
	const unescaped = await fetch(`${rig.sim.addresses.rest}/v5/order/realtime?${raw}`, { headers: rig.signed(raw) });
	const pages = [await rig.get("/v5/order/realtime", { ...query, cursor }), (await unescaped.json()) as Envelope]; // looked at below
	for (const { result } of pages)
		assert.deepEqual(
			(result.list as Json[]).map(({ orderLinkId }) => orderLinkId),
			["o-2"],
		);
});

test("topics of what is not traded here are taken in silence, and one may be asked for twice (C4)", async () => {
	const rig = await standing();
	const account = await rig.authenticated("private");
	const reply = async (socket: Socket, frame: Json): Promise<Json> => {
		socket.send(frame);
		return await socket.next(({ op, success }) => op === frame.op && success !== undefined);
	};
	for (const args of [["greeks", "order", "dcp.future"], ["order"], ["execution.spot", "position.inverse", "order.linear"]])
		assert.equal((await reply(account, { op: "subscribe", args })).success, true, String(args));
	assert.equal((await reply(account, { op: "subscribe", args: ["order.spot", "position"] })).success, false, "plain beside categorised");
	assert.equal((await reply(account, { op: "subscribe", req_id: 7, args: ["wallet"] })).req_id, "7", "a number comes back as text");
	await rig.done(CREATE, resting("once"));
	await account.next(({ topic }) => topic === "order.linear");
	assert.equal(account.topic("order").length, 1);
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["insurance.USDT"] });
	const shown = await stream.next(({ topic }) => topic === "insurance.USDT");
	assert.deepEqual([(shown.data as Json[])[0]?.coin, (shown.data as Json[])[0]?.symbols], ["USDT", "BTCUSDT"]);
	assert.equal((await reply(stream, { op: "nonsense" })).ret_msg, "error:invalid op");
});
