// A part of the schema for one symbol: the same keys, none needed, none with a default of its own. And the merge that lays it over the common one.

import { z } from "zod";
import { NOTES } from "./kinds.ts";

/** Any of the keys, at any depth. */
export type Overrides<T> = T extends Readonly<Record<string, unknown>> ? { readonly [K in keyof T]?: Overrides<T[K]> | undefined } : T;

/** The schema without defaults, every key optional; descriptions and messages stay. */
export function overridesOf<S extends z.ZodType>(schema: S): z.ZodOptional<z.ZodType<Overrides<z.output<S>>, Overrides<z.input<S>>>> {
	return withoutDefaults(schema) as never; // the same shape, by construction
}

/** `base` with the keys that `over` gives in place of its own. */
export function merged<T>(base: T, over: Overrides<T> | undefined): T {
	if (over === undefined) return base;
	if (!isSection(base) || !isSection(over)) return over as T; // no section: a value of the same kind
	const keys = Object.keys(base).map((name) => [name, merged<unknown>(base[name], over[name])]);
	return Object.fromEntries(keys);
}

function withoutDefaults(schema: z.ZodType): z.ZodType {
	const inner = schema instanceof z.ZodPrefault ? (schema.unwrap() as z.ZodType) : schema;
	const bare =
		inner instanceof z.ZodObject
			? z.strictObject(Object.fromEntries(Object.entries(inner.shape).map(([name, part]) => [name, withoutDefaults(part as z.ZodType)])))
			: inner;
	const note = NOTES.get(schema);
	const optional = bare.optional().meta({ description: schema.description ?? "" });
	return note === undefined ? optional : optional.register(NOTES, note);
}

function isSection(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
