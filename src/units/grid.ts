// An instrument's grid: the tick that prices stand on, the step that quantities stand on, and the arithmetic that the two allow.
//   Price × Qty   → Usdt (notional, `value`)        Price, Price → never multiplied
//   Usdt  × rate  → Usdt (`scaleUsdt`)              Usdt ± Usdt  → Usdt
//   number → Price or Qty only through a rounding that names its direction
// Every rounding tolerates 1e-9 of a tick or step against binary noise (spec §9).

import { assert } from "../std/assert.ts";
import { decimalsOf, formatScaled, parseScaled, parseScaledRounded } from "./decimal.ts";
import type { Price, Qty, Usdt } from "./unit.ts";

export const USDT_SCALE = 8;
const USDT_UNIT = 1e8;
const TOLERANCE = 1e-9;

/** The tolerance at that many units: 1e-9 of one, or two steps of the double itself where those are coarser. */
function slackAt(units: number): number {
	return Math.max(TOLERANCE, Math.abs(units) * 2 * Number.EPSILON);
}

function floorUnits(units: number): number {
	return Math.floor(units + slackAt(units));
}

function ceilUnits(units: number): number {
	return Math.ceil(units - slackAt(units));
}

/** One axis of the grid: whole units of `numerator / 10^scale`. */
type Axis = { readonly text: string; readonly numerator: number; readonly scale: number; readonly power: number };

function axis(text: string, name: string): Axis {
	const scale = decimalsOf(text);
	const numerator = Number(parseScaled(text, scale) ?? -1n);
	assert(Number.isSafeInteger(numerator) && numerator > 0, `${name} is a positive decimal, not "${text}"`);
	return { text, numerator, scale, power: 10 ** scale };
}

function checked(value: number, what: string): number {
	assert(Number.isSafeInteger(value), `${what} is counted in whole numbers below 2^53 (money: below 90 million USDT), not ${value}`);
	return value === 0 ? 0 : value;
}

/** Ticks and steps of one instrument. Build with the venue's own decimal strings. */
export class Grid {
	readonly tick: string;
	readonly step: string;
	readonly #price: Axis;
	readonly #qty: Axis;
	/** 1e-8 USDT in one tick × one step, when that is whole; else the product is rounded. */
	readonly #valueUnit: number;

	constructor(spec: { tick: string; step: string }) {
		this.tick = spec.tick;
		this.step = spec.step;
		this.#price = axis(spec.tick, "the tick");
		this.#qty = axis(spec.step, "the quantity step");
		this.#valueUnit = (this.#price.numerator * this.#qty.numerator * USDT_UNIT) / (this.#price.power * this.#qty.power);
	}

