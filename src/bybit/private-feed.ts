// The private stream's frames into events, one event per row: a row that cannot be read is reported and takes none of the others
// with it. Source: docs/v5/websocket/private/*. Order across topics is not promised; `execId`, `orderId` and `seq` join them.

import type { Ms } from "../units/unit.ts";
import { decodeWallet } from "./decode/account.ts";
import { decodeExecution, decodeOrder } from "./decode/order.ts";
import { decodePosition } from "./decode/position.ts";
import { asInteger, type Decoded, isObject, type JsonObject } from "./decode/row.ts";
import type { BybitEvent, OnEvent } from "./events.ts";

export const PRIVATE_TOPICS = ["order", "execution", "position", "wallet"] as const;

type Decode = (row: unknown, at: Ms) => Decoded<BybitEvent>;

const DECODERS: Readonly<Record<string, Decode>> = {
	order: (row, at) => mapped(decodeOrder(row), (order) => ({ kind: "order", at, order })),
	execution: (row, at) => mapped(decodeExecution(row), (execution) => ({ kind: "execution", at, execution })),
	position: (row, at) => mapped(decodePosition(row), (position) => ({ kind: "position", at, position })),
	wallet: (row, at) => mapped(decodeWallet(row), (wallet) => ({ kind: "wallet", at, wallet })),
};

function mapped<T>(decoded: Decoded<T>, make: (value: T) => BybitEvent): Decoded<BybitEvent> {
	return decoded.ok ? { ok: true, value: make(decoded.value) } : decoded;
}

export class PrivateFeed {
	readonly #onEvent: OnEvent;
	readonly #onMalformed: (topic: string | undefined, reason: string) => void;

	constructor(options: { onEvent: OnEvent; onMalformed: (topic: string | undefined, reason: string) => void }) {
		this.#onEvent = options.onEvent;
		this.#onMalformed = options.onMalformed;
	}

	take(frame: JsonObject): void {
		const { topic } = frame;
		if (typeof topic !== "string") {
			this.#onMalformed(undefined, "the frame has no topic");
			return;
		}
		const name = topic.endsWith(".linear") ? topic.slice(0, -".linear".length) : topic;
		const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
		if (decode === undefined) {
			this.#onMalformed(topic, "no decoder for this topic");
			return;
		}
		const at = asInteger(frame.creationTime);
		if (at === undefined) {
			this.#onMalformed(topic, "creationTime is missing or no time");
			return;
		}
		if (!Array.isArray(frame.data)) {
			this.#onMalformed(topic, "data is no list");
			return;
		}
		for (const row of frame.data as readonly unknown[]) {
			if (isOther(row)) continue;
			const event = decode(row, at);
			if (event.ok) this.#onEvent(event.value);
			else this.#onMalformed(topic, event.error);
		}
	}
}

/** Spot, inverse and options share the topics; they are not ours. */
function isOther(row: unknown): boolean {
	return isObject(row) && typeof row.category === "string" && row.category !== "" && row.category !== "linear";
}
