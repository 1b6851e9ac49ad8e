// The faults by name. Each copies something that the real exchange, or the way to it, has done to somebody; `source` says where that is
// written down (§ of the digest of Bybit's documentation, the codes of docs/v5/error, or the operators' folklore).

import type { Effect, KeyState, When } from "./fault.ts";

/** What a scenario may set besides the match; a default stands here, `undefined` means that it may be missing. */
export type Parameters = {
	readonly delay?: number;
	readonly within?: number;
	readonly for?: number | undefined;
	readonly by?: number;
	readonly status?: number;
	readonly code?: number;
	readonly message?: string;
	readonly done?: boolean;
	readonly how?: "silence" | "reset";
	readonly field?: string | undefined;
	readonly price?: number | undefined;
	readonly percent?: number | undefined;
};
export type ParameterName = keyof Parameters;

/** What a fault is about, which says what it can wait for. */
export type Subject = "request" | "message" | "either" | "act";

export type Entry = {
	readonly subject: Subject;
	readonly doc: string;
	readonly source: string;
	/** The parameters it takes, with their defaults. */
	readonly takes: Parameters;
	/** What it waits for when the scenario names no endpoint, op, topic or stream. */
	readonly when?: When;
	make(parameters: Parameters, when: When): Effect;
};

const WRITE = { op: "order.create" } as const;

function answer(code: number, message: string, { source, doc, done = false }: { source: string; doc: string; done?: boolean }): Entry {
	return {
		subject: "request",
		doc,
		source,
		takes: { code, message, done, status: 200 },
		make: (given) => answered(given, { code, message, done, status: 200 }),
	};
}

function http(status: number, message: string, { source, doc }: { source: string; doc: string }): Entry {
	return {
		subject: "request",
		doc,
		source,
		takes: { status, message, done: false },
		make: (given) => answered({ ...given, code: given.status ?? status }, { code: status, message, done: false, status }),
	};
}

type Answered = { readonly code: number; readonly message: string; readonly done: boolean; readonly status: number };

function answered(given: Parameters, { code, message, done, status }: Answered): Effect {
	return {
		kind: "answer",
		status: given.status ?? status,
		code: given.code ?? code,
		message: given.message ?? message,
		done: given.done ?? done,
	};
}

function corrupt(how: "unknown" | "null" | "type" | "broken", { source, doc }: { source: string; doc: string }): Entry {
	return {
		subject: "either",
		doc,
		source,
		takes: how === "broken" ? {} : { field: undefined },
		make: ({ field }) => ({ kind: "corrupt", how, field }),
	};
}

function key(state: KeyState, { source, doc }: { source: string; doc: string }): Entry {
	return { subject: "act", doc, source, takes: { for: undefined }, make: (given) => ({ kind: "key", state, for: given.for }) };
}

