// What was held when a record ended.

import { html, type Markup } from "./element.ts";
import type { Words } from "./figures-part.ts";
import { figure } from "./format.ts";
import type { OpenPosition } from "./series.ts";

export function openPositions(open: readonly OpenPosition[], words: Words): Markup {
	const { t } = words;
	if (open.length === 0) return html``;
	const titles = [t("symbol"), t("side"), t("opened"), t("averageEntry"), t("qty"), t("lastPrice"), `${t("unrealised")}, USDT`];
	return html`<section class="card" id="open"><h2>${t("openAtEnd")}</h2><p class="help">${t("openHelp")}</p><div class="wide"><table class="long"><thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead><tbody>${open.map((position, i) => row(position, i, words))}</tbody></table></div></section>`;
}

function row({ symbol, direction, entryAt, entryPrice, qty, last, unrealised }: OpenPosition, i: number, { t, locale }: Words): Markup {
	const cell = (label: string, content: Markup | string): Markup => html`<td data-label="${label}">${content}</td>`;
	const at = `open.${i}`;
	const known = (value: number | undefined): number | null => (value !== undefined && Number.isFinite(value) ? value : null);
	return html`<tr>${cell(t("symbol"), symbol)}<td class="side" data-label="${t("side")}"><span class="tag ${direction}">${t(direction)}</span></td>${cell(t("opened"), figure("time", `${at}.entry_time`, entryAt, locale))}${cell(t("averageEntry"), figure("price", `${at}.entry_price`, known(entryPrice), locale))}${cell(t("qty"), figure("coins", `${at}.qty`, qty, locale))}${cell(t("lastPrice"), figure("price", `${at}.last_price`, known(last), locale))}${cell(t("unrealised"), figure("signedAmount", `${at}.unrealised`, known(unrealised), locale))}</tr>`;
}
