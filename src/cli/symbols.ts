// `anchorwatch symbols`: what can be traded, and by which rules, from the exchange of the configuration. Public data: no key is needed.

import { type Command, Option } from "commander";
import { anyConfigOption, examples, jsonOption, sourceOption } from "./options.ts";

type Options = {
	readonly config?: string;
	readonly environment?: string;
	readonly quote: string;
	readonly status: string;
	readonly json?: true;
};

const STATUSES = ["Trading", "PreLaunch", "Delivering", "Closed"] as const;

export function addSymbols(program: Command): void {
	const command = program
		.command("symbols")
		.description("list what can be traded at the exchange, with its rules")
		.argument("[filter...]", "only symbols that contain one of these, such as BTC")
		.addOption(anyConfigOption())
		.addOption(sourceOption())
		.option("--quote <coin>", "what prices are in; USDT is all that can be traded", "USDT")
		.addOption(new Option("--status <status>", "of the contract").choices(STATUSES).default("Trading"))
		.addOption(jsonOption())
		.action(symbols);
	examples(command, ["symbols", "symbols BTC ETH --environment mainnet", "symbols --json"]);
}

async function symbols(filters: readonly string[], options: Options): Promise<void> {
	const [{ UsageError }, { loadConfig }, { sourceOf }, { Exchange }, { listInstruments }, { symbolRows, symbolTable }, { stopSignal }] =
		await Promise.all([
			import("../std/usage-error.ts"),
			import("./run-config.ts"),
			import("../download/source.ts"),
			import("../download/exchange.ts"),
			import("../download/instruments.ts"),
			import("./symbol-table.ts"),
			import("./stop-signal.ts"),
		]);
	const { config, resolved } = loadConfig(options.config);
	if (options.quote.toUpperCase() !== "USDT")
		throw new UsageError(`--quote ${options.quote}: Anchorwatch trades USDT perpetuals alone, so USDT is the only one`);
	const source = sourceOf({ config, environment: options.environment });
	const { signal, release } = stopSignal();
	const odd: string[] = [];
	try {
		const exchange = await Exchange.open({ source, signal, onOdd: (text) => odd.push(text) });
		try {
			const all = await listInstruments(exchange, options.status);
			const wanted = filters.map((filter) => filter.toUpperCase());
			const found = all.filter(({ instrument: { symbol } }) => wanted.length === 0 || wanted.some((part) => symbol.includes(part)));
			const rows = symbolRows(
				found,
				resolved.symbols.map((entry) => entry.symbol),
			);
			if (options.json === true) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
			else process.stdout.write(symbolTable(rows, source.name));
		} finally {
			await exchange.close();
		}
	} finally {
		release();
	}
	for (const text of odd) process.stderr.write(`anchorwatch: left out, since it could not be read: ${text}\n`);
}
