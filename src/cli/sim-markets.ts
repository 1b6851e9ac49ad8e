// The markets that `anchorwatch sim` serves: candle files, generated markets, recordings of Bybit's streams; and what lies beside the
// last price: mark and index prices, rules of symbols. Whatever keeps one from being served is one clear line.

import type { CandleFile } from "../candles/csv.ts";
import { generateMarket, type Temper } from "../candles/generate.ts";
import { openCandles } from "../candles/open.ts";
import { approximateTurnover } from "../candles/turnover.ts";
import { type Columns, lowerBound, slice } from "../market/candle.ts";
import { BUNDLED, type Instrument } from "../market/instrument.ts";
import { closeOf, intervalName } from "../market/interval.ts";
import { type RecordedMarket, type Recording, readRecording } from "../simserver/recorded/recording.ts";
import { alignedReference, drawnReferences, type References } from "../simserver/references.ts";
import type { SimMarket } from "../simserver/simulation.ts";
import { UsageError } from "../std/usage-error.ts";
import { DAY, MINUTE, type Ms } from "../units/unit.ts";
import { PRICES } from "./generated-market.ts";
import { instrumentFinder } from "./instruments-file.ts";
import { positive, upTo } from "./option-number.ts";

export type MarketOptions = {
	readonly data?: readonly string[];
	readonly generate?: readonly string[];
	readonly replay?: readonly string[];
	readonly mark?: readonly string[];
	readonly index?: readonly string[];
	readonly basis: string;
	readonly instruments?: string;
	readonly days: string;
	readonly now?: boolean;
	readonly symbol: string;
	readonly approximateTurnover?: boolean;
};

export type SimMarkets = { readonly markets: readonly SimMarket[]; readonly recording: Recording | undefined };

/** Where a symbol's candles come from: a file, or a generator. */
type FileSource = { readonly symbol: string; readonly file: string };
type Source = FileSource | { readonly symbol: string; readonly temper: Temper | undefined; readonly seed: string; readonly days: number };

type Terms = {
	readonly instrumentOf: (symbol: string) => Instrument | undefined;
	readonly fundingRate: number;
	readonly approximate: boolean;
	/** Basis points. */
	readonly basis: number;
	readonly marks: ReadonlyMap<string, string>;
	readonly indices: ReadonlyMap<string, string>;
	/** When generated markets begin; undefined where nothing asks for a time. */
	readonly begin: Ms | undefined;
};

const DAYS_MAX = 3660;
/** What lies before the machine's time: more than the 24 hours that tickers look back on. */
const HISTORY = 2 * DAY;
const BASIS_MAX = 500;
const SYMBOL_FILE = /^([A-Z0-9]{2,20})=(.+)$/;

export function simMarkets(options: MarketOptions, fundingRate: number): SimMarkets {
	const sources = sourcesOf(options);
	const basis = upTo("--basis", options.basis, BASIS_MAX);
	const [marks, indices] = (["mark", "index"] as const).map((name) => filesBySymbol(`--${name}`, options[name] ?? [], options.symbol));
	const instrumentOf = instrumentFinder(options.instruments);
	const recording = options.replay === undefined ? undefined : readRecording(options.replay, { instrumentOf, fundingRate });
	const recorded = new Map(recording?.markets.map((market) => [market.instrument.symbol, market]));
	const begin =
		options.now === true ? minuteOf(Date.now()) - HISTORY : recording === undefined ? undefined : minuteOf(recording.frames[0]!.at);
	const approximate = options.approximateTurnover === true;
	const terms: Terms = { instrumentOf, fundingRate, approximate, basis, marks: marks!, indices: indices!, begin };
	const walked = sources.filter(({ symbol }) => !recorded.has(symbol));
	checkReferences(terms, walked);
	for (const source of sources) {
		const market = recorded.get(source.symbol);
		if (market !== undefined) recorded.set(source.symbol, { ...market, history: historyOf(source, market) });
	}
	return {
		markets: walked.map((source) => marketOf(source, terms)),
		recording: recording === undefined ? undefined : { ...recording, markets: [...recorded.values()] },
	};
}

