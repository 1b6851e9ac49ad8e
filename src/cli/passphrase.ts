// The passphrase of the key file, from the first place that has it: a file descriptor that was named, systemd's credential, a terminal.

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { hide } from "../config/mask.ts";
import { Secret } from "../config/secret.ts";
import { UsageError } from "../std/usage-error.ts";
import { askSecret } from "./hidden-prompt.ts";

export const PASSPHRASE_FD = "--passphrase-fd <number>";
export const PASSPHRASE_FD_ABOUT = "read the key file's passphrase from this file descriptor";
const CREDENTIAL = "anchorwatch-passphrase";

export type PassphraseOptions = { readonly passphraseFd?: string };

export async function passphraseOf(file: string, { passphraseFd }: PassphraseOptions, env = process.env): Promise<Secret> {
	if (passphraseFd !== undefined) return fromDescriptor(passphraseFd);
	const credential = env.CREDENTIALS_DIRECTORY === undefined ? undefined : join(env.CREDENTIALS_DIRECTORY, CREDENTIAL);
	if (credential !== undefined && statSync(credential, { throwIfNoEntry: false }) !== undefined)
		return firstLine(readFileSync(credential, "utf8"), credential);
	if (process.stdin.isTTY !== true)
		throw new UsageError(
			`${file}: its passphrase is needed: start on a terminal, with --passphrase-fd, or with the systemd credential ${CREDENTIAL}`,
		);
	const given = await askSecret(`Passphrase of ${file}: `);
	if (given === undefined) throw new UsageError(`${file}: the passphrase was empty`);
	return given;
}

function fromDescriptor(text: string): Secret {
	const where = `--passphrase-fd ${text}`;
	if (!/^\d{1,4}$/.test(text)) throw new UsageError(`${where}: the number of an open file descriptor is expected, such as 3`);
	try {
		return firstLine(readFileSync(Number(text), "utf8"), where);
	} catch (cause) {
		if (cause instanceof UsageError) throw cause;
		throw new UsageError(`${where}: cannot be read; open it with, for example, 3<passphrase-file`, { cause });
	}
}

function firstLine(text: string, where: string): Secret {
	const line = text.split("\n")[0]?.replace(/\r$/, "") ?? "";
	if (line === "") throw new UsageError(`${where}: holds no passphrase`);
	const secret = new Secret(line);
	hide([secret]);
	return secret;
}
