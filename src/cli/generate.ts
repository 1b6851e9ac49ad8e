// `anchorwatch generate`: a seeded market as a candle file, to try the bot on without any download. The file says in its first line
// that it is no history, and readers pass that on.

import { type Command, Option } from "commander";
import { INTERVALS, type Interval, intervalName } from "../market/interval.ts";
import { UsageError } from "../std/usage-error.ts";
import type { Ms } from "../units/unit.ts";
import { examples } from "./options.ts";

type Options = {
	readonly seed: string;
	readonly days: string;
	readonly interval: Interval;
	readonly start: string;
	readonly price: string;
	readonly tick?: string;
	readonly out?: string;
};

const DAYS_MIN = 0.01;
const DAYS_MAX = 3660;
const START_MAX = Date.UTC(2100, 0, 1);
/** A day, or a day, a time and perhaps its zone. */
const ISO = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;
const DECIMAL = /^(\d+\.?\d*|\.\d+)$/;

export function addGenerate(program: Command): void {
	const command = program
		.command("generate")
		.description("write a generated market as a candle file: lifelike, seeded, no history")
		.addOption(new Option("--seed <seed>", "the same seed gives the same market").default("1"))
		.addOption(new Option("--days <days>", `how long, from ${DAYS_MIN} to ${DAYS_MAX}`).default("30"))
		.addOption(new Option("--interval <interval>", "of the candles").choices(INTERVALS).default("1"))
		.addOption(new Option("--start <time>", "the first open, ISO 8601, UTC where it names no zone").default("2024-01-01T00:00Z"))
		.addOption(new Option("--price <usdt>", "the price at the start").default("60000"))
		.addOption(new Option("--tick <usdt>", "the price grid (default: six digits of the price, 0.1 at 60000)"))
		.addOption(new Option("--out <file>", "the file to write, gzipped when it ends in .gz (default: standard output)"))
		.action(generate);
	examples(command, ["generate --out market.csv.gz", "generate --seed 7 --days 365 --interval 60 --price 2500 --out eth.csv"]);
}

async function generate(options: Options): Promise<void> {
	const [{ generateMarket, marketNote, TICKS, defaultTick }, { aggregate }, { formatCandles, writeCandles }] = await Promise.all([
		import("../candles/generate.ts"),
		import("../market/aggregate.ts"),
		import("../candles/write.ts"),
	]);
	const days = decimal("--days", options.days, { min: DAYS_MIN, max: DAYS_MAX });
	const price = decimal("--price", options.price, { min: 1e-6, max: 1e9 });
	const tick = options.tick ?? defaultTick(price);
	decimal("--tick", tick, { min: price / TICKS.max, max: price / TICKS.min });
	const { interval } = options;
	const market = { seed: seed(options.seed), days, start: start(options.start), price, tick };

	const minutes = generateMarket(market);
	const columns = interval === "1" ? minutes : withoutNoise(aggregate(minutes, "1", interval).columns);
	if (columns.length < 2) {
		throw new UsageError(`--days ${options.days}: that is less than two candles of ${intervalName(interval)}: give more days`);
	}
	const note = marketNote(market);
	if (options.out === undefined) await print(formatCandles(columns, { note }));
	else {
		writeCandles(options.out, columns, { note });
		process.stdout.write(`${options.out}: ${columns.length} candles of ${intervalName(interval)}, ${note}\n`);
	}
}

/** To standard output; what cannot be written there is the program's to tell. */
function print(bytes: Uint8Array): Promise<void> {
	return new Promise((resolve) => {
		process.stdout.write(bytes, () => resolve());
	});
}

function decimal(name: string, text: string, { min, max }: { min: number; max: number }): number {
	const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
	if (!(value >= min && value <= max)) throw new UsageError(`${name} ${text}: it must be a number from ${short(min)} to ${short(max)}`);
	return value;
}

function short(value: number): string {
	return String(Number(value.toPrecision(3)));
}

function seed(text: string): string {
	if (!/^[\x21-\x7e]{1,64}$/.test(text)) throw new UsageError("--seed: give up to 64 letters, digits or signs, without spaces");
	return text;
}

function start(text: string): Ms {
	const match = ISO.exec(text);
	const isZoned = match?.[2] === undefined || match[3] !== undefined;
	const at = match === null || !isDay(match[1]!) ? Number.NaN : Date.parse(isZoned ? text : `${text}Z`);
	if (!(at >= 0 && at <= START_MAX))
		throw new UsageError(`--start ${text}: give a time like 2024-01-01 or 2024-01-01T00:00Z, from 1970 to 2100`);
	if (at % 60_000 !== 0) throw new UsageError(`--start ${text}: it must be a whole minute`);
	return at;
}

/** `Date` takes 30 February for 1 March; here it is a mistake. */
function isDay(text: string): boolean {
	return new Date(Date.parse(text) || 0).toISOString().startsWith(text);
}

/** Sums of decimals without the binary noise behind their fifteenth digit: a file shows every digit. */
function withoutNoise<T extends { readonly volume: Float64Array; readonly turnover: Float64Array }>(columns: T): T {
	for (const cells of [columns.volume, columns.turnover]) cells.set(cells.map((value) => Number(value.toPrecision(15))));
	return columns;
}
