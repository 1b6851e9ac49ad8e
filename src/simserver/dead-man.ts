// Disconnection protection (DCP): once set, the orders that rest are cancelled when every private connection that has `dcp.future` is gone
// for longer than the window. Source: docs/v5/order/dcp, websocket/private/dcp. Bybit grants it to institutions alone, and takes about ten
// seconds to set it; here anybody has it at once. Conditional orders and the position's stops stay.

import type { Ms } from "../units/unit.ts";
import type { Venue } from "../venue/venue.ts";
import type { Hub } from "./hub.ts";

export const DCP_PRODUCTS = ["OPTIONS", "DERIVATIVES", "SPOT"] as const;
export type DcpProduct = (typeof DCP_PRODUCTS)[number];

const TOPIC = "dcp.future";

export class DeadMan {
	readonly #venue: Venue;
	readonly #hub: Hub;
	readonly #now: () => Ms;
	/** Seconds by product; only derivatives are traded here. */
	readonly #windows = new Map<DcpProduct, number>();
	/** Somebody has the topic. */
	#watched = false;
	/** How often somebody came or the last one went: a departure that was followed by another change means nothing any more. */
	#changes = 0;
	/** Does something in market time; set once there is a timeline. */
	later: (at: Ms, act: () => void) => void = () => {};

	constructor(venue: Venue, hub: Hub, now: () => Ms) {
		this.#venue = venue;
		this.#hub = hub;
		this.#now = now;
	}

	set(product: DcpProduct, seconds: number): void {
		this.#windows.set(product, seconds);
	}

	rows(): object[] {
		return [...this.#windows].map(([product, seconds]) => ({ product, dcpStatus: "ON", timeWindow: String(seconds) }));
	}

	/** Connections or their topics may have changed. */
	look(): void {
		const watched = this.#hub.has(TOPIC);
		if (watched === this.#watched) return;
		this.#watched = watched;
		const change = ++this.#changes;
		const seconds = this.#windows.get("DERIVATIVES");
		if (watched || seconds === undefined) return;
		this.later(this.#now() + seconds * 1000, () => {
			if (this.#changes === change) this.#cancel();
		});
	}

	#cancel(): void {
		for (const symbol of this.#venue.symbols())
			this.#venue.cancelAll(symbol, this.#now(), ({ status }) => status !== "Untriggered", "CancelByDCP");
	}
}
