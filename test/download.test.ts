// Candles and funding rates from the simulated exchange into the store, over sockets on the loopback: whole, resumed, with holes, through
// rate limits and failures, by two at once.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { readFunding } from "../src/candles/funding.ts";
import { without } from "../src/candles/ranges.ts";
import { CandleStore, type Key } from "../src/candles/store.ts";
import { fundingCovered, fundingPath } from "../src/candles/stored-funding.ts";
import { type CandleWish, downloadCandles, latest, settledBy } from "../src/download/candles.ts";
import { downloadFunding } from "../src/download/funding.ts";
import { instrumentOf, listInstruments } from "../src/download/instruments.ts";
import { aggregate } from "../src/market/aggregate.ts";
import { type Columns, columnsOf, slice } from "../src/market/candle.ts";
import { closeOf } from "../src/market/interval.ts";
import { DAY_START, minutes, wave } from "../src/simserver/testing/candles.ts";
import { market } from "../src/simserver/testing/rig.ts";
import { until } from "../src/simserver/testing/standing.ts";
import { RunFailure } from "../src/std/run-failure.ts";
import { UsageError } from "../src/std/usage-error.ts";
import { DAY, HOUR, MINUTE, type Ms } from "../src/units/unit.ts";
import { ENDLESS, freshFolder, KLINE, opened, type Past, pastExchange, rows, sourceAt } from "./support/exchange.ts";

const KEY: Key = { symbol: "BTCUSDT", interval: "1" };
const at = (minute: number): Ms => DAY_START + minute * MINUTE;
/** Ten pages and a half. */
const LONG = minutes(wave(10_500, 20_000));
const SHORT = slice(LONG, 0, 3000);

/** Downloads into a folder; how many candles came. */
async function fetched(
	past: Past,
	folder: string,
	wish: Partial<CandleWish> = {},
	options?: Parameters<typeof opened>[1],
): Promise<number> {
	const source = sourceAt(past, folder);
	const exchange = await opened(source, options);
	const all = { key: KEY, range: [DAY_START, settledBy(wish.key ?? KEY, exchange.now())] } as const;
	return await downloadCandles(exchange, new CandleStore(source.folder), { ...all, ...wish });
}

function stored(folder: string, key = KEY): Columns {
	return new CandleStore(join(folder, "test")).read(key).columns;
}

/** The candles without those that open at these minutes. */
function holed(columns: Columns, ...missing: readonly number[]): Columns {
	return columnsOf(rows(columns).filter(({ openTime }) => !missing.some((minute) => at(minute) === openTime)));
}

test("a whole download holds the exchange's candles bit for bit, each page asked for once, the last minute left out (C3, H1)", async () => {
	const folder = freshFolder();
	const past = await pastExchange(LONG);
	const shown: [number, number][] = [];
	assert.equal(await fetched(past, folder, { onProgress: (done, total) => shown.push([done, total]) }), 10_499);
	assert.deepEqual(rows(stored(folder)), rows(LONG).slice(0, -1));
	assert.equal(past.pages(), 11);
	assert.deepEqual(shown, [
		[0, 10_499],
		[10_000, 10_499],
		[10_499, 10_499],
	]);
	assert.equal(await fetched(past, folder), 0);
	assert.equal(past.pages(), 11, "what is there is not asked for again");
});

test("the candle under way is never stored, nor one that closed less than ten seconds ago", async () => {
	const folder = freshFolder();
	const past = await pastExchange(SHORT, { speed: "lockstep", autostart: false });
	assert.equal(past.rig.sim.clock.now(), DAY_START);
	await past.rig.sim.control.step({ ms: 10 * MINUTE + 5000 });
	assert.equal(await fetched(past, folder), 9);
	await past.rig.sim.control.step({ ms: 20_000 });
	assert.equal(await fetched(past, folder), 1);
	assert.deepEqual(rows(stored(folder)), rows(SHORT).slice(0, 10));
});

