// `anchorwatch sim`: the simulated Bybit exchange as a process of its own, for the bot or any other client of Bybit's v5 interface.
// Standard output holds exactly one line, the addresses as JSON; all else goes to standard error.

import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import type { Temper } from "../candles/generate.ts";
import type { SimMarket } from "../simserver/simulation.ts";
import { UsageError } from "../std/usage-error.ts";

type Options = {
	readonly data?: readonly string[];
	readonly generate?: readonly string[];
	readonly days: string;
	readonly limits: boolean;
	readonly liquidity: "candle" | "book";
	readonly symbol: string;
	readonly port: string;
	readonly speed: string;
	readonly pace?: string;
	readonly key: string;
	readonly secret: string;
	readonly balance?: string;
	readonly approximateTurnover?: boolean;
	readonly scenario?: string;
	readonly control?: boolean;
};

/** Where a symbol's candles come from: a file, or a generator. */
type Source =
	| { readonly symbol: string; readonly file: string }
	| { readonly symbol: string; readonly temper: Temper | undefined; readonly seed: string; readonly days: number };

const DEFAULT_SYMBOL = "BTCUSDT";
const BALANCE_MAX = 10_000_000;
const DAYS_MAX = 3660;
const SYMBOL_FILE = /^([A-Z0-9]{2,20})=(.+)$/;

export function addSim(program: Command): void {
	program
		.command("sim")
		.description(
			"run a simulated Bybit exchange on the loopback, fed from candle files or generated markets; prints its addresses as one JSON line",
		)
		.addOption(new Option("--data <file>", "a candle file, or SYMBOL=FILE; repeat for more symbols").argParser(collect))
		.addOption(
			new Option(
				"--generate <market>",
				"a generated market: plain, calm, trending, gapping or thin, then :SYMBOL and :SEED if wanted; repeat for more",
			).argParser(collect),
		)
		.addOption(new Option("--days <days>", "how long a generated market lasts").default("30"))
		.addOption(new Option("--no-limits", "let clients ask as often as they like (limits are Bybit's at a real speed, none otherwise)"))
		.addOption(new Option("--symbol <symbol>", "the symbol of a file that names none").default(DEFAULT_SYMBOL))
		.addOption(new Option("--port <port>", "the port to listen on, 0 for a free one").default("0"))
		.addOption(
			new Option("--speed <speed>", "market time per real time, as a number; max; or lockstep, which waits for the clients").default("1"),
		)
		.addOption(new Option("--pace <pace>", "lockstep only: at most so many market milliseconds per real one"))
		.addOption(
			new Option(
				"--liquidity <kind>",
				"candle: orders fill whole at the last price; book: they walk the shown book, partly where it is thin",
			)
				.choices(["candle", "book"])
				.default("candle"),
		)
		.addOption(new Option("--key <key>", "the API key that is accepted").default("simkey"))
		.addOption(new Option("--secret <secret>", "its secret").default("simsecret"))
		.addOption(new Option("--balance <usdt>", "the account's USDT at the start (default: 10000)"))
		.addOption(new Option("--approximate-turnover", "where a file records no turnover, estimate it from volume and prices"))
		.addOption(new Option("--scenario <file>", "faults to inject: a YAML or JSON file (see docs/sim-faults.md)"))
		.addOption(new Option("--control", "open the control endpoint; its address and token stand in the JSON line"))
		.action(sim);
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
	return [...(before ?? []), value];
}

async function sim(options: Options): Promise<void> {
	const sources = sourcesOf(options);
	const speed =
		options.speed === "max" || options.speed === "lockstep" ? options.speed : positive("--speed", options.speed, " (or max, or lockstep)");
	const pace = options.pace === undefined ? undefined : positive("--pace", options.pace);
	if (pace !== undefined && speed !== "lockstep") throw new UsageError("--pace belongs to --speed lockstep");
	const port = portOf(options.port);
	for (const name of ["key", "secret"] as const)
		if (!/^[\x21-\x7e]{1,128}$/.test(options[name]))
			throw new UsageError(`--${name}: give 1 to 128 letters, digits or signs, without spaces`);
	const balance = options.balance === undefined ? undefined : positive("--balance", options.balance);
	if (balance !== undefined && balance > BALANCE_MAX) throw new UsageError(`--balance ${options.balance}: at most ${BALANCE_MAX} USDT`);

	const [{ startSimulation }, { decodeConfig }, { settingsOf }, { bundledInstrument }, { roundUsdt }] = await Promise.all([
		import("../simserver/simulation.ts"),
		import("../config/decode.ts"),
		import("../config/settings.ts"),
		import("../market/instrument.ts"),
		import("../units/grid.ts"),
	]);
	const defaults = decodeConfig("{}", "the default configuration");
	if (!defaults.ok) throw new Error("an empty configuration is valid");
	const { config, resolved } = defaults.value;
	const { venue } = settingsOf(config, resolved, bundledInstrument);
	const markets: SimMarket[] = [];
	const { BYBIT_LIMITS } = await import("../simserver/limits.ts");
	for (const source of sources)
		markets.push(await marketOf(source, { fundingRate: config.sim.funding_rate, approximate: options.approximateTurnover === true }));

	const simulation = await startSimulation({
		markets,
		terms: { ...venue, balance: balance === undefined ? venue.balance : roundUsdt(balance) },
		speed,
		...(pace === undefined ? {} : { pace }),
		...(options.limits && typeof speed === "number" ? { limits: BYBIT_LIMITS } : {}),
		liquidity: options.liquidity,
		port,
		scenario: options.scenario === undefined ? undefined : { file: options.scenario, text: readScenarioFile(options.scenario) },
		control: options.control === true,
		key: options.key,
		secret: options.secret,
		autostart: false,
		warn: say,
	});
	const { addresses, controlAccess } = simulation;
	process.stdout.write(`${JSON.stringify(controlAccess === undefined ? addresses : { ...addresses, control: controlAccess })}\n`);
	for (const market of markets) say(describe(market));
	say(`sim: speed ${options.speed}, ${options.limits && typeof speed === "number" ? "limits are Bybit's" : "no limits"}; stop with Ctrl-C`);
	const stopped = Promise.withResolvers<void>();
	for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.resolve());
	simulation.start();
	await Promise.race([stopped.promise, simulation.finished]);
	if (simulation.progress() === 1) say("sim: the data are exhausted; the exchange stays up, frozen");
	await stopped.promise;
	await simulation.close();
}

