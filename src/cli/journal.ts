// `anchorwatch journal`: the record itself. `tail` shows what the bot decided and told, as it is written; `verify` goes through its
// chain; `backup` copies it.

import { setTimeout } from "node:timers/promises";
import type { Command } from "commander";
import type { LoggedEntry } from "../journal/view.ts";
import { addBackup } from "./journal-backup.ts";
import { examples, journalConfigOption, jsonOption, wholeNumber } from "./options.ts";

type TailOptions = {
	readonly config?: string;
	readonly number: number;
	readonly follow?: true;
	readonly inputs?: true;
	readonly json?: true;
};

/** How often `--follow` looks for more, and how much it takes at once. */
const LOOK_MS = 500;
const BLOCK = 1000;
/** Of a line's text that is no sentence. */
const WIDTH = 160;

export function addJournal(program: Command): void {
	const journal = program.command("journal").description("the bot's record: follow it, check that nobody changed it, or copy it");
	const tailing = journal
		.command("tail")
		.description("the newest commands and notes")
		.addOption(journalConfigOption())
		.option("-n, --number <number>", "how many", wholeNumber, 20)
		.option("--follow", "go on with what is written, until Ctrl-C")
		.option("--inputs", "what the bot was told, too: every ticker and statement")
		.addOption(jsonOption("one JSON object a line"))
		.action(tail);
	examples(tailing, ["journal tail -n 50", `journal tail --follow --json | jq 'select(.kind == "command")'`]);
	const verifying = journal
		.command("verify")
		.description("check that no entry was changed, taken out or put in")
		.addOption(journalConfigOption())
		.addOption(jsonOption())
		.action(verify);
	examples(
		verifying,
		["journal verify"],
		"Exit code 0: all stands as it was written; 1: the first place that does not is named. Commands, notes and what is\nkept over restarts are chained; inputs, which are forgotten after a week, are not.",
	);
	addBackup(journal);
	examples(journal, ["journal tail --follow", "journal verify", "journal backup"]);
}

async function tail(options: TailOptions): Promise<void> {
	const [{ loadConfig }, { recordKind }, { JournalView }, { entryText }, { stopSignal }] = await Promise.all([
		import("./run-config.ts"),
		import("./record.ts"),
		import("../journal/view.ts"),
		import("./entry-text.ts"),
		import("./stop-signal.ts"),
	]);
	const config = loadConfig(options.config);
	const kinds = options.inputs === true ? (["input", "command", "note"] as const) : (["command", "note"] as const);
	const show = (entries: readonly LoggedEntry[]): void => {
		for (const entry of entries) process.stdout.write(`${options.json === true ? jsonLine(entry) : entryText(entry, WIDTH)}\n`);
	};
	const view = JournalView.open(config.config.journal.dir, recordKind(config));
	const { signal, release } = stopSignal();
	try {
		const entries = view.newest(kinds, options.number);
		show(entries);
		let seq = entries.at(-1)?.seq ?? 0;
		while (options.follow === true && !signal.aborted && process.stdout.writable) {
			const more = view.after(seq, kinds, BLOCK);
			show(more);
			seq = more.at(-1)?.seq ?? seq;
			if (more.length < BLOCK) await pause(LOOK_MS, signal);
		}
	} finally {
		release();
		view.close();
	}
}

/** Ends early when asked to stop. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
	try {
		await setTimeout(ms, undefined, { signal });
	} catch {
		// stopped
	}
}

function jsonLine({ seq, run, at, kind, body }: LoggedEntry): string {
	return JSON.stringify({ seq, run, at_ms: at, kind, body: JSON.parse(body) as unknown });
}

async function verify(options: { readonly config?: string; readonly json?: true }): Promise<void> {
	const [{ loadConfig }, { withRecord }, { verdictText }, { Progress }] = await Promise.all([
		import("./run-config.ts"),
		import("./record.ts"),
		import("./entry-text.ts"),
		import("./progress.ts"),
	]);
	const { file, verdict } = withRecord(loadConfig(options.config), (view) => {
		const progress = new Progress("journal", 1);
		const found = view.verify((done, total) => progress.show(total === 0 ? 1 : done / total));
		progress.clear();
		return { file: view.file, verdict: found };
	});
	const { bad, ...counts } = verdict;
	process.stdout.write(
		options.json === true
			? `${JSON.stringify({ ok: bad === undefined, ...counts, bad: bad ?? null }, null, 2)}\n`
			: `${verdictText(file, verdict)}\n`,
	);
	if (bad !== undefined) process.exitCode = 1;
}
