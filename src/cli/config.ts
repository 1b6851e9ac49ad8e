// `anchorwatch config`: is the file sound, what holds, and the schema an editor reads.

import type { Command } from "commander";
import type { ConfigFile } from "../config/load.ts";

export function addConfig(program: Command): void {
	const config = program.command("config").description("check the configuration file, show what holds, print its JSON schema");
	config
		.command("check")
		.description("say whether the configuration file is sound, or all that is wrong with it")
		.option("--config <file>", "configuration file (default: config.yaml)")
		.action(async (options: { config?: string }) => check(options.config));
	config
		.command("show")
		.description("print the value of every key, defaults filled in, secrets starred")
		.option("--config <file>", "configuration file (default: config.yaml)")
		.option("--json", "as JSON")
		.action(async (options: { config?: string; json?: true }) => show(options.config, options.json === true));
	config
		.command("schema")
		.description("print the JSON schema of the configuration file")
		.action(async () => {
			const { configJsonSchemaText } = await import("../config/json-schema.ts");
			process.stdout.write(configJsonSchemaText());
		});
}

async function check(named: string | undefined): Promise<void> {
	const { readSecrets } = await import("../config/load.ts");
	const { printProblem } = await import("../config/problem.ts");
	const file = await read(named);
	const { warnings } = readSecrets(file, process.env);
	for (const warning of [...file.warnings, ...warnings]) process.stdout.write(`warning: ${printProblem(warning)}\n`);
	process.stdout.write(`${file.file}: ok\n`);
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