export const LIBRARY = {
	// ---- answers in place of the true one
	"http-error": http(502, "Bad Gateway", {
		doc: "the gateway answers 5xx with a page of its own; with `done` the request has taken effect",
		source: "§11, HTTP table: 5xx, timeout, reset: docs silent, ambiguous for writes",
	}),
	"ip-ban": http(403, "access too frequent", {
		doc: "this address has asked too often and is shut out",
		source: "§3: 600 requests in 5 s; stop all HTTP for 10 minutes",
	}),
	overload: http(429, "Too many requests", {
		doc: "the gateway is overloaded: HTTP 429",
		source: "§3: HTTP 429, or retCode 429 in the body, or 10429",
	}),
	"server-timeout": answer(10000, "Server Timeout", {
		doc: "retCode 10000; with `done` the request has taken effect",
		source: "§11: 10000 server timeout, ambiguous for writes",
	}),
	"stale-timestamp": answer(10002, "invalid request, please check your server timestamp or recv_window param.", {
		doc: "retCode 10002 although the clocks agree",
		source: "§2: timestamp outside the window; §11: retry after a clock resync",
	}),
	"rate-limited": answer(10006, "Too many visits. Exceeded the API Rate Limit.", {
		doc: "retCode 10006, with X-Bapi-Limit-Status 0 and a reset one second ahead",
		source: "§3: per-UID breach is HTTP 200 with retCode 10006",
	}),
	"server-error": answer(10016, "Request timeout, please try again later", {
		doc: "retCode 10016; with `done` the request has taken effect",
		source: "§11: 10016 server error or restarting, ambiguous for writes",
	}),
	refusal: answer(10001, "Request parameter error", {
		doc: "any retCode and message that the scenario names",
		source: "§11, the whole table",
	}),
	"stop-refused": {
		subject: "request",
		doc: "the position's stop is refused after the entry has filled",
		source: "§6.4: 10001 `can not set tp/sl/ts for zero position`, when the fill is not booked yet",
		takes: { code: 10001, message: "can not set tp/sl/ts for zero position", status: 200 },
		when: { op: "position.trading-stop" },
		make: (given) => answered(given, { code: 10001, message: "can not set tp/sl/ts for zero position", done: false, status: 200 }),
	},
	// ---- requests and answers on their way
	"lost-answer": {
		subject: "request",
		doc: "the request takes effect and its answer never comes",
		source: "§5.7 and §11: a timed-out write may have happened; ask by orderLinkId before any resend",
		takes: { how: "silence" },
		when: WRITE,
		make: ({ how }) => ({ kind: "lose", what: "answer", how: how ?? "silence" }),
	},
	"lost-request": {
		subject: "request",
		doc: "the request never arrives, and nothing is answered",
		source: "folklore: the same timeout, and the order is not there",
		takes: { how: "silence" },
		when: WRITE,
		make: ({ how }) => ({ kind: "lose", what: "request", how: how ?? "silence" }),
	},
	"late-answer": {
		subject: "request",
		doc: "the request takes effect at once and is answered `delay` later, after the frames that it causes",
		source: "§5.7: answers and private frames are not ordered among each other",
		takes: { delay: 2000 },
		when: WRITE,
		make: ({ delay }) => ({ kind: "delay", what: "answer", delay: delay ?? 2000 }),
	},
	"late-request": {
		subject: "request",
		doc: "the request reaches the exchange `delay` later, where it may be too old (10002)",
		source: "§2: recv_window refuses what was long on the way",
		takes: { delay: 2000 },
		when: WRITE,
		make: ({ delay }) => ({ kind: "delay", what: "request", delay: delay ?? 2000 }),
	},
	"empty-positions": {
		subject: "request",
		doc: "the position list is empty although a position is held",
		source: "folklore: bots that took an empty list for flat opened the position twice",
		takes: {},
		when: { endpoint: "/v5/position/list" },
		make: () => ({ kind: "empty" }),
	},
	// ---- messages of the streams
	"lost-message": {
		subject: "message",
		doc: "a message never comes",
		source: "§8.1: interruptions under 10 s are not announced; §8.4: no replay of private frames",
		takes: {},
		make: () => ({ kind: "lose", what: "answer", how: "silence" }),
	},
	"late-message": {
		subject: "message",
		doc: "a message comes `delay` later",
		source: "§8.4: delivery across topics is not ordered by any documented rule",
		takes: { delay: 2000 },
		make: ({ delay }) => ({ kind: "delay", what: "answer", delay: delay ?? 2000 }),
	},
	"doubled-message": {
		subject: "message",
		doc: "a message comes twice",
		source: "§5.7: two Filled messages may arrive; §8.4: deduplicate by execId",
		takes: {},
		make: () => ({ kind: "double" }),
	},
	"reordered-message": {
		subject: "message",
		doc: "a message comes after the next one of its socket, at the latest `within` later",
		source: "§8.4: join by orderId, execId and seq",
		takes: { within: 1000 },
		make: ({ within }) => ({ kind: "reorder", within: within ?? 1000 }),
	},
	// ---- what cannot be read
	"unknown-fields": corrupt("unknown", {
		doc: "every object has a key that nobody knows yet",
		source: "§13: fields were added about twenty times in two years",
	}),
	nulls: corrupt("null", {
		doc: "one value (or `field`) is null",
		source: "§2: several documented examples lack keys; §14: null values are sent",
	}),
	"wrong-types": corrupt("type", {
		doc: "one value (or `field`) has another type: a number for a text, an object for a number",
		source: '§6.1: liqPrice is a price, "0" or ""; §8.4: extraFees is a list or ""',
	}),
	"broken-json": corrupt("broken", {
		doc: "the text ends in the middle",
		source: "folklore: proxies that cut a body; §11: HTML in place of JSON",
	}),
	// ---- lines
	cut: {
		subject: "act",
		doc: "the sockets of a stream (or all) are cut without a farewell",
		source: "§8.1: disconnects may happen at any time",
		takes: {},
		make: (_, { stream }) => ({ kind: "cut", stream }),
	},
	stall: {
		subject: "act",
		doc: "the sockets of a stream stay open and say nothing more, not even pong; after `for` they are cut",
		source: "§8.1: a socket can be dead for ten minutes before the server cuts it",
		takes: { for: undefined },
		make: (given, { stream }) => ({ kind: "stall", stream, for: given.for }),
	},
	"refused-connections": {
		subject: "act",
		doc: "new sockets of a stream are refused with HTTP 503 until healed, or for `for`",
		source: "§3: at most 500 new connections in 5 minutes",
		takes: { for: undefined },
		make: (given, { stream }) => ({ kind: "deaf", stream, for: given.for }),
	},
	restart: {
		subject: "act",
		doc: "the exchange restarts: all sockets cut, orders and positions kept, closed orders gone from order/realtime, books begin at u=1; with `for` it is away that long",
		source: "§8.2: u=1 after a service restart; §5: realtime forgets closed orders on a restart; §11: 10016, 10019",
		takes: { for: undefined },
		make: (given) => ({ kind: "restart", for: given.for }),
	},
	// ---- the account and the market
	"clock-skew": {
		subject: "act",
		doc: "the exchange's clock is `by` ms ahead (or behind, when negative): its stamps move, and timestamps are judged by it",
		source: "§2: a clock only one second fast fails; 10002",
		takes: { by: 5000, for: undefined },
		make: (given) => ({ kind: "skew", by: given.by ?? 5000, for: given.for }),
	},
	"key-expired": key("expired", { doc: "the API key has expired: 33004", source: "§2: keys without an IP binding expire after 90 days" }),
	"key-revoked": key("revoked", { doc: "the API key is gone: 10003", source: "§11: 10003 API key is invalid" }),
	"key-read-only": key("read-only", { doc: "the API key may read and no longer trade: 10005", source: "§7.2: readOnly; §11: 10005" }),
	halt: {
		subject: "act",
		doc: "the symbol's status is Closed, nothing trades or fills, its streams are silent, and orders on it are refused with 110074; what rests can be cancelled",
		source: "§4.3: status; §11: 110066, 110074",
		takes: { for: undefined },
		make: (given, { symbol }) => ({ kind: "halt", symbol, for: given.for }),
	},
	"price-jump": {
		subject: "act",
		doc: "the price gaps to `price`, or by `percent`, and meets there what it has jumped over; the recorded path goes on from there",
		source: "folklore: flash-crash wicks that take stops far beyond their price",
		takes: { price: undefined, percent: undefined },
		make: (given, { symbol }) => ({ kind: "jump", symbol, price: given.price, percent: given.percent }),
	},
	deleverage: {
		subject: "act",
		doc: "auto-deleveraging takes `percent` of the position at the last price; its resting orders are cancelled first",
		source: "§9: createType CreateByAdl_PassThrough, execType AdlTrade; §8.3: adlAlert",
		takes: { percent: 100 },
		make: (given, { symbol }) => ({ kind: "deleverage", symbol, percent: given.percent ?? 100 }),
	},
	"stop-vanishes": {
		subject: "act",
		doc: "the position's stop order is deactivated, as if rejected after the fill",
		source: "§9: legs may end Deactivated or Rejected; folklore: positions found without the stop that was attached",
		takes: {},
		when: { topic: "execution" },
		make: (_, { symbol }) => ({ kind: "strip", symbol }),
	},
	"funding-now": {
		subject: "act",
		doc: "funding is settled now, at the last price and the current rate",
		source: "§10: funding at the timestamp; §4.3: intervals are changed by the exchange",
		takes: {},
		make: (_, { symbol }) => ({ kind: "fund", symbol }),
	},
} as const satisfies Readonly<Record<string, Entry>>;

export type FaultName = keyof typeof LIBRARY;
export const FAULT_NAMES = Object.keys(LIBRARY) as readonly FaultName[]; // the table's own keys

export function entryOf(name: string): Entry | undefined {
	return Object.hasOwn(LIBRARY, name) ? LIBRARY[name as FaultName] : undefined; // its own key, just asked
}
