// The chart: price with bands and trades, equity, drawdown, one above the other over one time axis. It holds the bars of one grain at a
// time, a few screens of them, and takes the finer or coarser grain when a person has zoomed.

/** A bar is at least this many pixels wide when a grain is chosen, and is kept until it is thinner, or a finer one would be that much wider. */
const BAR = { chosen: 3, thin: 2, wide: 3.6 };
const SETTLE_MS = 70;
const DAY_MS = 86_400_000;
/** Zoomed out so many times the whole run, it is brought back: there is nothing more to see. */
const MOST_OUT = 1.5;
/** So that the time scale's first and last words have room. */
const EDGE_PX = 22;

/**
 * @typedef {{ locale: string, words: Readonly<Record<string, string>>, trades: readonly Mark[] }} ChartTexts
 * @typedef {{ index: number, level: Level, market: Market }} Pointed
 */

class ReportChart {
	#holder;
	#texts;
	/** @type {Equity} */
	#equity;
	/** @type {Market} */
	#market;
	/** @type {Map<number, Level>} */
	#levels = new Map();
	/** @type {Level} */
	#level;
	#from = 0;
	#to = 0;
	#isHeld = false;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#settling;
	#chart;
	#series;
	#marks;
	#onPoint;

	/**
	 * @param {HTMLElement} holder
	 * @param {Market} market
	 * @param {Equity} equity
	 * @param {ChartTexts} texts
	 * @param {(pointed: Pointed | undefined) => void} onPoint
	 */
	constructor(holder, market, equity, texts, onPoint) {
		this.#holder = holder;
		this.#market = market;
		this.#equity = equity;
		this.#texts = texts;
		this.#onPoint = onPoint;
		this.#level = this.#levelAt(lengthsOf(market.length)[0]);
		this.#chart = LightweightCharts.createChart(holder, {
			autoSize: true,
			localization: { locale: texts.locale, timeFormatter: (/** @type {number} */ time) => utcText(time * 1000) },
			timeScale: { timeVisible: true, secondsVisible: false, minBarSpacing: 0.4, rightOffset: 3 },
			crosshair: { mode: LightweightCharts.CrosshairMode.Normal },
			handleScroll: { vertTouchDrag: false },
			kineticScroll: { touch: false, mouse: false },
		});
		this.#series = makeSeries(this.#chart, market.candles.times.length > 0);
		this.#marks = new TradeMarks(() => this.#view(), texts.words);
		this.#series.price?.attachPrimitive(this.#marks);
		this.#wear(market);
		this.restyle();
		this.#chart.timeScale().subscribeVisibleLogicalRangeChange(() => this.#stir());
		this.#chart.subscribeCrosshairMove(({ logical }) => this.#point(logical));
		for (const name of ["pointerdown", "touchstart"]) holder.addEventListener(name, () => this.#hold(true), { passive: true });
		for (const name of ["pointerup", "pointercancel", "touchend", "touchcancel"])
			window.addEventListener(name, () => this.#hold(false), { passive: true });
		new ResizeObserver(() => this.#stir()).observe(holder);
		this.all();
	}

	/** Another symbol's market, over the same times. @param {Market} market */
	change(market) {
		const range = this.#times();
		this.#levels.clear();
		this.#wear(market);
		if (range === undefined) this.all();
		else this.show(range[0], range[1]);
	}

	/** The whole run. */
	all() {
		const { times } = this.#levelAt(lengthsOf(this.#market.length)[0]);
		if (times.length === 0) return;
		const span = this.#wholeSpan();
		const margin = (span * EDGE_PX) / Math.max(1, this.#holder.clientWidth);
		this.show(times[0] - margin, times[0] + span + margin);
	}

	#wholeSpan() {
		const finest = this.#levelAt(lengthsOf(this.#market.length)[0]);
		return finest.times[finest.times.length - 1] - finest.times[0] + stepOf(finest);
	}

	/** @param {number} index among all trades */
	showTrade(index) {
		const trade = this.#texts.trades[index];
		if (trade === undefined) return;
		this.#marks.chosen = this.#marks.trades.indexOf(trade);
		const [, entryAt, , , , exits] = trade;
		const end = exits.at(-1)?.[0] ?? entryAt;
		const least = 40 * (this.#market.length || 2_592_000_000);
		const margin = Math.max(end - entryAt, least) * 0.8;
		this.show(entryAt - margin, end + margin);
	}

	/**
	 * @param {number} from
	 * @param {number} to
	 */
	show(from, to) {
		this.#take(this.#grainFor(to - from), from, to);
	}

	/** The colours of the page as it is now, light or dark. */
	restyle() {
		const style = getComputedStyle(document.documentElement);
		const colour = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
		dress(this.#chart, this.#series, colour);
		this.#marks.colours = {
			gain: colour("gain"),
			loss: colour("loss"),
			long: colour("long"),
			short: colour("short"),
			text: colour("text"),
			ground: colour("card"),
			font: style.fontFamily,
		};
		this.#marks.redraw();
	}

	/** How many bars are held, of which length, and how many are in view. */
	get state() {
		const range = this.#chart.timeScale().getVisibleLogicalRange();
		return { length: this.#level.length, held: this.#to - this.#from, inView: range === null ? 0 : range.to - range.from };
	}

	// ---- grain

	/** @param {Market} market */
	#wear(market) {
		this.#market = market;
		this.#marks.trades = this.#texts.trades.filter((trade) => trade[4] === market.symbol);
		this.#marks.chosen = -1;
		const priceFormat = { type: /** @type {const} */ ("price"), precision: market.decimals, minMove: 10 ** -market.decimals };
		for (const name of /** @type {const} */ (["price", "reference", "upper", "lower"])) this.#series[name]?.applyOptions({ priceFormat });
	}

	/** @param {number} length */
	#levelAt(length) {
		const found = this.#levels.get(length) ?? levelOf(this.#market, this.#equity, length);
		this.#levels.set(length, found);
		return found;
	}

	/** The finest grain of which the screen has room for so much time. @param {number} span */
	#grainFor(span) {
		const lengths = lengthsOf(this.#market.length);
		const room = this.#holder.clientWidth / BAR.chosen;
		return lengths.find((length) => length === 0 || span / length <= room) ?? lengths[lengths.length - 1];
	}

	/**
	 * @param {number} length
	 * @param {number} from
	 * @param {number} to
	 */
	#take(length, from, to) {
		const level = this.#levelAt(length);
		const [first, last] = [indexOf(level, from), indexOf(level, to)];
		const spare = Math.max(1000, 2 * (last - first));
		this.#level = level;
		this.#from = Math.max(0, Math.floor(first - spare));
		this.#to = Math.min(level.times.length, Math.ceil(last + spare));
		fill(this.#series, level, this.#from, this.#to);
		this.#series.reference?.applyOptions({ lineWidth: length >= DAY_MS ? 1 : 2 }); // a step for each bar would hide the bars
		this.#chart.timeScale().setVisibleLogicalRange({ from: first - this.#from, to: last - this.#from });
		this.#point(undefined);
	}

	/** @param {boolean} isHeld while a finger or a button is down the bars stay as they are, or they would slip away under it */
	#hold(isHeld) {
		this.#isHeld = isHeld;
		if (!isHeld) this.#stir();
	}

	#stir() {
		clearTimeout(this.#settling);
		this.#settling = setTimeout(() => this.#settle(), SETTLE_MS);
	}

	#settle() {
		const range = this.#chart.timeScale().getVisibleLogicalRange();
		const times = this.#times();
		if (range === null || times === undefined || this.#isHeld) return;
		const bars = range.to - range.from;
		const width = this.#holder.clientWidth;
		const span = times[1] - times[0];
		const lengths = lengthsOf(this.#market.length);
		const finer = lengths[lengths.indexOf(this.#level.length) - 1];
		const isThin = width / bars < BAR.thin && this.#level.length !== lengths[lengths.length - 1];
		const isWide = finer !== undefined && width / (span / finer) >= BAR.wide;
		const isAtEdge =
			(range.from < bars / 2 && this.#from > 0) || (range.to > this.#to - this.#from - bars / 2 && this.#to < this.#level.times.length);
		if (span > MOST_OUT * this.#wholeSpan()) this.all();
		else if (isThin || isWide) this.#take(this.#grainFor(span), times[0], times[1]);
		else if (isAtEdge) this.#take(this.#level.length, times[0], times[1]);
		else this.#point(undefined);
	}

	// ---- where what lies

	/** The times at the screen's edges. @returns {[number, number] | undefined} */
	#times() {
		const range = this.#chart.timeScale().getVisibleLogicalRange();
		if (range === null) return undefined;
		return [timeAt(this.#level, range.from + this.#from), timeAt(this.#level, range.to + this.#from)];
	}

	/** @returns {View | undefined} */
	#view() {
		const times = this.#times();
		if (times === undefined) return undefined;
		const scale = this.#chart.timeScale();
		const xOf = (/** @type {number} */ at) =>
			scale.logicalToCoordinate(/** @type {import("lightweight-charts").Logical} */ (barOf(this.#level, at) - this.#from));
		return { from: times[0], to: times[1], xOf };
	}

	/** @param {number | undefined} logical */
	#point(logical) {
		const range = this.#chart.timeScale().getVisibleLogicalRange();
		if (range === null) return;
		const index = Math.min(this.#to - 1, Math.max(0, Math.round(logical ?? Math.min(range.to, this.#to - this.#from - 1)) + this.#from));
		if (this.#level.times.length > 0) this.#onPoint({ index, level: this.#level, market: this.#market });
	}
}

/** The bar that holds an instant. @param {Level} level @param {number} at */
function barOf({ times }, at) {
	let low = 0;
	let high = times.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (times[middle] <= at) low = middle + 1;
		else high = middle;
	}
	return Math.max(0, low - 1);
}

/** The place of an instant among the bars, with the share of the bar behind it; beyond the ends as if bars went on. @param {Level} level @param {number} at */
function indexOf(level, at) {
	const { times } = level;
	const step = stepOf(level);
	const bar = barOf(level, at);
	if (at < times[0]) return (at - times[0]) / step;
	return bar + Math.max(0, at - times[bar]) / (bar + 1 < times.length ? times[bar + 1] - times[bar] : step);
}

/** @param {Level} level @param {number} index */
function timeAt(level, index) {
	const { times } = level;
	const last = times.length - 1;
	if (index <= 0) return times[0] + index * stepOf(level);
	if (index >= last) return times[last] + (index - last) * stepOf(level);
	const bar = Math.floor(index);
	return times[bar] + (index - bar) * (times[bar + 1] - times[bar]);
}

/** @param {Level} level */
function stepOf({ length, times }) {
	if (length > 0) return length;
	return times.length > 1 ? (times[times.length - 1] - times[0]) / (times.length - 1) : 2_592_000_000;
}
