// Text that cannot be read as it should: the four ways in which an answer or a frame is spoilt. Deterministic, given the generator.

import type { Prng } from "../../std/prng.ts";
import type { Corruption } from "./fault.ts";

type Slot = { readonly holder: Record<string, unknown>; readonly name: string };

/** `field`: the key that is hit, wherever it stands; without it one of the payload's, drawn. What is no JSON object stays as it is. */
export function corrupt(text: string, { how, field }: { how: Corruption; field: string | undefined }, random: Prng): string {
	if (how === "broken") return text.slice(0, 1 + random.below(Math.max(1, text.length - 1)));
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return text; // spoilt already
	}
	const objects = objectsIn(value);
	if (how === "unknown") for (const object of objects) object.xNewField = { since: "2027-01" };
	else {
		const slots = slotsOf(objects, field);
		const hit = field === undefined ? slots.slice(...one(random.below(Math.max(1, slots.length)))) : slots;
		for (const { holder, name } of hit) holder[name] = how === "null" ? null : otherType(holder[name]);
	}
	return JSON.stringify(value);
}

function one(index: number): [number, number] {
	return [index, index + 1];
}

/** Every object, outermost first. */
function objectsIn(value: unknown): Record<string, unknown>[] {
	if (Array.isArray(value)) return value.flatMap(objectsIn);
	if (typeof value !== "object" || value === null) return [];
	const object = value as Record<string, unknown>; // neither null nor a list
	return [object, ...Object.values(object).flatMap(objectsIn)];
}

/** The places that can be hit: with a name all of that name, else the leaves of the payload, the envelope's only when there is nothing else. */
function slotsOf(objects: readonly Record<string, unknown>[], field: string | undefined): Slot[] {
	if (field !== undefined) return objects.filter((holder) => Object.hasOwn(holder, field)).map((holder) => ({ holder, name: field }));
	const [envelope, ...inner] = objects;
	const leaves = (holder: Record<string, unknown>): Slot[] =>
		Object.keys(holder)
			.filter((name) => typeof holder[name] !== "object" || holder[name] === null)
			.map((name) => ({ holder, name }));
	const payload = inner.flatMap(leaves);
	return payload.length > 0 || envelope === undefined ? payload : leaves(envelope);
}

function otherType(value: unknown): unknown {
	if (typeof value === "string") return value === "" || Number.isNaN(Number(value)) ? 7 : { value };
	if (typeof value === "number") return { value };
	return typeof value === "boolean" ? String(value) : "";
}