function minuteOf(at: Ms): Ms {
	return Math.floor(at / MINUTE) * MINUTE;
}

/** A line for the log about each market. */
export function describeMarkets({ markets, recording }: SimMarkets): string[] {
	const lines = markets.map(({ instrument, interval, candles, generated }) => {
		const range = rangeText(candles.openTime[0]!, candles.openTime[candles.length - 1]!);
		return `sim: ${instrument.symbol}: ${candles.length} candles of interval ${interval}, ${range}${generated ? ", generated, no history" : ""}`;
	});
	if (recording === undefined) return lines;
	for (const { instrument, topics, history } of recording.markets) {
		const { symbol } = instrument;
		const own = recording.frames.filter(({ topic }) => topic.symbol === symbol);
		const names = [...topics].map((topic) => topic.replace(`.${symbol}`, "")).join(", ");
		const before = history === undefined ? "" : `, after ${history.length} candles`;
		lines.push(`sim: ${symbol}: recorded, ${own.length} messages of ${names}, ${rangeText(own[0]!.at, own.at(-1)!.at)}${before}`);
	}
	return lines;
}

function rangeText(from: Ms, to: Ms): string {
	const iso = (at: Ms): string => new Date(at).toISOString().slice(0, 16);
	return `${iso(from)} to ${iso(to)} UTC`;
}

function marketOf(source: Source, terms: Terms): SimMarket {
	const { symbol } = source;
	const { fundingRate } = terms;
	const instrument = terms.instrumentOf(symbol);
	if (instrument === undefined) {
		const known = BUNDLED.map((entry) => entry.symbol).join(", ");
		throw new UsageError(
			`symbol ${symbol} has no known rules (tick, quantity step, …): choose one of ${known}, or name its rules with --instruments`,
		);
	}
	const walked = candlesOf(source, instrument, terms);
	const seed = "file" in source ? symbol : `${source.seed}/${symbol}`;
	const references = referencesOf(walked, instrument, { terms, seed });
	return { instrument, ...walked, fundingRate, ...(references === undefined ? {} : { references }) };
}

function candlesOf(source: Source, { grid }: Instrument, terms: Terms): Pick<SimMarket, "interval" | "candles" | "generated"> {
	if (!("file" in source)) {
		const { symbol, temper, seed, days } = source;
		const { tick, step } = grid;
		const start = terms.begin;
		const candles = generateMarket({ seed: `${seed}/${symbol}`, days, price: PRICES[symbol] ?? 100, tick, step, temper, start });
		return { interval: "1", candles, generated: true };
	}
	const { columns, interval, origin } = openCandles(source.file);
	return { interval, candles: terms.approximate ? approximateTurnover(columns) : columns, generated: origin === "generated" };
}

/** Recorded mark and index prices where they were named (the index follows the mark price where it is not), else drawn ones. */
function referencesOf(
	{ candles, interval }: { candles: Columns; interval: CandleFile["interval"] },
	{ symbol, grid: { tick } }: Instrument,
	{ terms, seed }: { terms: Terms; seed: string },
): References | undefined {
	const aligned = (option: string, file: string): Columns => {
		const reference = openCandles(file);
		const found = alignedReference(candles, interval, { columns: reference.columns, interval: reference.interval, tick });
		if (found !== undefined) return found;
		const names = `${intervalName(reference.interval)} beside candles of ${intervalName(interval)}`;
		throw new UsageError(`${option} ${file}: its candles of ${names} of ${symbol} have no time in common, or intervals that do not fit`);
	};
	const file = terms.marks.get(symbol);
	if (file !== undefined) {
		const mark = aligned("--mark", file);
		const other = terms.indices.get(symbol);
		return { mark, index: other === undefined ? mark : aligned("--index", other) };
	}
	return terms.basis === 0 ? undefined : drawnReferences(candles, { bps: terms.basis, seed, tick, interval });
}

