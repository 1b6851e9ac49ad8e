// A scenario: a seed and a list of faults, from YAML or JSON text or from plain data. What cannot be is refused with its line, its key
// and the known name that was most likely meant; nothing is ignored, because a fault that never strikes proves nothing.

import { parseInstant } from "../../config/instant.ts";
import { isSlip, nearest } from "../../config/nearest.ts";
import { type Path, type Problem, pathText } from "../../config/problem.ts";
import { EMPTY, readYaml } from "../../config/yaml.ts";
import { err, ok, type Result } from "../../std/result.ts";
import { DAY, HOUR, MINUTE, type Ms } from "../../units/unit.ts";
import { type Fault, isTwist, type Moment, STREAMS, type When } from "./fault.ts";
import { type Entry, entryOf, FAULT_NAMES, LIBRARY, type ParameterName, type Parameters } from "./library.ts";

/** A fault as a scenario writes it. */
export type FaultInput = { readonly fault: string } & Readonly<Record<string, unknown>>;

export type Scenario = { readonly seed: string; readonly faults: readonly Fault[] };

/** What exists on the exchange at hand. */
export type Names = { readonly endpoints: readonly string[]; readonly symbols: readonly string[] };

/** What may be wrong: where, and in which words. */
type Complaint = { readonly path: Path; readonly part?: "key" | "value"; readonly message: string };
type Say = (path: Path, message: string, part?: "key" | "value") => undefined;

const FRAMES = ["auth", "subscribe", "unsubscribe", "ping"] as const;
const TOPICS = [
	...["tickers", "orderbook", "publicTrade", "kline", "allLiquidation", "priceLimit", "adlAlert"],
	...["order", "execution", "position", "wallet", "dcp", "system"],
] as const;
const WHEN_KEYS = ["endpoint", "op", "topic", "stream", "symbol", "nth", "chance", "count", "at", "every", "from", "until"] as const;
type WhenKey = (typeof WHEN_KEYS)[number];
const FAULTS_MAX = 1000;
const COUNT_MAX = 1_000_000;

export function readScenario(text: string, file: string, names: Names): Result<Scenario, Problem[]> {
	const source = readYaml(text, file);
	if (source.problems.length > 0) return err([...source.problems]);
	const complaints: Complaint[] = [];
	const scenario = decodeScenario(source.value, names, complaints);
	if (complaints.length === 0) return ok(scenario);
	return err(complaints.map(({ path, part, message }) => ({ file, ...source.place(path, part), path: pathText(path), message })));
}

/** One fault from plain data; the error is one line for each thing that is wrong. */
export function decodeFault(value: unknown, names: Names): Result<Fault, string> {
	const complaints: Complaint[] = [];
	const fault = faultOf(value, [], names, speaker(complaints));
	if (fault !== undefined && complaints.length === 0) return ok(fault);
	return err(complaints.map(({ path, message }) => (path.length === 0 ? message : `${pathText(path)}: ${message}`)).join("\n"));
}

