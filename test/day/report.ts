// The day's report: what came to the chat, what was tried, and latency with Telegram there and away, side by side.

import { DAY, MINUTE } from "../../src/units/unit.ts";
import type { Day } from "./day.ts";

type Played = { readonly away: boolean; readonly day: Day };
type Plan = { readonly seed: string; readonly pace: number; readonly from: number; readonly to: number; readonly note: string };

/** Each a sentence; none is what is wanted. */
export function problemsOf(days: readonly Played[]): string[] {
	const [first] = days;
	const expected = JSON.stringify(first?.day.trades);
	return days.flatMap(({ away, day }, i) => {
		const name = `run ${i + 1}, Telegram ${away ? "away" : "there"}`;
		const wrong = day.chat.wrong.map((what) => `${name}: ${what}`);
		return JSON.stringify(day.trades) === expected ? wrong : [...wrong, `${name}: other trades than in run 1`];
	});
}

export function dayReport(days: readonly Played[], plan: Plan): string {
	const { seed, pace, from, to, note } = plan;
	const row = (name: string, of: (day: Day) => string | number): string => `| ${name} | ${days.map(({ day }) => of(day)).join(" | ")} |`;
	const isWithin = (hour: number): boolean => hour >= from && hour < to;
	const at =
		(share: number) =>
		(all: readonly number[]): string =>
			percentile(all, share).toFixed(3);
	const kinds = [false, true].map((away) => days.filter((one) => one.away === away).map(({ day }) => day));
	const compared = (name: string, of: (all: readonly number[]) => string, isMeant: (hour: number) => boolean = () => true): string => {
		const cells = kinds.map((kind) => {
			const runs = kind.map(({ latency }) => latency.filter(({ hour }) => isMeant(hour)).map(({ ms }) => ms));
			const each = runs.map(of).sort((a, b) => Number(a) - Number(b));
			return `${of(runs.flat())} (${each[0]}–${each.at(-1)})`;
		});
		return `| ${name} | ${cells.join(" | ")} |`;
	};
	const lagOf = (kind: readonly Day[]): string =>
		(["p50", "p99", "max"] as const).map((what) => Math.max(...kind.map(({ lag }) => lag[what])).toFixed(1)).join(" / ");
	const lags = `| event loop late by, the worst run's p50 / p99 / max | ${kinds.map(lagOf).join(" | ")} |`;
	const problems = problemsOf(days);
	const trades = days[0]?.day.trades.length ?? 0;
	return `# A day with Telegram away

A day of market time on three symbols over sockets, in ${Math.round(DAY / pace / 1000)} seconds by the wall's clock, seed \`${seed}\`, with faults on the exchange's wire; beside the
bot the production notifications over the journal on disk, their clock the market's. In every second run the way to Telegram was
down from ${from}:00 to ${to}:00: for 20 minutes each in turn it refused connections, answered 500, 502 and 503, or took the call and was silent.
Made by \`npm run day -- --seed ${seed} --pace ${pace} --from ${from} --to ${to} --out docs/day.md\`.

${problems.length === 0 ? `**Every message came exactly once and in order, and the ${trades} trades are the same in all runs, digit by digit.**` : `**Not as it should be:**\n\n${problems.map((problem) => `- ${problem}`).join("\n")}`}

| | ${days.map(({ away }, i) => `${i + 1}: ${away ? "away" : "there"}`).join(" | ")} |
|---|${days.map(() => "---:|").join("")}
${row("faults on the exchange's wire", (day) => day.faults)}
${row("trades", (day) => day.trades.length)}
${row("notes that are told, in the journal", (day) => day.chat.notes)}
${row("messages in the outbox, with those of the bot itself", (day) => day.chat.messages)}
${row("of these, in the chat", (day) => day.chat.messages - day.chat.wrong.filter((what) => what.endsWith("never came")).length)}
${row("posts in the chat, digests counted once", (day) => day.chat.arrivals)}
${row("waiting when Telegram came back", (day) => day.heldBack)}
${row("the longest wait, minutes of market time", (day) => (day.longestWait / MINUTE).toFixed(1))}
${row("attempts while refused / 5xx / silent", ({ attempts }) => `${attempts.refused} / ${attempts.failing} / ${attempts.silent}`)}
${row("came once, marked ↻ since its fate was unknown", (day) => day.chat.marked - day.chat.repeated)}
${row("came twice", (day) => day.chat.repeated)}

The numbers of the posts were compared with the outbox, and the outbox with the journal's notes: one for one, in order, with headline and time.
A post is marked ↻ when an earlier attempt ended without an answer, so that nobody could know whether it had arrived
([notifications.md](notifications.md)). An answer that is lost *after* Telegram has taken the message is not part of this day: it brings the message twice,
under one number, the second marked; that is tested (\`src/notify/courier.test.ts\`) and cannot be avoided with Telegram's interface.

## What it cost trading

From the frame that showed the price to the frame of the order, ms: of all orders of all runs of a kind, and in brackets the least and the most of
its runs, which differ by noise alone.${note === "" ? "" : ` ${note}`}

| | Telegram there | Telegram away |
|---|---:|---:|
${compared("orders", (all) => all.length.toFixed(0))}
${compared("p50", at(0.5))}
${compared("p90", at(0.9))}
${compared("p99", at(0.99))}
${compared("max", at(1))}
${compared(`p50, ${from}:00 to ${to}:00 alone`, at(0.5), isWithin)}
${compared(`p90, ${from}:00 to ${to}:00 alone`, at(0.9), isWithin)}
${compared(`p99, ${from}:00 to ${to}:00 alone`, at(0.99), isWithin)}
${lags}

Exchange, bot, Telegram's stand-in and all faults share one process here, and the machine is shared, too, so the tail is theirs as well;
\`npm run bench -- live\` measures the bot's own share. The event loop is looked at every 5 ms, so 5 is none at all. A message is written in the transaction of
its note; it is sent in turns of the event loop of its own.
`;
}

function percentile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
