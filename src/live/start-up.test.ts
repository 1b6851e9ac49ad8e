// How long a start asks an exchange that is away: for good, until it answers, refuses, or somebody stops the bot.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fault } from "../bybit/fault.ts";
import { ManualTime } from "../bybit/testing/manual-time.ts";
import type { Result } from "../std/result.ts";
import { HOUR } from "../units/unit.ts";
import { ask, knock } from "./start-up.ts";

type Answer = Result<string, Fault>;

const SECOND = 1000;

const away: Fault = {
	kind: "offline",
	class: "retry",
	retry: "after",
	ambiguous: false,
	message: "api.bybit.com is not found",
	what: "market/time",
};

/** Knocks while `answer` decides; the time passes second by second. */
async function knocking(answer: (seconds: number) => Answer, options: { stopAt?: number } = {}) {
	const time = new ManualTime();
	const began = time.now();
	const lines: string[] = [];
	const stop = new AbortController();
	let calls = 0;
	let over = false;
	const knocked = knock(
		async () => {
			calls++;
			return answer((time.now() - began) / SECOND);
		},
		{
			what: "the exchange does not answer",
			signal: stop.signal,
			onLine: (text) => lines.push(text),
			now: () => time.now(),
			timers: time,
			random: () => 0.5,
		},
	).finally(() => {
		over = true;
	});
	knocked.catch(() => {}); // asserted below
	for (let seconds = 0; !over && seconds < 20_000; seconds++) {
		if (seconds === options.stopAt) stop.abort();
		for (let turns = 0; turns < 8; turns++) await Promise.resolve();
		time.advance(SECOND);
	}
	return { knocked, lines, calls, armed: time.armed };
}

test("a start waits for an exchange that is away for hours, and says so now and then (D5, I3)", async () => {
	const { knocked, lines, calls } = await knocking((seconds) =>
		seconds < (2 * HOUR) / SECOND ? { ok: false, error: away } : { ok: true, value: "there" },
	);
	assert.equal(await knocked, "there");
	assert.equal(lines.length, 12);
	assert.match(
		lines[0] ?? "",
		/^the exchange does not answer: api\.bybit\.com is not found; it is asked until it does, for 0 min now; positions keep their stops there$/,
	);
	assert.match(lines[6] ?? "", /for 6\d min now/);
	assert.ok(calls > 200 && calls < 1000, `${calls}`);
});

test("what no waiting mends is not waited for, and a stop ends the wait (D6, I3)", async () => {
	const fatal: Fault = { ...away, kind: "exchange", class: "fatal", retry: "never", retCode: 10010, message: "unmatched IP" };
	const refused = await knocking((seconds) => ({ ok: false, error: seconds < 60 ? away : fatal }));
	await assert.rejects(refused.knocked, /^UsageError: the exchange does not answer: unmatched IP/);
	const stopped = await knocking(() => ({ ok: false, error: away }), { stopAt: 100 });
	assert.equal(await stopped.knocked, undefined);
	assert.equal(stopped.armed, 0);
});

test("a first start says once that it asks again, and gives up after four tries (D5)", async () => {
	const lines: string[] = [];
	let calls = 0;
	const call = async (): Promise<Answer> => {
		calls++;
		return { ok: false, error: { ...away, retry: "now" } };
	};
	await assert.rejects(
		ask(call, "the exchange does not answer", (text) => lines.push(text)),
		/^RunFailure: the exchange does not answer: /,
	);
	assert.deepEqual(lines, ["the exchange does not answer: api.bybit.com is not found; it is asked 3 more times"]);
	assert.equal(calls, 4);
});
