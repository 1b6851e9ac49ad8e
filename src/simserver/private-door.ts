// Frames of the private stream: auth, subscribe, unsubscribe, ping. Nothing is told of the past: a new listener asks by REST.

import { checkSocket } from "./auth.ts";
import type { Exchange } from "./exchange.ts";
import { parseObject } from "./params.ts";
import type { Peer } from "./peer.ts";
import { topicNames } from "./public-door.ts";
import { isCategorised, isPrivate } from "./topics.ts";

export function onPrivate(peer: Peer, text: string, exchange: Exchange): void {
	const frame = parseObject(text);
	const { hub, clock } = exchange;
	// Observed: a number comes back as text.
	const id = frame?.req_id === undefined ? {} : { req_id: typeof frame.req_id === "number" ? String(frame.req_id) : frame.req_id };
	const op = typeof frame?.op === "string" ? frame.op : "";
	const reply = (success: boolean, ret_msg: string): void =>
		hub.send(peer, JSON.stringify({ ...id, success, ret_msg, op, conn_id: peer.connId }));
	switch (op) {
		case "ping":
			hub.send(peer, JSON.stringify({ ...id, op: "pong", args: [String(clock.now())], conn_id: peer.connId }));
			return;
		case "auth": {
			const verdict = checkSocket(frame?.args, exchange.keys, clock);
			const shut = verdict === "ok" ? exchange.refusesKey(undefined, peer.address) : undefined;
			if (shut !== undefined) return reply(false, shut.message);
			if (verdict === "ok") peer.authenticated = true;
			reply(verdict === "ok", verdict === "ok" ? "" : "Params Error");
			return;
		}
		case "subscribe":
		case "unsubscribe": {
			const refusal = peer.authenticated ? refusalOf(frame?.args, op) : "Request not authorized";
			reply(refusal === undefined, refusal ?? "");
			if (refusal !== undefined) return;
			for (const name of topicNames(frame?.args) ?? []) {
				if (op === "subscribe") hub.subscribe(peer, name);
				else hub.unsubscribe(peer, name);
			}
			return;
		}
		default:
			reply(false, "Params Error");
	}
}

/** Topics that come with a category or without. */
const PLAIN = new Set(["order", "execution", "execution.fast", "position"]);

/** Plain and categorised names of one topic do not go together in one request, and none is in it twice. What is held already may be asked for
 *  again, and is told once: clients do so for each symbol they watch. */
function refusalOf(args: unknown, op: "subscribe" | "unsubscribe"): string | undefined {
	const names = topicNames(args);
	if (names === undefined || !names.every(isPrivate)) return "Params Error";
	if (names.some(isCategorised) && names.some((name) => PLAIN.has(name))) return "Params Error";
	const twice = op === "subscribe" ? names.find((name, i) => names.indexOf(name) !== i) : undefined;
	return twice === undefined ? undefined : `error:already subscribed,topic:${twice}`;
}
