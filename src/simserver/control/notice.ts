// A system notice and an announcement as the exchange's owner writes them: what is left out has a default, or stays as it was. What
// cannot be is a UsageError that names the key.

import { UsageError } from "../../std/usage-error.ts";
import { HOUR, type Ms } from "../../units/unit.ts";
import { ANNOUNCEMENT_TYPES, type Announcement, type AnnouncementType, NOTICE_STATES, type Notice } from "../notices.ts";

export type NoticeInput = Partial<Notice>;
export type AnnouncementInput = Partial<Omit<Announcement, "at">>;

export const NOTICE_KEYS = ["id", "title", "state", "begin", "end", "serviceTypes", "maintainType"] as const satisfies (keyof Notice)[];
export const ANNOUNCEMENT_KEYS = ["title", "description", "type", "tags", "url"] as const satisfies (keyof Announcement)[];

const TEXT_MAX = 500;
const SERVICES = [1, 2, 3, 4, 5] as const;
const MAINTENANCE = [1, 2, 3] as const;
const TYPES = Object.keys(ANNOUNCEMENT_TYPES) as AnnouncementType[]; // the table's own keys

/** `before`: the notice of the same id, whose fields stand unless they are given anew. */
export function noticeOf(
	input: Readonly<Record<string, unknown>>,
	before: Notice | undefined,
	{ id, now }: { id: string; now: Ms },
): Notice {
	const begin = timeOf("begin", input.begin ?? before?.begin ?? now);
	const end = timeOf("end", input.end ?? before?.end ?? begin + HOUR);
	if (end < begin) throw new UsageError("end: expected a time not before begin");
	return {
		id,
		title: textOf("title", input.title ?? before?.title),
		state: oneOf("state", input.state ?? before?.state ?? "scheduled", NOTICE_STATES),
		begin,
		end,
		serviceTypes: servicesOf(input.serviceTypes ?? before?.serviceTypes ?? [...SERVICES]),
		maintainType: oneOf("maintainType", input.maintainType ?? before?.maintainType ?? 1, MAINTENANCE),
	};
}

export function announcementOf(input: Readonly<Record<string, unknown>>, at: Ms): Announcement {
	const { title, description = "", type = "other", tags = [], url = "" } = input;
	if (!Array.isArray(tags) || tags.length > 20) throw new UsageError("tags: expected a list of at most 20 texts");
	return {
		title: textOf("title", title),
		description: textOf("description", description, 0),
		type: oneOf("type", type, TYPES),
		tags: tags.map((tag: unknown) => textOf("tags", tag)),
		url: textOf("url", url, 0),
		at,
	};
}

export function textOf(name: string, value: unknown, min = 1): string {
	if (typeof value === "string" && value.length >= min && value.length <= TEXT_MAX) return value;
	throw new UsageError(`${name}: expected a text of ${min} to ${TEXT_MAX} characters`);
}

function timeOf(name: string, value: unknown): Ms {
	if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
	throw new UsageError(`${name}: expected UTC milliseconds`);
}

function oneOf<T extends string | number>(name: string, value: unknown, known: readonly T[]): T {
	const found = known.find((each) => each === value);
	if (found === undefined) throw new UsageError(`${name}: expected one of ${known.join(", ")}`);
	return found;
}

function servicesOf(value: unknown): readonly number[] {
	const good = Array.isArray(value) && value.length > 0 && new Set(value).size === value.length;
	if (!good || !value.every((each) => SERVICES.some((service) => service === each)))
		throw new UsageError(`serviceTypes: expected a list of ${SERVICES.join(", ")}, each once`);
	return value as number[]; // each was looked at
}
