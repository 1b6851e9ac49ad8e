// `anchorwatch journal backup`: a copy of the journal by hand, whether a bot runs on it or not, as the regular job makes one a day.

import type { Command } from "commander";
import { messageOf } from "../std/message-of.ts";
import { examples, journalConfigOption, jsonOption } from "./options.ts";

type BackupOptions = { readonly config?: string; readonly to?: string; readonly json?: true };

export function addBackup(journal: Command): void {
	const backing = journal
		.command("backup")
		.description("a checked copy of it, also while the bot runs")
		.addOption(journalConfigOption())
		.option("--to <folder>", "where to, instead of backup.dir; there nothing older is removed")
		.addOption(jsonOption())
		.action(backup);
	examples(
		backing,
		["journal backup", "journal backup --to /mnt/usb/anchorwatch"],
		"The copy has everything but the inputs (tickers and statements), and is verified before it gets its name. How to put one\nback: docs/operations.md.",
	);
}

async function backup({ config: file, to, json }: BackupOptions): Promise<void> {
	const [{ loadConfig }, { recordKind, withRecord }, { backUp, backupFolder }, { RunFailure }, { UsageError }] = await Promise.all([
		import("./run-config.ts"),
		import("./record.ts"),
		import("../journal/backup.ts"),
		import("../std/run-failure.ts"),
		import("../std/usage-error.ts"),
	]);
	const config = loadConfig(file);
	const { journal, backup: wanted } = config.config;
	const folder = to ?? (wanted.dir === null ? undefined : backupFolder(journal.dir, wanted.dir));
	if (folder === undefined) throw new UsageError("backup.dir: is null, so there is no folder for copies; name one with --to");
	withRecord(config, () => {}); // says what is wrong where there is no journal that can be read
	const order = {
		dir: journal.dir,
		kind: recordKind(config),
		to: folder,
		at: Date.now(),
		keep: to === undefined ? wanted.keep : undefined,
	};
	const copied = await backUp(order).catch((cause: unknown) => {
		throw new RunFailure(`no copy was made: ${messageOf(cause)}`, { cause });
	});
	process.stdout.write(json === true ? `${JSON.stringify(copied, null, 2)}\n` : `${copiedText(copied)}\n`);
}

function copiedText({ file, entries, bytes, removed }: Awaited<ReturnType<typeof import("../journal/backup.ts").backUp>>): string {
	const went = removed.length === 0 ? "" : `; ${removed.length === 1 ? "1 older copy" : `${removed.length} older copies`} removed`;
	return `${file}: ${entries} entries, ${(bytes / 1e6).toFixed(1)} MB, verified${went}`;
}
