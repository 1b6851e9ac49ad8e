// `npm run screenshots`: makes the pictures in docs/img again, each of the real thing: pages in Chromium, terminals from what the programs wrote
// under a terminal. Takes some minutes; wants Chromium and, for its own picture, Prometheus (Debian: chromium fonts-noto-cjk fonts-noto-color-emoji prometheus).
// Names as arguments make only those: report, demo, summary, trial.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { openChromium } from "../test/support/chromium.ts";
import { Program } from "./screenshots/program.ts";
import { terminalPage } from "./screenshots/terminal.ts";
import { openTrial, pressFirst, type Trial, talk } from "./screenshots/trial.ts";

const ROOT = join(import.meta.dirname, "..");
const IMAGES = join(ROOT, "docs/img");
/** A year of minutes, near enough: more than 500,000 candles. */
const DAYS = 350;
const PROMETHEUS_PORT = 9390;
/** A long chat on one picture. */
const TWO_COLUMNS =
	"main { flex-flow: column wrap; align-content: flex-start; gap: 8px 20px; overflow: hidden } .bubble { max-width: 410px }";

const folder = mkdtempSync(join(tmpdir(), "anchorwatch-screenshots-"));
const browser = await openChromium();
const wanted = process.argv.slice(2);

async function opened(width: number, height: number, scale = 1): Promise<Page> {
	return (await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale, locale: "en-GB" })).newPage();
}

async function shoot(page: Page, name: string, fullPage = false): Promise<void> {
	await page.screenshot({ path: join(IMAGES, `${name}.png`), fullPage });
	await page.close();
	process.stdout.write(`docs/img/${name}.png\n`);
}

async function terminal(name: string, command: string, output: string): Promise<void> {
	const page = await opened(400, 200);
	await page.setContent(terminalPage(command, output));
	const box = await page.locator("pre").boundingBox();
	await page.setViewportSize({ width: Math.ceil(box?.width ?? 800), height: Math.ceil(box?.height ?? 600) });
	await shoot(page, name);
}

function done(program: Program): Promise<string> {
	return program.ended();
}

const lines = (text: string, from: number, to?: number): string => text.split("\n").slice(from, to).join("\n");

/** The report of a backtest over half a million candles, in both languages, and the summary above it. */
async function report(): Promise<void> {
	await done(new Program(folder, ["generate", "--seed", "7", "--days", String(DAYS), "--out", "year.csv.gz"]));
	writeFileSync(join(folder, "small.yaml"), "size: {value: 5}\n"); // at the default size the drawdown guard ends such a year early
	for (const [locale, name] of [
		["en", "report"],
		["ko", "report.ko"],
	] as const) {
		const page = `${name}.html`;
		await done(new Program(folder, ["backtest", "--config", "small.yaml", "--data", "year.csv.gz", "--report", page, "--locale", locale]));
		const view = await opened(1240, 1060);
		await view.goto(pathToFileURL(join(folder, page)).href);
		await view.locator("canvas").first().waitFor();
		await pause(3000);
		await shoot(view, name);
	}
}

async function summary(): Promise<void> {
	await done(new Program(folder, ["generate", "--seed", "7", "--days", "30", "--out", "market.csv.gz"]));
	const text = await done(new Program(folder, ["backtest", "--data", "market.csv.gz"]));
	await terminal("summary", "npx anchorwatch backtest --data market.csv.gz", text);
}

/** In the midst of it. */
async function demo(): Promise<void> {
	const program = new Program(folder, ["run"]);
	await program.says(/2024-01-08 01:00/);
	await pause(500);
	const { text } = program;
	await program.stop();
	await terminal("demo", "npm start", lines(text, 0));
}

async function trial(): Promise<void> {
	const trials = await Promise.all([openTrial(folder, "en", 8770), openTrial(folder, "ko", 8780)]);
	const prometheus = watched(trials[0]);
	const [english] = trials;
	await terminal("bot", "npx anchorwatch run", english.bot.text);
	const status = await done(new Program(english.folder, ["status"]));
	await terminal("status", "npx anchorwatch status", status);
	await pause(120_000); // figures to be drawn
	for (const [i, name] of (["phone", "phone.ko"] as const).entries()) {
		const each = trials[i]!;
		await talk(each, "/status", "/chart", "/flatten");
		await pressFirst(each);
		const page = await opened(1290, 900);
		await page.goto(each.standIn.url);
		await page.addStyleTag({ content: TWO_COLUMNS });
		await page.locator(".bubble img").waitFor();
		await pause(1500);
		await shoot(page, name);
	}
	await pause(20_000); // a scrape and an evaluation of the rules
	await metrics(prometheus);
	for (const each of trials) await each.close();
}

/** With the rules as they are, but at once instead of after minutes. */
function watched({ metrics: port }: Trial): Program | undefined {
	if (spawnSync("prometheus", ["--version"]).error !== undefined) return undefined;
	const from = join(ROOT, "ops/prometheus");
	const rules = readFileSync(join(from, "alerts.yml"), "utf8").replace(/for: \w+/g, "for: 0s");
	writeFileSync(join(folder, "alerts.yml"), rules);
	writeFileSync(join(folder, "prometheus.yml"), readFileSync(join(from, "prometheus.yml"), "utf8").replace(":9464", `:${port}`));
	const listen = `--web.listen-address=127.0.0.1:${PROMETHEUS_PORT}`;
	return new Program(folder, [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/tsdb`, listen], "prometheus");
}

async function metrics(prometheus: Program | undefined): Promise<void> {
	if (prometheus === undefined) return void process.stdout.write("no prometheus here: docs/img/prometheus.png and alerts.png stay\n");
	const url = `http://127.0.0.1:${PROMETHEUS_PORT}`;
	const graph = await opened(1200, 800);
	await graph.goto(`${url}/graph?g0.expr=anchorwatch_equity_usdt&g0.tab=0&g0.range_input=5m`);
	await pause(4000);
	await shoot(graph, "prometheus");
	const alerts = await opened(1200, 800);
	await alerts.goto(`${url}/classic/alerts`); // Debian leaves the newer page out
	await pause(3000);
	await shoot(alerts, "alerts");
	await prometheus.stop();
}

const STEPS: Readonly<Record<string, () => Promise<void>>> = { report, summary, demo, trial };
try {
	for (const [name, step] of Object.entries(STEPS)) if (wanted.length === 0 || wanted.includes(name)) await step();
} finally {
	await browser.close();
	rmSync(folder, { recursive: true, force: true });
}
