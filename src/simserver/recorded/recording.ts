// Recorded messages of Bybit's public streams (one JSON message a line, as they came), read and checked whole before anything is played.
// Answers to subscriptions and pings among them are passed over. What is wrong ends in one line that names the file, the line and the reason.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { asInteger, isObject, type JsonObject } from "../../bybit/decode/row.ts";
import type { Columns } from "../../market/candle.ts";
import type { Instrument } from "../../market/instrument.ts";
import { INTERVALS, type Interval } from "../../market/interval.ts";
import { UsageError } from "../../std/usage-error.ts";
import type { Ms } from "../../units/unit.ts";
import { type AnyDepth, type PublicTopic, parsePublic, RECORDED_DEPTHS } from "../topics.ts";
import { Merged } from "./merged.ts";

/** One message, as it came. */
export type RecordedFrame = {
	/** When it is played: its own `ts`, or that of the message before where that is later. */
	readonly at: Ms;
	readonly topic: PublicTopic & { readonly symbol: string };
	/** The topic's name. */
	readonly name: string;
	readonly text: string;
};

/** One symbol of a recording: its rules, and which of its topics were recorded. */
export type RecordedMarket = {
	readonly instrument: Instrument;
	readonly topics: ReadonlySet<string>;
	/** The depth whose book orders meet: the deepest that was recorded. */
	readonly depth: AnyDepth | undefined;
	/** What candles are made of: recorded ones of this interval, or trades and prices by the minute. */
	readonly interval: Interval;
	readonly begin: Ms;
	/** Where the recorded ticker names none. */
	readonly fundingRate: number;
	/** Closed candles of `interval` from before the recording. */
	readonly history?: Columns | undefined;
};

export type Recording = {
	readonly markets: readonly RecordedMarket[];
	/** In the order in which they are played: never empty. */
	readonly frames: readonly RecordedFrame[];
};

type Source = { readonly name: string; readonly text: string };
type Placed = RecordedFrame & { readonly file: string; readonly line: number };
type Terms = { readonly instrumentOf: (symbol: string) => Instrument | undefined; readonly fundingRate: number };

/** How far a message may lag behind one of another topic: topics leave Bybit's servers by different roads. */
const LAG_MAX: Ms = 1000;

const SHOWN_CHARACTERS = 60;

/** Several files are played together, by their time. Throws a UsageError. */
export function readRecording(paths: readonly string[], terms: Terms): Recording {
	return parseRecording(
		paths.map((path) => ({ name: path, text: textOf(path) })),
		terms,
	);
}

export function parseRecording(sources: readonly Source[], terms: Terms): Recording {
	const files = sources.map((source) => framesOf(source));
	// A stable sort: within a file the order is already that of the times.
	const placed = files.length === 1 ? files[0]! : files.flat().sort((a, b) => a.at - b.at);
	const states = new Map<string, { merged: Merged; instrument: Instrument; topics: Map<string, PublicTopic>; begin: Ms }>();
	for (const frame of placed) {
		const { topic, name, text } = frame;
		let state = states.get(topic.symbol);
		if (state === undefined) {
			const instrument = terms.instrumentOf(topic.symbol);
			if (instrument === undefined)
				throw complain(frame, `the rules of ${topic.symbol} (tick, quantity step, …) are not known: name them with --instruments`);
			state = { merged: new Merged(instrument), instrument, topics: new Map(), begin: frame.at };
			states.set(topic.symbol, state);
		}
		const taken = state.merged.take(topic, JSON.parse(text) as JsonObject); // read once before; kept, it would be many times as large
		if (!taken.ok) throw complain(frame, `${name}: ${taken.error}`);
		state.topics.set(name, topic);
	}
	const { fundingRate } = terms;
	const markets = [...states.values()].map(({ instrument, topics, begin }): RecordedMarket => {
		return { instrument, topics: new Set(topics.keys()), ...natureOf([...topics.values()]), begin, fundingRate };
	});
	return { markets, frames: placed.map(({ at, topic, name, text }) => ({ at, topic, name, text })) };
}

