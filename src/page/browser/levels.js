// Candles, bands and equity at a coarser grain, so that a screen shows as many bars as it has room for: each bar the first open, the
// highest high, the lowest low and the last close of all that it covers, so that no extreme is ever left out.

const MINUTE_MS = 60_000;
const WEEK_MS = 604_800_000;
/** Weeks begin on Monday, and the epoch was a Thursday. */
const MONDAY_MS = 345_600_000;
const LENGTHS = [1, 3, 5, 15, 30, 60, 120, 240, 360, 720, 1440, 10_080].map((minutes) => minutes * MINUTE_MS);

/**
 * @typedef {{ symbol: string, decimals: number, interval: string, length: number, rows: number, candles: string, evaluations: number, bands: string }} PackedChart
 * @typedef {{ initial: number, start: number, decimals: number, points: number, curve: string }} PackedEquity
 * @typedef {{ times: Float64Array, open: Float64Array, high: Float64Array, low: Float64Array, close: Float64Array }} Candles
 * @typedef {{ times: Float64Array, reference: Float64Array, upper: Float64Array, lower: Float64Array }} Bands
 * @typedef {{ times: Float64Array, value: Float64Array, fall: Float64Array }} Equity
 * @typedef {{ candles: Candles, bands: Bands, length: number, decimals: number, symbol: string }} Market
 * @typedef {Candles & { length: number, reference: Float64Array, upper: Float64Array, lower: Float64Array, equity: Float64Array, equityHigh: Float64Array, equityLow: Float64Array, fall: Float64Array }} Level
 */

/**
 * @param {PackedChart} packed
 * @returns {Promise<Market>}
 */
async function unpackMarket(packed) {
	const { rows, evaluations, decimals, length, symbol } = packed;
	const [times, open, body, above, below] = await unpack(packed.candles, [rows, rows, rows, rows, rows]);
	const [bandTimes, reference, upper, lower] = await unpack(packed.bands, [evaluations, evaluations, evaluations, evaluations]);
	const scale = 10 ** decimals;
	sums(times);
	sums(open);
	const [high, low, close] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
	for (let i = 0; i < rows; i++) {
		const o = open[i];
		const c = o + body[i];
		times[i] *= 1000;
		high[i] = (Math.max(o, c) + above[i]) / scale;
		low[i] = (Math.min(o, c) - below[i]) / scale;
		close[i] = c / scale;
		open[i] = o / scale;
	}
	const level = (/** @type {number} */ code) => (code === 0 ? Number.NaN : (code > 0 ? code - 1 : code) / scale);
	const bands = {
		times: sums(bandTimes).map((time) => time * 1000),
		reference: sums(reference).map(level),
		upper: sums(upper).map(level),
		lower: sums(lower).map(level),
	};
	return { candles: { times, open, high, low, close }, bands, length, decimals, symbol };
}

/**
 * Equity with its fall below the highest before it, in percent.
 * @param {PackedEquity} packed
 * @returns {Promise<Equity>}
 */
async function unpackEquity({ initial, decimals, points, curve }) {
	const [times, value] = await unpack(curve, [points, points]);
	sums(times);
	sums(value);
	const fall = new Float64Array(points);
	const scale = 10 ** decimals;
	let peak = initial;
	for (let i = 0; i < points; i++) {
		times[i] *= 1000;
		value[i] /= scale;
		if (value[i] > peak) peak = value[i];
		fall[i] = (100 * (value[i] - peak)) / peak;
	}
	return { times, value, fall };
}

/**
 * The lengths that the candles can be shown at, the finest first.
 * @param {number} base 0: months
 * @returns {number[]}
 */
function lengthsOf(base) {
	if (base === 0) return [0];
	const longer = LENGTHS.filter((length) => length > base && length % base === 0);
	return [base, ...longer];
}

/**
 * @param {number} at
 * @param {number} length
 */
function bucketOf(at, length) {
	if (length === 0) return at;
	const shift = length === WEEK_MS ? MONDAY_MS : 0;
	return Math.floor((at - shift) / length) * length + shift;
}

/**
 * @param {Market} market
 * @param {Equity} equity
 * @param {number} length
 * @returns {Level}
 */
function levelOf(market, equity, length) {
	const { candles, bands } = market;
	const times = bucketTimes(candles.times, equity.times, length);
	const fresh = () => new Float64Array(times.length).fill(Number.NaN);
	const level = {
		length,
		times,
		open: fresh(),
		high: fresh(),
		low: fresh(),
		close: fresh(),
		reference: fresh(),
		upper: fresh(),
		lower: fresh(),
		equity: fresh(),
		equityHigh: fresh(),
		equityLow: fresh(),
		fall: fresh(),
	};
	gatherCandles(level, candles);
	gatherBands(level, bands);
	gatherEquity(level, equity);
	return level;
}

/**
 * The opens of all bars that hold a candle or a point of equity, ascending. A point of equity lies at its candle's close.
 * @param {Float64Array} opens
 * @param {Float64Array} closes
 * @param {number} length
 */
function bucketTimes(opens, closes, length) {
	const times = [];
	let last = Number.NEGATIVE_INFINITY;
	for (let i = 0, k = 0; i < opens.length || k < closes.length; ) {
		const open = i < opens.length ? bucketOf(opens[i], length) : Number.POSITIVE_INFINITY;
		const close = k < closes.length && length > 0 ? bucketOf(closes[k] - 1, length) : Number.POSITIVE_INFINITY;
		const next = Math.min(open, close);
		if (next === Number.POSITIVE_INFINITY) break;
		if (open === next) i++;
		if (close === next) k++;
		if (next > last) times.push(next);
		last = next;
	}
	return Float64Array.from(times);
}

/**
 * @param {Level} level
 * @param {Candles} candles
 */
function gatherCandles(level, { times, open, high, low, close }) {
	let bar = 0;
	for (let i = 0; i < times.length; i++) {
		const bucket = bucketOf(times[i], level.length);
		while (level.times[bar] < bucket) bar++;
		if (Number.isNaN(level.open[bar])) {
			level.open[bar] = open[i];
			level.high[bar] = high[i];
			level.low[bar] = low[i];
		}
		if (high[i] > level.high[bar]) level.high[bar] = high[i];
		if (low[i] < level.low[bar]) level.low[bar] = low[i];
		level.close[bar] = close[i];
	}
}

/**
 * What was in force when a bar ended: the last evaluation before that.
 * @param {Level} level
 * @param {Bands} bands
 */
function gatherBands(level, { times, reference, upper, lower }) {
	let next = 0;
	for (let bar = 0; bar < level.times.length; bar++) {
		const end = level.length > 0 ? level.times[bar] + level.length : (level.times[bar + 1] ?? Number.POSITIVE_INFINITY);
		while (next < times.length && times[next] < end) next++;
		if (next === 0) continue;
		level.reference[bar] = reference[next - 1];
		level.upper[bar] = upper[next - 1];
		level.lower[bar] = lower[next - 1];
	}
}

/**
 * @param {Level} level
 * @param {Equity} equity
 */
function gatherEquity(level, { times, value, fall }) {
	let bar = 0;
	for (let i = 0; i < times.length; i++) {
		const bucket = bucketOf(times[i] - 1, level.length);
		while (bar + 1 < level.times.length && level.times[bar + 1] <= bucket) bar++;
		if (!(level.equityHigh[bar] >= value[i])) level.equityHigh[bar] = value[i];
		if (!(level.equityLow[bar] <= value[i])) level.equityLow[bar] = value[i];
		if (!(level.fall[bar] <= fall[i])) level.fall[bar] = fall[i];
		level.equity[bar] = value[i];
	}
}
