// Order entry by socket: after auth each frame carries one order and a timestamp in its header. Source: docs/v5/websocket/trade/guideline.

import { checkSocket, checkTimestamp } from "./auth.ts";
import { BATCHES, batch, ORDERS_A_SECOND } from "./batch.ts";
import { type Answer, answer, type Extended } from "./envelope.ts";
import type { Exchange } from "./exchange.ts";
import { TOO_MANY } from "./limits.ts";
import { amendOrder, cancelOrder, createOrder, type OrderIds } from "./order-request.ts";
import { Params, parseObject } from "./params.ts";
import type { Peer } from "./peer.ts";

type Op = { readonly path: string; readonly batch: boolean; readonly handle: (params: Params, exchange: Exchange) => OrderIds | Extended };

/** Each counts with the REST path that does the same. */
export const OPS: Readonly<Record<string, Op>> = {
	"order.create": { path: "/v5/order/create", batch: false, handle: createOrder },
	"order.amend": { path: "/v5/order/amend", batch: false, handle: amendOrder },
	"order.cancel": { path: "/v5/order/cancel", batch: false, handle: cancelOrder },
	"order.create-batch": { path: BATCHES.create.path, batch: true, handle: batch("create") },
	"order.amend-batch": { path: BATCHES.amend.path, batch: true, handle: batch("amend") },
	"order.cancel-batch": { path: BATCHES.cancel.path, batch: true, handle: batch("cancel") },
};
const REQ_ID_MAX = 36;
/** So many request ids are remembered per connection: a repeated one is refused. */
const REQ_IDS_KEPT = 10_000;
const seenIds = new WeakMap<Peer, Set<string>>();

export function onTrade(peer: Peer, text: string, exchange: Exchange): void {
	const frame = parseObject(text);
	const op = typeof frame?.op === "string" ? frame.op : "";
	const id = frame?.reqId === undefined ? {} : { reqId: frame.reqId };
	const now = exchange.clock.now();
	const plain = (retCode: number, retMsg: string): void =>
		exchange.hub.send(peer, JSON.stringify({ ...id, retCode, retMsg, op, connId: peer.connId }));
	if (frame === undefined) return plain(10001, "Request parameter error");
	if (op === "ping") {
		const pong = { ...id, retCode: 0, retMsg: "OK", op: "pong", data: [String(now)], connId: peer.connId };
		exchange.hub.send(peer, JSON.stringify(pong));
		return;
	}
	if (op === "auth") return authenticate(peer, frame.args, exchange, plain);
	const known = Object.hasOwn(OPS, op) ? OPS[op] : undefined;
	if (known === undefined) return plain(10404, "Unknown op");
	const tooOften = exchange.limits.refuseFrame(peer.connId, peer.address);
	if (tooOften !== undefined) return plain(tooOften.code, tooOften.message);
	const content = serve(peer, frame, exchange, known);
	const header = exchange.limitHeaders(known.path, ORDERS_A_SECOND);
	exchange.hub.send(peer, JSON.stringify({ ...id, ...response(content, op, { connId: peer.connId, now, header }) }));
}

function authenticate(peer: Peer, args: unknown, exchange: Exchange, plain: (code: number, message: string) => void): void {
	if (peer.authenticated) return plain(20001, "Repeat auth");
	const verdict = checkSocket(args, exchange.keys, exchange.clock);
	const shut = verdict === "ok" ? exchange.refusesKey(undefined, peer.address) : undefined;
	if (shut !== undefined) return plain(shut.code, shut.message);
	if (verdict === "ok") peer.authenticated = true;
	if (verdict === "ok") plain(0, "OK");
	else if (verdict === "sign") plain(10004, "Invalid sign");
	else if (verdict === "key") plain(10003, "API key is invalid.");
	else plain(10001, "Params Error");
}

function serve(peer: Peer, frame: Record<string, unknown>, exchange: Exchange, { path, batch: many, handle }: Op): Answer {
	const no = (code: number, message: string): Answer => ({ result: {}, refusal: { code, message } });
	if (!peer.authenticated) return no(10007, "User authentication failed.");
	const header = asObject(frame.header);
	const stale = checkTimestamp(header?.["X-BAPI-TIMESTAMP"], header?.["X-BAPI-RECV-WINDOW"] ?? undefined, exchange.clock);
	if (stale !== undefined) return { result: {}, refusal: stale };
	if (typeof frame.reqId === "string") {
		if (frame.reqId.length > REQ_ID_MAX) return no(10001, "reqId is too long");
		if (isRepeated(peer, frame.reqId)) return no(20006, "Duplicate reqId");
	}
	const denied = exchange.refusesKey({ path, writes: true }, peer.address);
	if (denied !== undefined) return { result: {}, refusal: denied };
	const args = Array.isArray(frame.args) ? frame.args : [];
	const body = args.length === 1 ? asObject(args[0]) : undefined;
	if (body === undefined) return no(10001, "args must hold exactly one order");
	if (!many && exchange.limits.take(path, ORDERS_A_SECOND) === 0) return { result: {}, refusal: TOO_MANY };
	return answer(() => handle(new Params(body), exchange));
}

function response(
	{ result, refusal, retExtInfo = {} }: Answer,
	op: string,
	{ connId, now, header }: { connId: string; now: number; header: Record<string, string> },
): object {
	return {
		retCode: refusal?.code ?? 0,
		retMsg: refusal?.message ?? "OK",
		op,
		data: result,
		retExtInfo,
		header: { ...header, Traceid: connId.replaceAll("-", ""), Timenow: String(now) },
		connId,
	};
}

function isRepeated(peer: Peer, id: string): boolean {
	const seen = seenIds.get(peer) ?? new Set();
	seenIds.set(peer, seen);
	if (seen.has(id)) return true;
	seen.add(id);
	if (seen.size > REQ_IDS_KEPT) seen.delete(seen.values().next().value ?? "");
	return false;
}

function asObject(value: unknown): Record<string, unknown> | undefined {
	return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined; // an object's fields are unknown
}
