// A fault as plain data: when it strikes and what it does. Names, defaults and sources stand in the library; what strikes when is the
// schedule's; this file only says what there is to say.

import type { Ms } from "../../units/unit.ts";
import type { PeerKind } from "../peer.ts";

export const STREAMS = ["public", "private", "trade", "status"] as const satisfies readonly PeerKind[];

/** What a fault waits for. Each key that is given must fit; without any, the fault's own event decides. */
export type When = {
	/** A REST path: `/v5/order/create`. */
	readonly endpoint?: string;
	/** What is asked, by socket or by REST: `order.create` is the frame and the path; `subscribe`, `auth`, `ping` are frames. */
	readonly op?: string;
	/** A topic or its beginning: `order`, `tickers`, `kline.5.BTCUSDT`. */
	readonly topic?: string;
	readonly stream?: PeerKind;
	readonly symbol?: string;
	/** The first of the fitting events that counts, from 1. */
	readonly nth?: number;
	/** Of the events that count, so many in so many strike, drawn from the seed. */
	readonly chance?: { readonly times: number; readonly outOf: number };
	/** It strikes at most so often. */
	readonly count?: number;
	/** When an act happens of itself; without it and without an event to wait for, at once. */
	readonly at?: Moment;
	/** An act that happens of itself comes again after so long. */
	readonly every?: Ms;
	/** It strikes in `[from, until)` only. */
	readonly from?: Moment;
	readonly until?: Moment;
};

/** Market time, or so long after the exchange's beginning. */
export type Moment = Ms | { readonly after: Ms };

const CORRUPTIONS = ["unknown", "null", "type", "broken"] as const;
export type Corruption = (typeof CORRUPTIONS)[number];

/** What happens to one request, answer or message. */
export type Twist =
	/** Another answer in place of the true one; with `done` the request takes effect all the same. */
	| { readonly kind: "answer"; readonly status: number; readonly code: number; readonly message: string; readonly done: boolean }
	/** Nothing comes: `silence` leaves the line open, `reset` breaks it. `request`: it never takes effect. */
	| { readonly kind: "lose"; readonly what: "request" | "answer"; readonly how: "silence" | "reset" }
	| { readonly kind: "delay"; readonly what: "request" | "answer"; readonly delay: Ms }
	| { readonly kind: "double" }
	/** It comes after the next message of its socket, at the latest `within` later. */
	| { readonly kind: "reorder"; readonly within: Ms }
	| { readonly kind: "corrupt"; readonly how: Corruption; readonly field: string | undefined }
	/** The answer's list holds nothing. */
	| { readonly kind: "empty" };

/** What happens to the exchange; `for` ends it by itself. */
export type Act =
	| { readonly kind: "cut"; readonly stream: PeerKind | undefined }
	| { readonly kind: "stall"; readonly stream: PeerKind | undefined; readonly for: Ms | undefined }
	| { readonly kind: "deaf"; readonly stream: PeerKind | undefined; readonly for: Ms | undefined }
	| { readonly kind: "skew"; readonly by: Ms; readonly for: Ms | undefined }
	| { readonly kind: "key"; readonly state: KeyState; readonly for: Ms | undefined }
	| { readonly kind: "halt"; readonly symbol: string | undefined; readonly for: Ms | undefined }
	| { readonly kind: "jump"; readonly symbol: string | undefined; readonly price: number | undefined; readonly percent: number | undefined }
	/** So many percent of the position are taken at the last price. */
	| { readonly kind: "deleverage"; readonly symbol: string | undefined; readonly percent: number }
	| { readonly kind: "strip"; readonly symbol: string | undefined }
	| { readonly kind: "fund"; readonly symbol: string | undefined }
	| { readonly kind: "restart"; readonly for: Ms | undefined };

export const KEY_STATES = ["valid", "read-only", "expired", "revoked"] as const;
export type KeyState = (typeof KEY_STATES)[number];

export type Effect = Twist | Act;

export type Fault = {
	readonly name: string;
	readonly when: When;
	readonly effect: Effect;
};

const TWISTS: ReadonlySet<Effect["kind"]> = new Set<Twist["kind"]>(["answer", "lose", "delay", "double", "reorder", "corrupt", "empty"]);

export function isTwist(effect: Effect): effect is Twist {
	return TWISTS.has(effect.kind);
}

/** One thing that passes between a client and the exchange. */
export type Event = {
	readonly kind: "request" | "message";
	readonly stream: PeerKind | "rest";
	readonly endpoint?: string;
	readonly op?: string;
	readonly topic?: string;
	readonly symbols: readonly string[];
};

export function describe({ kind, stream, endpoint, op, topic, symbols }: Event): string {
	return [stream, kind, endpoint ?? topic ?? op, ...symbols].filter((part) => part !== undefined && part !== "").join(" ");
}
