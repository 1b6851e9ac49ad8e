// A key that must never be seen. It prints as stars wherever text is made of it; `reveal` is the one way in, easy to search for.
// Secrets come from the environment, else from `.env` beside the configuration, else from the encrypted key file, else from the configuration itself when only its owner can read it.

import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { inspect, parseEnv } from "node:util";
import { err, ok, type Result } from "../std/result.ts";
import { dotenvSlips } from "./dotenv.ts";
import type { Problem } from "./problem.ts";

const STARS = "***";
/** Of the lines of a `.env` that say nothing. */
const SLIPS_SHOWN = 5;

export class Secret {
	readonly #value: string;

	constructor(value: string) {
		this.#value = value;
	}

	reveal(): string {
		return this.#value;
	}

	toString(): string {
		return STARS;
	}

	toJSON(): string {
		return STARS;
	}

	[inspect.custom](): string {
		return STARS;
	}
}

/** The names of secrets, as keys of the file's `secrets` section. */
export const SECRETS = ["api_key", "api_secret", "telegram_token", "webhook_secret"] as const;
export type SecretName = (typeof SECRETS)[number];

export const SECRET_VARIABLES = {
	api_key: "ANCHORWATCH_API_KEY",
	api_secret: "ANCHORWATCH_API_SECRET",
	telegram_token: "ANCHORWATCH_TELEGRAM_TOKEN",
	webhook_secret: "ANCHORWATCH_WEBHOOK_SECRET",
} as const satisfies Record<SecretName, string>;

export type Secrets = { readonly [name in SecretName]: Secret | undefined };

export type LoadedSecrets = { readonly secrets: Secrets; readonly warnings: readonly Problem[] };

/** Of a set of keys in the encrypted key file. */
export const KEY_NAME_PATTERN = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** What travels in a header or an address: printable ASCII, no blanks. */
export function isSecretText(text: string): boolean {
	return /^[\x21-\x7e]+$/.test(text);
}

/**
 * The secrets there are; each from the first place that has it. `fromFile` is the decoded `secrets` section of `configFile`. An empty variable counts as absent.
 * Problems: a value no header can carry, an unreadable `.env`, secrets in a configuration that others can read.
 */
export function loadSecrets(where: {
	readonly configFile: string;
	readonly fromFile: { readonly [name in SecretName]: Secret | null };
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Of the encrypted key file, where it was opened. */
	readonly unlocked?: Secrets | undefined;
}): Result<LoadedSecrets, Problem[]> {
	const { configFile, fromFile, env, unlocked } = where;
	const problems: Problem[] = [];
	const warnings: Problem[] = [];
	const dotenv = join(dirname(configFile), ".env");
	const beside = readDotenv(dotenv, { problems, warnings });
	const found = (name: SecretName): Secret | undefined => {
		const variable = SECRET_VARIABLES[name];
		for (const [source, text] of [
			["the environment", env[variable]?.trim()],
			[dotenv, beside[variable]?.trim()],
		] as const) {
			if (text === undefined || text === "") continue;
			if (isSecretText(text)) return new Secret(text);
			problems.push(whole(source, `${variable}: expected a key without spaces, in plain ASCII`));
			return undefined;
		}
		return unlocked?.[name] ?? fromFile[name] ?? undefined;
	};
	const secrets = {
		api_key: found("api_key"),
		api_secret: found("api_secret"),
		telegram_token: found("telegram_token"),
		webhook_secret: found("webhook_secret"),
	};
	if (SECRETS.some((name) => fromFile[name] !== null)) judgeFile(configFile, { problems, warnings });
	return problems.length > 0 ? err(problems) : ok({ secrets, warnings });
}

type Findings = { readonly problems: Problem[]; readonly warnings: Problem[] };

function judgeFile(file: string, { problems, warnings }: Findings): void {
	const instead = `or move them to the environment (${Object.values(SECRET_VARIABLES).join(", ")})`;
	if (othersCanRead(file)) problems.push(whole(file, `secrets: other users can read this file: run "chmod 600 ${file}", ${instead}`));
	else warnings.push(whole(file, `secrets: keys lie here in plain text: better ${instead.slice(3)}`));
}

function readDotenv(file: string, { problems, warnings }: Findings): Readonly<Record<string, string | undefined>> {
	const known = Object.values(SECRET_VARIABLES);
	try {
		const text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
		if (text.includes("\0") || text.includes("\uFFFD")) {
			problems.push(whole(file, "expected text in UTF-8"));
			return {};
		}
		for (const { line, message } of dotenvSlips(text, known).slice(0, SLIPS_SHOWN)) warnings.push({ ...whole(file, message), line });
		const values = parseEnv(text);
		const held = known.some((variable) => values[variable]);
		if (held && othersCanRead(file)) warnings.push(whole(file, `other users can read this file: run "chmod 600 ${file}"`));
		return values;
	} catch (error) {
		const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
		if (code === "EISDIR") problems.push(whole(file, "is a folder, expected a file"));
		else if (code !== "ENOENT" && code !== "ENOTDIR") problems.push(whole(file, `cannot be read (${code})`));
		return {};
	}
}

function othersCanRead(file: string): boolean {
	return (statSync(file).mode & 0o077) !== 0;
}

function whole(file: string, message: string): Problem {
	return { file, path: "", message };
}
