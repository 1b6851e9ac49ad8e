// The page's figures: the few that matter most as tiles, then all of the result file's, the costs, the distribution and the groups.

import type { resultOf } from "../report/result.ts";
import { filled, html, type Markup } from "./element.ts";
import { figure, figureText, type Kind } from "./format.ts";
import type { Locale, TextKey, Texts } from "./texts.ts";

export type Result = ReturnType<typeof resultOf>;
export type Words = { readonly locale: Locale; readonly t: Texts };

type MetricName = keyof Result["metrics"];
type Row = readonly [name: MetricName | "initial_balance" | "final_balance", kind: Kind];

const TILES: readonly Row[] = [
	["pnl", "signedAmount"],
	["return_pct", "signedPercent"],
	["cagr", "growth"],
	["mdd_pct", "percent"],
	["sharpe", "ratio"],
	["trades", "count"],
	["win_rate", "percent"],
	["profit_factor", "ratio"],
];

/** Costs have their own section. */
const LISTS: readonly (readonly [title: TextKey, rows: readonly Row[]])[] = [
	[
		"result",
		[
			["initial_balance", "money"],
			["final_balance", "money"],
			["pnl", "signedMoney"],
			["return_pct", "signedPercent"],
			["cagr", "growth"],
			["expectancy", "signedMoney"],
			["average_win", "signedMoney"],
			["average_loss", "signedMoney"],
			["profit_factor", "ratio"],
		],
	],
	[
		"risk",
		[
			["mdd_pct", "percent"],
			["mdd", "money"],
			["mdd_from", "time"],
			["mdd_to", "time"],
			["sharpe", "ratio"],
			["sortino", "ratio"],
			["calmar", "ratio"],
			["worst_trade_pct", "signedPercent"],
			["worst_trade_index", "count"],
		],
	],
	[
		"activity",
		[
			["trades", "count"],
			["wins", "count"],
			["win_rate", "percent"],
			["win_streak", "count"],
			["loss_streak", "count"],
			["average_holding_ms", "duration"],
			["longest_holding_ms", "duration"],
			["exposure_pct", "percent"],
			["ambiguous_candles", "count"],
		],
	],
];

export function tiles(result: Result, words: Words): Markup {
	return html`<section class="tiles">${TILES.map(([name, kind]) => html`<div class="tile"><span class="label">${words.t(name)}${kind === "signedAmount" ? ", USDT" : ""}</span>${shownValue(result, name, kind, words)}</div>`)}</section>`;
}

export function lists(result: Result, words: Words): Markup {
	const one = ([title, rows]: (typeof LISTS)[number]): Markup =>
		html`<section class="card"><h2>${words.t(title)}</h2><dl>${rows.map(([name, kind]) => html`<div><dt>${words.t(name)}</dt><dd>${shownValue(result, name, kind, words)}</dd></div>`)}</dl></section>`;
	return html`<div class="row three">${LISTS.map(one)}</div>`;
}

function shownValue(result: Result, name: Row[0], kind: Kind, { locale }: Words): Markup {
	if (name === "initial_balance" || name === "final_balance") return figure(kind, name, result[name], locale);
	return figure(kind, `metrics.${name}`, result.metrics[name], locale);
}

const COSTS = ["fees", "funding", "slippage"] as const;

