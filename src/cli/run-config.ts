// The configuration a command runs with: the file, or the defaults where there is none, with what the command line says of the range.

import { decodeConfig } from "../config/decode.ts";
import { parseInstant } from "../config/instant.ts";
import { type ConfigFile, DEFAULT_CONFIG_FILE, findConfigFile } from "../config/load.ts";
import { assert } from "../std/assert.ts";
import { UsageError } from "../std/usage-error.ts";

export type Range = { readonly start?: string | undefined; readonly end?: string | undefined; readonly limit?: number | undefined };
export type RunConfig = ConfigFile & { readonly isDefault: boolean };

export function loadConfig(named: string | undefined, range: Range = {}): RunConfig {
	const found = findConfigFile(named);
	const file = found ?? defaults();
	const { backtest } = file.config;
	const config = {
		...file.config,
		backtest: {
			...backtest,
			start: range.start === undefined ? backtest.start : instant("--start", range.start),
			end: range.end === undefined ? backtest.end : instant("--end", range.end),
			limit: range.limit ?? backtest.limit,
		},
	};
	if (config.backtest.start !== null && config.backtest.end !== null && config.backtest.start >= config.backtest.end)
		throw new UsageError("the start lies at or after the end");
	return { ...file, config, isDefault: found === undefined };
}

function defaults(): ConfigFile {
	const decoded = decodeConfig("", DEFAULT_CONFIG_FILE);
	assert(decoded.ok, "an empty configuration is valid");
	return { ...decoded.value, file: DEFAULT_CONFIG_FILE };
}

/** The instant that an option names, UTC where it names no zone. */
export function instant(option: string, text: string): number {
	const at = /^\d{11,}$/.test(text) ? Number(text) : parseInstant(text, "optional");
	if (at === undefined)
		throw new UsageError(`${option} ${text}: a date or an instant is expected, such as 2024-01-31 or 2024-01-31T09:30Z`);
	return at;
}
