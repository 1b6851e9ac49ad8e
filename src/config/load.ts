// The configuration file on disk: read, decoded, and either sound or one error that lists all that is wrong.

import { lstatSync, readFileSync, statSync } from "node:fs";
import { UsageError } from "../std/usage-error.ts";
import { hiddenPart } from "./address.ts";
import { type Decoded, decodeConfig } from "./decode.ts";
import { hide } from "./mask.ts";
import { printProblems } from "./problem.ts";
import { type LoadedSecrets, loadSecrets, type Secrets } from "./secret.ts";

export { type Decoded, decodeConfig } from "./decode.ts";

export const DEFAULT_CONFIG_FILE = "config.yaml";
const BYTES_MAX = 2 ** 20;

/** `unlocked`: what the encrypted key file holds under the configured name, where it was opened. */
export type ConfigFile = Decoded & { readonly file: string; readonly unlocked?: Secrets };

/** Reads and decodes the file at `path`. Whatever is wrong with it is a UsageError: all problems, one a line. */
export function readConfigFile(path: string): ConfigFile {
	const decoded = decodeConfig(readText(path), path);
	if (!decoded.ok) throw new UsageError(printProblems(decoded.error));
	return { ...decoded.value, file: path };
}

/** The file the operator named; else `config.yaml` of the working directory; undefined when there is none and none was named. */
export function findConfigFile(named: string | undefined): ConfigFile | undefined {
	if (named !== undefined) return readConfigFile(named);
	return lstatSync(DEFAULT_CONFIG_FILE, { throwIfNoEntry: false }) === undefined ? undefined : readConfigFile(DEFAULT_CONFIG_FILE);
}

/** The secrets that belong to a configuration file, hidden from then on in whatever is written. What is wrong with them is a UsageError that names no value. */
export function readSecrets({ file, config, unlocked }: ConfigFile, env: Readonly<Record<string, string | undefined>>): LoadedSecrets {
	const loaded = loadSecrets({ configFile: file, fromFile: config.secrets, env, unlocked });
	if (!loaded.ok) throw new UsageError(printProblems(loaded.error));
	hide([...Object.values(loaded.value.secrets), ...Object.values(config.secrets).map((secret) => secret ?? undefined)]);
	hide([hiddenPart(config.notify.webhook.url)]);
	return loaded.value;
}

function readText(path: string): string {
	let bytes: Buffer;
	try {
		const { size } = statSync(path);
		if (size > BYTES_MAX) throw new UsageError(`${path}: is ${(size / 1e6).toFixed(1)} MB large, and a configuration has a few kilobytes`);
		bytes = readFileSync(path);
	} catch (cause) {
		if (cause instanceof UsageError) throw cause;
		throw new UsageError(`${path}: ${reasonOf(cause)}`, { cause });
	}
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch (cause) {
		throw new UsageError(`${path}: expected text in UTF-8`, { cause });
	}
}

function reasonOf(cause: unknown): string {
	const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason";
	if (code === "ENOENT") return 'no such file ("anchorwatch init" writes one)';
	if (code === "ELOOP") return "is a link that leads back to itself";
	if (code === "EISDIR") return "is a folder, expected a file";
	if (code === "EACCES" || code === "EPERM") return "cannot be read: permission denied";
	return `cannot be read (${code})`;
}
