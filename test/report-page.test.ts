// The page against the result file: every figure of the one stands in the other, exact, and as a person reads it; whatever text comes in is
// escaped; nothing on the page asks a network for anything.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readAssets } from "../src/page/assets.ts";
import { figureText } from "../src/page/format.ts";
import { type ReportInput, reportPage } from "../src/page/page.ts";
import { LOCALES, TEXT_KEYS, textsOf } from "../src/page/texts.ts";
import { formatResult, resultOf } from "../src/report/result.ts";
import { sampleReport } from "./support/report-sample.ts";

const ASSETS = readAssets();
const SAMPLE = sampleReport();

/** What the page shows at each place of the result file: the exact value and the text. */
function shown(page: string): Map<string, { exact: unknown; text: string }[]> {
	const found = new Map<string, { exact: unknown; text: string }[]>();
	for (const [, at = "", exact = "", text = ""] of page.matchAll(/data-at="([^"]+)" data-exact="([^"]*)"[^>]*>([^<]*)</g))
		found.set(at, [...(found.get(at) ?? []), { exact: JSON.parse(exact.replaceAll("&quot;", '"')), text }]);
	return found;
}

/** Numbers, words and absent figures of a part of the result, by their place. */
function* leaves(value: unknown, at: string): Generator<readonly [at: string, value: unknown]> {
	if (typeof value !== "object" || value === null) yield [at, value];
	else for (const [key, part] of Object.entries(value)) yield* leaves(part, at === "" ? key : `${at}.${key}`);
}

for (const locale of LOCALES)
	test(`(H2) every figure and every trade of the result file stands on the ${locale} page, exact`, () => {
		const result = resultOf(SAMPLE.run);
		assert.ok(result.trades.length > 20, "the sample has trades beyond the first piece of the list");
		const page = shown(reportPage({ ...SAMPLE, locale }, ASSETS));
		const { metrics, trades, balances, by_direction, by_reason, pnl_quantiles, initial_balance, final_balance, start, end, candles } =
			result;
		const reasons = by_reason.map(({ reasons: _, ...group }) => group);
		const groups = { by_direction, by_reason: reasons };
		const counts = ["by_direction.long.wins", "by_direction.short.wins", ...reasons.map((_, i) => `by_reason.${i}.wins`)];
		const wanted = [
			...leaves({ metrics, trades, balances, ...groups, pnl_quantiles, initial_balance, final_balance, start, end, candles }, ""),
		];
		const missing = wanted.filter(([at]) => !page.has(at) && !counts.includes(at)); // a group's wins stand there as its win rate
		assert.deepEqual(missing, []);
		for (const [at, value] of wanted) for (const { exact } of page.get(at) ?? []) assert.equal(exact, value, at);
		assert.equal(page.get("metrics.pnl")?.[0]?.text, figureText("signedAmount", metrics.pnl, locale));
		assert.equal(page.get("trades.0.entry_price")?.[0]?.text, figureText("price", trades[0]!.entry_price, locale));
	});

test("the histogram's bars are those of the result file", () => {
	const bins = [...reportPage(SAMPLE, ASSETS).matchAll(/data-bin="([^"]+)"/g)].map(([, bin = ""]) => JSON.parse(bin) as unknown);
	assert.deepEqual(
		bins,
		resultOf(SAMPLE.run).pnl_histogram.map(({ from, to, count }) => [from, to, count]),
	);
});

test("the same run gives the same page, byte for byte", () => {
	assert.equal(reportPage(SAMPLE, ASSETS), reportPage(SAMPLE, ASSETS));
});

test("text from outside stays text: in the page, and in the data of its scripts", () => {
	const evil = `</script><img src=x onerror="alert(1)">'&`;
	const { run } = SAMPLE;
	const trades = run.trades.map((trade) => ({ ...trade, symbol: evil }));
	const input: ReportInput = {
		...SAMPLE,
		name: evil,
		run: { ...run, symbols: [evil, evil], trades, warnings: [{ kind: "halted", why: evil }], config: { evil } },
	};
	const page = reportPage(input, ASSETS);
	assert.ok(!page.includes("<img"), "no element was made of it");
	const count = (text: string, part: string): number => text.split(part).length;
	assert.equal(count(page, "</script>"), count(reportPage(SAMPLE, ASSETS), "</script>"), "no script was ended by it");
});

test("the page names no address that a browser would load, forbids itself the network, and keeps the library's notice and licence", () => {
	const page = reportPage(SAMPLE, ASSETS);
	assert.match(page, /<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; script-src &#39;unsafe-inline&#39;/);
	const body = page.replace(ASSETS.library, "");
	assert.deepEqual([...body.matchAll(/\b(?:src|srcset|poster|action)="/g)].length, 0);
	assert.deepEqual([...body.matchAll(/<(?:link|iframe|object|embed|img|base)\b/g)].length, 0);
	assert.deepEqual(
		[...body.matchAll(/href="([^"]*)"/g)].map(([, to]) => to),
		["https://www.tradingview.com/"],
	);
	assert.ok(page.includes("Licensed under Apache License 2.0"), "the library's own notice");
	assert.ok(page.includes("TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION"), "its licence in full");
});

test("every text is there in both languages, and the Korean one is Korean", () => {
	const [ko, en] = LOCALES.map(textsOf);
	const same = TEXT_KEYS.filter((key) => ko?.(key) === en?.(key));
	assert.deepEqual(same, ["p5", "p25", "p75", "p95"]);
	for (const key of TEXT_KEYS) assert.ok(ko?.(key) !== "" && en?.(key) !== "" && !/[가-힣]/.test(en?.(key) ?? ""), key);
});

test("a run without trades, candles or points still makes a page", () => {
	const { run } = SAMPLE;
	const empty = { ...run, trades: [], times: new Float64Array(), equity: new Float64Array(), candles: 0, finalBalance: run.initialBalance };
	const page = reportPage({ ...SAMPLE, run: empty, charts: [] }, ASSETS);
	assert.ok(page.includes(textsOf("en")("noTrades")));
	assert.ok(!page.includes("NaN") || page.replace(ASSETS.library, "").replace(ASSETS.script, "").includes("NaN") === false);
});

test("a backtest that is listened to for its report makes the same result file as one that is not", () => {
	const quiet = sampleReport(20, "quiet", false);
	assert.equal(formatResult(sampleReport(20, "quiet").run), formatResult(quiet.run));
	assert.equal(quiet.charts[0]?.evaluations.length, 0);
});

test("several symbols: each has its market behind a choice, and every trade says whose it is", () => {
	const { run, charts } = SAMPLE;
	const [one] = charts;
	assert.ok(one !== undefined);
	const symbols = ["BTCUSDT", "ETHUSDT"];
	const trades = run.trades.map((trade, i) => ({ ...trade, symbol: symbols[i % 2]! }));
	const page = reportPage({ ...SAMPLE, run: { ...run, symbols, trades }, charts: [one, { ...one, symbol: "ETHUSDT" }] }, ASSETS);
	assert.match(page, /<select id="symbol"[^>]*><option>BTCUSDT<\/option><option>ETHUSDT<\/option><\/select>/);
	assert.ok(page.includes('data-label="Symbol">ETHUSDT</td>'));
});
