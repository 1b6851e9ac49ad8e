import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { BUNDLED, makeInstrument } from "../market/instrument.ts";
import { HOUR } from "../units/unit.ts";
import { readFunding } from "./funding.ts";
import { addFunding, fundingCovered, fundingPath, storedFundingPath } from "./stored-funding.ts";
import { rulesPath, storedRules, storeRules } from "./stored-instrument.ts";

const AT = Date.UTC(2024, 0, 1);
let folder = "";

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "anchorwatch-facts-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("funding rates are added in any order, and the file is one that --funding reads (H1)", async () => {
	const rate = (i: number, text: string) => ({ at: AT + i * 8 * HOUR, rate: text });
	await addFunding(folder, "BTCUSDT", [rate(3, "-0.00012")], [[AT + 24 * HOUR, AT + 32 * HOUR]]);
	await addFunding(folder, "BTCUSDT", [rate(1, "0.0001"), rate(0, "0.0000001"), rate(2, "0.5")], [[AT, AT + 16 * HOUR]]);
	const { times, rates } = readFunding(fundingPath(folder, "BTCUSDT"));
	assert.deepEqual([...times], [AT, AT + 8 * HOUR, AT + 24 * HOUR], "one outside of what is covered is left out");
	assert.deepEqual([...rates], [0.0000001, 0.0001, -0.00012]);
	assert.deepEqual(fundingCovered(folder, "BTCUSDT"), [
		[AT, AT + 16 * HOUR],
		[AT + 24 * HOUR, AT + 32 * HOUR],
	]);
});

test("a time without any rate is covered, and there is no file to read rates from", async () => {
	await addFunding(folder, "BTCUSDT", [], [[AT, AT + HOUR]]);
	assert.deepEqual(fundingCovered(folder, "BTCUSDT"), [[AT, AT + HOUR]]);
	assert.equal(storedFundingPath(folder, "BTCUSDT"), undefined);
	assert.deepEqual(fundingCovered(folder, "ETHUSDT"), []);
});

test("a damaged file of rates is refused with its line", async () => {
	await addFunding(folder, "BTCUSDT", [{ at: AT, rate: "0.0001" }], [[AT, AT + HOUR]]);
	const path = fundingPath(folder, "BTCUSDT");
	writeFileSync(path, readFileSync(path, "utf8").replace("0.0001", "7"));
	assert.throws(() => fundingCovered(folder, "BTCUSDT"), /funding\.csv, line 3: funding_rate is 7/);
});

for (const spec of BUNDLED)
	test(`the rules of ${spec.symbol} are read back as they were (B1)`, async () => {
		const tiers = [
			{ limit: 1_000_000, maintenance: 0.005, maxLeverage: 100 },
			{ limit: 5_000_000, maintenance: 0.0125, maxLeverage: 40 },
		];
		const instrument = makeInstrument({ ...spec, maxQty: "1190", maxMarketQty: "119", tiers, status: "PreLaunch" });
		assert.ok(instrument !== undefined);
		await storeRules(folder, { instrument, listedAt: AT }, AT + HOUR);
		assert.deepEqual(storedRules(folder, spec.symbol), { instrument, listedAt: AT });
	});

test("rules that are none are refused, and where none are stored there are none", async () => {
	assert.equal(storedRules(folder, "BTCUSDT"), undefined);
	const instrument = makeInstrument(BUNDLED[0]!);
	assert.ok(instrument !== undefined);
	await storeRules(folder, { instrument, listedAt: undefined }, AT);
	const path = rulesPath(folder, "BTCUSDT");
	const sound = readFileSync(path, "utf8");
	const bent = ["", "{}", "null", sound.replace("BTCUSDT", "ETHUSDT"), sound.replace('"0.1"', '"zero"'), sound.replace('"tick"', '"tock"')];
	for (const text of bent) {
		writeFileSync(path, text);
		assert.throws(() => storedRules(folder, "BTCUSDT"), /instrument\.json: it holds no rules of BTCUSDT: delete it/, text.slice(0, 80));
	}
});
