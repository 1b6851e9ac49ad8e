// The report in a real browser: it opens without a word to the network, draws, zooms to a trade, lays its lists open, fits a phone, and
// shows the figures of the result file.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { allocate, type Columns } from "../src/market/candle.ts";
import { readAssets } from "../src/page/assets.ts";
import { type ReportInput, reportPage } from "../src/page/page.ts";
import type { OpenPosition } from "../src/page/series.ts";
import { LOCALES } from "../src/page/texts.ts";
import { resultOf } from "../src/report/result.ts";
import { DAY, MINUTE } from "../src/units/unit.ts";
import { NO_CHROMIUM, openChromium } from "./support/chromium.ts";
import { sampleReport } from "./support/report-sample.ts";

const SAMPLE = sampleReport();
const RESULT = resultOf(SAMPLE.run);
const HELD: OpenPosition = {
	symbol: "BTCUSDT",
	direction: "short",
	qty: 0.104,
	entryAt: 0,
	entryPrice: 57_000,
	at: 0,
	last: 56_000,
	unrealised: 104,
	exits: [],
};

let folder = "";
let browser: Browser | undefined;

before(async () => {
	if (NO_CHROMIUM !== false) return;
	folder = mkdtempSync(join(tmpdir(), "anchorwatch-report-"));
	const assets = readAssets();
	const write = (name: string, input: ReportInput): void => writeFileSync(join(folder, `${name}.html`), reportPage(input, assets));
	for (const locale of LOCALES) write(locale, { ...SAMPLE, locale });
	const [one] = SAMPLE.charts;
	assert.ok(one !== undefined);
	const { run } = SAMPLE;
	write("two", {
		...SAMPLE,
		run: { ...run, symbols: ["BTCUSDT", "ETHUSDT"] },
		charts: [one, { ...one, symbol: "ETHUSDT", columns: half(one.columns) }],
	});
	write("curve", { ...SAMPLE, charts: [{ ...one, columns: allocate(0), evaluations: [] }] });
	write("held", {
		...SAMPLE,
		name: "a-name-without-a-place-to-break-it-".repeat(4),
		locale: "ko",
		kind: "live",
		run: { ...run, warnings: [{ kind: "halted", why: `error streak: 5 failed calls in a row, the last: ${"x".repeat(120)}` }] },
		open: [{ ...HELD, entryAt: run.end - DAY, at: run.end - MINUTE }],
		unknown: ["unknownEquity", "unknownPath", "unknownCandles", "unknownBeats", "unknownGaps", "unknownBands", "unknownOpen"],
	});
	write("nothing", {
		...SAMPLE,
		run: { ...run, times: new Float64Array(), equity: new Float64Array() },
		charts: [{ ...one, columns: allocate(0) }],
	});
	write("nothing-ko", {
		...SAMPLE,
		locale: "ko",
		kind: "simulated",
		run: { ...run, trades: [], times: new Float64Array(), equity: new Float64Array() },
		charts: [{ ...one, columns: allocate(0) }],
	});
	browser = await openChromium();
});

after(async () => {
	await browser?.close();
	if (folder !== "") rmSync(folder, { recursive: true, force: true });
});

/** What is the same in every language: names, units, abbreviations, settings, and what others said. */
const ANYWHERE =
	/^(BTCUSDT|USDT|UTC|VWAP|CAGR|MDD|TP1|JavaScript|DecompressionStream|Profit|factor|MB|Anchorwatch|TradingView|Lightweight|Charts|Charting|by|c|Copyright|Inc|https|www|tradingview|com|Apache|License|k|max_drawdown_pct|a-name-without\S*|x{9,})$/;

/** Words in Latin letters that a person reads or hears on the page, the configuration and the licence aside. */
function latinWords(page: Page): Promise<string[]> {
	return page.evaluate(
		`(() => {
			for (const each of document.querySelectorAll('template')) each.replaceWith(each.content);
			for (const each of document.querySelectorAll('pre, script, style, noscript')) each.remove();
			const said = [document.title];
			const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
			for (let node = walk.nextNode(); node !== null; node = walk.nextNode()) said.push(node.nodeValue);
			for (const each of document.querySelectorAll('[title], [aria-label], [data-label], [placeholder]'))
				for (const name of ['title', 'aria-label', 'data-label', 'placeholder']) said.push(each.getAttribute(name) ?? '');
			return [...new Set(said.join(' ').match(/[A-Za-z][\\w-]*/g))];
		})()`,
	);
}

/** The same market at half its price. */
function half(columns: Columns): Columns {
	const halved = (row: Float64Array): Float64Array => row.map((price) => price / 2);
	const { open, high, low, close } = columns;
	return { ...columns, open: halved(open), high: halved(high), low: halved(low), close: halved(close) };
}

