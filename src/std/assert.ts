// What must hold always. A broken assertion is a bug of ours: it stops the process, in production too.

export class Bug extends Error {
	override readonly name = "Bug";
}

/** Stops when a rule of ours is broken; `rule` states the positive rule. */
export function assert(condition: boolean, rule: string): asserts condition {
	if (!condition) throw new Bug(`broken rule: ${rule}`);
}

/** The end of a `switch` over a union: the compiler lists the places to visit when a kind is added. */
export function never(value: never): never {
	throw new Bug(`broken rule: every kind is handled, and this is none of them: ${JSON.stringify(value)}`);
}
