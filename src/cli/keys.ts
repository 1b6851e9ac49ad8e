// `anchorwatch keys`: the encrypted key file. Secrets are typed without being shown or come through a pipe, never on the command line, and
// are printed nowhere.

import type { Command } from "commander";
import type { KeyRing } from "../config/key-file.ts";
import type { Secret } from "../config/secret.ts";
import { EXIT } from "./exit-code.ts";
import { configOption, examples, jsonOption, passphraseOption } from "./options.ts";
import type { RunConfig } from "./run-config.ts";

type Options = { readonly config?: string; readonly file?: string; readonly passphraseFd?: string; readonly json?: true };

/** Where no configuration names one. */
const FILE = "keys.age";

export function addKeys(program: Command): void {
	const keys = program.command("keys").description("API keys in an encrypted file: add, list, remove, and check what they may do");
	const common = (command: Command): Command =>
		command
			.addOption(configOption("configuration, whose keys.file it is (default: config.yaml)"))
			.option("--file <file>", `the key file, instead (default: ${FILE} where the configuration names none)`)
			.addOption(passphraseOption("read its passphrase from this file descriptor"));
	const adding = common(keys.command("add").description("add a key, or replace one").argument("[name]", "a name for it", "default"));
	examples(
		adding.action((name: string, options: Options) => add(name, options)),
		["keys add", "keys add testnet --file testnet.age", "keys add --passphrase-fd 3 < key-and-secret.txt 3< passphrase.txt"],
		"Asks for the key and its secret, and for a Telegram token (empty: none). Through a pipe each is a line.",
	);
	const listing = common(keys.command("list").description("the names in the file, and what each holds")).addOption(jsonOption());
	examples(
		listing.action((options: Options) => list(options)),
		["keys list", "keys list --passphrase-fd 3 --json 3< passphrase.txt"],
	);
	const removing = common(keys.command("remove").description("remove a key from the file").argument("<name>", "which"));
	examples(
		removing.action((name: string, options: Options) => remove(name, options)),
		["keys remove old"],
		"Revoke it at the exchange, too: copies of the file still hold it.",
	);
	const checking = common(keys.command("check").description("ask the exchange what the configured key may do")).addOption(jsonOption());
	examples(
		checking.action((options: Options) => check(options)),
		["keys check", "keys check --json"],
		"Exit code 1 when the bot would refuse the key. Works with keys of the environment and .env, too.",
	);
	examples(keys, ["keys add", "keys check"]);
}

async function opened(options: Options): Promise<{ file: string; passphrase: Secret; ring: KeyRing; config: RunConfig }> {
	const [{ loadConfig }, { hasKeyFile, readKeyFile }, { passphraseOf }] = await Promise.all([
		import("./run-config.ts"),
		import("../config/key-file.ts"),
		import("./passphrase.ts"),
	]);
	const config = loadConfig(options.config);
	const file = options.file ?? config.config.keys.file ?? FILE;
	const passphrase = await passphraseOf(file, options);
	return { file, passphrase, ring: hasKeyFile(file) ? await readKeyFile(file, passphrase) : new Map(), config };
}

