// What every REST answer is wrapped in: five keys, compact, HTTP 200 for business errors too (bybit-v5.md §2). A handler that cannot serve a
// request throws `Refused`; it is caught in one place and becomes an answer, so it is a shortcut for an ordinary no, not a failure.

import type { Result } from "../std/result.ts";
import type { Ms } from "../units/unit.ts";
import type { Refusal } from "../venue/refusal.ts";

export type Answer = { readonly result: unknown; readonly refusal?: Refusal; readonly retExtInfo?: unknown };

export class Refused extends Error {
	override readonly name = "Refused";
	readonly refusal: Refusal;
	/** What the result still says, where Bybit says something. */
	readonly result: unknown;
	readonly retExtInfo: unknown;

	constructor(refusal: Refusal, result: unknown = {}, retExtInfo: unknown = {}) {
		super(refusal.message);
		this.refusal = refusal;
		this.result = result;
		this.retExtInfo = retExtInfo;
	}
}

/** A result with something beside it: the rows' own codes of a batch. */
export class Extended {
	readonly result: unknown;
	readonly retExtInfo: unknown;

	constructor(result: unknown, retExtInfo: unknown) {
		this.result = result;
		this.retExtInfo = retExtInfo;
	}
}

export function refuse(code: number, message: string): never {
	throw new Refused({ code, message });
}

/** The value of a venue's answer, or its no as `Refused`. */
export function granted<T>(result: Result<T, Refusal>): T {
	if (!result.ok) throw new Refused(result.error);
	return result.value;
}

/** Runs a handler; its no becomes an answer. */
export function answer(handle: () => unknown): Answer {
	try {
		const result = handle();
		return result instanceof Extended ? { result: result.result, retExtInfo: result.retExtInfo } : { result };
	} catch (error) {
		if (error instanceof Refused) return { result: error.result, refusal: error.refusal, retExtInfo: error.retExtInfo };
		throw error;
	}
}

export function envelope({ result, refusal, retExtInfo = {} }: Answer, time: Ms): string {
	return JSON.stringify({ retCode: refusal?.code ?? 0, retMsg: refusal?.message ?? "OK", result, retExtInfo, time });
}
