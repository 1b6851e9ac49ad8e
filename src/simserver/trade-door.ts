// Order entry by socket: after auth each frame carries one order and a timestamp in its header. Source: docs/v5/websocket/trade/guideline.

import { checkSocket, checkTimestamp } from "./auth.ts";
import { type Answer, answer } from "./envelope.ts";
import type { Exchange } from "./exchange.ts";
import { amendOrder, cancelOrder, createOrder, type OrderIds } from "./order-request.ts";
import { Params, parseObject } from "./params.ts";
import type { Peer } from "./peer.ts";

const OPS: Readonly<Record<string, (params: Params, exchange: Exchange) => OrderIds>> = {
	"order.create": createOrder,
	"order.amend": amendOrder,
	"order.cancel": cancelOrder,
};
const LIMIT = 10;
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
	const handle = Object.hasOwn(OPS, op) ? OPS[op] : undefined;
	if (handle === undefined) return plain(10404, "Unknown op");
	const content = serve(peer, frame, exchange, handle);
	exchange.hub.send(peer, JSON.stringify({ ...id, ...response(content, op, { connId: peer.connId, now }) }));
}

function authenticate(peer: Peer, args: unknown, exchange: Exchange, plain: (code: number, message: string) => void): void {
	if (peer.authenticated) return plain(20001, "Repeat auth");
	const verdict = checkSocket(args, exchange.keys, exchange.clock);
	if (verdict === "ok") peer.authenticated = true;
	if (verdict === "ok") plain(0, "OK");
	else if (verdict === "sign") plain(10004, "Invalid sign");
	else if (verdict === "key") plain(10003, "API key is invalid.");
	else plain(10001, "Params Error");
}

function serve(
	peer: Peer,
	frame: Record<string, unknown>,
	exchange: Exchange,
	handle: (params: Params, exchange: Exchange) => OrderIds,
): Answer {
	const no = (code: number, message: string): Answer => ({ result: {}, refusal: { code, message } });
	if (!peer.authenticated) return no(10007, "User authentication failed.");
	const header = asObject(frame.header);
	const stale = checkTimestamp(header?.["X-BAPI-TIMESTAMP"], header?.["X-BAPI-RECV-WINDOW"] ?? undefined, exchange.clock);
	if (stale !== undefined) return { result: {}, refusal: stale };
	if (typeof frame.reqId === "string") {
		if (frame.reqId.length > REQ_ID_MAX) return no(10001, "reqId is too long");
		if (isRepeated(peer, frame.reqId)) return no(20006, "Duplicate reqId");
	}
	const args = Array.isArray(frame.args) ? frame.args : [];
	const body = args.length === 1 ? asObject(args[0]) : undefined;
	return body === undefined ? no(10001, "args must hold exactly one order") : answer(() => handle(new Params(body), exchange));
}

function response({ result, refusal }: Answer, op: string, { connId, now }: { connId: string; now: number }): object {
	return {
		retCode: refusal?.code ?? 0,
		retMsg: refusal?.message ?? "OK",
		op,
		data: result,
		retExtInfo: {},
		header: {
			"X-Bapi-Limit": String(LIMIT),
			"X-Bapi-Limit-Status": String(LIMIT - 1),
			"X-Bapi-Limit-Reset-Timestamp": String(now),
			Traceid: connId.replaceAll("-", ""),
			Timenow: String(now),
		},
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
