// Who is asking, and is the request fresh (bybit-v5.md §2): key, timestamp, HMAC-SHA256 over the raw query or body, in this order.
// A timestamp is judged against the exchange's clock; because a replay's clock is not the machine's, one that is fresh by the machine's
// own clock is accepted as well.

import { createHmac, timingSafeEqual } from "node:crypto";
import type { Ms } from "../units/unit.ts";
import type { Refusal } from "../venue/refusal.ts";
import type { SimClock } from "./clock.ts";

export type Keys = { readonly key: string; readonly secret: string };

const RECV_WINDOW_DEFAULT: Ms = 5000;
const EXPIRES_USUAL: Ms = 10_000;
const RECV_WINDOW_MAX: Ms = 60_000;
const AHEAD_MAX: Ms = 1000;
/** An `expires` further ahead than this is no clock of anybody's. Docs silent. */
const EXPIRES_AHEAD_MAX: Ms = 3_600_000;

export function hmacHex(secret: string, text: string | Buffer): string {
	return createHmac("sha256", secret).update(text).digest("hex");
}

/** The string that a REST request signs: timestamp, key, window, then the query or the body byte for byte. */
export function restPayload(request: { timestamp: string; key: string; recvWindow: string; payload: Buffer }): Buffer {
	return Buffer.concat([Buffer.from(`${request.timestamp}${request.key}${request.recvWindow}`), request.payload]);
}

export type SignedRequest = {
	readonly key: string | undefined;
	readonly timestamp: string | undefined;
	/** As sent; undefined when the header is missing, and then nothing of it is signed. */
	readonly recvWindow: string | undefined;
	readonly sign: string | undefined;
	readonly payload: Buffer;
};

/** Undefined when the request is the account's own, fresh and unchanged; else Bybit's words. */
export function checkRest(request: SignedRequest, keys: Keys, clock: SimClock): Refusal | undefined {
	if (request.key !== keys.key) return { code: 10003, message: "API key is invalid." };
	const stale = checkTimestamp(request.timestamp, request.recvWindow, clock);
	if (stale !== undefined) return stale;
	const { key, payload } = request;
	const origin = restPayload({ timestamp: request.timestamp ?? "", key, recvWindow: request.recvWindow ?? "", payload });
	if (!sameHex(hmacHex(keys.secret, origin), request.sign ?? ""))
		return { code: 10004, message: `error sign! origin_string[${origin.toString()}]` };
	return undefined;
}

/** `now − window ≤ timestamp < now + 1000`: a clock that is one second fast already fails. */
export function checkTimestamp(timestamp: unknown, recvWindow: unknown, clock: SimClock): Refusal | undefined {
	const at = wholeNumber(timestamp);
	const window = recvWindow === undefined ? RECV_WINDOW_DEFAULT : wholeNumber(recvWindow);
	if (at !== undefined && window !== undefined && isFresh(at, Math.min(window, RECV_WINDOW_MAX), clock)) return undefined;
	const says = `req_timestamp[${String(timestamp ?? "")}],server_timestamp[${clock.now() + clock.skew}],recv_window[${String(recvWindow ?? RECV_WINDOW_DEFAULT)}]`;
	return { code: 10002, message: `invalid request, please check your server timestamp or recv_window param. ${says}` };
}

function isFresh(at: Ms, window: Ms, clock: SimClock): boolean {
	const { from, before } = clock.fresh(window);
	if (at >= from && at < before) return true;
	const wall = clock.wall() + clock.skew;
	return at >= wall - window && at < wall + AHEAD_MAX;
}

/** The `auth` frame of a private or trade socket: `[key, expires, signature]`, expires a number or a string, later than now. */
export function checkSocket(args: unknown, keys: Keys, clock: SimClock): "ok" | "malformed" | "key" | "expired" | "sign" {
	if (!Array.isArray(args) || args.length < 3) return "malformed";
	const [key, expires, sign] = args as unknown[];
	const at = wholeNumber(expires);
	if (typeof key !== "string" || typeof sign !== "string" || at === undefined) return "malformed";
	if (key !== keys.key) return "key";
	if (!sameHex(hmacHex(keys.secret, `GET/realtime${String(expires)}`), sign)) return "sign";
	return isAhead(at, clock.fresh(hurry(clock)).from, clock.now()) || isAhead(at, clock.wall() + clock.skew, clock.wall())
		? "ok"
		: "expired";
}

/** Clients sign their frame for 5 to 10 s of their own time; where time races, those pass before the frame arrives. */
function hurry({ speed }: SimClock): Ms {
	return speed === "max" || (typeof speed === "number" && speed > 1) ? EXPIRES_USUAL : 0;
}

function isAhead(at: Ms, from: Ms, now: Ms): boolean {
	return at > from && at <= now + EXPIRES_AHEAD_MAX;
}

function wholeNumber(value: unknown): number | undefined {
	if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
	return typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function sameHex(expected: string, given: string): boolean {
	const [a, b] = [Buffer.from(expected), Buffer.from(given)];
	return a.length === b.length && timingSafeEqual(a, b);
}