	/** Ticks as USDT per coin: the double nearest to the decimal, as parsing its text would give. */
	priceNumber(price: Price): number {
		return (price * this.#price.numerator) / this.#price.power;
	}

	/** Steps as coins. */
	qtyNumber(qty: Qty): number {
		return (qty * this.#qty.numerator) / this.#qty.power;
	}

	floorToTick(usdt: number): Price {
		return checked(floorUnits(this.#ticks(usdt)), "a price") as Price;
	}

	ceilToTick(usdt: number): Price {
		return checked(ceilUnits(this.#ticks(usdt)), "a price") as Price;
	}

	/** The nearest tick, a half upwards. */
	nearestTick(usdt: number): Price {
		return checked(Math.round(this.#ticks(usdt)), "a price") as Price;
	}

	/** `usdt` rounded to the tick towards `anchor`, never onto it: then one tick away, on the side that `usdt` came from (spec §6). */
	towards(usdt: number, anchor: number): Price {
		const above = usdt > anchor;
		const price = above ? this.floorToTick(usdt) : this.ceilToTick(usdt);
		const offset = price - this.#ticks(anchor);
		const slack = slackAt(price);
		if (above ? offset > slack : offset < -slack) return price;
		return (above ? floorUnits(this.#ticks(anchor)) + 1 : ceilUnits(this.#ticks(anchor)) - 1) as Price;
	}

	/** Coins rounded down to the step; never negative. */
	floorToStep(coins: number): Qty {
		return checked(Math.max(0, floorUnits((coins * this.#qty.power) / this.#qty.numerator)), "a quantity") as Qty;
	}

	/** A fraction of a quantity, rounded down to the step. */
	floorFraction(qty: Qty, fraction: number): Qty {
		return checked(floorUnits(qty * fraction), "a quantity") as Qty;
	}

	/** Price × quantity: the notional. Exact where tick × step is a whole number of 1e-8 USDT, else rounded half up. */
	value(qty: Qty, price: Price): Usdt {
		const product = qty * price;
		const exact = product * this.#valueUnit;
		if (Number.isInteger(this.#valueUnit)) return checked(exact, "a notional") as Usdt;
		return checked(Math.round(exact), "a notional") as Usdt;
	}

	/** Value ÷ quantity, USDT per coin: exactly the price when all of it was at one price, else the nearest double. */
	averagePrice(value: Usdt, qty: Qty): number {
		const ticks = value / (qty * this.#valueUnit);
		return Number.isInteger(ticks) ? this.priceNumber(ticks as Price) : usdtNumber(value) / this.qtyNumber(qty);
	}

	/** Quantity × a price off the grid (a funding price, the last close of the data), rounded half up to 1e-8 USDT. */
	valueAt(qty: Qty, usdt: number): Usdt {
		return roundUsdt(this.qtyNumber(qty) * usdt);
	}

	/** Decimal text of whole ticks; undefined when it is no number or off the grid. */
	parsePrice(text: string): Price | undefined {
		return parseAxis(text, this.#price) as Price | undefined;
	}

	/** Decimal text of whole steps; undefined when it is no number, negative or off the grid. */
	parseQty(text: string): Qty | undefined {
		const qty = parseAxis(text, this.#qty);
		return qty === undefined || qty < 0 ? undefined : (qty as Qty);
	}

	formatPrice(price: Price): string {
		return formatScaled(price * this.#price.numerator, this.#price.scale);
	}

	formatQty(qty: Qty): string {
		return formatScaled(qty * this.#qty.numerator, this.#qty.scale);
	}

	#ticks(usdt: number): number {
		return (usdt * this.#price.power) / this.#price.numerator;
	}
}

function parseAxis(text: string, { scale, numerator }: Axis): number | undefined {
	const scaled = parseScaled(text, scale);
	if (scaled === undefined || scaled % BigInt(numerator) !== 0n) return undefined;
	const units = Number(scaled / BigInt(numerator));
	return Number.isSafeInteger(units) ? units : undefined;
}

export const NO_USDT = 0 as Usdt;
export const NO_QTY = 0 as Qty;

/** USDT as a float, rounded half up to 1e-8: the one road from an estimate to money. */
export function roundUsdt(usdt: number): Usdt {
	return checked(Math.round(usdt * USDT_UNIT), "an amount") as Usdt;
}

export function usdtNumber(usdt: Usdt): number {
	return usdt / USDT_UNIT;
}

export function addUsdt(...amounts: readonly Usdt[]): Usdt {
	let sum = 0;
	for (const amount of amounts) sum += amount;
	return checked(sum, "an amount") as Usdt;
}

export function negate(amount: Usdt): Usdt {
	return (amount === 0 ? 0 : -amount) as Usdt;
}

/** Amount × a rate (a fee, a funding rate), rounded half away from zero to 1e-8 USDT. */
export function scaleUsdt(amount: Usdt, rate: number): Usdt {
	const exact = amount * rate;
	return checked(Math.sign(exact) * Math.round(Math.abs(exact)), "an amount") as Usdt;
}

/** The share `part / whole` of an amount, exact and rounded half up. */
export function shareUsdt(amount: Usdt, part: Qty, whole: Qty): Usdt {
	if (part === whole) return amount;
	const product = amount * part;
	if (Number.isSafeInteger(product)) return checked(Math.round(product / whole), "an amount") as Usdt;
	const [a, p, w] = [BigInt(amount), BigInt(part), BigInt(whole)];
	const doubled = 2n * a * p + w;
	const quotient = doubled / (2n * w);
	return checked(Number(doubled < 0n && doubled % (2n * w) !== 0n ? quotient - 1n : quotient), "an amount") as Usdt;
}

/** Decimal text of USDT; digits beyond 1e-8 are rounded half away from zero; undefined when it is no number. */
export function parseUsdt(text: string): Usdt | undefined {
	const scaled = parseScaledRounded(text, USDT_SCALE);
	if (scaled === undefined) return undefined;
	const value = Number(scaled);
	return Number.isSafeInteger(value) ? (value as Usdt) : undefined;
}

export function formatUsdt(amount: Usdt): string {
	return formatScaled(amount, USDT_SCALE);
}

/** More, less and the same of one kind stay that kind. */
export function plusQty(a: Qty, b: Qty): Qty {
	return checked(a + b, "a quantity") as Qty;
}

export function minusQty(a: Qty, b: Qty): Qty {
	assert(a >= b, "a quantity never falls below zero");
	return (a - b) as Qty;
}

export function shiftPrice(price: Price, ticks: number): Price {
	return checked(price + ticks, "a price") as Price;
}
