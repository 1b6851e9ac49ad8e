// Kinds of values a key can have: each a zod schema together with the words for what it expects, so that no message speaks a library's language.

import { z } from "zod";
import { INTERVALS, type Interval } from "../market/interval.ts";
import type { Ms } from "../units/unit.ts";
import { expectedAddress, isAllowedAddress, type Transport, withoutPath } from "./address.ts";
import { cronProblem } from "./cron.ts";
import { formatInstant, isInstant, parseInstant, timeOfDay } from "./instant.ts";
import { isSecretText, KEY_NAME_PATTERN, Secret } from "./secret.ts";

export type Kind<S extends z.ZodType> = {
	readonly schema: S;
	/** Completes "expected …". */
	readonly expected: string;
	/** How a value is written back, where its own text would not do. */
	readonly print?: ((value: unknown) => unknown) | undefined;
};

type Note = { readonly expected: string; readonly print?: Kind<z.ZodType>["print"] };

/** What the messages and the printed file know about a schema, beside its description. */
export const NOTES = z.registry<Note>();

/** A key: its kind, its default, and its description for the file, the JSON schema and the documentation. */
export function key<S extends z.ZodType>(kind: Kind<S>, initial: z.input<S>, about: string) {
	return required({ ...kind, schema: kind.schema.prefault(initial as never) as z.ZodPrefault<S> }, about);
}

/** A key without a default. */
export function required<S extends z.ZodType>({ schema, expected, print }: Kind<S>, about: string): S {
	const described: z.ZodType = schema.meta({ description: about });
	described.register(NOTES, { expected, print });
	return described as S; // `meta` copies its own kind
}

/** A section of keys; left out or empty, it takes all their defaults. */
export function section<T extends z.ZodRawShape>(about: string, shape: T) {
	const schema = z
		.strictObject(shape)
		.prefault({} as never)
		.meta({ description: about });
	return schema.register(NOTES, { expected: "a section of keys" });
}

type Bounds = { readonly above?: number; readonly from?: number; readonly below?: number; readonly to?: number };

export function number({ above, from, below, to }: Bounds): Kind<z.ZodNumber> {
	let schema = z.number();
	if (above !== undefined) schema = schema.gt(above);
	if (from !== undefined) schema = schema.gte(from);
	if (below !== undefined) schema = schema.lt(below);
	if (to !== undefined) schema = schema.lte(to);
	return { schema, expected: `a number ${boundsText({ above, from, below, to } as Bounds)}` };
}

export function whole(bounds: { readonly from: number; readonly to?: number }): Kind<z.ZodNumber> {
	const { schema, expected } = number(bounds);
	return { schema: schema.int(), expected: expected.replace("a number", "a whole number") };
}

export function percent(bounds: Bounds): Kind<z.ZodNumber> {
	const { schema, expected } = number(bounds);
	return { schema, expected: expected.replace("a number", "a percentage") };
}

export function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
	const names = [...values];
	const last = names.pop();
	return { schema: z.enum(values), expected: names.length === 0 ? `${last}` : `${names.join(", ")} or ${last}` };
}

export const FLAG: Kind<z.ZodBoolean> = { schema: z.boolean(), expected: "true or false" };

export const FOLDER: Kind<z.ZodString> = { schema: z.string().regex(/^[^\0]*\S[^\0]*$/), expected: "the path of a folder" };

export const FILE: Kind<z.ZodString> = { schema: z.string().regex(/^[^\0]*\S[^\0]*$/), expected: "the path of a file" };

export const KEY_NAME: Kind<z.ZodString> = {
	schema: z.string().regex(KEY_NAME_PATTERN),
	expected: "a name of small letters, digits, - and _, such as default",
};

export const SYMBOL: Kind<z.ZodString> = {
	schema: z.string().regex(/^[A-Z0-9]{2,30}$/),
	expected: "a symbol in capitals, such as BTCUSDT",
};

export const TIME_OF_DAY: Kind<z.ZodString> = {
	schema: z.string().refine((text) => timeOfDay(text) !== undefined),
	expected: 'a time of day in quotes, such as "09:30"',
};

export const CRON: Kind<z.ZodString> = {
	schema: z.string().refine((text) => cronProblem(text) === undefined),
	expected: 'a cron pattern in quotes that comes some day, such as "5 0 * * *"',
};

/** Written as text or as a number of minutes; read as text. */
export const INTERVAL = {
	schema: z.union([z.enum(INTERVALS), z.literal(INTERVALS.flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : [])))]).transform(
		(value) => String(value) as Interval, // one of the names, by the union
	),
	expected: `one of Bybit's intervals (${INTERVALS.join(" ")})`,
};

/** ISO text or milliseconds; read as milliseconds. */
export function instant(zone: "required" | "optional") {
	const iso = z.string().refine((text) => parseInstant(text, zone) !== undefined);
	return {
		schema: z.union([iso, z.number().refine(isInstant)]).transform((value): Ms => {
			return typeof value === "number" ? value : (parseInstant(value, zone) ?? Number.NaN); // parsed once already, above
		}),
		expected:
			zone === "required"
				? "an instant with its zone, such as 2024-01-31T09:30Z, or milliseconds"
				: "a date or an instant, such as 2024-01-31 or 2024-01-31T09:30Z, or milliseconds",
		print: (value: unknown) => (typeof value === "number" ? formatInstant(value) : value),
	};
}

export function address(transport: Transport): Kind<z.ZodString> {
	return { schema: z.string().refine((text) => isAllowedAddress(text, transport)), expected: expectedAddress(transport) };
}

/** Its path is shown nowhere. */
export const WEBHOOK: Kind<z.ZodString> = {
	...address("rest"),
	print: (value: unknown) => (typeof value === "string" ? withoutPath(value) : value),
};

export const SECRET = {
	schema: z
		.string()
		.refine(isSecretText)
		.transform((text) => new Secret(text)),
	expected: "a key without spaces, in plain ASCII and in quotes",
	print: (value: unknown) => (value instanceof Secret ? String(value) : value),
};

export const HOST: Kind<z.ZodString> = {
	schema: z.string().regex(/^[\w.:-]{1,253}$/),
	expected: "a name or address of this machine, such as 127.0.0.1",
};

/** Ids that a chat service gives: whole numbers, of groups below zero. */
export const CHAT: Kind<z.ZodNumber> = { schema: z.number().int(), expected: "the number of a chat, below zero for a group" };

export const USERS: Kind<z.ZodArray<z.ZodNumber>> = {
	schema: z.array(z.number().int().positive()),
	expected: "a list of users' numbers, such as [123456789]",
};

/** The kind, or null: the limit is off, the choice is not made. */
export function orNull<S extends z.ZodType>({ schema, expected, print }: Kind<S>): Kind<z.ZodNullable<S>> {
	return { schema: schema.nullable(), expected: `${expected}, or null`, print };
}

function boundsText({ above, from, below, to }: Bounds): string {
	if (from !== undefined && to !== undefined) return `from ${from} to ${to}`;
	const lower = above !== undefined ? `above ${above}` : from !== undefined ? `of at least ${from}` : undefined;
	const upper = below !== undefined ? `below ${below}` : to !== undefined ? `at most ${to}` : undefined;
	return [lower, upper].filter((text) => text !== undefined).join(" and ");
}
