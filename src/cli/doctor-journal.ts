// What the doctor looks at in the folder of the journal: who holds it, whether it can be read and stands as it was written, and how old its
// newest copy is. Nothing is written.

import { existsSync, readdirSync, statSync } from "node:fs";
import { basename } from "node:path";
import { backupFolder } from "../journal/backup.ts";
import { InstanceLock } from "../journal/instance-lock.ts";
import { journalFile } from "../journal/journal.ts";
import { isStorageError } from "../journal/unreadable.ts";
import { JOURNAL_VERSION } from "../journal/version.ts";
import { messageOf } from "../std/message-of.ts";
import { UsageError } from "../std/usage-error.ts";
import { DAY, HOUR, type Ms } from "../units/unit.ts";
import type { Finding } from "./doctor.ts";
import { verdictText } from "./entry-text.ts";
import { recordKind, statusOf, withRecord } from "./record.ts";
import type { RunConfig } from "./run-config.ts";

/** Going through a larger one takes more than a few seconds. */
const VERIFIED_MAX = 200 * 2 ** 20;
/** Copies are made once a day. */
const COPY_OLD: Ms = 2 * DAY;

export function journalFindings(config: RunConfig): Finding[] {
	return [attempt("lock", () => lockFinding(config)), attempt("journal", () => journalFinding(config)), backupsFinding(config)];
}

/** A look that cannot be taken is a finding, too; the line that says why often says what to do. */
function attempt(name: string, look: () => Finding): Finding {
	try {
		return look();
	} catch (cause) {
		if (!(cause instanceof UsageError) && !isStorageError(cause)) throw cause;
		const [text = "", ...todo] = messageOf(cause).split("; ");
		return { name, verdict: "fail", text, todo: todo.join("; ") || "check journal.dir and its permissions" };
	}
}

function lockFinding({ config }: RunConfig): Finding {
	const holder = InstanceLock.holder(config.journal.dir);
	if (holder === undefined) return { name: "lock", verdict: "ok", text: "no bot runs on this folder" };
	const text =
		holder.pid === undefined ? "a bot runs on this folder" : `a bot runs on this folder: process ${holder.pid}, run ${holder.run}`;
	if (holder.pid === undefined || isAlive(holder.pid)) return { name: "lock", verdict: "ok", text };
	return {
		name: "lock",
		verdict: "warn",
		text: `${text}, which is no process of this machine`,
		todo: "another machine or container may share the folder: one bot for one folder",
	};
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (cause) {
		return cause instanceof Error && "code" in cause && cause.code === "EPERM";
	}
}

function journalFinding(config: RunConfig): Finding {
	const name = "journal";
	const file = journalFile(config.config.journal.dir, recordKind(config));
	if (!existsSync(file)) return { name, verdict: "ok", text: "none yet: the first start makes it" };
	const { halted, paused } = statusOf(config);
	const isSmall = statSync(file).size <= VERIFIED_MAX;
	const verdict = withRecord(config, (view) => (isSmall && view.version === JOURNAL_VERSION ? view.verify() : undefined));
	if (verdict?.bad !== undefined)
		return { name, verdict: "warn", text: verdictText(file, verdict), todo: "find out who wrote to it; anchorwatch journal verify" };
	if (halted !== null)
		return { name, verdict: "warn", text: `trading was stopped by ${halted}`, todo: "look at what happened, then: anchorwatch resume" };
	const chain = verdict === undefined ? "readable" : "stands as it was written";
	return { name, verdict: "ok", text: paused ? `${chain}; paused by the operator` : `${chain}; nothing has stopped trading` };
}

function backupsFinding(config: RunConfig): Finding {
	const name = "backups";
	const { journal, backup, schedule, environment } = config.config;
	const file = journalFile(journal.dir, recordKind(config));
	if (environment === "sim") return { name, verdict: "skipped", text: "environment: sim keeps nothing that needs a copy" };
	if (backup.dir === null || schedule.backup === null)
		return { name, verdict: "skipped", text: `${backup.dir === null ? "backup.dir" : "schedule.backup"} is null: none are made` };
	if (!existsSync(file)) return { name, verdict: "ok", text: "nothing to copy yet" };
	const folder = backupFolder(journal.dir, backup.dir);
	const newest = newestCopy(folder, basename(file, ".sqlite"));
	const since = Date.now() - (newest?.at ?? statSync(file).birthtimeMs);
	const text = newest === undefined ? `no copy in ${folder}` : `the newest, ${newest.file}, is ${(since / HOUR).toFixed(0)} hours old`;
	if (since <= COPY_OLD) return { name, verdict: "ok", text: newest === undefined ? `${text} yet: the bot makes one a day` : text };
	return { name, verdict: "warn", text, todo: "make one: anchorwatch journal backup; a bot that runs makes them by itself" };
}

/** By the time in its name, which is the exchange's. */
function newestCopy(folder: string, base: string): { file: string; at: Ms } | undefined {
	if (!existsSync(folder)) return undefined;
	const named = new RegExp(`^${base}-(\\d{4})(\\d{2})(\\d{2})T(\\d{2})(\\d{2})(\\d{2})Z\\.sqlite$`);
	const copies = readdirSync(folder).flatMap((file) => {
		const [, year, month, day, hour, minute, second] = named.exec(file) ?? [];
		return year === undefined ? [] : [{ file, at: Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) }];
	});
	return copies.reduce<{ file: string; at: Ms } | undefined>(
		(best, copy) => (best === undefined || copy.at > best.at ? copy : best),
		undefined,
	);
}