for (const interval of ["5", "60", "D"] as const)
	test(`candles of interval ${interval} are the exchange's own`, async () => {
		const folder = freshFolder();
		const past = await pastExchange(LONG);
		const key = { symbol: "BTCUSDT", interval };
		await fetched(past, folder, { key });
		const whole = rows(aggregate(LONG, "1", interval).columns);
		const closed = whole.filter((candle) => closeOf(interval, candle.openTime) < at(10_500));
		assert.deepEqual(rows(stored(folder, key)), closed);
	});

test("several pieces in any order make one history, and only what is missing is asked for", async () => {
	const folder = freshFolder();
	const past = await pastExchange(LONG);
	assert.equal(await fetched(past, folder, { range: [at(4000), at(4100)] }), 100);
	assert.equal(await fetched(past, folder, { range: [at(0), at(50)] }), 50);
	assert.equal(await fetched(past, folder, { range: [at(4101), at(4200)] }), 99);
	assert.equal(past.pages(), 3);
	assert.equal(await fetched(past, folder, { range: [at(0), at(4200)] }), 4200 - 249);
	assert.deepEqual(rows(stored(folder)), rows(LONG).slice(0, 4200));
	assert.equal(past.pages(), 3 + 4 + 1);
});

test("a hole is looked at twice, noted, and not asked for again; --refetch looks once more", async () => {
	const folder = freshFolder();
	const past = await pastExchange(holed(LONG, 700, 701, 705, 1500));
	assert.equal(await fetched(past, folder), 10_495);
	assert.equal(past.pages(), 11 + 2);
	assert.deepEqual(rows(stored(folder)), rows(holed(LONG, 700, 701, 705, 1500)).slice(0, -1));
	assert.equal(await fetched(past, folder), 0);
	assert.equal(past.pages(), 13);
	assert.equal(await fetched(past, folder, { refetch: true, range: [at(0), at(2000)] }), 1996);
	assert.equal(past.pages(), 13 + 4);
});

test("a hole younger than a day is asked for again, and filled when it is there", async () => {
	const folder = freshFolder();
	const past = await pastExchange(holed(SHORT, 2500));
	assert.equal(await fetched(past, folder), 2998);
	const later = await pastExchange(SHORT);
	assert.equal(await fetched(later, folder), 1);
	assert.deepEqual(rows(stored(folder)), rows(SHORT).slice(0, -1));
});

