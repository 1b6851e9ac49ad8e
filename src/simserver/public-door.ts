// Frames of the public stream: subscribe, unsubscribe, ping. One bad topic voids the whole frame, and the connection stays open.

import type { Exchange } from "./exchange.ts";
import { parseObject } from "./params.ts";
import type { Peer } from "./peer.ts";
import { type PublicTopic, parsePublic } from "./topics.ts";

/** All topics of one frame together; docs/v5/ws/connect. */
const ARGS_LENGTH_MAX = 21_000;

export function onPublic(peer: Peer, text: string, exchange: Exchange): void {
	const frame = parseObject(text);
	const op = frame?.op;
	const reply = (success: boolean, ret_msg: string): void => {
		const req_id = frame?.req_id ?? "";
		exchange.hub.send(peer, JSON.stringify({ success, ret_msg, conn_id: peer.connId, req_id, op: typeof op === "string" ? op : "" }));
	};
	if (op === "ping") reply(true, "pong");
	else if (op === "subscribe" || op === "unsubscribe") {
		const topics = topicNames(frame?.args);
		if (topics === undefined) reply(false, "Params Error");
		else if (op === "subscribe") subscribe(peer, topics, exchange, reply);
		else unsubscribe(peer, topics, exchange, reply);
	} else reply(false, frame === undefined ? "Params Error" : "error:invalid op");
}

type Reply = (success: boolean, message: string) => void;

function subscribe(peer: Peer, names: readonly string[], exchange: Exchange, reply: Reply): void {
	const { hub } = exchange;
	const wanted = new Map<string, PublicTopic>();
	for (const name of names) {
		const topic = parsePublic(name);
		if (topic === undefined || !exchange.shows(topic, name)) return reply(false, `error:handler not found,topic:${name}`);
		if (peer.topics.has(name) || wanted.has(name)) return reply(false, `error:already subscribed,topic:${name}`);
		wanted.set(name, topic);
	}
	reply(true, "");
	for (const [name, topic] of wanted) {
		const greeting = exchange.greeting(topic, name);
		hub.subscribe(peer, name);
		if (greeting !== undefined) hub.send(peer, JSON.stringify(greeting));
	}
}

function unsubscribe(peer: Peer, names: readonly string[], { hub }: Exchange, reply: Reply): void {
	const unknown = names.find((name) => parsePublic(name) === undefined);
	if (unknown !== undefined) return reply(false, `error:handler not found,topic:${unknown}`);
	for (const name of names) hub.unsubscribe(peer, name);
	reply(true, "");
}

/** A non-empty list of names; undefined for anything else. */
export function topicNames(args: unknown): string[] | undefined {
	if (!Array.isArray(args) || args.length === 0) return undefined;
	const names = args.filter((name) => typeof name === "string");
	return names.length === args.length && names.join("").length <= ARGS_LENGTH_MAX ? names : undefined;
}
