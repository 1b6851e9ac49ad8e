// The page comes alive: the chart and its buttons, the longer parts of the lists, light and dark.

/** @param {string} id */
function element(id) {
	const found = document.getElementById(id);
	if (found === null) throw new Error(`no element ${id}`);
	return found;
}

/** @param {number} at */
function utcText(at) {
	return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}

/** @param {number} value @param {number} decimals */
function numberText(value, decimals) {
	return value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/**
 * What lies under the pointer, or at the right edge.
 * @param {Pointed | undefined} pointed
 * @param {Readonly<Record<string, string>>} words
 * @param {string} baseName
 */
function tell(pointed, words, baseName) {
	if (pointed === undefined) return;
	const { index, level, market } = pointed;
	/** @type {[name: string, text: string, colour: string][]} */
	const parts = [["", utcText(level.times[index]), "text"]];
	const add = (
		/** @type {string} */ name,
		/** @type {number} */ value,
		/** @type {number} */ decimals,
		/** @type {string} */ colour,
		unit = "",
	) => {
		if (!Number.isNaN(value)) parts.push([name, numberText(value, decimals) + unit, colour]);
	};
	const tone = level.close[index] >= level.open[index] ? "up" : "down";
	for (const [name, values] of /** @type {const} */ ([
		[words.open_price, level.open],
		[words.high_price, level.high],
		[words.low_price, level.low],
		[words.close_price, level.close],
	]))
		add(name, values[index], market.decimals, tone);
	add(words.reference, level.reference[index], market.decimals, "reference");
	add(words.upper, level.upper[index], market.decimals, "band");
	add(words.lower, level.lower[index], market.decimals, "band");
	add(words.equity, level.equity[index], 2, "equity", " USDT");
	add(words.drawdown, level.fall[index], 2, "loss", " %");
	const isBase = level.length === market.length;
	const grain = isBase
		? `${baseName} (${words.baseBars})`
		: `${words.perBar} ${lengthText(level.length, words)}, ${market.length > 0 ? Math.round(level.length / market.length) : ""} × ${baseName}`;
	parts.push([words.shownAs, grain, "dim"]);
	element("legend").replaceChildren(...parts.map(([name, text, colour]) => legendPart(name, text, colour)));
}

/** @param {string} name @param {string} text @param {string} colour */
function legendPart(name, text, colour) {
	const part = document.createElement("span");
	const value = document.createElement("b");
	value.textContent = text;
	value.style.color = `var(--${colour})`;
	part.append(name === "" ? "" : `${name} `, value);
	return part;
}

/** @param {number} length @param {Readonly<Record<string, string>>} words */
function lengthText(length, words) {
	const minutes = length / MINUTE_MS;
	if (minutes < 60) return `${minutes}${words.minutes}`;
	if (minutes < 1440) return `${minutes / 60}${words.hours}`;
	return minutes < 10_080 ? `${minutes / 1440}${words.days}` : `${minutes / 10_080}${words.weeks}`;
}

/** Pieces of a list that wait, laid open at a press. */
function openLists() {
	for (const button of document.querySelectorAll("button[data-more]")) {
		const name = button.getAttribute("data-more");
		const body = document.querySelector(`#${name}-table tbody`);
		button.addEventListener("click", () => {
			const [piece, next] = document.querySelectorAll(`template[data-piece="${name}"]`);
			if (!(piece instanceof HTMLTemplateElement) || body === null) return;
			body.append(...(piece.content.querySelector("tbody")?.children ?? []));
			piece.remove();
			if (next === undefined) button.remove();
		});
	}
}

/** The button turns the light on or off, over what the system asks for. @param {() => void} onChange */
function openTheme(onChange) {
	const root = document.documentElement;
	const dark = matchMedia("(prefers-color-scheme: dark)");
	dark.addEventListener("change", onChange);
	element("theme").addEventListener("click", () => {
		const isDark = root.dataset.theme === undefined ? dark.matches : root.dataset.theme === "dark";
		root.dataset.theme = isDark ? "light" : "dark";
		onChange();
	});
}

/** @param {ReportChart} chart @param {number} trades */
function openTrades(chart, trades) {
	let shown = -1;
	const show = (/** @type {number} */ index) => {
		shown = (index + trades) % trades;
		for (const row of document.querySelectorAll("tr.chosen")) row.classList.remove("chosen");
		document.querySelector(`tr[data-trade="${shown}"]`)?.classList.add("chosen");
		chart.showTrade(shown);
	};
	const from = (/** @type {Event} */ event) => {
		const row = event.target instanceof Element ? event.target.closest("tr[data-trade]") : null;
		if (row === null || (event instanceof KeyboardEvent && event.key !== "Enter")) return;
		show(Number(row.getAttribute("data-trade")));
		element("chart").scrollIntoView({ behavior: "smooth", block: "start" });
	};
	document.getElementById("trades-table")?.addEventListener("click", from);
	document.getElementById("trades-table")?.addEventListener("keydown", from);
	element("all").addEventListener("click", () => chart.all());
	if (trades === 0) return;
	element("previous").addEventListener("click", () => show(shown < 0 ? trades - 1 : shown - 1));
	element("next").addEventListener("click", () => show(shown + 1));
}

async function open() {
	openLists();
	const holder = element("canvas");
	const data = JSON.parse(element("data").textContent ?? "");
	/** @type {{ charts: PackedChart[], equity: PackedEquity, trades: Mark[], words: Record<string, string>, locale: string }} */
	const { charts, equity, trades, words, locale } = data;
	if (typeof DecompressionStream === "undefined") return withoutChart(words.oldBrowser);
	const [curve, ...markets] = await Promise.all([unpackEquity(equity), ...charts.map(unpackMarket)]);
	const [first] = markets;
	const names = new Map(charts.map((chart) => [chart.symbol, chart.interval]));
	if (first === undefined || first.candles.times.length + curve.times.length === 0) return withoutChart(words.noCandles);
	const chart = new ReportChart(holder, first, curve, { locale, words, trades }, (pointed) =>
		tell(pointed, words, names.get(pointed?.market.symbol ?? "") ?? ""),
	);
	openTheme(() => chart.restyle());
	openTrades(chart, trades.length);
	const choice = document.getElementById("symbol");
	if (choice instanceof HTMLSelectElement)
		choice.addEventListener("change", () => chart.change(markets.find(({ symbol }) => symbol === choice.value) ?? first));
	Object.assign(window, { anchorwatchChart: chart });
	requestAnimationFrame(() => requestAnimationFrame(ready));
}

/** The page says when its chart is painted, in ms since it was asked for. */
function ready() {
	document.documentElement.dataset.ready = performance.now().toFixed(0);
}

/** @param {string} why */
function withoutChart(why) {
	element("canvas").textContent = why;
	element("canvas").style.height = "auto";
	openTheme(() => {});
	ready();
}

open().catch((error) => {
	element("canvas").textContent = String(error);
	document.documentElement.dataset.failed = String(error);
});