async function add(name: string, options: Options): Promise<void> {
	const [{ isKeyName, writeKeyFile }, { isSecretText }, { askSecret }, { UsageError }] = await Promise.all([
		import("../config/key-file.ts"),
		import("../config/secret.ts"),
		import("./hidden-prompt.ts"),
		import("../std/usage-error.ts"),
	]);
	if (!isKeyName(name)) throw new UsageError(`${name}: a name has small letters, digits, - and _ only, and at most 32 of them`);
	const { file, passphrase, ring, config } = await opened(options);
	const asked = async (what: string): Promise<Secret | undefined> => {
		const secret = await askSecret(`${what}: `);
		if (secret !== undefined && !isSecretText(secret.reveal()))
			throw new UsageError(`${what}: expected a key without spaces, in plain ASCII; nothing was changed`);
		return secret;
	};
	const api_key = await asked("API key");
	const api_secret = await asked("API secret");
	if (api_key === undefined || api_secret === undefined)
		throw new UsageError("the API key and its secret are both needed; nothing was changed");
	const telegram_token = await asked("Telegram token (empty: none)");
	if (ring.size === 0 && process.stdin.isTTY === true && options.passphraseFd === undefined) {
		const again = await askSecret("The passphrase again: ");
		if (again?.reveal() !== passphrase.reveal()) throw new UsageError("the two passphrases differ; nothing was written");
	}
	await writeKeyFile(file, new Map([...ring, [name, { api_key, api_secret, ...(telegram_token && { telegram_token }) }]]), passphrase);
	const isNamed = config.config.keys.file === file && config.config.keys.name === name;
	const next = isNamed ? "" : `; for the bot to use it, put keys: {file: ${file}, name: ${name}} into config.yaml`;
	process.stdout.write(`${file}: ${ring.has(name) ? "replaced" : "added"} ${name}${next}\n`);
}

async function list(options: Options): Promise<void> {
	const { file, ring, config } = await opened(options);
	const { keys } = config.config;
	const rows = [...ring].map(([name, set]) => ({ name, holds: Object.keys(set), in_use: keys.file === file && keys.name === name }));
	if (options.json === true) {
		process.stdout.write(`${JSON.stringify({ file, keys: rows }, null, 2)}\n`);
		return;
	}
	for (const { name, holds, in_use } of rows) process.stdout.write(`${name}${in_use ? " *" : ""}: ${holds.join(", ")}\n`);
	process.stdout.write(`${ring.size} ${ring.size === 1 ? "key" : "keys"} in ${file}${keys.file === file ? "; * is the one in use" : ""}\n`);
}

async function remove(name: string, options: Options): Promise<void> {
	const [{ writeKeyFile }, { UsageError }] = await Promise.all([import("../config/key-file.ts"), import("../std/usage-error.ts")]);
	const { file, passphrase, ring } = await opened(options);
	if (!ring.has(name)) throw new UsageError(`${file}: holds no key ${name}; it holds ${[...ring.keys()].join(", ") || "none"}`);
	await writeKeyFile(file, new Map([...ring].filter(([other]) => other !== name)), passphrase);
	process.stdout.write(`${file}: removed ${name}\n`);
}

async function check(options: Options): Promise<void> {
	const [{ loadConfig }, { unlocked }, { credentialsOf }, { withExchange }, { reviewKey }, { ask }, { UsageError }] = await Promise.all([
		import("./run-config.ts"),
		import("./unlock.ts"),
		import("./live-bot.ts"),
		import("./private-exchange.ts"),
		import("../bybit/decode/account.ts"),
		import("../live/start-up.ts"),
		import("../std/usage-error.ts"),
	]);
	const loaded = loadConfig(options.config);
	const keys = options.file === undefined ? loaded.config.keys : { ...loaded.config.keys, file: options.file };
	const config = await unlocked({ ...loaded, config: { ...loaded.config, keys } }, options);
	const credentials = credentialsOf(config);
	if (credentials === undefined) throw new UsageError("environment: paper needs no key, and has none to check");
	const { refusals, warnings } = await withExchange(config, credentials, async ({ rest, clock }) =>
		reviewKey(await ask(() => rest.getApiKey(), "the API key's permissions"), clock.serverNow()),
	);
	if (refusals.length > 0) process.exitCode = EXIT.fault;
	if (options.json === true) {
		const { environment } = config.config;
		process.stdout.write(`${JSON.stringify({ ok: refusals.length === 0, environment, refusals, warnings }, null, 2)}\n`);
		return;
	}
	for (const text of refusals) process.stdout.write(`refused: ${text}\n`);
	for (const text of warnings) process.stdout.write(`warning: ${text}\n`);
	process.stdout.write(
		refusals.length > 0
			? `the bot would not start with this key on ${config.config.environment}\n`
			: `the key may do what the bot needs on ${config.config.environment}\n`,
	);
}
