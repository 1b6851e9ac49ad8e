// `anchorwatch init`: a few questions, then a commented configuration file with every key in it. Never writes over a file unasked.

import type { Command } from "commander";
import type { Config } from "../config/schema.ts";
import { UsageError } from "../std/usage-error.ts";
import { examples } from "./options.ts";

type Options = { readonly yes?: true; readonly force?: true; readonly config: string };

export function addInit(program: Command): void {
	const command = program
		.command("init")
		.description("write a commented configuration file, after a few questions")
		.option("--yes", "ask nothing, take the defaults")
		.option("--force", "write over a file that is there")
		.option("--config <file>", "the file to write", "config.yaml")
		.action(init);
	examples(command, ["init", "init --yes --config paper.yaml"]);
}

async function init({ yes, force, config: file }: Options): Promise<void> {
	const { existsSync } = await import("node:fs");
	if (force !== true && existsSync(file)) throw new UsageError(`${file}: is there already; --force writes over it`);
	if (yes !== true && process.stdin.isTTY !== true) throw new UsageError("init: no terminal to ask on; --yes takes the defaults");
	const { defaultConfig } = await import("../config/interview.ts");
	const config = yes === true ? defaultConfig() : await asked();
	await write(file, config, force === true);
	const symbols = config.symbols.map(({ symbol }) => symbol).join(", ");
	process.stdout.write(`${file}: written (${config.environment}, ${symbols}, leverage ${config.leverage})\n`);
}

async function asked(): Promise<Config> {
	const { createInterface } = await import("node:readline");
	const { interview } = await import("../config/interview.ts");
	const terminal = createInterface({ input: process.stdin, output: process.stdout });
	// Lines are taken from a queue, so that none is lost that was typed ahead; Ctrl-C and Ctrl-D end it.
	const lines = terminal[Symbol.asyncIterator]();
	try {
		const { config, warnings } = await interview(async (question) => {
			terminal.setPrompt(question);
			terminal.prompt();
			const line = await lines.next();
			if (line.done !== true) return line.value;
			process.stdout.write("\n");
			throw new UsageError("init: ended before the last question; nothing was written");
		});
		for (const { path, message } of warnings) process.stdout.write(`warning: ${path}: ${message}\n`);
		return config;
	} finally {
		terminal.close();
	}
}

async function write(file: string, config: Config, force: boolean): Promise<void> {
	const [{ writeFileSync }, { renderConfigFile }, { unwritten }] = await Promise.all([
		import("node:fs"),
		import("../config/render.ts"),
		import("./write-text.ts"),
	]);
	try {
		writeFileSync(file, renderConfigFile(config, await schemaSeenFrom(file)), { flag: force ? "w" : "wx" });
	} catch (cause) {
		throw unwritten(file, cause);
	}
}

/** The path of the JSON schema that comes with the program, relative to the folder of `file`. */
async function schemaSeenFrom(file: string): Promise<string> {
	const { dirname, relative, resolve } = await import("node:path");
	const { fileURLToPath } = await import("node:url");
	const schema = fileURLToPath(new URL("../../config.schema.json", import.meta.url));
	const path = relative(dirname(resolve(file)), schema).replaceAll("\\", "/");
	return path.startsWith(".") ? path : `./${path}`;
}
