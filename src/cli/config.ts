// `anchorwatch config`: is the file sound, what holds, and the schema an editor reads.

import type { Command } from "commander";
import type { ConfigFile } from "../config/load.ts";
import { configOption, examples, jsonOption } from "./options.ts";

type Options = { readonly config?: string; readonly json?: true };

export function addConfig(program: Command): void {
	const config = program.command("config").description("check the configuration file, show what holds, print its JSON schema");
	const checking = config
		.command("check")
		.description("say whether the configuration file is sound, or all that is wrong with it")
		.addOption(configOption())
		.addOption(jsonOption())
		.action(async (options: Options) => check(options.config, options.json === true));
	examples(checking, ["config check", "config check --config mainnet.yaml --json"], "Exit code 2 when something is wrong with it.");
	const showing = config
		.command("show")
		.description("print the value of every key, defaults filled in, secrets starred")
		.addOption(configOption())
		.addOption(jsonOption())
		.action(async (options: Options) => show(options.config, options.json === true));
	examples(showing, ["config show", "config show --json | jq .risk"]);
	const schema = config
		.command("schema")
		.description("print the JSON schema of the configuration file")
		.action(async () => {
			const { configJsonSchemaText } = await import("../config/json-schema.ts");
			process.stdout.write(configJsonSchemaText());
		});
	examples(schema, ["config schema > config.schema.json"]);
	examples(config, ["config check", "config show --json"]);
}

async function check(named: string | undefined, json: boolean): Promise<void> {
	const [{ DEFAULT_CONFIG_FILE, readSecrets }, { printProblem }, { UsageError }] = await Promise.all([
		import("../config/load.ts"),
		import("../config/problem.ts"),
		import("../std/usage-error.ts"),
	]);
	const asJson = (found: object): void => void process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
	try {
		const file = await read(named);
		const warnings = [...file.warnings, ...readSecrets(file, process.env).warnings].map(printProblem);
		if (json) return asJson({ ok: true, file: file.file, problems: [], warnings });
		for (const warning of warnings) process.stdout.write(`warning: ${warning}\n`);
		process.stdout.write(`${file.file}: ok\n`);
	} catch (cause) {
		if (json && cause instanceof UsageError)
			asJson({ ok: false, file: named ?? DEFAULT_CONFIG_FILE, problems: cause.message.split("\n"), warnings: [] });
		throw cause;
	}
}

async function show(named: string | undefined, json: boolean): Promise<void> {
	const { readSecrets } = await import("../config/load.ts");
	const { renderConfig, shown } = await import("../config/render.ts");
	const { SECRETS } = await import("../config/secret.ts");
	const file = await read(named);
	const { secrets } = readSecrets(file, process.env);
	const found = Object.fromEntries(SECRETS.map((name) => [name, secrets[name] ?? null])) as typeof file.config.secrets; // every one of them
	const config = { ...file.config, secrets: found };
	process.stdout.write(json ? `${JSON.stringify(shown(config), null, 2)}\n` : renderConfig(config, { comments: false }));
}

async function read(named: string | undefined): Promise<ConfigFile> {
	const { DEFAULT_CONFIG_FILE, readConfigFile } = await import("../config/load.ts");
	return readConfigFile(named ?? DEFAULT_CONFIG_FILE);
}
