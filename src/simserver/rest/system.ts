// What the exchange says of itself: docs/v5/system-status, docs/v5/announcement.

import { Refused } from "../envelope.ts";
import type { Exchange } from "../exchange.ts";
import { type Announcement, announcementRow, NOTICE_STATES, noticeRow } from "../notices.ts";
import type { Params } from "../params.ts";
import type { Route } from "./route.ts";

const LIMIT = 120;

export const SYSTEM_ROUTES: readonly Route[] = [
	{ method: "GET", path: "/v5/system/status", handle: status, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/announcements/index", handle: announcements, open: true, limit: LIMIT },
];

function status(params: Params, { notices }: Exchange): object {
	const id = params.text("id");
	const state = params.oneOf("state", NOTICE_STATES, undefined);
	const list = notices
		.list()
		.filter((notice) => (id === undefined || notice.id === id) && (state === undefined || notice.state === state))
		.map(noticeRow);
	return { list };
}

/** What was announced, newest first; at the end one of ours, so that a reader finds the shape: that this exchange is none. */
function announcements(params: Params, { start, notices }: Exchange): object {
	if (params.text("locale") === undefined) throw new Refused({ code: 10001, message: "params error: locale is required" });
	const type = params.text("type");
	const tag = params.text("tag");
	const page = params.count("page", { fallback: 1, max: 1_000_000 });
	const limit = params.count("limit", { fallback: 20, max: 20 });
	const all = [...notices.announcements, { ...OURS, at: start }].filter(
		(each) => (type === undefined || each.type === type) && (tag === undefined || each.tags.includes(tag)),
	);
	return { total: all.length, list: all.slice((page - 1) * limit, page * limit).map(announcementRow) };
}

const OURS: Omit<Announcement, "at"> = {
	title: "This is a simulated exchange",
	description: "Nothing here is traded: the market is a replay, the account is made up.",
	type: "product_updates",
	tags: ["Derivatives"],
	url: "",
};
