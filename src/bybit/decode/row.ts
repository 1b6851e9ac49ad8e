// One JSON object under examination. Each accessor names a field and what it must be; the first field that breaks its promise makes
// the whole row an error, and no default takes its place. `""` and an absent field are the exchange's "none". Numbers in quotes and
// decimals without them are both accepted: the exchange and the libraries around it disagree about quoting.

import { INTERVALS, type Interval } from "../../market/interval.ts";
import type { Side } from "../../orders/side.ts";
import { err, ok, type Result } from "../../std/result.ts";
import type { Ms } from "../../units/unit.ts";
import { asDecimal, type Decimal } from "./decimal.ts";

export type Decoded<T> = Result<T, string>;
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

const NOTHING: JsonObject = Object.freeze({});

/** A whole, safe number, quoted or not. */
export function asInteger(value: unknown): number | undefined {
	if (typeof value === "number") return Number.isSafeInteger(value) ? value : undefined;
	if (typeof value !== "string" || value === "" || value.length > 20) return undefined;
	const number = Number(value);
	return Number.isSafeInteger(number) && asDecimal(value) !== undefined ? number : undefined;
}

export class Row {
	readonly #fields: JsonObject;
	#problem: string | undefined;

	constructor(value: unknown, what: string) {
		if (isObject(value)) this.#fields = value;
		else {
			this.#fields = NOTHING;
			this.#problem = `${what} is no object`;
		}
	}

	/** The value, unless a field was wrong: then what was wrong. */
	finish<T>(value: T): Decoded<T> {
		return this.#problem === undefined ? ok(value) : err(this.#problem);
	}

	/** Records that a field is wrong for a reason of the caller's. */
	fail(problem: string): void {
		this.#problem ??= problem;
	}

	/** The field as it came; `null` counts as absent. */
	raw(name: string): unknown {
		const value = Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
		return value === null ? undefined : value;
	}

	text(name: string): string {
		return this.optionalText(name) ?? this.#missing(name, "");
	}

	optionalText(name: string): string | undefined {
		const value = this.raw(name);
		if (value === undefined || value === "") return undefined;
		if (typeof value === "string") return value;
		if (typeof value === "number") return String(value);
		return this.#wrong(name, "text", undefined);
	}

	decimal(name: string): Decimal {
		return this.optionalDecimal(name) ?? this.#missing(name, NO_DECIMAL);
	}

	optionalDecimal(name: string): Decimal | undefined {
		const value = this.raw(name);
		if (value === undefined || value === "") return undefined;
		return asDecimal(value) ?? this.#wrong(name, "a decimal", undefined);
	}

	/** A decimal above zero. */
	price(name: string): Decimal {
		const value = this.decimal(name);
		return Number(value) > 0 ? value : this.#wrong(name, "above zero", value);
	}

	/** A price, where "", "0" and "0.00" all mean that there is none. */
	optionalPrice(name: string): Decimal | undefined {
		const value = this.optionalDecimal(name);
		if (value === undefined || Number(value) === 0) return undefined;
		return Number(value) > 0 ? value : this.#wrong(name, "above zero", undefined);
	}

	/** A decimal of zero or more. */
	size(name: string): Decimal {
		const value = this.decimal(name);
		return Number(value) >= 0 ? value : this.#wrong(name, "zero or more", value);
	}

	integer(name: string): number {
		return this.optionalInteger(name) ?? this.#missing(name, 0);
	}

	optionalInteger(name: string): number | undefined {
		const value = this.raw(name);
		if (value === undefined || value === "") return undefined;
		return asInteger(value) ?? this.#wrong(name, "a whole number", undefined);
	}

	/** UTC milliseconds. */
	time(name: string): Ms {
		const value = this.integer(name);
		return value >= 0 ? value : this.#wrong(name, "a time", value);
	}

	/** UTC milliseconds, where "" and 0 mean that there is none. */
	optionalTime(name: string): Ms | undefined {
		const value = this.optionalInteger(name);
		if (value === undefined || value === 0) return undefined;
		return value > 0 ? value : this.#wrong(name, "a time", undefined);
	}

	flag(name: string): boolean {
		return this.optionalFlag(name) ?? this.#missing(name, false);
	}

	optionalFlag(name: string): boolean | undefined {
		const value = this.raw(name);
		if (value === undefined || value === "") return undefined;
		if (value === true || value === "true") return true;
		if (value === false || value === "false") return false;
		return this.#wrong(name, "true or false", undefined);
	}

	side(name: string): Side {
		return this.optionalSide(name) ?? this.#missing(name, "buy");
	}

	/** Flat positions and transfers have none. */
	optionalSide(name: string): Side | undefined {
		const value = this.raw(name);
		if (value === "Buy") return "buy";
		if (value === "Sell") return "sell";
		if (value === undefined || value === "" || value === "None") return undefined;
		return this.#wrong(name, "Buy or Sell", undefined);
	}

	interval(name: string): Interval {
		return this.oneOf(name, INTERVALS);
	}

	oneOf<const T extends string>(name: string, values: readonly [T, ...T[]]): T {
		const value = this.text(name);
		return values.find((known) => known === value) ?? this.#wrong(name, "a value we know", values[0]);
	}

	list(name: string): readonly unknown[] {
		const value = this.raw(name);
		if (Array.isArray(value)) return value;
		return value === undefined ? this.#missing(name, []) : this.#wrong(name, "a list", []);
	}

	#missing<T>(name: string, placeholder: T): T {
		this.#problem ??= `${name} is missing`;
		return placeholder;
	}

	#wrong<T>(name: string, what: string, placeholder: T): T {
		this.#problem ??= `${name} is not ${what}`;
		return placeholder;
	}
}

/** Stands in a row that is already an error; `finish` never lets it out. */
const NO_DECIMAL = "0" as Decimal;

/** Every row decoded, or the first that cannot be, named by its place: for lists in which a hole would mislead (positions, orders). */
export function decodeAll<T>(rows: readonly unknown[], decode: (row: unknown) => Decoded<T>): Decoded<readonly T[]> {
	const values: T[] = [];
	for (const [i, row] of rows.entries()) {
		const decoded = decode(row);
		if (!decoded.ok) return err(`row ${i}: ${decoded.error}`);
		values.push(decoded.value);
	}
	return ok(values);
}

/** The rows that can be decoded; each other is reported: for lists in which one odd row must not hide the rest (instruments). */
export function decodeEach<T>(
	rows: readonly unknown[],
	decode: (row: unknown) => Decoded<T>,
	report: (reason: string) => void,
): readonly T[] {
	const values: T[] = [];
	for (const [i, row] of rows.entries()) {
		const decoded = decode(row);
		if (decoded.ok) values.push(decoded.value);
		else report(`row ${i}: ${decoded.error}`);
	}
	return values;
}
