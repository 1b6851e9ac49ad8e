// A configuration with the secrets of its encrypted key file, where it names one.

import { UsageError } from "../std/usage-error.ts";
import { type PassphraseOptions, passphraseOf } from "./passphrase.ts";
import type { RunConfig } from "./run-config.ts";

export async function unlocked(config: RunConfig, options: PassphraseOptions): Promise<RunConfig> {
	const { file, name } = config.config.keys;
	if (file === null) return config;
	const { readKeyFile, secretsOf } = await import("../config/key-file.ts"); // its cryptography takes a while to load
	const ring = await readKeyFile(file, await passphraseOf(file, options));
	const set = ring.get(name);
	if (set === undefined) throw new UsageError(`keys.name: ${file} holds no key ${name}; it holds ${[...ring.keys()].join(", ") || "none"}`);
	return { ...config, unlocked: secretsOf(set) };
}
