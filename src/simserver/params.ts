// What a request asked, from a query string or a JSON body: strings and numbers are taken alike, null and "" as absent, anything else is
// refused by name. Unknown keys are ignored, as Bybit does.

import { refuse } from "./envelope.ts";

export class Params {
	readonly #fields: Readonly<Record<string, unknown>>;

	constructor(fields: Readonly<Record<string, unknown>>) {
		this.#fields = fields;
	}

	static ofQuery(query: string): Params {
		return new Params(Object.fromEntries(new URLSearchParams(query)));
	}

	/** The text of a field; undefined when it is absent. */
	text(name: string): string | undefined {
		const value = Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
		if (value === undefined || value === null || value === "") return undefined;
		if (typeof value === "string") return value;
		if (typeof value === "number" || typeof value === "boolean") return String(value);
		return invalid(name);
	}

	need(name: string): string {
		return this.text(name) ?? invalid(name);
	}

	/** One of `values`, or `fallback` when absent. */
	oneOf<T extends string, D extends T | undefined>(name: string, values: readonly T[], fallback: D): T | D {
		const text = this.text(name);
		if (text === undefined) return fallback;
		return values.find((value) => value === text) ?? invalid(name);
	}

	flag(name: string): boolean {
		const text = this.text(name);
		if (text === undefined || text === "false") return false;
		return text === "true" || invalid(name);
	}

	/** A whole number of at least `min`; larger ones than `max` count as `max`. */
	count(name: string, { fallback, min = 1, max }: { fallback: number; min?: number; max: number }): number {
		const text = this.text(name);
		if (text === undefined) return fallback;
		if (!/^\d{1,15}$/.test(text) || Number(text) < min) return invalid(name);
		return Math.min(Number(text), max);
	}

	/** A time in ms. */
	time(name: string): number | undefined {
		const text = this.text(name);
		if (text === undefined) return undefined;
		return /^\d{1,15}$/.test(text) ? Number(text) : invalid(name);
	}

	/** A list of objects. */
	rows(name: string): Record<string, unknown>[] {
		const value = Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
		if (!Array.isArray(value)) return invalid(name);
		return value.map(
			(row: unknown) => (typeof row === "object" && row !== null && !Array.isArray(row) ? (row as Record<string, unknown>) : invalid(name)), // an object's fields are unknown
		);
	}

	/** A decimal number of any size. */
	number(name: string): number | undefined {
		const text = this.text(name);
		if (text === undefined) return undefined;
		return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : invalid(name);
	}
}

export function invalid(name: string): never {
	return refuse(10001, `params error: ${name} invalid`);
}

/** A JSON object; undefined for anything else. */
export function parseObject(body: Buffer | string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(body.toString());
		return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined; // an object's fields are unknown
	} catch {
		return undefined; // not JSON: the caller says so
	}
}
