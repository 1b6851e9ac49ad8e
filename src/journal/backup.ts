// Copies of the journal while the bot writes it: made in a thread of their own, so that trading waits for nothing, checked once they are
// written, and only then named as copies. Inputs, which are many and forgotten after a week, are left out.

import { isAbsolute, join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Result } from "../std/result.ts";
import type { Ms } from "../units/unit.ts";
import type { Copied, CopyOrder } from "./internal/copy.ts";
import { type JournalKind, journalFile } from "./journal.ts";

export type BackupOrder = {
	/** Folder of the journal. */
	readonly dir: string;
	readonly kind: JournalKind;
	/** Folder of the copies; it is made. */
	readonly to: string;
	readonly at: Ms;
	/** So many stay, the newest; undefined: all. */
	readonly keep: number | undefined;
	/** Ends it before its time. */
	readonly signal?: AbortSignal | undefined;
};

/** Where copies go; a relative folder lies in that of the journal. */
export function backupFolder(dir: string, to: string): string {
	return isAbsolute(to) ? to : join(dir, to);
}

/** Rejects with one line when there is no whole copy; those from before stay then. */
export function backUp({ dir, kind, to, at, keep, signal }: BackupOrder): Promise<Copied> {
	const order: CopyOrder = { source: journalFile(dir, kind), to, at, keep };
	return new Promise((resolve, reject) => {
		const worker = new Worker(new URL("./internal/copy-worker.ts", import.meta.url), { workerData: order });
		const end = (): void => void worker.terminate();
		signal?.addEventListener("abort", end);
		worker.once("message", (answer: Result<Copied, string>) => {
			if (answer.ok) resolve(answer.value);
			else reject(new Error(answer.error));
		});
		worker.once("error", reject);
		worker.once("exit", (code) => {
			signal?.removeEventListener("abort", end);
			reject(new Error(`the copying thread ended with code ${code}`));
		});
	});
}
