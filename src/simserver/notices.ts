// What the exchange says of itself: maintenance and its state. Source: docs/v5/system-status, websocket/system/system-status. None by
// default; whoever runs the exchange posts them, and the listeners of `system.status` hear of each change.

import type { Ms } from "../units/unit.ts";
import type { Hub } from "./hub.ts";

export const STATUS_TOPIC = "system.status";

export type Notice = {
	readonly id: string;
	readonly title: string;
	readonly state: "scheduled" | "ongoing" | "completed" | "canceled";
	readonly begin: Ms;
	/** Expected, then actual. */
	readonly end: Ms;
	/** 1 trading, 2 trading by HTTP, 3 trading by WebSocket, 4 private WebSocket, 5 market data. */
	readonly serviceTypes: readonly number[];
	/** 1 planned, 2 temporary, 3 incident. */
	readonly maintainType: 1 | 2 | 3;
};

export class Notices {
	readonly #hub: Hub;
	readonly #notices = new Map<string, Notice>();

	constructor(hub: Hub) {
		this.#hub = hub;
	}

	/** Adds a notice, or replaces the one of the same id. */
	post(notice: Notice, at: Ms): void {
		this.#notices.set(notice.id, notice);
		this.#hub.publish(STATUS_TOPIC, { topic: STATUS_TOPIC, ts: at, data: [noticeRow(notice)] });
	}

	/** The newest first. */
	list(): readonly Notice[] {
		return [...this.#notices.values()].reverse();
	}
}

export function noticeRow(notice: Notice): object {
	return {
		id: notice.id,
		title: notice.title,
		state: notice.state,
		begin: String(notice.begin),
		end: String(notice.end),
		href: "",
		serviceTypes: notice.serviceTypes,
		product: [1],
		uidSuffix: [],
		maintainType: notice.maintainType,
		env: 1,
	};
}
