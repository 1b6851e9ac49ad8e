// The report: one HTML page that is complete in itself. Its figures are those of the result file (spec §11), each with its exact value; the
// chart's data lie in it packed, and the page's own policy forbids it any network.

import { intervalName } from "../market/interval.ts";
import type { RunRecord } from "../report/metrics.ts";
import { resultOf } from "../report/result.ts";
import { EXIT_REASONS } from "../report/trade.ts";
import { warningText } from "../report/warning.ts";
import type { Assets } from "./assets.ts";
import { html, jsonScript, Markup } from "./element.ts";
import { costs, distribution, groups, lists, type Result, tiles, type Words } from "./figures-part.ts";
import { figure } from "./format.ts";
import { balances, trades } from "./lists-part.ts";
import { type ChartInput, markedTrades, packedChart, packedEquity } from "./series.ts";
import { durationText, type Locale, type TextKey, textsOf } from "./texts.ts";

export type ReportInput = {
	readonly run: RunRecord;
	readonly kind: "backtest" | "live" | "paper" | "simulated";
	/** The run's own name, where it has one. */
	readonly name?: string | undefined;
	readonly locale: Locale;
	/** One for each symbol whose market is known. */
	readonly charts: readonly ChartInput[];
	/** What the page must say that it does not know. */
	readonly unknown: readonly TextKey[];
};

const POLICY =
	"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
const SIZE_MARK = "\u{F0000}size\u{F0000}";

export function reportPage(input: ReportInput, assets: Assets): string {
	const { run, locale } = input;
	const words: Words = { locale, t: textsOf(locale) };
	const result = resultOf(run);
	const body = html`${top(input, result, words)}<main>${notices(input, words)}${tiles(result, words)}${chart(input, words)}<div class="row two">${costs(result, words)}${distribution(result, words)}</div>${lists(result, words)}${groups(result, words)}${trades(result, words)}${balances(result, words)}${configuration(result, words)}</main>${foot(assets, words)}${jsonScript("data", chartData(input, words))}<script>${script(assets.library)}</script><script>${script(assets.script)}</script>`;
	const title = `${result.symbol} · ${words.t(input.kind)}`;
	const page = html`<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="generator" content="Anchorwatch"><title>${title}</title><style>${new Markup(assets.style)}</style></head><body>${body}</body></html>
`;
	return page.text.replace(SIZE_MARK, `${(Buffer.byteLength(page.text) / 1e6).toFixed(2)} MB`);
}

function top({ kind, name, run }: ReportInput, result: Result, { locale, t }: Words): Markup {
	const facts = [
		html`${figure("time", "start", result.start, locale)} → ${figure("time", "end", result.end, locale)} UTC (${durationText(locale, run.end - run.start)})`,
		html`${t("candlesOf")} ${intervalName(run.baseInterval)}, ${figure("count", "candles", result.candles, locale)}`,
		...(name === undefined ? [] : [html`${name}`]),
	];
	const badge = run.generated ? html`<span class="badge">${t("generated")}</span>` : "";
	return html`<header class="top"><div><h1>${result.symbol} · ${t(kind)}${badge}</h1><p class="facts">${facts.map((fact) => html`<span>${fact}</span>`)}</p><p>${t("utc")}.</p></div><button type="button" id="theme" aria-label="${t("theme")}" title="${t("theme")}">◐</button></header>`;
}

function notices({ run, unknown, locale }: ReportInput, { t }: Words): Markup {
	const list = (title: TextKey, items: readonly string[]): Markup =>
		items.length === 0
			? html``
			: html`<section class="card notice"><h2>${t(title)}</h2><ul>${items.map((item) => html`<li>${item}</li>`)}</ul></section>`;
	return html`${list(
		"warnings",
		run.warnings.map((warning) => warningText(warning, locale)),
	)}${list("unknown", unknown.map(t))}`;
}

function chart({ charts, run }: ReportInput, { t }: Words): Markup {
	const hasCandles = charts.some(({ columns }) => columns.length > 0);
	const hasBands = hasCandles && charts.some(({ evaluations }) => evaluations.length > 0);
	const choice =
		charts.length < 2
			? ""
			: html`<select id="symbol" aria-label="${t("symbol")}">${charts.map(({ symbol }) => html`<option>${symbol}</option>`)}</select>`;
	const steps =
		run.trades.length === 0
			? ""
			: html`<button type="button" id="previous">‹ ${t("previousTrade")}</button><button type="button" id="next">${t("nextTrade")} ›</button>`;
	const swatch = (colour: string, text: TextKey, shape = ""): Markup =>
		html`<li><i class="${shape}" style="border-color:var(--${colour})"></i>${t(text)}</li>`;
	const mark = (shape: string, text: TextKey): Markup => html`<li><i class="${shape}"></i>${t(text)}</li>`;
	const key = hasCandles
		? html`${mark("up", "longEntry")}${mark("down", "shortEntry")}${mark("dot", "exit")}${swatch("gain", "winLine", "dashed")}${swatch("loss", "lossLine", "dashed")}${hasBands ? html`${swatch("reference", "reference")}${swatch("band", "bands", "dashed")}` : ""}`
		: html`<li>${t("noCandles")}</li>`;
	return html`<section class="card" id="chart"><header><h2>${t("chartTitle")}</h2>${choice}<button type="button" id="all">${t("wholeRun")}</button>${steps}</header><div id="legend"></div><div id="canvas"></div><noscript><p>${t("noScript")}</p></noscript><ul class="key">${key}${swatch("equity", "equity")}${swatch("loss", "drawdown")}</ul><p class="help">${t("chartHelp")}${hasBands ? ` ${t("bandsHelp")}` : ""}</p></section>`;
}

function chartData({ charts, run, locale }: ReportInput, { t }: Words): unknown {
	const reasons = EXIT_REASONS.map((reason) => [reason, t(`${reason}_short`)] as const);
	const names = ["equity", "drawdown", "reference", "shownAs", "perBar", "baseBars", "oldBrowser", "noCandles"] as const;
	return {
		locale: locale === "ko" ? "ko-KR" : "en-GB",
		words: Object.fromEntries([...reasons, ...names.map((name) => [name, t(name)] as const)]),
		trades: markedTrades(run),
		equity: packedEquity(run),
		charts: charts.length > 0 ? charts.map(packedChart) : [],
	};
}

function configuration({ config }: Result, { t }: Words): Markup {
	return config === undefined
		? html``
		: html`<details class="card"><summary>${t("configuration")}</summary><pre>${JSON.stringify(config, null, 2)}</pre></details>`;
}

function foot({ libraryVersion, libraryLicence }: Assets, { t }: Words): Markup {
	return html`<footer class="foot"><p>${t("disclaimer")}</p><p>${t("selfContained")} ${t("size")}: ${SIZE_MARK}. Anchorwatch.</p><p>${t("chartsBy")}: TradingView Lightweight Charts™ ${libraryVersion}, Copyright (c) TradingView, Inc., <a href="https://www.tradingview.com/" rel="noreferrer">https://www.tradingview.com/</a>, Apache License 2.0.</p><details><summary>${t("licence")}</summary><pre>${libraryLicence}</pre></details></footer>`;
}

/** A script's text inside its element: an end tag in it would end the element. */
function script(text: string): Markup {
	return new Markup(text.replaceAll(/<\/(script)/gi, "<\\/$1").replaceAll("<!--", "<\\!--"));
}
