// Everything that the control endpoint's calls cannot take, for each call and each of its keys, from its own table.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assertWell, inhabited, NO_NUMBERS, nested, raw, STRANGE, stateOf } from "../testing/hostile.ts";
import type { Rig } from "../testing/rig.ts";
import { ACTIONS } from "./endpoint.ts";

type Sent = { readonly method: "GET" | "POST"; readonly path: string; readonly body?: string };

async function call(rig: Rig, { method, path, body }: Sent, token = rig.sim.controlAccess?.token): ReturnType<typeof raw> {
	return await raw(rig, { method, path, headers: { authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { body }) });
}

/** What no key of any call can be: those that are texts or numbers. */
const NEVER = [...NO_NUMBERS, ...STRANGE].filter((value) => typeof value === "object" && value !== null);
/** What is a list or an object of its own. */
const STRUCTURED = new Set(["permissions", "ips", "serviceTypes", "tags"]);

test("what a call's keys cannot be is refused with 400 and a sentence that names the key, and all is as before", async () => {
	const rig = await inhabited();
	const before = stateOf(rig);
	for (const { path, takes } of ACTIONS.filter(({ method }) => method === "POST"))
		for (const key of takes.filter((each) => each !== "*" && !STRUCTURED.has(each)))
			for (const value of NEVER) {
				const { status, answer } = await call(rig, { method: "POST", path, body: JSON.stringify({ [key]: value }) });
				const what = `${path} ${key}=${String(JSON.stringify(value)).slice(0, 60)}`;
				assert.equal(status, 400, what);
				assert.ok(typeof answer.error === "string" && answer.error.length < 300, what);
				assert.equal(stateOf(rig), before, what);
			}
	await assertWell(rig);
});

const TEXTS = ["{", "[]", "7", "null", '"a"', "{}{}", "\u0000", "{'a':1}", '{"a":NaN}', nested(5000), '{"unheardOf":1}'];

test("every call refuses what is no JSON object, keys that it does not take, other methods and other tokens", async () => {
	const rig = await inhabited();
	const before = stateOf(rig);
	for (const { method, path } of ACTIONS) {
		for (const token of ["", "x", "0".repeat(48), "é".repeat(24)].map(encodeURIComponent))
			assert.equal((await call(rig, { method, path }, token)).status, 401, path);
		assert.equal((await raw(rig, { method, path })).status, 401, path);
		const other = await call(rig, { method: method === "GET" ? "POST" : "GET", path });
		assert.deepEqual([other.status, typeof other.answer.error], [405, "string"], path);
		if (method === "GET") continue;
		for (const body of TEXTS) {
			const { status, answer } = await call(rig, { method, path, body });
			assert.deepEqual([status, typeof answer.error], [400, "string"], `${path} ${body.slice(0, 40)}: ${JSON.stringify(answer)}`);
		}
		const large = await call(rig, { method, path, body: JSON.stringify({ a: "x".repeat(300_000) }) });
		assert.equal(large.status, 413, path);
	}
	for (const path of ["/control", "/control/", "/control/x", "/control/state/", "/control/%00"])
		assert.equal((await call(rig, { method: "POST", path })).status, 404, path);
	assert.equal(stateOf(rig), before);
	await assertWell(rig);
});

test("any mixture of keys and values is done or refused, and never fails", async () => {
	const rig = await inhabited();
	const values = fc.oneof(
		fc.jsonValue({ maxDepth: 2 }),
		fc.constantFrom(...[...NO_NUMBERS, ...STRANGE].filter((value) => value !== undefined)),
	);
	// What ends or moves time, and what lasts, has its own tests.
	const calm = ACTIONS.filter(({ method, path }) => method === "POST" && !/run|step|speed|price|key/.test(path));
	const cases = fc
		.constantFrom(...calm)
		.chain(({ path, takes }) =>
			fc.record({ path: fc.constant(path), fields: fc.dictionary(fc.constantFrom(...takes, "fault", "more"), values, { maxKeys: 4 }) }),
		);
	await fc.assert(
		fc.asyncProperty(cases, async ({ path, fields }) => {
			const before = stateOf(rig);
			const { status } = await call(rig, { method: "POST", path, body: JSON.stringify(fields) });
			assert.ok(status === 200 || status === 400, `${path} ${JSON.stringify(fields)}: ${status}`);
			if (status === 400) assert.equal(stateOf(rig), before);
		}),
		{ numRuns: 300 },
	);
	assert.deepEqual(rig.warnings, []);
});
