// Frames of the status stream: the one topic that tells of maintenance. Source: docs/v5/websocket/system/system-status.

import type { Exchange } from "./exchange.ts";
import { STATUS_TOPIC } from "./notices.ts";
import { parseObject } from "./params.ts";
import type { Peer } from "./peer.ts";
import { topicNames } from "./public-door.ts";

export function onStatus(peer: Peer, text: string, { hub }: Exchange): void {
	const frame = parseObject(text);
	const op = typeof frame?.op === "string" ? frame.op : "";
	const reply = (success: boolean, ret_msg: string): void =>
		hub.send(peer, JSON.stringify({ success, ret_msg, conn_id: peer.connId, req_id: frame?.req_id ?? "", op }));
	if (op === "ping") return reply(true, "pong");
	const names = op === "subscribe" || op === "unsubscribe" ? topicNames(frame?.args) : undefined;
	if (names === undefined) return reply(false, "Params Error");
	const unknown = names.find((name) => name !== STATUS_TOPIC);
	if (unknown !== undefined) return reply(false, `error:handler not found,topic:${unknown}`);
	if (op === "subscribe" && (peer.topics.has(STATUS_TOPIC) || names.length > 1))
		return reply(false, `error:already subscribed,topic:${STATUS_TOPIC}`);
	if (op === "subscribe") hub.subscribe(peer, STATUS_TOPIC);
	else hub.unsubscribe(peer, STATUS_TOPIC);
	reply(true, "");
}