/** The deepest book, and what candles are made of: recorded minutes first, then trades, then the shortest recorded candles, then prices. */
function natureOf(topics: readonly PublicTopic[]): { depth: AnyDepth | undefined; interval: Interval } {
	const depth = RECORDED_DEPTHS.findLast((each) => topics.some((topic) => topic.kind === "orderbook" && topic.depth === each));
	const shortest = INTERVALS.find((each) => topics.some((topic) => topic.kind === "kline" && topic.interval === each));
	return { depth, interval: topics.some(({ kind }) => kind === "publicTrade") ? "1" : (shortest ?? "1") };
}

function framesOf({ name: file, text: content }: Source): Placed[] {
	const frames: Placed[] = [];
	const told = new Map<string, { ts: Ms; line: number }>();
	let latest = { ts: Number.NEGATIVE_INFINITY, line: 0 };
	for (const [i, text] of content
		.replace(/^\uFEFF/, "")
		.split(/\r?\n/)
		.entries()) {
		const place = { file, line: i + 1 };
		if (text.trim() === "") continue;
		const message = parsed(text);
		if (message === undefined) throw complain(place, `this is no JSON object: ${shown(text)}`);
		if (message.topic === undefined && typeof message.op === "string") continue;
		const { topic, ts } = headOf(message, place);
		if (topic.kind === "adlAlert") continue; // of no symbol: the exchange tells its own
		const name = String(message.topic);
		const before = told.get(name);
		if (before !== undefined && ts < before.ts)
			throw complain(
				place,
				`${name}: ts ${ts} lies before that of line ${before.line}, ${before.ts}: the lines are not in the order they came in`,
			);
		if (ts < latest.ts - LAG_MAX)
			throw complain(
				place,
				`ts ${ts} lies ${latest.ts - ts} ms before that of line ${latest.line}: the lines are not in the order they came in`,
			);
		told.set(name, { ts, line: place.line });
		if (ts > latest.ts) latest = { ts, line: place.line };
		frames.push({ at: latest.ts, topic, name, text: text.trim(), ...place });
	}
	if (frames.length === 0) throw new UsageError(`${file}: it holds no message of a public stream: record some, one JSON message a line`);
	return frames;
}

function headOf(message: JsonObject, place: { file: string; line: number }): { topic: PublicTopic; ts: Ms } {
	const topic = typeof message.topic === "string" ? parsePublic(message.topic) : undefined;
	if (topic === undefined) {
		const named = message.topic === undefined ? "the message names no topic" : `unknown topic ${shown(String(message.topic))}`;
		throw complain(place, `${named}: tickers, orderbook, publicTrade, kline, allLiquidation and priceLimit of a symbol can be played`);
	}
	const ts = asInteger(message.ts);
	if (ts === undefined || ts <= 0) throw complain(place, `${message.topic}: ts is no time in milliseconds`);
	return { topic, ts };
}

function parsed(text: string): JsonObject | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return isObject(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

function textOf(path: string): string {
	try {
		const bytes = readFileSync(path);
		return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8");
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException; // what a file system and zlib throw
		if (code === "ENOENT") throw new UsageError(`${path}: there is no such file: check the path`);
		if (code === "EISDIR") throw new UsageError(`${path}: this is a directory: name a file in it`);
		if (code === "ERR_STRING_TOO_LONG" || code === "ERR_FS_FILE_TOO_LARGE" || code === "ERR_BUFFER_TOO_LARGE")
			throw new UsageError(`${path}: it is too large: split it by time`);
		throw new UsageError(`${path}: it cannot be read (${code ?? "unknown reason"})`);
	}
}

function complain({ file, line }: { file: string; line: number }, reason: string): UsageError {
	return new UsageError(`${file}, line ${line}: ${reason}`);
}

function shown(text: string): string {
	return JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
}
