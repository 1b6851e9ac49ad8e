// The report: one HTML page that is complete in itself. Its figures are those of the result file (spec §11), each with its exact value; the
// chart's data lie in it packed, and the page's own policy forbids it any network.

import type { RunRecord } from "../report/metrics.ts";
import { resultOf } from "../report/result.ts";
import { EXIT_REASONS } from "../report/trade.ts";
import { warningText } from "../report/warning.ts";
import type { Assets } from "./assets.ts";
import { filled, html, jsonScript, Markup } from "./element.ts";
import { costs, distribution, groups, lists, type Result, tiles, type Words } from "./figures-part.ts";
import { figure } from "./format.ts";
import { balances, trades } from "./lists-part.ts";
import { openPositions } from "./open-part.ts";
import { type ChartInput, markedOpen, markedTrades, type OpenPosition, packedChart, packedEquity } from "./series.ts";
import { durationText, intervalText, type Locale, type TextKey, textsOf } from "./texts.ts";

export type ReportInput = {
	readonly run: RunRecord;
	readonly kind: "backtest" | "live" | "paper" | "simulated";
	/** The run's own name, where it has one. */
	readonly name?: string | undefined;
	readonly locale: Locale;
	/** One for each symbol whose market is known. */
	readonly charts: readonly ChartInput[];
	/** What was held when the record ended, and counts as no trade. */
	readonly open?: readonly OpenPosition[] | undefined;
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
	const body = html`${top(input, result, words)}<main>${notices(input, words)}${tiles(result, words)}${chart(input, words)}<div class="row two">${costs(result, words)}${distribution(result, words)}</div>${lists(result, words)}${groups(result, words)}${openPositions(input.open ?? [], words)}${trades(result, words)}${balances(result, words)}${configuration(result, words)}</main>${foot(assets, words)}${jsonScript("data", chartData(input, words))}<script>${script(assets.library)}</script><script>${script(assets.script)}</script>`;
	const title = `${result.symbol} · ${words.t(input.kind)}`;
	const page = html`<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="generator" content="Anchorwatch"><title>${title}</title><style>${new Markup(assets.style)}</style></head><body>${body}</body></html>
`;
	return page.text.replace(SIZE_MARK, `${(Buffer.byteLength(page.text) / 1e6).toFixed(2)} MB`);
}

function top({ kind, name, run }: ReportInput, result: Result, { locale, t }: Words): Markup {
	const facts = [
		html`${figure("time", "start", result.start, locale)} → ${figure("time", "end", result.end, locale)} UTC (${durationText(locale, run.end - run.start)})`,
		filled(t("candlesOf"), {
			interval: intervalText(locale, run.baseInterval),
			count: figure("count", "candles", result.candles, locale),
		}),
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
	const warnings = run.warnings.map((warning) => warningText(warning, locale));
	const isValued = run.trades.some(endsWithData);
	return html`${list("warnings", isValued ? [...warnings, t("valuedAtEnd")] : warnings)}${list("unknown", unknown.map(t))}`;
}

/** It was open when the data ended. */
function endsWithData({ exits }: RunRecord["trades"][number]): boolean {
	return exits.at(-1)?.reason === "end_of_data";
}

function chart({ charts, run, open = [] }: ReportInput, { t }: Words): Markup {
	const hasCandles = charts.some(({ columns }) => columns.length > 0);
	const hasBands = hasCandles && charts.some(({ evaluations }) => evaluations.length > 0);
	const choice =
		charts.length < 2
			? ""
			: html`<select id="symbol" aria-label="${t("symbol")}">${charts.map(({ symbol }) => html`<option>${symbol}</option>`)}</select>`;
	const hasOpen = open.length > 0 || run.trades.some(endsWithData);
	const steps =
		run.trades.length + open.length === 0
			? ""
			: html`<button type="button" id="previous">‹ ${t("previousTrade")}</button><button type="button" id="next">${t("nextTrade")} ›</button>`;
	const swatch = (colour: string, text: TextKey, shape = ""): Markup =>
		html`<li><i class="${shape}" style="border-color:var(--${colour})"></i>${t(text)}</li>`;
	const mark = (shape: string, text: TextKey): Markup => html`<li><i class="${shape}"></i>${t(text)}</li>`;
	const key = hasCandles
		? html`${mark("up", "longEntry")}${mark("down", "shortEntry")}${mark("dot", "exit")}${hasOpen ? mark("square", "openAtEnd") : ""}${swatch("gain", "winLine", "dashed")}${swatch("loss", "lossLine", "dashed")}${hasBands ? html`${swatch("reference", "reference")}${swatch("band", "bands", "dashed")}` : ""}`
		: html`<li>${t("noCandles")}</li>`;
	return html`<section class="card" id="chart"><header><h2>${t("chartTitle")}</h2>${choice}<button type="button" id="all">${t("wholeRun")}</button>${steps}</header><div id="legend"></div><div id="canvas"></div><noscript><p>${t("noScript")}</p></noscript><ul class="key">${key}${swatch("equity", "equity")}${swatch("loss", "drawdown")}</ul><p class="help">${t("chartHelp")}${hasBands ? ` ${t("bandsHelp")}` : ""}</p></section>`;
}

/** What the page's scripts say. */
const CHART_WORDS = [
	...["equity", "drawdown", "reference", "upper", "lower", "open_price", "high_price", "low_price", "close_price"],
	...["shownAs", "perBar", "baseBars", "oldBrowser", "noCandles", "still_open", "minutes", "hours", "days", "weeks"],
] as const satisfies readonly TextKey[];

function chartData({ charts, run, locale, open = [] }: ReportInput, { t }: Words): unknown {
	const reasons = EXIT_REASONS.map((reason) => [reason, t(`${reason}_short`)] as const);
	return {
		locale: locale === "ko" ? "ko-KR" : "en-GB",
		words: Object.fromEntries([...reasons, ...CHART_WORDS.map((name) => [name, t(name)] as const)]),
		trades: [...markedTrades(run), ...open.filter(({ entryPrice }) => Number.isFinite(entryPrice)).map(markedOpen)],
		equity: packedEquity(run),
		charts: charts.map((one) => packedChart(one, intervalText(locale, one.interval))),
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
