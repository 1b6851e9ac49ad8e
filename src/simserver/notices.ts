// What the exchange says of itself: maintenance and its state, and announcements. Source: docs/v5/system-status, announcement,
// websocket/system/system-status. No notice by default; whoever runs the exchange posts them, and the listeners of `system.status` hear of
// each change.

import type { Ms } from "../units/unit.ts";
import type { Hub } from "./hub.ts";

export const STATUS_TOPIC = "system.status";

export const NOTICE_STATES = ["scheduled", "ongoing", "completed", "canceled"] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

export type Notice = {
	readonly id: string;
	readonly title: string;
	readonly state: NoticeState;
	readonly begin: Ms;
	/** Expected, then actual. */
	readonly end: Ms;
	/** 1 trading, 2 trading by HTTP, 3 trading by WebSocket, 4 private WebSocket, 5 market data. */
	readonly serviceTypes: readonly number[];
	/** 1 planned, 2 temporary, 3 incident. */
	readonly maintainType: 1 | 2 | 3;
};

/** Kinds of announcement by key, with the title that is shown. */
export const ANNOUNCEMENT_TYPES = {
	new_crypto: "New Listings",
	latest_bybit_news: "Latest Bybit News",
	delistings: "Delistings",
	latest_activities: "Latest Activities",
	product_updates: "Product Updates",
	maintenance_updates: "Maintenance Updates",
	new_fiat_listings: "New Fiat Listings",
	other: "Other",
} as const;
export type AnnouncementType = keyof typeof ANNOUNCEMENT_TYPES;

export type Announcement = {
	readonly title: string;
	readonly description: string;
	readonly type: AnnouncementType;
	readonly tags: readonly string[];
	readonly url: string;
	readonly at: Ms;
};

/** So many of each are kept; then the oldest goes. */
const KEPT_MAX = 1000;

export class Notices {
	readonly #hub: Hub;
	readonly #notices = new Map<string, Notice>();
	#announcements: readonly Announcement[] = [];

	constructor(hub: Hub) {
		this.#hub = hub;
	}

	get(id: string): Notice | undefined {
		return this.#notices.get(id);
	}

	/** Adds a notice, or replaces the one of the same id. */
	post(notice: Notice, at: Ms): void {
		this.#notices.set(notice.id, notice);
		if (this.#notices.size > KEPT_MAX) this.#notices.delete(this.#notices.keys().next().value ?? "");
		this.#hub.publish(STATUS_TOPIC, { topic: STATUS_TOPIC, ts: at, data: [noticeRow(notice)] });
	}

	/** The newest first. */
	list(): readonly Notice[] {
		return [...this.#notices.values()].reverse();
	}

	announce(announcement: Announcement): void {
		this.#announcements = [announcement, ...this.#announcements].slice(0, KEPT_MAX);
	}

	/** The newest first. */
	get announcements(): readonly Announcement[] {
		return this.#announcements;
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

export function announcementRow({ title, description, type, tags, url, at }: Announcement): object {
	return {
		title,
		description,
		type: { title: ANNOUNCEMENT_TYPES[type], key: type },
		tags,
		url,
		dateTimestamp: at,
		startDateTimestamp: at,
		endDateTimestamp: at,
		publishTime: at,
	};
}
