// Recorded one-minute candles and generated ones side by side, as the Markdown table of docs/generated-markets.md.
//   node bin/node.js bench/market-statistics.ts FILE...
// Without files: the whole months and years of one-minute candles under the folder that ANCHORWATCH_DATA names.

import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { readCandles } from "../src/candles/csv.ts";
import { generateMarket } from "../src/candles/generate.ts";
import { type MarketStatistics, measure } from "../src/candles/statistics.ts";

const SEEDS = [1, 2, 3];
const DAYS = 90;

type Line = readonly [name: string, text: (s: MarketStatistics) => string];

const fixed = (digits: number, pick: (s: MarketStatistics) => number) => (s: MarketStatistics) => pick(s).toFixed(digits);
const percent = (digits: number, pick: (s: MarketStatistics) => number) => (s: MarketStatistics) => `${(100 * pick(s)).toFixed(digits)} %`;

const LINES: readonly Line[] = [
	["candles", fixed(0, (s) => s.candles)],
	["standard deviation of a one-minute return, bp", fixed(1, (s) => s.returnStdBps)],
	["kurtosis of it (normal: 3)", fixed(0, (s) => s.kurtosis)],
	["kurtosis of hourly returns", fixed(0, (s) => s.hourlyKurtosis)],
	["share beyond 5 σ", percent(2, (s) => s.beyondFiveSigma)],
	["autocorrelation of \\|r\\| at lag 1", fixed(2, (s) => s.clustering.lag1)],
	["… at lag 10", fixed(2, (s) => s.clustering.lag10)],
	["… at lag 60", fixed(2, (s) => s.clustering.lag60)],
	["… at lag 1440 (a day)", fixed(2, (s) => s.clustering.lag1440)],
	["autocorrelation of r at lag 1", fixed(3, (s) => s.returnAutocorrelation)],
	["variance of an hour ÷ 60 minutes' (random walk: 1)", fixed(2, (s) => s.varianceRatio)],
	["variance of a day ÷ 1440 minutes'", fixed(2, (s) => s.dailyVarianceRatio)],
	["liveliest ÷ calmest UTC hour, \\|r\\|", fixed(2, (s) => s.volatilityHourRatio)],
	["liveliest ÷ calmest UTC hour, volume", fixed(2, (s) => s.volumeHourRatio)],
	["weekend ÷ weekday, \\|r\\|", fixed(2, (s) => s.weekendCalm)],
	["correlation of volume with \\|r\\|", fixed(2, (s) => s.volumeCorrelation)],
	["autocorrelation of log volume at lag 1", fixed(2, (s) => s.volumePersistence)],
	["standard deviation of log volume", fixed(2, (s) => s.volumeSpread)],
	["minutes without volume", percent(2, (s) => s.zeroVolume)],
	["mean range ÷ mean body", fixed(2, (s) => s.rangeToBody)],
	["candles without wicks", percent(1, (s) => s.wickless)],
	["candles without a body", percent(1, (s) => s.bodiless)],
	["opens ≠ the previous close", percent(1, (s) => s.openGaps)],
	["VWAP between low (0) and high (1): mean", fixed(2, (s) => s.vwapMean)],
	["… standard deviation", fixed(2, (s) => s.vwapSpread)],
	["standard deviation of a day's return", fixed(1, (s) => s.dailyPct)],
	["largest day, %", fixed(1, (s) => s.largestDayPct)],
	["breakouts of the default bands a week", fixed(1, (s) => s.breakoutsPerWeek)],
];

function recordedFiles(): string[] {
	const folder = join(process.env.ANCHORWATCH_DATA ?? "", "klines");
	if (process.env.ANCHORWATCH_DATA === undefined) return [];
	const names = readdirSync(folder).filter((name) => /-1m-\d{4}(Q\d|-\d\d)?\.csv/.test(name));
	return names.map((name) => join(folder, name));
}

export function printTable(files: readonly string[]): void {
	const recorded = files.map((path) => ({
		name: basename(path).replace(/\.csv(\.gz)?$/, ""),
		statistics: measure(readCandles(path).columns),
	}));
	const generated = SEEDS.map((seed) => ({
		name: `**generated, seed ${seed}**`,
		statistics: measure(generateMarket({ seed, days: DAYS })),
	}));
	const markets = [...recorded, ...generated];
	console.log(`| | ${markets.map(({ name }) => name).join(" | ")} |`);
	console.log(`|---|${markets.map(() => "--:").join("|")}|`);
	for (const [name, text] of LINES) console.log(`| ${name} | ${markets.map(({ statistics }) => text(statistics)).join(" | ")} |`);
}

if (import.meta.main) printTable(process.argv.length > 2 ? process.argv.slice(2) : recordedFiles());