function checkReferences({ marks, indices }: Terms, walked: readonly Source[]): void {
	for (const [option, files] of [
		["--mark", marks],
		["--index", indices],
	] as const)
		for (const symbol of files.keys()) {
			if (!walked.some((source) => source.symbol === symbol))
				throw new UsageError(`${option} ${symbol}: no candles of that symbol are served: name it as in ETHUSDT=FILE`);
			if (option === "--index" && !marks.has(symbol)) throw new UsageError(`--index ${symbol}: name its mark prices, too, with --mark`);
		}
}

/** Candles of a recorded symbol are what was before the recording. */
function historyOf(source: Source, { instrument: { symbol }, interval, begin }: RecordedMarket): Columns {
	if (!("file" in source)) throw new UsageError(`--generate, --replay: two markets for ${symbol}: leave one out`);
	const file = openCandles(source.file);
	if (file.interval !== interval)
		throw new UsageError(
			`${source.file}: candles of ${intervalName(file.interval)} cannot stand before a recording whose candles are of ${intervalName(interval)}`,
		);
	let rows = lowerBound(file.columns, begin);
	if (rows > 0 && closeOf(interval, file.columns.openTime[rows - 1]!) > begin) rows--;
	if (rows === 0) throw new UsageError(`${source.file}: none of its candles closed before the recording of ${symbol} begins`);
	return slice(file.columns, 0, rows);
}

function sourcesOf({ data = [], generate = [], replay = [], days, symbol, now = false }: MarketOptions): Source[] {
	if (data.length + generate.length + replay.length === 0) throw new UsageError("--data, --generate or --replay: name at least one market");
	const files = [...filesBySymbol("--data", data, symbol)].map(([symbol, file]): Source => ({ symbol, file }));
	if (now && data.length + replay.length > 0)
		throw new UsageError("--now: only generated markets can begin when they like; leave out --data and --replay");
	const length = positive("--days", days) + (now ? HISTORY / DAY : 0);
	if (length > DAYS_MAX) throw new UsageError(`--days ${days}: at most ${DAYS_MAX}`);
	const sources = [...files];
	for (const source of generate.map((text) => generatedSource(text, symbol, length))) {
		if (sources.some((other) => other.symbol === source.symbol)) throw twice("--data, --generate", source.symbol);
		sources.push(source);
	}
	return sources;
}

/** `FILE` of the symbol that files without one are of, or `SYMBOL=FILE`. */
function filesBySymbol(option: string, texts: readonly string[], fallback: string): Map<string, string> {
	if (!/^[A-Z0-9]{2,20}$/.test(fallback)) throw new UsageError(`--symbol ${fallback}: give a name like BTCUSDT`);
	const files = new Map<string, string>();
	for (const text of texts) {
		const [, symbol = fallback, file = text] = SYMBOL_FILE.exec(text) ?? [];
		if (files.has(symbol)) throw twice(option, symbol);
		files.set(symbol, file);
	}
	return files;
}

function twice(options: string, symbol: string): UsageError {
	return new UsageError(`${options}: two files for ${symbol}, or markets: name each one's symbol, as in ETHUSDT=FILE or calm:ETHUSDT`);
}

/** `TEMPER[:SYMBOL][:SEED]`. */
function generatedSource(text: string, fallback: string, days: number): Source {
	const match = /^(plain|calm|trending|gapping|thin)(?::([A-Z0-9]{2,20}))?(?::([\x21-\x7e]{1,64}))?$/.exec(text);
	if (match === null)
		throw new UsageError(`--generate ${text}: give plain, calm, trending, gapping or thin, then :SYMBOL and :SEED if wanted`);
	const [, temper, symbol = fallback, seed = "1"] = match;
	return { symbol, seed, days, temper: temper === "plain" ? undefined : (temper as Temper) }; // one of the pattern's words
}
