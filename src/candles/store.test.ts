import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { type Candle, type Columns, candleAt, columnsOf, slice } from "../market/candle.ts";
import { closeOf, type Interval } from "../market/interval.ts";
import { UsageError } from "../std/usage-error.ts";
import { MINUTE, type Ms } from "../units/unit.ts";
import { openCandles } from "./open.ts";
import type { Range } from "./ranges.ts";
import { CandleStore, type Key } from "./store.ts";

const KEY: Key = { symbol: "BTCUSDT", interval: "1" };
const JAN = Date.UTC(2024, 0, 31, 23, 50);
let folder = "";
let store = new CandleStore("");

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "anchorwatch-store-"));
	store = new CandleStore(folder);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function candles(from: Ms, count: number, interval: Interval = "1"): Columns {
	const list: Candle[] = [];
	for (let at = from; list.length < count; at = closeOf(interval, at)) {
		const open = 100.1 + (at % 7);
		list.push({ openTime: at, open, high: open + 0.3, low: open - 0.1, close: open + 0.2, volume: 1 / 3, turnover: 33.333333333333336 });
	}
	return columnsOf(list);
}

function rows(columns: Columns): Candle[] {
	return Array.from({ length: columns.length }, (_, i) => candleAt(columns, i));
}

function spanOf(columns: Columns, interval: Interval = "1"): Range {
	return [columns.openTime[0]!, closeOf(interval, columns.openTime[columns.length - 1]!)];
}

async function add(columns: Columns, key = KEY, options?: { replace?: boolean }): Promise<void> {
	await store.add(key, { columns, covered: [spanOf(columns, key.interval)] }, options);
}

test("what is stored is read back bit for bit, over the turn of a month, in whatever pieces it came (C3)", async () => {
	const all = candles(JAN, 30);
	await add(slice(all, 20, 30));
	await add(slice(all, 0, 12));
	assert.deepEqual(store.covered(KEY), [
		[JAN, JAN + 12 * MINUTE],
		[JAN + 20 * MINUTE, JAN + 30 * MINUTE],
	]);
	await add(slice(all, 10, 22));
	const { columns, covered } = store.read(KEY);
	assert.deepEqual(rows(columns), rows(all));
	assert.deepEqual(covered, [[JAN, JAN + 30 * MINUTE]]);
	assert.deepEqual(readdirSync(store.seriesFolder(KEY)).sort(), ["2024-01.candles", "2024-02.candles"]);
});

for (const interval of ["60", "D", "W", "M"] as const)
	test(`candles of interval ${interval} lie in a file a year`, async () => {
		const all = candles(interval === "W" ? Date.UTC(2023, 11, 25) : Date.UTC(2023, 11, 1), interval === "60" ? 1000 : 40, interval);
		const key = { symbol: "ETHUSDT", interval };
		await add(all, key);
		assert.deepEqual(rows(store.read(key).columns), rows(all));
		assert.equal(readdirSync(store.seriesFolder(key))[0], "2023.candles");
	});

test("a covered time without a candle is remembered as such", async () => {
	const all = rows(candles(JAN, 10)).filter((_, i) => i !== 4 && i !== 5);
	await store.add(KEY, { columns: columnsOf(all), covered: [[JAN, JAN + 10 * MINUTE]] });
	assert.deepEqual(store.read(KEY).covered, [[JAN, JAN + 10 * MINUTE]]);
	assert.deepEqual(openCandles(store.seriesFolder(KEY)).gaps, [{ from: JAN + 4 * MINUTE, to: JAN + 6 * MINUTE, missing: 2 }]);
});

test("a candle that differs from the stored one is refused by name, and taken when the new one is to hold", async () => {
	const all = candles(JAN, 8);
	await add(all);
	const other = rows(all).map((candle, i) => (i === 3 ? { ...candle, close: candle.open } : candle));
	await assert.rejects(add(columnsOf(other)), (error) => {
		assert.ok(error instanceof UsageError);
		assert.match(error.message, /2024-01\.candles: the candle of 2024-01-31T23:53:00\.000Z differs .*close .* --refetch/);
		return true;
	});
	assert.deepEqual(rows(store.read(KEY).columns), rows(all));
	await add(columnsOf(other), KEY, { replace: true });
	assert.deepEqual(rows(store.read(KEY).columns), other);
});

test("a file or a folder of the store is a candle file to every reader", async () => {
	const all = candles(JAN, 30);
	await add(all);
	const file = openCandles(store.seriesFolder(KEY));
	assert.deepEqual(rows(file.columns), rows(all));
	assert.deepEqual([file.interval, file.spacing, file.origin, file.gaps], ["1", MINUTE, "recorded", []]);
	assert.equal(openCandles(join(store.seriesFolder(KEY), "2024-02.candles")).columns.length, 20);
	assert.throws(() => openCandles(folder), /directory/);
});

test("no byte of a file can change unnoticed", async () => {
	await add(candles(JAN, 3));
	const path = join(store.seriesFolder(KEY), "2024-01.candles");
	const sound = readFileSync(path);
	for (let at = 0; at < sound.length; at++) {
		const bent = Buffer.from(sound);
		bent[at] = bent[at]! ^ 0x41;
		writeFileSync(path, bent);
		assert.throws(() => store.read(KEY), /2024-01\.candles: it is (damaged|no file of).*: delete it and download it again/, `byte ${at}`);
	}
	for (const length of [0, 5, 12, sound.length - 1]) {
		writeFileSync(path, sound.subarray(0, length));
		assert.throws(() => store.read(KEY), UsageError, `${length} bytes`);
	}
	await assert.rejects(add(candles(JAN + 5 * MINUTE, 2)), /delete it/);
});

test("a file in another symbol's folder is refused", async () => {
	await add(candles(JAN, 3));
	const other = { symbol: "ETHUSDT", interval: "1" } as const;
	await add(candles(JAN, 3), other);
	writeFileSync(join(store.seriesFolder(other), "2024-01.candles"), readFileSync(join(store.seriesFolder(KEY), "2024-01.candles")));
	assert.throws(() => store.read(other), /holds BTCUSDT 1, which belongs into another folder/);
});

test("what a killed writer left, a part of a file and its lock, is in nobody's way", async () => {
	await add(candles(JAN, 3));
	const [part, lock] = ["2024-01.candles.x.part", ".lock"].map((name) => join(store.seriesFolder(KEY), name)) as [string, string];
	writeFileSync(part, "half of");
	writeFileSync(lock, "");
	for (const path of [part, lock]) utimesSync(path, 0, 0);
	await add(candles(JAN, 6));
	assert.equal(store.read(KEY).columns.length, 6);
	assert.deepEqual([existsSync(part), existsSync(lock)], [false, false]);
});

test("two writers at once lose nothing of each other", async () => {
	const all = candles(JAN, 40);
	await Promise.all(Array.from({ length: 8 }, (_, i) => add(slice(all, i * 5, i * 5 + 5))));
	assert.deepEqual(rows(store.read(KEY).columns), rows(all));
});

test("a store in a file, and one that is not there", async () => {
	writeFileSync(join(folder, "BTCUSDT"), "");
	await assert.rejects(add(candles(JAN, 3)), /a part of this path is a file, not a folder: check data\.dir/);
	assert.deepEqual(store.read(KEY).covered, []);
	assert.equal(new CandleStore(join(folder, "nowhere")).read(KEY).columns.length, 0);
});
