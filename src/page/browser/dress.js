// The chart's series, what fills them, and what they wear.

/**
 * @typedef {import("lightweight-charts").IChartApi} Chart
 * @typedef {ReturnType<typeof makeSeries>} Series
 */

/** The lowest pane shows percent, the middle one money. */
const EQUITY_FORMAT = { type: /** @type {const} */ ("price"), precision: 2, minMove: 0.01 };
const FALL_FORMAT = {
	type: /** @type {const} */ ("custom"),
	minMove: 0.01,
	formatter: (/** @type {number} */ fall) => `${fall.toFixed(2)} %`,
};

/**
 * @param {Chart} chart
 * @param {boolean} hasCandles without them there is no pane for the price
 */
function makeSeries(chart, hasCandles) {
	const { CandlestickSeries, LineSeries, AreaSeries, LineType, LineStyle } = LightweightCharts;
	const quiet = { priceLineVisible: false, lastValueVisible: false, crosshairMarkerVisible: false };
	const level = { ...quiet, lineType: LineType.WithSteps };
	const pane = hasCandles ? 1 : 0;
	const series = {
		price: hasCandles
			? chart.addSeries(CandlestickSeries, { borderVisible: false, priceLineVisible: false, lastValueVisible: false }, 0)
			: undefined,
		upper: hasCandles ? chart.addSeries(LineSeries, { ...level, lineWidth: 1, lineStyle: LineStyle.Dashed }, 0) : undefined,
		lower: hasCandles ? chart.addSeries(LineSeries, { ...level, lineWidth: 1, lineStyle: LineStyle.Dashed }, 0) : undefined,
		reference: hasCandles ? chart.addSeries(LineSeries, { ...level, lineWidth: 2 }, 0) : undefined,
		range: chart.addSeries(CandlestickSeries, { ...quiet, borderVisible: false, priceFormat: EQUITY_FORMAT }, pane),
		equity: chart.addSeries(LineSeries, { ...quiet, lineWidth: 2, priceFormat: EQUITY_FORMAT }, pane),
		fall: chart.addSeries(AreaSeries, { ...quiet, lineWidth: 1, invertFilledArea: true, priceFormat: FALL_FORMAT }, pane + 1),
	};
	const shares = hasCandles ? [60, 24, 16] : [64, 36];
	for (const [i, each] of chart.panes().entries()) each.setStretchFactor(shares[i] ?? 20);
	series.fall.priceScale().applyOptions({ scaleMargins: { top: 0.06, bottom: 0.12 } });
	return series;
}

/**
 * The bars from one index to another. A bar without a figure keeps its place.
 * @param {Series} series
 * @param {Level} level
 * @param {number} from
 * @param {number} to
 */
function fill(series, level, from, to) {
	const bars = (/** @type {(time: import("lightweight-charts").UTCTimestamp, i: number) => any} */ make) => {
		const rows = new Array(to - from);
		for (let i = from; i < to; i++)
			rows[i - from] = make(/** @type {import("lightweight-charts").UTCTimestamp} */ (level.times[i] / 1000), i);
		return rows;
	};
	const line = (/** @type {Float64Array} */ values) => bars((time, i) => (Number.isNaN(values[i]) ? { time } : { time, value: values[i] }));
	const { open, high, low, close, equityHigh, equityLow } = level;
	series.price?.setData(
		bars((time, i) => (Number.isNaN(open[i]) ? { time } : { time, open: open[i], high: high[i], low: low[i], close: close[i] })),
	);
	for (const name of /** @type {const} */ (["reference", "upper", "lower"])) series[name]?.setData(line(level[name]));
	series.range.setData(
		bars((time, i) =>
			Number.isNaN(equityLow[i]) ? { time } : { time, open: equityLow[i], high: equityHigh[i], low: equityLow[i], close: equityHigh[i] },
		),
	);
	series.equity.setData(line(level.equity));
	series.fall.setData(line(level.fall));
}

/**
 * @param {Chart} chart
 * @param {Series} series
 * @param {(name: string) => string} colour
 */
function dress(chart, series, colour) {
	const { ColorType } = LightweightCharts;
	chart.applyOptions({
		layout: {
			background: { type: ColorType.Solid, color: colour("card") },
			textColor: colour("dim"),
			fontFamily: getComputedStyle(document.documentElement).fontFamily,
			fontSize: 11,
			panes: { separatorColor: colour("line"), separatorHoverColor: colour("hover") },
		},
		grid: { vertLines: { color: colour("grid") }, horzLines: { color: colour("grid") } },
		rightPriceScale: { borderColor: colour("line") },
		timeScale: { borderColor: colour("line") },
	});
	const [up, down] = [colour("up"), colour("down")];
	series.price?.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down });
	series.reference?.applyOptions({ color: colour("reference") });
	for (const name of /** @type {const} */ (["upper", "lower"])) series[name]?.applyOptions({ color: colour("band") });
	const faint = colour("equity-faint");
	series.range.applyOptions({ upColor: faint, downColor: faint, wickUpColor: faint, wickDownColor: faint });
	series.equity.applyOptions({ color: colour("equity") });
	series.fall.applyOptions({ lineColor: colour("loss"), topColor: colour("fall"), bottomColor: colour("fall") });
}
