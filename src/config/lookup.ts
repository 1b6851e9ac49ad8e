// From the path of a key to its schema, and to its value.

import { z } from "zod";
import type { Path } from "./problem.ts";
import { CONFIG } from "./schema.ts";

/** The schema of the key at `path`, wrappers included; undefined where there is none. */
export function schemaAt(path: Path): z.ZodType | undefined {
	let schema: z.ZodType | undefined = CONFIG;
	for (const part of path) {
		const bare: z.ZodType | undefined = schema && unwrapped(schema);
		if (bare instanceof z.ZodArray) schema = bare.element as z.ZodType;
		else if (bare instanceof z.ZodObject && Object.hasOwn(bare.shape, part)) schema = bare.shape[part] as z.ZodType;
		else return undefined;
	}
	return schema;
}

/** The schema inside defaults and options. */
export function unwrapped(schema: z.ZodType): z.ZodType {
	if (schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) return unwrapped(schema.unwrap() as z.ZodType);
	return schema;
}

/** What a file's value holds at `path`; undefined where there is nothing. */
export function valueAt(value: unknown, path: Path): unknown {
	let at = value;
	for (const part of path) {
		if (Array.isArray(at) && typeof part === "number") at = at[part];
		else if (isRecord(at) && Object.hasOwn(at, part)) at = at[part];
		else return undefined;
	}
	return at;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
