// Messages bent out of shape: what a decoder must survive.

import fc from "fast-check";

const STRANGE = [
	null,
	undefined,
	"",
	"0",
	"-1",
	"NaN",
	"1e999",
	"0x10",
	"1e5",
	"٣",
	" 1",
	"1.2.3",
	true,
	false,
	[],
	{},
	"9".repeat(400),
	1e300,
	-0,
	0.1,
] as const;

/** The sample with some of its values, at any depth, replaced by strange ones. */
export function mutated(sample: unknown): fc.Arbitrary<unknown> {
	const strange = fc.oneof(fc.constantFrom<unknown>(...STRANGE), fc.jsonValue());
	return fc.array(fc.tuple(fc.nat(), strange), { minLength: 1, maxLength: 4 }).map((changes) => {
		const copy: unknown = structuredClone(sample);
		for (const [where, value] of changes) {
			const places = placesIn(copy);
			const place = places[where % Math.max(1, places.length)];
			if (place !== undefined) place[0][place[1]] = value;
		}
		return copy;
	});
}

/** The text with a few characters replaced, doubled or cut. */
export function mutatedText(text: string): fc.Arbitrary<string> {
	const change = fc.tuple(fc.nat(), fc.nat({ max: 3 }), fc.constantFrom("", "0", "9", '"', ",", "}", "]", "-", "null", "\u0000", "é"));
	return fc.array(change, { minLength: 1, maxLength: 5 }).map((changes) => {
		let bent = text;
		for (const [where, cut, put] of changes) {
			const at = where % (bent.length + 1);
			bent = bent.slice(0, at) + put + bent.slice(at + cut);
		}
		return bent;
	});
}

function placesIn(value: unknown): [Record<string, unknown>, string][] {
	if (typeof value !== "object" || value === null) return [];
	const holder = value as Record<string, unknown>;
	return Object.keys(holder).flatMap((key): [Record<string, unknown>, string][] => [[holder, key], ...placesIn(holder[key])]);
}
