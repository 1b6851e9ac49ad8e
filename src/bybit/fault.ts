// What went wrong outside, as a value, and what to do about it: one table from the exchange's codes to a reaction.
// Source: docs/v5/error; the classes are ours.
//   fatal      stop: key, permission, configuration, or a bug of ours
//   retry      nothing happened; the same may be tried again later
//   ambiguous  a write may or may not have happened: ask by orderLinkId before anything is sent again
//   benign     the wanted state holds already
//   refused    a definite no; never sent again unchanged

import type { Ms } from "../units/unit.ts";

const FAULT_CLASSES = ["fatal", "retry", "ambiguous", "benign", "refused"] as const;
export type FaultClass = (typeof FAULT_CLASSES)[number];

/** `exchange` answered with a code · `http` with a status only · `timeout` no answer in time · `network` the line broke · `malformed` an unreadable answer · `offline` never sent. */
export type FaultKind = "exchange" | "http" | "timeout" | "network" | "malformed" | "offline";

export type Fault = {
	readonly kind: FaultKind;
	readonly class: FaultClass;
	readonly retry: "never" | "now" | "after";
	/** A write whose outcome is unknown. */
	readonly ambiguous: boolean;
	readonly retCode?: number | undefined;
	readonly httpStatus?: number | undefined;
	/** Not before this long, where the exchange says so. */
	readonly retryAfterMs?: Ms | undefined;
	/** Redacted. */
	readonly message: string;
	/** The endpoint or socket operation. */
	readonly what: string;
};

/** How an endpoint uses its answer: a write may have happened although no answer came. */
export type Access = "read" | "write";

export type Reaction = FaultClass | "serverTimeout" | "goneOrder";

/** `serverTimeout`: ambiguous for a write, retry for a read. `goneOrder`: benign for a cancel, refused for anything else. */
export const REACTIONS: readonly (readonly [Reaction, readonly number[]])[] = [
	["retry", [-1, 10002, 10006, 10018, 10019, 10403, 10429, 20003, 110035, 110041, 110079, 110063, 110066, 110074, 3100197]],
	["serverTimeout", [429, 5004, 10000, 10016]],
	["ambiguous", [10014, 40004, 110072]],
	["benign", [20001, 34040, 110025, 110026, 110027, 110043]],
	["goneOrder", [110001, 110008, 110010]],
	[
		"fatal",
		[
			10003, 10004, 10005, 10007, 10008, 10009, 10010, 10017, 10020, 10024, 10027, 10028, 10029, 10404, 33004, -2015, 100028, 110018,
			110050, 110062, 110065, 110067, 110068, 110069, 110070, 110071, 110080, 110087, 110088, 110097, 110102, 110104, 110105, 110106,
			110107, 110119, 110123, 110124, 110125, 3100181,
		],
	],
	[
		"refused",
		[
			10001, 20006, 110003, 110004, 110005, 110006, 110007, 110009, 110011, 110012, 110013, 110014, 110015, 110016, 110017, 110019, 110020,
			110021, 110022, 110023, 110024, 110028, 110029, 110030, 110031, 110032, 110033, 110034, 110036, 110037, 110038, 110039, 110040,
			110042, 110044, 110045, 110046, 110047, 110048, 110049, 110051, 110052, 110053, 110054, 110055, 110056, 110057, 110058, 110059,
			110060, 110061, 110064, 110073, 110075, 110076, 110077, 110078, 110082, 110083, 110085, 110086, 110089, 110090, 110092, 110093,
			110094, 110095, 110096, 110098, 110099, 110100, 110101, 110103, 110108, 110109, 110110, 110111, 110112, 110113, 110114, 110115,
			110116, 110117, 110118, 110120, 110121, 110131, 110132, 110135, 110136, 110137, 3100326, 3200403, 3200419, 3200425, 3200320, 3200641,
			3400045, 3400139, 182108, 182110, 182111, 182112, 182011,
		],
	],
];

const REACTION_OF: ReadonlyMap<number, Reaction> = new Map(
	REACTIONS.flatMap(([reaction, codes]) => codes.map((code) => [code, reaction] as const)),
);

/** The codes that mean: our clock and the server's disagree. */
export function isClockFault(fault: Fault): boolean {
	return fault.retCode === 10002 || fault.retCode === -1;
}

