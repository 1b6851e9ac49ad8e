// A day of market time over sockets with Telegram away for six hours of it, beside the same day with Telegram there: what reached the chat,
// and what it cost trading. `npm run day -- --seed day --pace 1440 --out docs/day.md`; exit code 1 when a message or a trade is not as it should be.

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { assert } from "../../src/std/assert.ts";
import { DAY } from "../../src/units/unit.ts";
import { type Day, playDay } from "./day.ts";
import { dayReport, problemsOf } from "./report.ts";

const { values: options } = parseArgs({
	options: {
		seed: { type: "string", default: "day" },
		/** Market ms per wall ms. */
		pace: { type: "string", default: "1440" },
		from: { type: "string", default: "9" },
		to: { type: "string", default: "15" },
		/** How often each of both is played. */
		times: { type: "string", default: "3" },
		/** What is to be said of the circumstances. */
		note: { type: "string", default: "" },
		out: { type: "string" },
	},
});
const { seed, out } = options;
const [pace, from, to, times] = [options.pace, options.from, options.to, options.times].map(Number);
assert(pace !== undefined && pace > 0, "--pace is a number above zero");
assert(from !== undefined && to !== undefined && from >= 0 && from < to && to < 24, "--from and --to are hours of the day, in order");

const say = (text: string): void => void process.stderr.write(`${text}\n`);
assert(times !== undefined && Number.isInteger(times) && times > 0, "--times is a whole number above zero");

/** In turn: what differs between those that are alike is noise. */
const days: { readonly away: boolean; readonly day: Day }[] = [];
say("once without pace, to be warm");
await playDay({ seed, away: undefined });
for (const away of Array.from({ length: 2 * times }, (_, i) => i % 2 === 1)) {
	say(`a day in ${Math.round(DAY / pace / 1000)} s, Telegram ${away ? `away from ${from}:00 to ${to}:00` : "there"}`);
	days.push({ away, day: await playDay({ seed, away: away ? { from, to } : undefined, pace }) });
}
const problems = problemsOf(days);
for (const problem of problems) say(problem);
if (problems.length > 0) process.exitCode = 1;
const text = dayReport(days, { seed, pace, from, to, note: options.note });
if (out === undefined) process.stdout.write(text);
else writeFileSync(out, text);
