// The control endpoint: the calls of `Control` as JSON over HTTP, on the exchange's own port and below `/control`. It is there only when
// asked for, answers on the loopback alone, and only to whoever sends the token that was printed at the start.

import { timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isSlip, nearest } from "../../config/nearest.ts";
import { UsageError } from "../../std/usage-error.ts";
import type { Ms } from "../../units/unit.ts";
import type { Speed } from "../clock.ts";
import { KEY_STATES } from "../faults/fault.ts";
import { entryOf, FAULT_NAMES } from "../faults/library.ts";
import type { FaultInput } from "../faults/scenario.ts";
import { KEY_TERMS, keyTermsOf } from "../key-terms.ts";
import { parseObject } from "../params.ts";
import { type Control, PRICE_KINDS, type Step } from "./control.ts";
import { ANNOUNCEMENT_KEYS, NOTICE_KEYS } from "./notice.ts";

type Fields = Readonly<Record<string, unknown>>;
type Action = {
	readonly method: "GET" | "POST";
	readonly path: string;
	readonly takes: readonly string[];
	run(control: Control, fields: Fields, text: string): unknown;
};

const STEP_MAX: Ms = 366 * 86_400_000;

export const ACTIONS: readonly Action[] = [
	{ method: "GET", path: "/control/state", takes: [], run: (control) => control.state() },
	{ method: "GET", path: "/control/log", takes: [], run: (control) => ({ injected: control.log }) },
	{ method: "GET", path: "/control/library", takes: [], run: () => ({ faults: FAULT_NAMES.map(entryText) }) },
	// A fault has keys of its own, which its decoder knows.
	{ method: "POST", path: "/control/faults", takes: ["*"], run: (control, fields) => ({ id: control.inject(fields as FaultInput) }) },
	{ method: "POST", path: "/control/scenario", takes: ["*"], run: (control, _, text) => ({ ids: control.scenario(text, "scenario") }) },
	{ method: "POST", path: "/control/remove", takes: ["id"], run: (control, { id }) => done(control.remove(numberOf("id", id))) },
	{ method: "POST", path: "/control/heal", takes: [], run: (control) => done(control.heal()) },
	{ method: "POST", path: "/control/reset", takes: [], run: (control) => done(control.reset()) },
	{ method: "POST", path: "/control/pause", takes: [], run: async (control) => done(await control.pause()) },
	{ method: "POST", path: "/control/run", takes: [], run: (control) => done(control.resume()) },
	{
		method: "POST",
		path: "/control/step",
		takes: ["ms", "to"],
		run: async (control, fields) => ({ at: await control.step(stepOf(fields)) }),
	},
	{ method: "POST", path: "/control/speed", takes: ["speed"], run: (control, { speed }) => done(control.setSpeed(speedOf(speed))) },
	{ method: "POST", path: "/control/price", takes: ["symbol", "price", "which"], run: setPrice },
	{ method: "POST", path: "/control/transfer", takes: ["amount"], run: transfer },
	{ method: "POST", path: "/control/notice", takes: NOTICE_KEYS, run: (control, fields) => ({ id: control.post(fields) }) },
	{ method: "POST", path: "/control/announcement", takes: ANNOUNCEMENT_KEYS, run: (control, fields) => done(control.announce(fields)) },
	{ method: "POST", path: "/control/key", takes: ["state", ...KEY_TERMS], run: setKey },
];

export function addControl(app: FastifyInstance, control: Control, token: string): void {
	for (const action of ACTIONS) {
		const { method, path: url } = action;
		app.route({ method, url, handler: async (request, reply) => serve(action, control, { request, reply, token }) });
	}
	app.all("/control/*", (request, reply) => {
		const known = ACTIONS.map(({ path }) => path);
		const asked = (request.raw.url ?? "").split("?")[0] ?? "";
		const near = nearest(asked, known);
		const same = ACTIONS.find(({ path }) => path === asked);
		if (!isToken(request, token)) refuse(reply, 401, "the token is missing or wrong: send Authorization: Bearer <token>");
		else if (same !== undefined) refuse(reply, 405, `${asked} takes ${same.method}`);
		else
			refuse(
				reply,
				404,
				near !== undefined && isSlip(asked, near.distance) ? `did you mean ${near.word}?` : `there is ${known.join(", ")}`,
			);
	});
}