/** `order.create` for `/v5/order/create`. */
export function opOf(endpoint: string): string {
	return endpoint.replace(/^\/v5\//, "").replaceAll("/", ".");
}

function speaker(complaints: Complaint[]): Say {
	return (path, message, part = "value") => {
		complaints.push({ path, part, message });
		return undefined;
	};
}

function decodeScenario(value: unknown, names: Names, complaints: Complaint[]): Scenario {
	const say = speaker(complaints);
	const none: Scenario = { seed: "0", faults: [] };
	if (!isRecord(value)) {
		say([], `expected the keys seed and faults, got ${shown(value)}`);
		return none;
	}
	for (const name of Object.keys(value))
		if (name !== "seed" && name !== "faults") say([name], unknownWord("key", name, ["seed", "faults"]), "key");
	const { seed = 0, faults = [] } = value;
	if (!(typeof seed === "string" && seed !== "") && !(typeof seed === "number" && Number.isSafeInteger(seed)))
		say(["seed"], `expected a whole number or a text, got ${shown(seed)}`);
	if (!Array.isArray(faults)) {
		say(["faults"], `expected a list of faults, got ${shown(faults)}`);
		return none;
	}
	if (faults.length > FAULTS_MAX) say(["faults"], `expected at most ${FAULTS_MAX} faults, got ${faults.length}`);
	const decoded = faults.map((each: unknown, i) => faultOf(each, ["faults", i], names, say));
	return { seed: String(seed), faults: decoded.filter((each) => each !== undefined) };
}

function faultOf(value: unknown, path: Path, names: Names, say: Say): Fault | undefined {
	if (!isRecord(value)) return say(path, `expected a fault with its keys, got ${shown(value)}`);
	const { fault: name } = value;
	if (name === undefined) return say(path, "the key fault is missing: it names the fault", "key");
	if (typeof name !== "string") return say([...path, "fault"], `expected the name of a fault, got ${shown(name)}`);
	const entry = entryOf(name);
	if (entry === undefined) return say([...path, "fault"], unknownWord("fault", name, FAULT_NAMES));
	const known = ["fault", ...WHEN_KEYS, ...Object.keys(entry.takes)];
	for (const key of Object.keys(value)) {
		if (known.includes(key)) continue;
		say([...path, key], PARAMETERS.has(key) ? `${name} has no ${key}` : unknownWord("key", key, known.slice(1)), "key");
	}
	const given = whenOf(value, path, names, say);
	const parameters = parametersOf(value, entry, path, say);
	const own = (["endpoint", "op", "topic", "stream", "at", "every"] as const).some((key) => given[key] !== undefined);
	const when = own ? given : { ...entry.when, ...given };
	const effect = entry.make(parameters, when);
	if (effect.kind === "jump" && (effect.price === undefined) === (effect.percent === undefined))
		say(path, `${name} needs one of price and percent`, "key");
	if (effect.kind === "deleverage" && !(effect.percent > 0 && effect.percent <= 100))
		say([...path, "percent"], `expected a number above 0 and at most 100, got ${effect.percent}`);
	if (effect.kind === "skew" && effect.by === 0) say([...path, "by"], "expected another number than 0: the clock would not move");
	refuseMisfits(entry, { when, given, twist: isTwist(effect) }, path, say);
	return { name, when, effect };
}

function refuseMisfits(entry: Entry, { when, given, twist }: { when: When; given: When; twist: boolean }, path: Path, say: Say): void {
	const no = (key: WhenKey, why: string): void => {
		if (given[key] !== undefined) say([...path, key], why, "key");
	};
	if (entry.subject === "request") no("topic", "this fault is about requests, which have no topic");
	if (entry.subject === "message")
		for (const key of ["endpoint", "op"] as const) no(key, "this fault is about messages: name a topic or a stream");
	const waits = when.endpoint !== undefined || when.op !== undefined || when.topic !== undefined;
	if (twist) for (const key of ["at", "every"] as const) no(key, "this fault waits for an event: say from and until");
	else if (waits) for (const key of ["at", "every"] as const) no(key, "an act that waits for an event has no time of its own");
	if (when.topic !== undefined && (when.endpoint ?? when.op) !== undefined) no("topic", "one of endpoint, op and topic");
}

function whenOf(value: Readonly<Record<string, unknown>>, path: Path, names: Names, say: Say): When {
	const when: Record<string, unknown> = {};
	for (const key of WHEN_KEYS) {
		const given = value[key];
		if (given === undefined) continue;
		const read = READ_WHEN[key](given, names);
		if (typeof read === "object" && "wrong" in read) say([...path, key], read.wrong);
		else when[key] = read;
	}
	return when as When; // each key was read by its own reader
}

type Read = string | number | { readonly wrong: string } | { readonly times: number; readonly outOf: number } | { readonly after: Ms };

const READ_WHEN: Readonly<Record<WhenKey, (value: unknown, names: Names) => Read>> = {
	endpoint: (value, { endpoints }) => oneOf("endpoint", value, endpoints),
	op: (value, { endpoints }) => oneOf("op", value, [...endpoints.map(opOf), ...FRAMES]),
	topic: (value) => topic(value),
	stream: (value) => oneOf("stream", value, STREAMS),
	symbol: (value, { symbols }) => oneOf("symbol", value, symbols),
	nth: (value) => whole(value, { min: 1, max: COUNT_MAX }),
	count: (value) => whole(value, { min: 1, max: COUNT_MAX }),
	chance: (value) => chance(value),
	at: (value) => moment(value),
	every: (value) => duration(value, { min: 1 }),
	from: (value) => moment(value),
	until: (value) => moment(value),
};

function parametersOf(value: Readonly<Record<string, unknown>>, entry: Entry, path: Path, say: Say): Parameters {
	const parameters: Record<string, unknown> = {};
	for (const key of Object.keys(entry.takes) as ParameterName[]) {
		// the table's own keys
		const given = value[key];
		if (given === undefined) continue;
		const read = READ_PARAMETER[key](given);
		if (typeof read === "object" && "wrong" in read) say([...path, key], read.wrong);
		else parameters[key] = read;
	}
	return parameters as Parameters; // each key was read by its own reader
}

const READ_PARAMETER: Readonly<Record<ParameterName, (value: unknown) => string | number | boolean | { readonly wrong: string }>> = {
	delay: (value) => duration(value, { min: 1 }),
	within: (value) => duration(value, { min: 1 }),
	for: (value) => duration(value, { min: 1 }),
	by: (value) => duration(value, { min: -DAY }),
	status: (value) => (value === 200 ? 200 : whole(value, { min: 400, max: 599 })),
	code: (value) => whole(value, { min: -10_000, max: 9_999_999 }),
	message: (value) => text(value),
	done: (value) => (typeof value === "boolean" ? value : wrong("true or false", value)),
	how: (value) => oneOf("how", value, ["silence", "reset"]),
	field: (value) => text(value),
	price: (value) => (typeof value === "number" && value > 0 && Number.isFinite(value) ? value : wrong("a price above 0", value)),
	percent: (value) =>
		typeof value === "number" && value > -100 && value <= 1000 && value !== 0 ? value : wrong("a number from -99 to 1000, not 0", value),
};

const PARAMETERS: ReadonlySet<string> = new Set(Object.values(LIBRARY).flatMap(({ takes }) => Object.keys(takes)));

// ---- single values

function wrong(expected: string, value: unknown): { readonly wrong: string } {
	return { wrong: `expected ${expected}, got ${shown(value)}` };
}

function oneOf(what: string, value: unknown, known: readonly string[]): string | { readonly wrong: string } {
	if (typeof value !== "string") return wrong(`a text`, value);
	return known.includes(value) ? value : { wrong: unknownWord(what, value, known) };
}

function topic(value: unknown): string | { readonly wrong: string } {
	if (typeof value !== "string" || value === "") return wrong("a topic or its beginning", value);
	const [head = ""] = value.split(".");
	return TOPICS.some((each) => each === head) ? value : { wrong: unknownWord("topic", head, TOPICS) };
}

function text(value: unknown): string | { readonly wrong: string } {
	return typeof value === "string" && value !== "" && value.length <= 500 ? value : wrong("a text of at most 500 characters", value);
}

function whole(value: unknown, { min, max }: { min: number; max: number }): number | { readonly wrong: string } {
	const good = typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
	return good ? value : wrong(`a whole number from ${min} to ${max}`, value);
}

const UNITS: Readonly<Record<string, Ms>> = { ms: 1, s: 1000, m: MINUTE, h: HOUR, d: DAY };

function duration(value: unknown, { min }: { min: Ms }): number | { readonly wrong: string } {
	const span = spanOf(value);
	return span === undefined || span < min ? wrong(`milliseconds, or a text like 500ms, 2s, 5m, 1h`, value) : span;
}

function spanOf(value: unknown): Ms | undefined {
	if (typeof value === "number") return Number.isSafeInteger(value) ? value : undefined;
	const match = typeof value === "string" ? /^(-?\d{1,9})(ms|s|m|h|d)$/.exec(value) : null;
	return match === null ? undefined : Number(match[1]) * (UNITS[match[2] ?? ""] ?? 1);
}

/** `+90m` counts from the exchange's beginning; a date or a number is market time. */
export function moment(value: unknown): Moment | { readonly wrong: string } {
	if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
	if (typeof value === "string") {
		const after = value.startsWith("+") ? spanOf(value.slice(1)) : undefined;
		const at = after === undefined ? parseInstant(value, "optional") : undefined;
		if (after !== undefined) return { after };
		if (at !== undefined) return at;
	}
	return wrong("a time like 2024-01-31T12:00Z, UTC milliseconds, or +90m after the beginning", value);
}

/** `1 in 5` or `[1, 5]`. */
function chance(value: unknown): { times: number; outOf: number } | { readonly wrong: string } {
	const match = typeof value === "string" ? /^(\d{1,9}) in (\d{1,9})$/.exec(value) : null;
	const [times, outOf] = match !== null ? [Number(match[1]), Number(match[2])] : Array.isArray(value) && value.length === 2 ? value : [];
	const good = Number.isSafeInteger(times) && Number.isSafeInteger(outOf) && times >= 0 && outOf >= 1 && times <= outOf;
	return good ? { times, outOf } : wrong("a chance like 1 in 5", value);
}

function unknownWord(what: string, word: string, known: readonly string[]): string {
	const near = nearest(word, known);
	if (near !== undefined && isSlip(word, near.distance)) return `unknown ${what} ${shown(word)}: did you mean ${near.word}?`;
	return known.length <= 40 ? `unknown ${what} ${shown(word)}: there is ${known.join(", ")}` : `unknown ${what} ${shown(word)}`;
}

function shown(value: unknown): string {
	if (value === EMPTY || value === undefined) return "nothing";
	const text = JSON.stringify(value) ?? String(value);
	return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
