// The page's long lists, the trades and the balances: the first rows at once, the others as inert pieces that a press lays open, so that
// thousands of them do not slow the page down.

import { html, type Markup } from "./element.ts";
import type { Result, Words } from "./figures-part.ts";
import { figure, figureText } from "./format.ts";

/** Rows shown at first, and with each press. */
const FIRST = 20;
const PIECE = 100;

type ResultTrade = Result["trades"][number];

export function trades(result: Result, words: Words): Markup {
	const { t } = words;
	if (result.trades.length === 0)
		return html`<section class="card" id="trades"><h2>${t("tradesTitle")}</h2><p>${t("noTrades")}</p></section>`;
	const several = result.symbols.length > 1;
	const titles = [
		t("number"),
		t("side"),
		...(several ? [t("symbol")] : []),
		t("entry_time"),
		t("entry_price"),
		t("qty"),
		t("exits"),
		t("pnl"),
		t("fees"),
		t("funding"),
		t("slippage"),
		t("balance_after"),
		t("signal_time"),
	];
	const rows = result.trades.map((trade, i) => tradeRow(trade, i, several, words));
	return html`<section class="card" id="trades"><h2>${t("tradesTitle")}</h2><p class="help">${t("tradesHelp")}</p>${longTable(titles, rows, words, "trades")}</section>`;
}

function tradeRow(trade: ResultTrade, i: number, several: boolean, { t, locale }: Words): Markup {
	const at = `trades.${i}`;
	const exits = trade.exits.map(
		(exit, k) =>
			html`<div>${figure("time", `${at}.exits.${k}.time`, exit.time, locale)} <span class="nb">${figure("price", `${at}.exits.${k}.price`, exit.price, locale)} × ${figure("coins", `${at}.exits.${k}.qty`, exit.qty, locale)}</span> <span class="reason ${exit.reason}" data-at="${at}.exits.${k}.reason" data-exact="${JSON.stringify(exit.reason)}">${t(exit.reason)}</span></div>`,
	);
	const cell = (label: string, content: Markup): Markup => html`<td data-label="${label}">${content}</td>`;
	const money = (name: "fees" | "funding" | "slippage" | "balance_after"): Markup =>
		cell(t(name), figure("amount", `${at}.${name}`, trade[name], locale));
	return html`<tr data-trade="${i}" tabindex="0"><td class="no" data-label="${t("number")}">${i + 1}</td><td class="side" data-label="${t("side")}"><span class="tag ${trade.side}" data-at="${at}.side" data-exact="${JSON.stringify(trade.side)}">${t(trade.side)}</span></td>${several ? html`<td data-label="${t("symbol")}">${trade.symbol ?? ""}</td>` : ""}${cell(t("entry_time"), figure("time", `${at}.entry_time`, trade.entry_time, locale))}${cell(t("entry_price"), figure("price", `${at}.entry_price`, trade.entry_price, locale))}${cell(t("qty"), figure("coins", `${at}.qty`, trade.qty, locale))}<td class="exits" data-label="${t("exit")}">${exits}</td><td class="pnl" data-label="${t("pnl")}">${figure("signedAmount", `${at}.pnl`, trade.pnl, locale)}</td>${money("fees")}${money("funding")}${money("slippage")}${money("balance_after")}${cell(t("signal_time"), figure("time", `${at}.signal_time`, trade.signal_time, locale))}</tr>`;
}

export function balances(result: Result, words: Words): Markup {
	const { t, locale } = words;
	if (result.balances.length === 0) return html``;
	const rows = result.balances.map(
		([time, cash, coin, symbol], i) =>
			html`<tr><td data-label="${t("time")}">${figure("time", `balances.${i}.0`, time, locale)}</td>${symbol === undefined ? "" : html`<td data-label="${t("symbol")}">${symbol}</td>`}<td data-label="${t("cash")}">${figure("amount", `balances.${i}.1`, cash, locale)}</td><td data-label="${t("coin")}">${figure("coins", `balances.${i}.2`, coin, locale)}</td></tr>`,
	);
	const titles = [t("time"), ...(result.symbols.length > 1 ? [t("symbol")] : []), t("cash"), t("coin")];
	return html`<details class="card"><summary>${t("balances")} (${figureText("count", rows.length, locale)})</summary><p class="help">${t("balancesHelp")}</p>${longTable(titles, rows, words, "balances")}</details>`;
}

function longTable(titles: readonly string[], rows: readonly Markup[], { t }: Words, name: string): Markup {
	const pieces: Markup[][] = [];
	for (let i = FIRST; i < rows.length; i += PIECE) pieces.push(rows.slice(i, i + PIECE));
	const head = html`<thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>`;
	const rest = pieces.map((piece) => html`<template data-piece="${name}"><table><tbody>${piece}</tbody></table></template>`);
	const more =
		pieces.length === 0 ? "" : html`<button type="button" class="more" data-more="${name}">${t("more")} (${rows.length - FIRST})</button>`;
	return html`<div class="wide"><table class="long" id="${name}-table">${head}<tbody>${rows.slice(0, FIRST)}</tbody></table></div>${more}${rest}`;
}
