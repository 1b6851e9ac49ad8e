// A sum beside each row that the chain leaves out, since it is forgotten one day or changes no trade: inputs, messages to the operator, runs.
// With it a row that is no longer what was written is found.

import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { BadPlace } from "./chain.ts";

const CHANGED = "was changed after it was written";

export function sumOf(values: readonly unknown[]): string {
	return hash("sha256", JSON.stringify(values)).slice(0, 16);
}

/** Tables of an older journal have no such column, and its rows no sum: they are taken as they are. */
export function addSums(database: DatabaseSync): void {
	for (const table of ["entries", "messages", "runs"]) {
		const columns = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all();
		if (!columns.some(({ name }) => name === "sum")) database.exec(`ALTER TABLE ${table} ADD COLUMN sum TEXT`);
	}
}

/** The first row whose sum is another one; before that, whether the file is sound. */
export function verifySums(database: DatabaseSync): BadPlace | undefined {
	const sound = String(database.prepare("PRAGMA integrity_check(1)").get()?.integrity_check);
	if (sound !== "ok") return { why: `the file is damaged (${sound})` };
	for (const { seq, run, at, body, sum } of database
		.prepare("SELECT seq, run, at, body, sum FROM entries WHERE kind = 'input' AND sum IS NOT NULL ORDER BY seq")
		.iterate())
		if (sumOf([run, at, body]) !== sum) return { first: Number(seq), at: Number(at), why: CHANGED };
	for (const { number, at, body, sum } of database.prepare("SELECT number, at, body, sum FROM messages WHERE sum IS NOT NULL").iterate())
		if (sumOf([at, body]) !== sum) return { why: `message #${number} ${CHANGED}` };
	for (const { run, started, about, sum } of database.prepare("SELECT run, started, about, sum FROM runs WHERE sum IS NOT NULL").iterate())
		if (sumOf([run, started, about]) !== sum) return { why: `what is kept of run ${run} ${CHANGED}` };
	return undefined;
}
