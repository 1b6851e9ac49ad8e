// The encrypted key file: named sets of secrets in one age file under a passphrase (age-encryption.org), which the age tool can open, too.
// Only its owner may read it. What is wrong is a UsageError that names no secret.

import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { Decrypter, Encrypter } from "age-encryption";
import { messageOf } from "../std/message-of.ts";
import { UsageError } from "../std/usage-error.ts";
import { hide } from "./mask.ts";
import { isSecretText, KEY_NAME_PATTERN, SECRETS, Secret, type SecretName, type Secrets } from "./secret.ts";

/** What a set may hold: an API key with its secret, and what else the bot shows to others. */
export type KeySet = { readonly [name in SecretName]?: Secret };
export type KeyRing = ReadonlyMap<string, KeySet>;

/** Of scrypt, as the age tool has it: about a second for each guess. */
const WORK_FACTOR = 18;

export function isKeyName(text: string): boolean {
	return KEY_NAME_PATTERN.test(text);
}

export function hasKeyFile(file: string): boolean {
	return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

export async function readKeyFile(file: string, passphrase: Secret): Promise<KeyRing> {
	checkMode(file);
	const decrypter = new Decrypter();
	decrypter.addPassphrase(passphrase.reveal());
	let text: string;
	try {
		text = await decrypter.decrypt(await readFile(file), "text");
	} catch (cause) {
		const why =
			cause instanceof Error && /no identity matched/.test(cause.message) ? "the passphrase is wrong" : "it is no age file, or damaged";
		throw new UsageError(`${file}: cannot be opened: ${why}`); // without its cause, which may quote what was read
	}
	const ring = parseRing(text);
	if (ring === undefined) throw new UsageError(`${file}: holds no keys of Anchorwatch; make one with: anchorwatch keys add`);
	hide([...ring.values()].flatMap((set) => Object.values(set)));
	return ring;
}

/** The old file stands until the new one is whole. */
export async function writeKeyFile(file: string, ring: KeyRing, passphrase: Secret, workFactor = WORK_FACTOR): Promise<void> {
	const encrypter = new Encrypter();
	encrypter.setScryptWorkFactor(workFactor);
	encrypter.setPassphrase(passphrase.reveal());
	const keys = Object.fromEntries([...ring].map(([name, set]) => [name, revealed(set)]));
	const bytes = await encrypter.encrypt(JSON.stringify({ version: 1, keys }));
	const next = `${file}.new`;
	try {
		rmSync(next, { force: true });
		writeFileSync(next, bytes, { mode: 0o600, flag: "wx", flush: true });
		renameSync(next, file);
	} catch (cause) {
		throw new UsageError(`${file}: cannot be written (${messageOf(cause)})`, { cause });
	}
}

export function secretsOf(set: KeySet): Secrets {
	return { api_key: set.api_key, api_secret: set.api_secret, telegram_token: set.telegram_token, webhook_secret: set.webhook_secret };
}

function checkMode(file: string): void {
	const found = statSync(file, { throwIfNoEntry: false });
	if (found === undefined) throw new UsageError(`${file}: there is no key file; make one with: anchorwatch keys add`);
	if (process.platform !== "win32" && (found.mode & 0o077) !== 0)
		throw new UsageError(`${file}: other users can read or write it: run "chmod 600 ${file}"`);
}

function revealed(set: KeySet): Record<string, string> {
	return Object.fromEntries(SECRETS.flatMap((name) => (set[name] === undefined ? [] : [[name, set[name].reveal()]])));
}

function parseRing(text: string): KeyRing | undefined {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return undefined;
	}
	const { version, keys } = (value ?? {}) as { version?: unknown; keys?: unknown }; // looked at below
	if (version !== 1 || typeof keys !== "object" || keys === null) return undefined;
	const ring = new Map<string, KeySet>();
	for (const [name, set] of Object.entries(keys)) {
		const entries = SECRETS.flatMap((secret) => {
			const found = (set as Record<string, unknown>)[secret]; // a property, or nothing
			return typeof found === "string" && isSecretText(found) ? [[secret, new Secret(found)] as const] : [];
		});
		if (isKeyName(name)) ring.set(name, Object.fromEntries(entries));
	}
	return ring;
}