/** How long the exchange bans an address that asked too often. */
const IP_BAN_MS: Ms = 600_000;

type Asked = { readonly what: string; readonly access: Access };

/** An answer with a code other than 0. `message` must be redacted already. */
export function exchangeFault(
	asked: Asked,
	answer: { retCode: number; message: string; httpStatus?: number; retryAfterMs?: Ms | undefined },
): Fault {
	const { retCode, message } = answer;
	const known = reaction(classOf(asked, retCode, message));
	return {
		...known,
		// This connection takes no more requests, another one does.
		retry: retCode === 10019 ? "now" : known.retry,
		kind: "exchange",
		retCode,
		httpStatus: answer.httpStatus,
		retryAfterMs: retCode === 10018 ? IP_BAN_MS : answer.retryAfterMs,
		message,
		what: asked.what,
	};
}

function classOf({ what, access }: Asked, retCode: number, message: string): FaultClass {
	// 10001 is the catch-all for parameters, and also says that an amend or a stop changes nothing.
	if (retCode === 10001 && message.toLowerCase().includes("not modified")) return "benign";
	const known = REACTION_OF.get(retCode);
	if (known === "serverTimeout") return access === "write" ? "ambiguous" : "retry";
	if (known === "goneOrder") return what.includes("cancel") ? "benign" : "refused";
	if (known !== undefined) return known;
	// The order-rule families are definite refusals, whatever number comes next in them; of any other new code we know nothing.
	if (
		(retCode >= 110_000 && retCode < 120_000) ||
		(retCode >= 3_400_000 && retCode < 3_500_000) ||
		(retCode >= 182_000 && retCode < 183_000)
	)
		return "refused";
	return access === "write" ? "ambiguous" : "refused";
}

/** An answer without a readable code. */
export function httpFault(asked: Asked, answer: { status: number; message: string }): Fault {
	const known = reaction(classOfStatus(asked.access, answer));
	return {
		...known,
		kind: "http",
		httpStatus: answer.status,
		retryAfterMs: answer.status === 403 && known.class === "retry" ? IP_BAN_MS : undefined,
		message: answer.message,
		what: asked.what,
	};
}

function classOfStatus(access: Access, { status, message }: { status: number; message: string }): FaultClass {
	if (status === 403) return /country|region/i.test(message) ? "fatal" : "retry";
	if (status === 429) return "retry";
	if (status === 408 || status >= 500) return access === "write" ? "ambiguous" : "retry";
	return "fatal";
}

/** No answer in time: a write may have happened. */
export function timeoutFault(asked: Asked, deadlineMs: Ms): Fault {
	const message = `no answer within ${deadlineMs} ms: the exchange or the network is slow`;
	return { ...lost(asked.access), kind: "timeout", message, what: asked.what };
}

/** The line broke with the request on it. */
export function networkFault(asked: Asked, message: string): Fault {
	return { ...lost(asked.access), kind: "network", message, what: asked.what };
}

/** An answer that cannot be read: a write may have happened. */
export function malformedFault(asked: Asked, message: string): Fault {
	return { ...lost(asked.access), kind: "malformed", message, what: asked.what };
}

/** The request never left: nothing happened. */
export function offlineFault(asked: Asked, message: string): Fault {
	return { ...reaction("retry"), kind: "offline", message, what: asked.what };
}

/** The other side cannot be trusted (certificate) or we are misconfigured: nothing was sent, and trying again will not help. */
export function configFault(asked: Asked, message: string): Fault {
	return { ...reaction("fatal"), kind: "offline", message, what: asked.what };
}

/** The environment does not have this endpoint: a definite no, found before anything was sent. */
export function unavailableFault(asked: Asked, message: string): Fault {
	return { ...reaction("refused"), kind: "offline", message, what: asked.what };
}

function lost(access: Access): Pick<Fault, "class" | "retry" | "ambiguous"> {
	return reaction(access === "write" ? "ambiguous" : "retry");
}

function reaction(faultClass: FaultClass): Pick<Fault, "class" | "retry" | "ambiguous"> {
	return { class: faultClass, retry: faultClass === "retry" ? "after" : "never", ambiguous: faultClass === "ambiguous" };
}
