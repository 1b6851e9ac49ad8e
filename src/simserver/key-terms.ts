// The key's terms as somebody writes them, for the control endpoint and for a file: what cannot be is one line that names the key.

import { parseInstant } from "../config/instant.ts";
import { printProblems } from "../config/problem.ts";
import { readYaml } from "../config/yaml.ts";
import { UsageError } from "../std/usage-error.ts";
import type { KeyTerms } from "./api-key.ts";

export const KEY_TERMS = ["readOnly", "permissions", "ips", "expiredAt", "deadlineDay"] as const;

/** `readOnly` is a boolean, or 1 and 0 as in `query-api`. */
export function keyTermsOf({ readOnly, permissions, ips, expiredAt, deadlineDay }: Readonly<Record<string, unknown>>): KeyTerms {
	if (readOnly !== undefined && ![true, false, 0, 1].includes(readOnly as boolean))
		throw new UsageError("readOnly: expected true or false"); // compared, not used
	if (ips !== undefined && !isTexts(ips)) throw new UsageError("ips: expected a list of texts");
	if (permissions !== undefined && !isPermissions(permissions)) throw new UsageError("permissions: expected lists of texts by name");
	if (expiredAt !== undefined && !isTime(expiredAt)) throw new UsageError("expiredAt: expected a text such as 2027-01-31T00:00:00Z");
	if (deadlineDay !== undefined && !(typeof deadlineDay === "number" && Number.isFinite(deadlineDay)))
		throw new UsageError("deadlineDay: expected a number");
	return {
		...(readOnly === undefined ? {} : { readOnly: readOnly === true || readOnly === 1 }),
		...(ips === undefined ? {} : { ips }),
		...(permissions === undefined ? {} : { permissions }),
		...(expiredAt === undefined ? {} : { expiredAt }),
		...(deadlineDay === undefined ? {} : { deadlineDay }),
	};
}

/** A file's text, YAML or JSON. */
export function readKeyTerms(text: string, file: string): KeyTerms {
	const { value, problems } = readYaml(text, file);
	if (problems.length > 0) throw new UsageError(printProblems(problems));
	if (typeof value !== "object" || value === null || Array.isArray(value))
		throw new UsageError(`${file}: expected some of the keys ${KEY_TERMS.join(", ")}`);
	const fields = value as Record<string, unknown>; // an object's fields are unknown
	const unknown = Object.keys(fields).find((name) => !KEY_TERMS.some((each) => each === name));
	if (unknown !== undefined) throw new UsageError(`${file}: unknown key ${unknown}: there is ${KEY_TERMS.join(", ")}`);
	try {
		return keyTermsOf(fields);
	} catch (error) {
		if (error instanceof UsageError) throw new UsageError(`${file}: ${error.message}`);
		throw error;
	}
}

function isTexts(value: unknown): value is string[] {
	return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function isPermissions(value: unknown): value is Record<string, string[]> {
	return typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(isTexts);
}

function isTime(value: unknown): value is string {
	return typeof value === "string" && (value === "" || parseInstant(value, "optional") !== undefined);
}