async function marketOf(source: Source, terms: { fundingRate: number; approximate: boolean }): Promise<SimMarket> {
	const { symbol } = source;
	const [{ openCandles }, { approximateTurnover }, { bundledInstrument, BUNDLED }, { generateMarket }, { PRICES }] = await Promise.all([
		import("../candles/open.ts"),
		import("../candles/turnover.ts"),
		import("../market/instrument.ts"),
		import("../candles/generate.ts"),
		import("./generated-market.ts"),
	]);
	const instrument = bundledInstrument(symbol);
	if (instrument === undefined) {
		const known = BUNDLED.map((entry) => entry.symbol).join(", ");
		throw new UsageError(`symbol ${symbol} has no known rules (tick, quantity step, …): choose one of ${known}`);
	}
	if (!("file" in source)) {
		const { temper, seed, days } = source;
		const { tick, step } = instrument.grid;
		const candles = generateMarket({ seed: `${seed}/${symbol}`, days, price: PRICES[symbol] ?? 100, tick, step, temper });
		return { instrument, interval: "1", candles, generated: true, fundingRate: terms.fundingRate };
	}
	const { columns, interval, origin } = openCandles(source.file);
	const candles = terms.approximate ? approximateTurnover(columns) : columns;
	return { instrument, interval, candles, generated: origin === "generated", fundingRate: terms.fundingRate };
}

function readScenarioFile(file: string): string {
	try {
		return readFileSync(file, "utf8");
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException; // what a file system throws
		throw new UsageError(`--scenario ${file}: it cannot be read (${code ?? "unknown reason"})`);
	}
}

function describe({ instrument, interval, candles, generated }: SimMarket): string {
	const iso = (at: number): string => new Date(at).toISOString().slice(0, 16);
	const range = `${iso(candles.openTime[0]!)} to ${iso(candles.openTime[candles.length - 1]!)} UTC`;
	return `sim: ${instrument.symbol}: ${candles.length} candles of interval ${interval}, ${range}${generated ? ", generated, no history" : ""}`;
}

function sourcesOf({ data = [], generate = [], days, symbol }: Options): Source[] {
	if (data.length + generate.length === 0) throw new UsageError("--data or --generate: name at least one market");
	if (!/^[A-Z0-9]{2,20}$/.test(symbol)) throw new UsageError(`--symbol ${symbol}: give a name like BTCUSDT`);
	const files = data.map((text): Source => {
		const match = SYMBOL_FILE.exec(text);
		return match === null ? { symbol, file: text } : { symbol: match[1]!, file: match[2]! };
	});
	const length = positive("--days", days);
	if (length > DAYS_MAX) throw new UsageError(`--days ${days}: at most ${DAYS_MAX}`);
	const sources = [...files, ...generate.map((text) => generatedSource(text, symbol, length))];
	const seen = new Set<string>();
	for (const source of sources) {
		if (seen.has(source.symbol))
			throw new UsageError(
				`--data, --generate: two files for ${source.symbol}, or markets: name each one's symbol, as in ETHUSDT=FILE or calm:ETHUSDT`,
			);
		seen.add(source.symbol);
	}
	return sources;
}

/** `TEMPER[:SYMBOL][:SEED]`. */
function generatedSource(text: string, fallback: string, days: number): Source {
	const match = /^(plain|calm|trending|gapping|thin)(?::([A-Z0-9]{2,20}))?(?::([\x21-\x7e]{1,64}))?$/.exec(text);
	if (match === null)
		throw new UsageError(`--generate ${text}: give plain, calm, trending, gapping or thin, then :SYMBOL and :SEED if wanted`);
	const [, temper, symbol = fallback, seed = "1"] = match;
	return { symbol, seed, days, temper: temper === "plain" ? undefined : (temper as Temper) }; // one of the pattern's words
}

function positive(name: string, text: string, or = ""): number {
	const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
	if (!(value > 0 && Number.isFinite(value))) throw new UsageError(`${name} ${text}: it must be a number above 0${or}`);
	return value;
}

function portOf(text: string): number {
	const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
	if (!(port <= 65_535)) throw new UsageError(`--port ${text}: it must be a number from 0 to 65535`);
	return port;
}

function say(text: string): void {
	process.stderr.write(`${text}\n`);
}