type Opened = { readonly page: Page; readonly asked: readonly string[]; readonly failed: readonly string[] };

async function open(options: BrowserContextOptions, name = "en"): Promise<Opened> {
	assert.ok(browser !== undefined);
	const page = await browser.newPage(options);
	const [asked, failed]: [string[], string[]] = [[], []];
	page.on("request", (request) => asked.push(request.url()));
	page.on("pageerror", (error) => failed.push(error.message));
	page.on("console", (message) => {
		if (message.type() === "error") failed.push(message.text());
	});
	await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
	await page.waitForSelector("html[data-ready], html[data-failed]", { state: "attached" });
	return { page, asked, failed };
}

/** Elements whose text is wider than they are, those that scroll aside. */
const TOO_WIDE =
	"[...document.querySelectorAll('main *, header *, footer *')].filter((e) => e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1 && !['auto', 'scroll'].includes(getComputedStyle(e).overflowX)).map((e) => [e.tagName, e.className, e.textContent.slice(0, 40)].join(' '))";

type State = { readonly length: number; readonly held: number; readonly inView: number };

function chartState(page: Page): Promise<State> {
	return page.evaluate("anchorwatchChart.state");
}

/** Colours on the chart's canvases: a picture, not an empty sheet. */
function colours(page: Page): Promise<number> {
	return page.evaluate(
		"[...document.querySelectorAll('#canvas canvas')].filter((c) => c.width * c.height > 0).reduce((set, c) => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 200) set.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]); return set; }, new Set()).size",
	);
}

test("(H2) it opens, draws, and asks nobody for anything", { skip: NO_CHROMIUM }, async () => {
	for (const colorScheme of ["light", "dark"] as const) {
		const { page, asked, failed } = await open({ viewport: { width: 1280, height: 900 }, colorScheme });
		assert.deepEqual(failed, []);
		assert.equal(asked.length, 1, "the page itself and nothing more");
		assert.ok((await colours(page)) > 20, `${colorScheme}: something is drawn`);
		const ground = await page.evaluate("getComputedStyle(document.body).backgroundColor");
		assert.equal(ground, colorScheme === "light" ? "rgb(243, 245, 248)" : "rgb(14, 19, 25)");
		await page.close();
	}
});

test("(H2) every figure and every trade that a person sees is the result file's, in both languages", { skip: NO_CHROMIUM }, async () => {
	for (const locale of LOCALES) {
		const { page } = await open({ viewport: { width: 1280, height: 900 } }, locale);
		while ((await page.locator("button[data-more=trades]").count()) > 0) await page.locator("button[data-more=trades]").click();
		const rows = await page.locator("tr[data-trade]").count();
		assert.equal(rows, RESULT.trades.length);
		const seen: Record<string, string> = await page.evaluate(
			"Object.fromEntries([...document.querySelectorAll('[data-at]')].map((e) => [e.dataset.at, e.dataset.exact]))",
		);
		for (const [name, value] of Object.entries(RESULT.metrics)) assert.equal(seen[`metrics.${name}`], JSON.stringify(value), name);
		for (const [i, trade] of RESULT.trades.entries()) {
			for (const name of [
				"side",
				"signal_time",
				"entry_time",
				"entry_price",
				"qty",
				"fees",
				"funding",
				"slippage",
				"pnl",
				"balance_after",
			] as const)
				assert.equal(seen[`trades.${i}.${name}`], JSON.stringify(trade[name]), `trade ${i}: ${name}`);
			for (const [k, exit] of trade.exits.entries())
				for (const name of ["time", "price", "qty", "reason"] as const)
					assert.equal(seen[`trades.${i}.exits.${k}.${name}`], JSON.stringify(exit[name]), `trade ${i}, exit ${k}: ${name}`);
		}
		assert.equal(await page.locator("html").getAttribute("lang"), locale);
		await page.close();
	}
});

test("a trade's row takes the chart to it, at a finer grain, and All brings the whole run back", { skip: NO_CHROMIUM }, async () => {
	const { page, failed } = await open({ viewport: { width: 1280, height: 900 } });
	const whole = await chartState(page);
	assert.ok(whole.length > 60_000 && whole.inView <= 1280 / 2, "a month of minutes is joined to as many bars as there is room for");
	await page.locator("tr[data-trade='3']").click();
	const near = await chartState(page);
	assert.ok(near.length < whole.length, `${near.length} ms a bar is finer than ${whole.length}`);
	assert.match((await page.locator("#legend").textContent()) ?? "", /2024-01-\d\d \d\d:\d\d.*Equity .* USDT/);
	await page.locator("#all").click();
	assert.equal((await chartState(page)).length, whole.length);
	await page.locator("#next").click();
	assert.equal(await page.locator("tr.chosen").getAttribute("data-trade"), "4");
	assert.deepEqual(failed, []);
	await page.close();
});

