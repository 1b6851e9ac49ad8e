// How long the report of 500,000 candles takes: to make, and to open in Chromium until its chart is painted. Prints, asserts nothing.
// `node bin/node.js bench/report.ts [days]`

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readAssets } from "../src/page/assets.ts";
import { reportPage } from "../src/page/page.ts";
import { NO_CHROMIUM, openChromium } from "../test/support/chromium.ts";
import { sampleReport } from "../test/support/report-sample.ts";
import { machine, median } from "./figure.ts";

/** Minutes of so many days are just over 500,000. */
const DAYS = 348;
const OPENINGS = 5;

const days = Number(process.argv[2] ?? DAYS);
console.log(machine());
const sample = sampleReport(days);
const began = performance.now();
const page = reportPage(sample, readAssets());
const made = performance.now() - began;
const { candles, trades } = sample.run;
console.log(`${candles} candles, ${trades.length} trades: ${(Buffer.byteLength(page) / 1e6).toFixed(2)} MB, made in ${made.toFixed(0)} ms`);

if (NO_CHROMIUM !== false) console.log(NO_CHROMIUM);
else {
	const folder = mkdtempSync(join(tmpdir(), "anchorwatch-bench-"));
	const file = join(folder, "report.html");
	writeFileSync(file, page);
	const browser = await openChromium();
	try {
		const times: number[] = [];
		for (let i = 0; i < OPENINGS; i++) {
			const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
			await tab.goto(pathToFileURL(file).href);
			await tab.waitForSelector("html[data-ready]", { state: "attached" });
			times.push(Number(await tab.locator("html").getAttribute("data-ready"))); // ms since the navigation began, as the page counts them
			await tab.close();
		}
		console.log(`opened in Chromium ${browser.version()}: ${median(times).toFixed(0)} ms until the chart is painted (${times.join(", ")})`);
	} finally {
		await browser.close();
		rmSync(folder, { recursive: true, force: true });
	}
}