/** From gross to net, each step a bar that begins where the one before it ended. */
export function costs({ metrics }: Result, { locale, t }: Words): Markup {
	const { gross, trades } = metrics;
	const net = gross - COSTS.reduce((sum, name) => sum + metrics[name], 0);
	let at = gross;
	const steps = [
		{ name: "gross" as const, value: gross, from: 0, to: gross },
		...COSTS.map((name) => {
			const from = at;
			at -= metrics[name];
			return { name, value: metrics[name], from, to: at };
		}),
		{ name: "net" as const, value: net, from: 0, to: net },
	];
	const low = Math.min(0, ...steps.map(({ from, to }) => Math.min(from, to)));
	const high = Math.max(0, ...steps.map(({ from, to }) => Math.max(from, to)));
	const place = (value: number): number => (high > low ? (100 * (value - low)) / (high - low) : 0);
	const rows = steps.map(({ name, value, from, to }) => {
		const isCost = name !== "gross" && name !== "net";
		const tone = to >= from ? "gain" : "loss";
		const shown =
			name === "net"
				? html`<span class="n ${value < 0 ? "loss" : "gain"}">${figureText("signedMoney", value, locale)}</span>`
				: figure(isCost ? "money" : "signedMoney", `metrics.${name}`, value, locale);
		const share = isCost && gross > 0 ? filled(t("ofGross"), { share: figureText("percent", (100 * value) / gross, locale) }) : undefined;
		const each = isCost && trades > 0 ? filled(t("perTrade"), { amount: figureText("money", value / trades, locale) }) : undefined;
		return html`<div class="step"><span class="label">${t(name)}</span><span class="track"><i class="${tone} ${isCost ? "" : "whole"}" style="left:${place(Math.min(from, to)).toFixed(2)}%;width:${(place(Math.max(from, to)) - place(Math.min(from, to))).toFixed(2)}%"></i><b style="left:${place(0).toFixed(2)}%"></b></span>${shown}<small>${share}${share && each ? " · " : ""}${each}</small></div>`;
	});
	return html`<section class="card" id="costs"><h2>${t("costs")}</h2><p class="help">${t("costsHelp")}</p>${rows}</section>`;
}

export function distribution({ pnl_histogram: bins, pnl_quantiles: quantiles }: Result, { locale, t }: Words): Markup {
	if (quantiles === null)
		return html`<section class="card" id="distribution"><h2>${t("distribution")}</h2><p>${t("noTrades")}</p></section>`;
	const most = Math.max(...bins.map(({ count }) => count));
	const bars = bins.map(({ from, to, count }, i) => {
		const range = `${figureText("signedMoney", from, locale)} … ${figureText("signedMoney", to, locale)}`;
		return html`<div class="bin ${from >= 0 ? "gain" : "loss"}" title="${range}: ${count}" data-bin="${JSON.stringify([from, to, count])}"><em>${count > 0 ? count : ""}</em><i style="height:${((100 * count) / most).toFixed(2)}%"></i><small>${i % 2 === 0 || bins.length < 9 ? edgeText(from) : ""}</small></div>`;
	});
	const names = ["min", "p5", "p25", "p50", "p75", "p95", "max"] as const;
	const figures = names.map(
		(name) => html`<div><dt>${t(name)}</dt><dd>${figure("signedAmount", `pnl_quantiles.${name}`, quantiles[name], locale)}</dd></div>`,
	);
	return html`<section class="card" id="distribution"><h2>${t("distribution")}</h2><p class="help">${t("distributionHelp")} (USDT)</p><div class="bins">${bars}</div><dl class="quantiles">${figures}</dl></section>`;
}

function edgeText(edge: number): string {
	const size = Math.abs(edge);
	return size >= 10_000 ? `${Number((edge / 1000).toPrecision(3))}k` : String(Number(edge.toPrecision(6)));
}

export function groups({ by_direction, by_reason }: Result, words: Words): Markup {
	const { t, locale } = words;
	const row = (name: string, at: string, group: Result["by_direction"]["long"]): Markup =>
		html`<tr><th scope="row">${name}</th><td>${figure("count", `${at}.trades`, group.trades, locale)}</td><td>${figure("percent", `${at}.win_rate`, group.win_rate, locale)}</td><td>${figure("signedAmount", `${at}.pnl`, group.pnl, locale)}</td></tr>`;
	const table = (title: TextKey, rows: readonly Markup[]): Markup =>
		html`<section class="card"><table class="groups"><thead><tr><th scope="col">${t(title)}</th><th scope="col">${t("trades")}</th><th scope="col">${t("win_rate")}</th><th scope="col">${t("pnl")}, USDT</th></tr></thead><tbody>${rows}</tbody></table></section>`;
	const directions = (["long", "short"] as const).map((name) => row(t(name), `by_direction.${name}`, by_direction[name]));
	const reasons = by_reason.map((group, i) => row(group.reasons.map((reason) => t(reason)).join(" → "), `by_reason.${i}`, group));
	return html`<div class="row two">${table("byDirection", directions)}${reasons.length > 0 ? table("byReason", reasons) : ""}</div>`;
}