test("the wheel goes to a finer grain, by and by to the recorded candles, and out again", { skip: NO_CHROMIUM }, async () => {
	const { page } = await open({ viewport: { width: 1280, height: 900 }, bypassCSP: true });
	const whole = await chartState(page);
	const turn = async (by: number, until: string): Promise<void> => {
		for (let i = 0; i < 24; i++) await page.mouse.wheel(0, by); // each is a tenth of the bars' width
		await page.waitForFunction(until);
	};
	await page.locator("#canvas").hover();
	await turn(-600, `anchorwatchChart.state.length < ${whole.length}`);
	const { start } = RESULT;
	await page.evaluate(`anchorwatchChart.show(${start + 86_400_000}, ${start + 86_400_000 + 7_200_000})`);
	const near = await chartState(page);
	assert.deepEqual([near.length, Math.round(near.inView)], [60_000, 120], "two hours are 120 candles as recorded");
	assert.ok(near.held < RESULT.candles / 10, "and only the bars around them are held");
	await turn(600, "anchorwatchChart.state.length > 60_000");
	await page.close();
});

test("on a phone nothing is wider than the screen, light and dark, and the button changes the light", { skip: NO_CHROMIUM }, async () => {
	for (const name of [...LOCALES, "held"]) {
		const { page, failed } = await open(
			{ viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
			name,
		);
		assert.deepEqual(failed, []);
		assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 360);
		assert.deepEqual(await page.evaluate(TOO_WIDE), [], `${name}: nothing runs out of its box`);
		const before = await page.evaluate("getComputedStyle(document.body).backgroundColor");
		await page.locator("#theme").click();
		assert.notEqual(await page.evaluate("getComputedStyle(document.body).backgroundColor"), before);
		await page.close();
	}
});

test("(H2) on the Korean page every word is Korean: titles, labels, tooltips, warnings, legend and the chart's own", {
	skip: NO_CHROMIUM,
}, async () => {
	for (const name of ["ko", "held", "nothing-ko"]) {
		const { page, failed } = await open({ viewport: { width: 1280, height: 900 } }, name);
		assert.deepEqual(failed, []);
		const data: { words: Record<string, string> } = await page.evaluate("JSON.parse(document.getElementById('data').textContent)");
		const words = await latinWords(page);
		const drawn = Object.values(data.words).flatMap((text) => text.match(/[A-Za-z][\w-]*/g) ?? []);
		assert.deepEqual(
			[...words, ...drawn].filter((word) => !ANYWHERE.test(word)),
			[],
			name,
		);
		await page.close();
	}
});

test("a position that is held at the end is told, and marked on the chart", { skip: NO_CHROMIUM }, async () => {
	const { page } = await open({ viewport: { width: 1280, height: 900 } }, "held");
	assert.match((await page.locator("#open tbody tr").textContent()) ?? "", /BTCUSDT숏.*57,000.*0\.104.*56,000\+104\.00/);
	const last: unknown[] = await page.evaluate("JSON.parse(document.getElementById('data').textContent).trades.at(-1)");
	assert.deepEqual(last.slice(0, 1).concat(last.slice(2)), [-1, 57_000, 104, "BTCUSDT", [[SAMPLE.run.end - MINUTE, 56_000, "still_open"]]]);
	await page.locator("#previous").click(); // the last of all
	assert.equal(await page.locator("tr.chosen").count(), 0, "it is no trade");
	assert.ok((await chartState(page)).inView > 0);
	await page.close();
});

test("another symbol is another market over the same time", { skip: NO_CHROMIUM }, async () => {
	const { page, failed } = await open({ viewport: { width: 1280, height: 900 } }, "two");
	const close = async (): Promise<number> =>
		Number(/C ([\d,.]+)/.exec((await page.locator("#legend").textContent()) ?? "")?.[1]?.replaceAll(",", ""));
	const before = await close();
	await page.locator("#symbol").selectOption("ETHUSDT");
	assert.equal(await close(), before / 2);
	assert.deepEqual(failed, []);
	await page.close();
});

test("without candles there is the equity alone, and without anything a word", { skip: NO_CHROMIUM }, async () => {
	const curve = await open({ viewport: { width: 1280, height: 900 } }, "curve");
	assert.deepEqual(curve.failed, []);
	assert.match((await curve.page.locator("#legend").textContent()) ?? "", /^\d{4}-\d\d-\d\d \d\d:\d\dEquity /);
	await curve.page.close();
	const nothing = await open({ viewport: { width: 1280, height: 900 } }, "nothing");
	assert.deepEqual(nothing.failed, []);
	assert.match((await nothing.page.locator("#canvas").textContent()) ?? "", /No candles were recorded/);
	await nothing.page.close();
});
