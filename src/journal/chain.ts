// The journal's chain: each commit that told of commands or notes ends with a link, the SHA-256 of the link before it and of all those
// entries, and what is kept is sealed to the newest link. So a changed, missing or inserted entry, and a changed state, is found. Inputs
// are forgotten after a week and are not in it. Against whoever rewrites the whole file it proves nothing: there is no secret in it.

import { createHash, hash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";

export const CHAIN_SCHEMA = "CREATE TABLE IF NOT EXISTS links (last INTEGER PRIMARY KEY, hash TEXT NOT NULL) STRICT;";

/** Rows of `meta` with this in front are what is kept. */
export const KEPT = "kept ";
const SEAL = "chain";
/** The link before the first. */
const NOTHING = "";

export type ChainedRow = { readonly seq: number; readonly run: string; readonly at: number; readonly kind: string; readonly body: string };

type Kept = Record<string, string>;

export class Chain {
	readonly #add: StatementSync;
	readonly #read: StatementSync;
	readonly #write: StatementSync;
	#texts: string[] = [];
	#end = 0;
	/** As it was written last; with it the newest link, and the digests of what is kept. */
	#seal: string | undefined;
	#link = NOTHING;
	#kept: Kept = {};
	readonly #changed = new Map<string, string | undefined>();

	constructor(database: DatabaseSync) {
		this.#add = database.prepare("INSERT INTO links (last, hash) VALUES (?, ?)");
		this.#read = database.prepare("SELECT value FROM meta WHERE key = ?");
		this.#write = database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)");
	}

	/** A command or a note, after it was inserted. */
	entry(row: ChainedRow): void {
		this.#texts.push(frame(row));
		this.#end = row.seq;
	}

	/** The text that is kept under a key of `meta` from now on; undefined: none any more. */
	kept(key: string, text: string | undefined): void {
		this.#changed.set(key, text);
	}

	/** Inside the transaction, as the last thing before its commit. */
	seal(): void {
		if (this.#texts.length === 0 && this.#changed.size === 0) return;
		this.#recall();
		if (this.#texts.length > 0) {
			this.#link = hash("sha256", this.#link + this.#texts.join(""));
			this.#add.run(this.#end, this.#link);
			this.#texts = [];
		}
		for (const [key, text] of this.#changed) {
			if (text === undefined) delete this.#kept[key];
			else this.#kept[key] = hash("sha256", text);
		}
		this.#changed.clear();
		this.#seal = sealOf(this.#link, this.#kept);
		this.#write.run(SEAL, this.#seal);
	}

	/** What was sealed before, here or by another process. A link is made to it, not to the newest in the table: so a break stays one. */
	#recall(): void {
		const stands = this.#read.get(SEAL)?.value;
		if (stands === this.#seal || typeof stands !== "string") return;
		const { link, kept } = parseSeal(stands) ?? { link: stands, kept: {} };
		this.#link = link;
		this.#kept = kept;
	}
}

function frame({ seq, run, at, kind, body }: ChainedRow): string {
	return `${JSON.stringify([seq, run, at, kind])}\n${body}\n`;
}

function sealOf(link: string, kept: Kept): string {
	return JSON.stringify({ link, kept, seal: hash("sha256", JSON.stringify([link, kept])) });
}

function parseSeal(text: string): { readonly link: string; readonly kept: Kept } | undefined {
	try {
		const { link, kept } = JSON.parse(text) as { link: string; kept: Kept }; // judged by the next line
		return sealOf(link, kept) === text ? { link, kept } : undefined;
	} catch {
		return undefined;
	}
}

/** A journal from before there was a chain: what it holds now is its first link, taken as it is. Inside a transaction. */
export function beginChain(database: DatabaseSync): void {
	const sum = createHash("sha256").update(NOTHING);
	let last: number | undefined;
	for (const row of rowsAfter(database, 0)) {
		sum.update(frame(row));
		last = row.seq;
	}
	const link = last === undefined ? NOTHING : sum.digest("hex");
	if (last !== undefined) database.prepare("INSERT INTO links (last, hash) VALUES (?, ?)").run(last, link);
	const kept: Kept = {};
	for (const [key, text] of keptIn(database)) kept[key] = hash("sha256", text);
	database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)").run(SEAL, sealOf(link, kept));
}

function* rowsAfter(database: DatabaseSync, seq: number): Generator<ChainedRow> {
	const rows = database.prepare("SELECT seq, run, at, kind, body FROM entries WHERE kind <> 'input' AND seq > ? ORDER BY seq").iterate(seq);
	for (const row of rows) yield row as unknown as ChainedRow; // the columns that the table has
}

function keptIn(database: DatabaseSync): [string, string][] {
	const rows = database.prepare("SELECT key, value FROM meta WHERE substr(key, 1, ?) = ? ORDER BY key").all(KEPT.length, KEPT);
	return rows.map(({ key, value }) => [String(key), String(value)]);
}

/** `first` to `last` are numbers of entries, `at` when the first of them was taken; absent where no entry is concerned. */
export type BadPlace = { readonly first?: number; readonly last?: number; readonly at?: number; readonly why: string };

export type Verdict = { readonly entries: number; readonly links: number; readonly kept: number; readonly bad: BadPlace | undefined };

/** Goes through the whole chain, up to the first place that is not as it was written. What is read should be one snapshot. */
export function verifyChain(database: DatabaseSync, onProgress?: (done: number, total: number) => void): Verdict {
	const total = onProgress && Number(database.prepare("SELECT max(last) AS last FROM links").get()?.last ?? 0);
	const links = database.prepare("SELECT last, hash FROM links ORDER BY last").iterate();
	const rows = rowsAfter(database, 0);
	const found = { entries: 0, links: 0, kept: 0 };
	let link = NOTHING;
	let row = rows.next();
	for (const { last, hash: written } of links) {
		const sum = createHash("sha256").update(link);
		const first = row.done === true ? undefined : row.value;
		for (; row.done !== true && row.value.seq <= Number(last); row = rows.next()) {
			sum.update(frame(row.value));
			found.entries++;
		}
		if (sum.digest("hex") !== written) {
			const at = first !== undefined && first.seq <= Number(last) ? { first: first.seq, at: first.at } : {};
			return { ...found, bad: { ...at, last: Number(last), why: "was changed, taken out or put in after it was written" } };
		}
		link = String(written);
		found.links++;
		onProgress?.(Number(last), total ?? 0);
	}
	if (row.done !== true) return { ...found, bad: { first: row.value.seq, at: row.value.at, why: "was put in: no link covers it" } };
	return verifySeal(database, link, found);
}

function verifySeal(database: DatabaseSync, link: string, found: Omit<Verdict, "bad">): Verdict {
	const text = database.prepare("SELECT value FROM meta WHERE key = ?").get(SEAL)?.value;
	const kept = keptIn(database);
	const counted = { ...found, kept: kept.length };
	if (text === undefined && link === NOTHING && kept.length === 0) return { ...counted, bad: undefined };
	const seal = typeof text === "string" ? parseSeal(text) : undefined;
	if (seal === undefined) return { ...counted, bad: { why: "the seal of the chain is missing or was changed" } };
	if (seal.link !== link) return { ...counted, bad: { why: "the newest entries were taken out: the seal knows of a later link" } };
	const stands = new Map(kept);
	for (const key of Object.keys(seal.kept)) if (!stands.has(key)) return { ...counted, bad: { why: `what was kept is missing: ${key}` } };
	for (const [key, value] of kept)
		if (seal.kept[key] !== hash("sha256", value)) return { ...counted, bad: { why: `what is kept was changed or put in: ${key}` } };
	return { ...counted, bad: undefined };
}
