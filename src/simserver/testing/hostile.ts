// What a hostile or broken client may send, and what the exchange must look like afterwards.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import type { Json, Rig } from "./rig.ts";
import { buy, CREATE, resting, standing } from "./standing.ts";

/** Values that are no number: what cannot be one, or is written as none of Bybit's is. */
export const NO_NUMBERS: readonly unknown[] = [
	...["NaN", "Infinity", "-Infinity", "0x10", "1,5", "1_000", " 1", "1\n", "--1", "1.2.3", ".", "-", "١٢", "１", "0.1\u0000"],
	...["true", "9".repeat(400), "x".repeat(10_000), [], ["1"], { value: "1" }, true, 1e300, -1e300],
];

/** Values that mean nothing for most texts. */
export const STRANGE: readonly unknown[] = [
	...["\u0000", "😀\u202e", "x".repeat(10_000), "' OR 1=1 --", "%00", "__proto__", "constructor", " ", "-1", "1e400"],
	...[[], {}, [[[[[]]]]], { a: { b: { c: {} } } }, 1e300, -1, 0.1, true, false, "", null, undefined],
];

/** An object within an object, so many times. */
export function nested(depth: number): string {
	return `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
}

/** An exchange whose account holds a position with a stop and an order that rests, with the control endpoint. */
export async function inhabited(): Promise<Rig> {
	const rig = await standing([], { control: true });
	await rig.done(CREATE, buy("held", { stopLoss: "19000" }));
	await rig.done(CREATE, resting("rests"));
	return rig;
}

/** What must be as before: wallet, positions, orders, leverage, key, faults, time. */
export function stateOf(rig: Rig): string {
	return JSON.stringify(rig.sim.control.state());
}

let wells = 0;

/** The exchange is well: it serves, places and cancels, and nothing was written to its log. */
export async function assertWell(rig: Rig): Promise<void> {
	const before = stateOf(rig);
	const orderLinkId = `well-${++wells}`;
	await rig.done(CREATE, resting(orderLinkId));
	assert.notEqual(stateOf(rig), before);
	await rig.done("/v5/order/cancel", { category: "linear", symbol: "BTCUSDT", orderLinkId });
	assert.equal(stateOf(rig), before);
	const stream = await rig.socket("public");
	stream.send({ op: "ping" });
	assert.equal((await stream.next()).ret_msg, "pong");
	stream.ws.terminate();
	assert.deepEqual(rig.warnings, []);
}

const ENVELOPE = ["retCode", "retMsg", "result", "retExtInfo", "time"];

/** Bybit's five keys with their types, and a code that its documentation has. */
export function assertEnvelope(answer: Json, what: string): void {
	assert.deepEqual(Object.keys(answer), ENVELOPE, what);
	const { retCode, retMsg, result, retExtInfo, time } = answer;
	assert.ok(typeof retMsg === "string" && retMsg !== "" && Number.isSafeInteger(time), what);
	assert.ok(isObject(retExtInfo) && (isObject(result) || (retCode === 0 && Array.isArray(result))), what);
	assert.ok(DOCUMENTED.has(retCode as number), `${what}: ${retCode} is no code of Bybit's`);
	assert.notEqual(retCode, 10016, `${what}: ${retMsg}`);
}

function isObject(value: unknown): boolean {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The codes of docs/bybit-v5.md §11, ranges spelled out, and its HTTP statuses. */
export const DOCUMENTED: ReadonlySet<number> = new Set(documentedCodes());

function documentedCodes(): number[] {
	const text = readFileSync(join(import.meta.dirname, "../../../docs/bybit-v5.md"), "utf8");
	const [, section = ""] = text.split("## 11.");
	const cells = (section.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("|"));
	return cells.flatMap((line) =>
		[...(line.split("|")[1] ?? "").matchAll(/(-?\d+)(?:–(\d+))?/g)].flatMap(([, from, to = from]) =>
			Array.from({ length: Math.min(100, Number(to) - Number(from) + 1) }, (_, i) => Number(from) + i),
		),
	);
}

export type Raw = { readonly method?: string; readonly path: string; readonly headers?: Record<string, string>; readonly body?: string };

/** A request as it is given, and its answer as JSON. */
export async function raw(rig: Rig, { method = "GET", path, headers = {}, body }: Raw): Promise<{ status: number; answer: Json }> {
	return await new Promise((resolve, reject) => {
		const sent = request(`${rig.sim.addresses.rest}${path}`, { method, headers, agent: AGENT }, (response) => {
			let text = "";
			response.on("data", (chunk) => {
				text += chunk;
			});
			response.on("end", () => resolve({ status: response.statusCode ?? 0, answer: JSON.parse(text) as Json })); // the test looks at what it holds
		});
		sent.on("error", reject);
		sent.end(body);
	});
}

const AGENT = new Agent({ keepAlive: true });

/** Writes bytes to the exchange's port and resolves with all that comes back until the exchange hangs up. */
export async function bytes(rig: Rig, text: string | Buffer): Promise<string> {
	return await new Promise((resolve) => {
		let answer = "";
		const socket = connect(Number(new URL(rig.sim.addresses.rest).port), "127.0.0.1", () => socket.write(text));
		socket.on("data", (chunk) => {
			answer += chunk;
		});
		socket.on("error", () => {});
		socket.on("close", () => resolve(answer));
	});
}