test("an exchange that tells the past differently is not mixed in, where new candles touch stored ones", async () => {
	const folder = freshFolder();
	await fetched(await pastExchange(slice(SHORT, 0, 1000)), folder);
	const before = rows(stored(folder));
	const other = await pastExchange(minutes(wave(3000, 21_000)));
	await assert.rejects(fetched(other, folder), (error) => {
		assert.ok(error instanceof UsageError);
		assert.match(error.message, /2023-11\.candles: the candle of 2023-11-15T16:38:00\.000Z differs from the exchange's .*--refetch/);
		return true;
	});
	assert.deepEqual(rows(stored(folder)), before);
	await fetched(other, folder, { refetch: true });
	assert.deepEqual(rows(stored(folder)), rows(minutes(wave(3000, 21_000))).slice(0, -1));
});

test("rate limits, 5xx, server errors and cut answers are waited out, and nothing is lost (D5)", async () => {
	const folder = freshFolder();
	const faults = [
		{ fault: "rate-limited", endpoint: KLINE, nth: 2, count: 2 },
		{ fault: "http-error", endpoint: KLINE, status: 502, nth: 3, count: 2 },
		{ fault: "http-error", endpoint: KLINE, status: 503, nth: 1, count: 1 },
		{ fault: "overload", endpoint: KLINE, nth: 2, count: 1 },
		{ fault: "server-error", endpoint: KLINE, nth: 2, count: 1 },
		{ fault: "broken-json", endpoint: KLINE, nth: 2, count: 1 },
		{ fault: "nulls", endpoint: KLINE, field: "list", nth: 2, count: 1 },
	] as const;
	const past = await pastExchange(LONG, { faults });
	assert.equal(await fetched(past, folder), 10_499);
	assert.deepEqual(rows(stored(folder)), rows(LONG).slice(0, -1));
	for (const { fault } of faults) assert.ok(past.rig.sim.control.count(fault) > 0, `${fault} struck`);
});

test("an exchange that fails for good: one line, and what came before it is stored and not asked for again", async () => {
	const folder = freshFolder();
	const past = await pastExchange(LONG, { faults: [{ fault: "http-error", endpoint: KLINE, nth: 6 }] });
	await assert.rejects(fetched(past, folder), (error) => {
		assert.ok(error instanceof RunFailure);
		assert.match(
			error.message,
			/^candles of BTCUSDT \(1 m\) from 2023-11-\d\dT.*: HTTP 502.*\(GET \/v5\/market\/kline at http:\/\/127\.0\.0\.1:/,
		);
		return true;
	});
	assert.equal(stored(folder).length, 5000);
	past.rig.sim.control.heal();
	assert.equal(await fetched(past, folder), 5499);
	assert.deepEqual(rows(stored(folder)), rows(LONG).slice(0, -1));
});

test("whatever is downloaded in whatever order, through failures, the store holds exactly that (C3)", async () => {
	const holes = [...Array.from({ length: 40 }, (_, i) => (i * 997) % 7000), 3000, 3001, 3002];
	const market = holed(LONG, ...holes);
	const past = await pastExchange(market, { faults: [{ fault: "http-error", endpoint: KLINE, chance: "1 in 5" }] });
	const some = fc.tuple(fc.nat(8000), fc.integer({ min: 1, max: 2500 })).map(([from, count]) => [at(from), at(from + count)] as const);
	await fc.assert(
		fc.asyncProperty(fc.array(some, { minLength: 1, maxLength: 5 }), async (ranges) => {
			const folder = freshFolder();
			for (const range of ranges) await fetched(past, folder, { range });
			const { columns, covered } = new CandleStore(join(folder, "test")).read(KEY);
			const isWanted = (time: Ms): boolean => ranges.some(([from, to]) => time >= from && time < to);
			assert.deepEqual(
				rows(columns),
				rows(market).filter(({ openTime }) => isWanted(openTime)),
			);
			// A hole of the last day is open still; the others are covered.
			const young = at(10_500) - DAY;
			const open = holes.map(at).filter((time) => time + MINUTE > young && isWanted(time));
			assert.deepEqual(
				covered,
				without(
					ranges,
					open.map((time) => [time, time + MINUTE]),
				),
			);
		}),
		{ numRuns: 12 },
	);
});

test("an address that is shut out does not ask on, and is told for how long", async () => {
	const past = await pastExchange(SHORT, { faults: [{ fault: "ip-ban", endpoint: KLINE, count: 1 }] });
	await assert.rejects(fetched(past, freshFolder()), /^RunFailure: http:\S+ has shut this address out .*: try again in 10 minutes$/);
	assert.equal(past.rig.sim.control.count("ip-ban"), 1);
});

test("a stop is heeded in the middle of a pause, keeps the pages that came, and says how to go on", async () => {
	const folder = freshFolder();
	const stop = new AbortController();
	const past = await pastExchange(LONG, { faults: [{ fault: "http-error", endpoint: KLINE, nth: 4 }] });
	const download = fetched(past, folder, {}, { signal: stop.signal, timers: ENDLESS });
	download.catch(() => {}); // looked at below
	await until(() => past.rig.sim.control.count("http-error") === 7);
	stop.abort("SIGINT");
	await assert.rejects(download, /^RunFailure: stopped by SIGINT: what was fetched is stored, and the same command goes on from there$/);
	assert.equal(stored(folder).length, 3000);
});

test("two downloads at once, of ranges that overlap, end with all of it", async () => {
	const folder = freshFolder();
	const past = await pastExchange(LONG);
	await Promise.all([
		fetched(past, folder, { range: [at(0), at(6000)] }),
		fetched(past, folder, { range: [at(3000), at(10_000)] }),
		fetched(past, folder, { range: [at(5000), at(9000)] }),
	]);
	assert.deepEqual(rows(stored(folder)), rows(LONG).slice(0, 10_000));
	assert.deepEqual(readdirSync(join(folder, "test", "BTCUSDT", "1")), ["2023-11.candles"]);
});

test("Bybit's limits on: pages are paced, and none is refused", async () => {
	const folder = freshFolder();
	const { BYBIT_LIMITS } = await import("../src/simserver/limits.ts");
	const past = await pastExchange(LONG, { limits: BYBIT_LIMITS });
	assert.equal(await fetched(past, folder), 10_499);
	assert.equal(past.pages(), 11);
});

test("the last N candles are counted back from the last closed one, months by the calendar", () => {
	assert.deepEqual(latest(KEY, 3, at(10)), [at(7), at(10)]);
	const month = { symbol: "BTCUSDT", interval: "M" } as const;
	assert.deepEqual(latest(month, 3, Date.UTC(2024, 3)), [Date.UTC(2024, 0), Date.UTC(2024, 3)]);
	assert.deepEqual(latest(KEY, 1e6, 5 * MINUTE), [0, 5 * MINUTE]);
	assert.equal(settledBy(KEY, at(10) + 9999), at(9));
	assert.equal(settledBy(KEY, at(10) + 10_000), at(10));
});

test("funding rates: whole, resumed, and split where a page is full (H1)", async () => {
	const folder = freshFolder();
	const days = 80;
	const hours = wave(days * 24, 20_000).map((row, i) => ({ ...row, at: DAY_START + i * HOUR }));
	const rateAt = (time: Ms): number => Math.round((time / HOUR) % 97) / 1e6;
	const past = await pastExchange(SHORT, { markets: [{ ...market("BTCUSDT", minutes(hours), "60"), rateAt }] });
	const source = sourceAt(past, folder);
	const exchange = await opened(source);
	const get = (from: number, to: number, interval: Ms): Promise<number> =>
		downloadFunding(exchange, source.folder, { symbol: "BTCUSDT", range: [DAY_START + from * DAY, DAY_START + to * DAY], interval });
	assert.equal(await get(5, 10, 8 * HOUR), 15);
	assert.equal(past.rates(), 1);
	assert.equal(await get(0, days, DAY), days * 3 - 15);
	assert.equal(past.rates(), 1 + 1 + 3, "before, and after: a page that is full, and its halves");
	assert.equal(await get(0, days, 8 * HOUR), 0);
	assert.deepEqual(fundingCovered(source.folder, "BTCUSDT"), [[DAY_START, DAY_START + days * DAY]]);
	const { times, rates } = readFunding(fundingPath(source.folder, "BTCUSDT"));
	assert.deepEqual(
		[...times],
		Array.from({ length: days * 3 }, (_, i) => DAY_START + i * 8 * HOUR),
	);
	assert.deepEqual([...rates], [...times].map(rateAt));
});

test("rules of a symbol, of none, and the list of all (B1)", async () => {
	const past = await pastExchange(SHORT, { symbols: ["SOLUSDT", "BTCUSDT"] });
	const exchange = await opened(sourceAt(past, freshFolder()));
	const { instrument, launchTime } = await instrumentOf(exchange, "SOLUSDT");
	assert.deepEqual([instrument.symbol, instrument.grid.tick, launchTime], ["SOLUSDT", "0.01", DAY_START]);
	await assert.rejects(instrumentOf(exchange, "XYZUSDT"), /^UsageError: XYZUSDT: test does not list it .*"anchorwatch symbols"/);
	const symbols = (await listInstruments(exchange, "Trading")).map((info) => info.instrument.symbol);
	assert.deepEqual(symbols, ["BTCUSDT", "SOLUSDT"]);
	assert.deepEqual(await listInstruments(exchange, "PreLaunch"), []);
});