async function serve(
	action: Action,
	control: Control,
	{ request, reply, token }: { request: FastifyRequest; reply: FastifyReply; token: string },
): Promise<FastifyReply> {
	if (!isToken(request, token)) return refuse(reply, 401, "the token is missing or wrong: send Authorization: Bearer <token>");
	const text = Buffer.isBuffer(request.body) ? request.body.toString() : "";
	const free = action.path === "/control/scenario";
	const fields = text === "" || free ? {} : parseObject(text);
	if (fields === undefined) return refuse(reply, 400, "the body is no JSON object");
	const unknown = action.takes.includes("*") ? undefined : Object.keys(fields).find((key) => !action.takes.includes(key));
	if (unknown !== undefined)
		return refuse(
			reply,
			400,
			`unknown key ${unknown}: ${action.takes.length === 0 ? "none is taken" : `there is ${action.takes.join(", ")}`}`,
		);
	try {
		return reply
			.code(200)
			.header("Content-Type", JSON_TYPE)
			.send(JSON.stringify(await action.run(control, fields, text)));
	} catch (error) {
		if (error instanceof UsageError) return refuse(reply, 400, error.message);
		throw error;
	}
}

const JSON_TYPE = "application/json; charset=utf-8";

function refuse(reply: FastifyReply, status: number, error: string): FastifyReply {
	return reply.code(status).header("Content-Type", JSON_TYPE).send(JSON.stringify({ error }));
}

function isToken(request: FastifyRequest, token: string): boolean {
	const [given, expected] = [Buffer.from(request.headers.authorization ?? ""), Buffer.from(`Bearer ${token}`)];
	return given.length === expected.length && timingSafeEqual(given, expected);
}

function done(_: unknown): object {
	return { done: true };
}

function entryText(name: string): object {
	const { doc, source, subject, takes } = entryOf(name) ?? {};
	return { fault: name, doc, source, about: subject, takes: Object.keys(takes ?? {}) };
}

function setPrice(control: Control, { symbol, price, which = "last" }: Fields): object {
	if (typeof symbol !== "string") throw new UsageError("symbol: expected a text");
	const kind = PRICE_KINDS.find((each) => each === which);
	if (kind === undefined) throw new UsageError(`which: expected one of ${PRICE_KINDS.join(", ")}`);
	control.setPrice(symbol, numberOf("price", price), kind);
	return control.state();
}

function transfer(control: Control, { amount }: Fields): object {
	control.transfer(numberOf("amount", amount));
	return control.state();
}

function setKey(control: Control, fields: Fields): object {
	const state = fields.state === undefined ? undefined : KEY_STATES.find((each) => each === fields.state);
	if (fields.state !== undefined && state === undefined) throw new UsageError(`state: expected one of ${KEY_STATES.join(", ")}`);
	control.setKey({ ...keyTermsOf(fields), ...(state === undefined ? {} : { state }) });
	return control.state();
}

function stepOf({ ms, to }: Fields): Step {
	if ((ms === undefined) === (to === undefined)) throw new UsageError("give one of ms and to");
	if (to === "boundary" || to === "point") return { to };
	if (to !== undefined) throw new UsageError("to: expected boundary or point");
	const span = numberOf("ms", ms);
	if (!(Number.isInteger(span) && span >= 1 && span <= STEP_MAX)) throw new UsageError(`ms: expected a whole number from 1 to ${STEP_MAX}`);
	return { ms: span };
}

function speedOf(speed: unknown): Speed {
	if (speed === "max" || speed === "lockstep") return speed;
	if (typeof speed === "number" && speed > 0 && Number.isFinite(speed)) return speed;
	throw new UsageError("speed: expected a number above 0, max or lockstep");
}

function numberOf(name: string, value: unknown): number {
	if (typeof value !== "number" || !Number.isFinite(value)) throw new UsageError(`${name}: expected a number`);
	return value;
}
