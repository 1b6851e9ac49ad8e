// The book topics that a recording does not hold, told from the book that it does: the best levels of each depth, a snapshot first and
// then what changed. The numbers of a depth's frames rise by one from frame to frame.

import type { Ms } from "../../units/unit.ts";
import type { Hub } from "../hub.ts";
import type { Level, Sides } from "../ladder.ts";
import { type Pacer, PUSH_EVERY } from "../pacer.ts";
import type { Depth } from "../topics.ts";

/** A book as it stands, best levels first. */
export type Shown = Sides & { readonly seq: number; readonly cts: Ms };

/** Where the numbers of frames begin: 1 would mean that the service has started anew. */
const UPDATES_FROM = 1_000_000;

type Channel = { readonly depth: Depth; readonly topic: string; update: number; shown: Shown | undefined; toldAt: Ms };

export class ShownBooks {
	readonly #symbol: string;
	readonly #hub: Hub;
	readonly #channels: ReadonlyMap<number, Channel>;
	readonly #look: (depth: number) => Shown | undefined;

	constructor(symbol: string, depths: readonly Depth[], { hub, look }: { hub: Hub; look: (depth: number) => Shown | undefined }) {
		this.#symbol = symbol;
		this.#hub = hub;
		this.#look = look;
		const channel = (depth: Depth): Channel => {
			return { depth, topic: `orderbook.${depth}.${symbol}`, update: UPDATES_FROM, shown: undefined, toldAt: 0 };
		};
		this.#channels = new Map(depths.map((depth) => [depth, channel(depth)]));
	}

	shows(depth: number): boolean {
		return this.#channels.has(depth);
	}

	tell(at: Ms, pacer: Pacer | undefined): void {
		for (const channel of this.#channels.values()) {
			const { topic, depth, shown } = channel;
			const now = this.#hub.has(topic) ? this.#look(depth) : undefined;
			if (now === undefined) continue;
			const bids = shown === undefined ? now.bids : changed(shown.bids, now.bids);
			const asks = shown === undefined ? now.asks : changed(shown.asks, now.asks);
			if (bids.length + asks.length === 0 || pacer?.ready(topic, PUSH_EVERY.orderbook[depth]) === false) continue;
			Object.assign(channel, { update: channel.update + 1, shown: now, toldAt: at });
			const whole = depth === 1 || shown === undefined;
			this.#hub.publish(topic, this.#frame(channel, whole ? now : { ...now, bids, asks }, { type: whole ? "snapshot" : "delta", at }));
		}
	}

	/** The best prices once more when they have not changed for `after` ms. */
	repeat(at: Ms, after: Ms): void {
		const channel = this.#channels.get(1);
		if (channel?.shown === undefined || !this.#hub.has(channel.topic) || at < channel.toldAt + after) return;
		channel.toldAt = at;
		this.#hub.publish(channel.topic, this.#frame(channel, channel.shown, { type: "snapshot", at }));
	}

	/** A first listener hears of the book as it stands, a later one what the others know, so that the next change fits both. */
	greeting(depth: number, at: Ms): object | undefined {
		const channel = this.#channels.get(depth);
		if (channel === undefined) return undefined;
		if (channel.shown === undefined || !this.#hub.has(channel.topic))
			Object.assign(channel, { shown: this.#look(depth), update: channel.update + 1, toldAt: at });
		return channel.shown === undefined ? undefined : this.#frame(channel, channel.shown, { type: "snapshot", at });
	}

	restart(): void {
		for (const channel of this.#channels.values()) channel.shown = undefined;
	}

	#frame({ topic, update }: Channel, { bids, asks, seq, cts }: Shown, { type, at }: { type: "snapshot" | "delta"; at: Ms }): object {
		return { topic, type, ts: at, data: { s: this.#symbol, b: bids, a: asks, u: update, seq }, cts };
	}
}

/** What turns one side of a book into another: levels that left (size "0"), came or changed. */
function changed(before: readonly Level[], after: readonly Level[]): Level[] {
	const old = new Map(before);
	const levels: Level[] = [];
	for (const level of after) {
		if (old.get(level[0]) !== level[1]) levels.push(level);
		old.delete(level[0]);
	}
	for (const [price] of old) levels.push([price, "0"]);
	return levels;
}
