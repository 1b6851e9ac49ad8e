// `anchorwatch sim`: the simulated Bybit exchange as a process of its own, for the bot or any other client of Bybit's v5 interface.
// Standard output holds exactly one line, the addresses as JSON; all else goes to standard error.

import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import type { moment as Moment } from "../simserver/faults/scenario.ts";
import type { Simulation } from "../simserver/simulation.ts";
import { UsageError } from "../std/usage-error.ts";
import type { Ms } from "../units/unit.ts";
import { positive } from "./option-number.ts";
import { examples, suggesting } from "./options.ts";
import type { MarketOptions, SimMarkets } from "./sim-markets.ts";

type Options = MarketOptions & {
	readonly limits: boolean;
	readonly liquidity?: "candle" | "book";
	readonly port: string;
	readonly speed: string;
	readonly pace?: string;
	readonly key: string;
	readonly secret: string;
	readonly balance?: string;
	readonly begin?: string;
	readonly permissions?: string;
	readonly scenario?: string;
	readonly control?: boolean;
};

const DEFAULT_SYMBOL = "BTCUSDT";
const BALANCE_MAX = 10_000_000;

export function addSim(program: Command): void {
	const command = program
		.command("sim")
		.description(
			"run a simulated Bybit exchange on the loopback, fed from candle files, generated markets or recorded streams; prints its addresses as one JSON line",
		)
		.addOption(new Option("--data <file>", "a candle file, or SYMBOL=FILE; repeat for more symbols").argParser(collect))
		.addOption(
			suggesting(
				new Option(
					"--generate <market>",
					"a generated market: plain, calm, trending, gapping or thin, then :SYMBOL and :SEED if wanted; repeat for more",
				).argParser(collect),
				["plain", "calm", "trending", "gapping", "thin"],
			),
		)
		.addOption(
			new Option(
				"--replay <file>",
				"messages recorded from Bybit's public streams, one JSON message a line; repeat for files that are played together",
			).argParser(collect),
		)
		.addOption(new Option("--mark <file>", "candles of the mark price, or SYMBOL=FILE; repeat for more symbols").argParser(collect))
		.addOption(new Option("--index <file>", "candles of the index price, likewise; without them it is the mark price").argParser(collect))
		.addOption(
			new Option(
				"--basis <bps>",
				"how far index and mark price wander about the last price where no candles of theirs are named, in 1/100 %",
			).default("0"),
		)
		.addOption(
			new Option(
				"--instruments <file>",
				"rules of symbols: a saved answer of /v5/market/instruments-info, or the folder of a candle store",
			),
		)
		.addOption(new Option("--days <days>", "how long a generated market lasts").default("30"))
		.addOption(new Option("--now", "with --generate: the market's time is the machine's, and two days of it have passed"))
		.addOption(
			new Option(
				"--begin <time>",
				"serve from there on: an ISO time within the data, or +36h after their start; what lies before is history",
			),
		)
		.addOption(new Option("--no-limits", "let clients ask as often as they like (limits are Bybit's at a real speed, none otherwise)"))
		.addOption(new Option("--symbol <symbol>", "the symbol of a file that names none").default(DEFAULT_SYMBOL))
		.addOption(new Option("--port <port>", "the port to listen on, 0 for a free one").default("0"))
		.addOption(
			suggesting(
				new Option("--speed <speed>", "market time per real time, as a number; max; or lockstep, which waits for the clients").default("1"),
				["1", "max", "lockstep"],
			),
		)
		.addOption(new Option("--pace <pace>", "lockstep only: at most so many market milliseconds per real one"))
		.addOption(
			new Option(
				"--liquidity <kind>",
				"candle: orders fill whole at the last price; book: they walk the shown book, partly where it is thin (default: candle, with --replay book)",
			).choices(["candle", "book"]),
		)
		.addOption(new Option("--key <key>", "the API key that is accepted").default("simkey"))
		.addOption(new Option("--secret <secret>", "its secret").default("simsecret"))
		.addOption(
			new Option("--permissions <file>", "what the key may do, from where and until when: a YAML or JSON file (default: a trading key)"),
		)
		.addOption(new Option("--balance <usdt>", "the account's USDT at the start (default: 10000)"))
		.addOption(new Option("--approximate-turnover", "where a file records no turnover, estimate it from volume and prices"))
		.addOption(new Option("--scenario <file>", "faults to inject: a YAML or JSON file (see docs/sim-faults.md)"))
		.addOption(new Option("--control", "open the control endpoint; its address and token stand in the JSON line"))
		.action(sim);
	examples(
		command,
		[
			"sim --generate plain --now",
			"sim --data candles.csv.gz --speed 60 --port 8080",
			"sim --generate thin:ETHUSDT:7 --scenario faults.yaml --control",
		],
		"Standard output holds one JSON line; all else goes to standard error.",
	);
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
	return [...(before ?? []), value];
}

async function sim(options: Options): Promise<void> {
	const speed =
		options.speed === "max" || options.speed === "lockstep" ? options.speed : positive("--speed", options.speed, " (or max, or lockstep)");
	if (options.now === true && speed !== 1) throw new UsageError("--now: the market's time is the machine's at --speed 1 alone");
	if (options.now === true && options.begin !== undefined)
		throw new UsageError("--begin: with --now the market begins at the machine's time");
	const pace = options.pace === undefined ? undefined : positive("--pace", options.pace);
	if (pace !== undefined && speed !== "lockstep") throw new UsageError("--pace belongs to --speed lockstep");
	const port = portOf(options.port);
	for (const name of ["key", "secret"] as const)
		if (!/^[\x21-\x7e]{1,128}$/.test(options[name]))
			throw new UsageError(`--${name}: give 1 to 128 letters, digits or signs, without spaces`);
	const balance = options.balance === undefined ? undefined : positive("--balance", options.balance);
	if (balance !== undefined && balance > BALANCE_MAX) throw new UsageError(`--balance ${options.balance}: at most ${BALANCE_MAX} USDT`);

	if (options.replay !== undefined && options.liquidity === "candle")
		throw new UsageError("--liquidity candle: orders meet the recorded books; leave it out with --replay");

	const [
		{ startSimulation },
		{ simMarkets, describeMarkets },
		{ BYBIT_LIMITS },
		{ decodeConfig },
		{ settingsOf },
		{ bundledInstrument },
		{ roundUsdt },
		{ readKeyTerms },
		{ moment },
	] = await Promise.all([
		import("../simserver/simulation.ts"),
		import("./sim-markets.ts"),
		import("../simserver/limits.ts"),
		import("../config/decode.ts"),
		import("../config/settings.ts"),
		import("../market/instrument.ts"),
		import("../units/grid.ts"),
		import("../simserver/key-terms.ts"),
		import("../simserver/faults/scenario.ts"),
	]);
	const defaults = decodeConfig("{}", "the default configuration");
	if (!defaults.ok) throw new Error("an empty configuration is valid");
	const { config, resolved } = defaults.value;
	const { venue } = settingsOf(config, resolved, bundledInstrument);
	const served = simMarkets(options, config.sim.funding_rate);
	const begin = options.begin === undefined ? undefined : beginning(options.begin, served, moment);

	const simulation = await startSimulation({
		...served,
		terms: { ...venue, balance: balance === undefined ? venue.balance : roundUsdt(balance) },
		speed,
		...(pace === undefined ? {} : { pace }),
		...(options.limits && typeof speed === "number" ? { limits: BYBIT_LIMITS } : {}),
		liquidity: options.liquidity,
		port,
		scenario: options.scenario === undefined ? undefined : { file: options.scenario, text: readOptionFile("--scenario", options.scenario) },
		control: options.control === true,
		key: options.key,
		secret: options.secret,
		keyTerms:
			options.permissions === undefined
				? undefined
				: readKeyTerms(readOptionFile("--permissions", options.permissions), options.permissions),
		autostart: false,
		tradesOn: true,
		warn: say,
	});
	const { addresses, controlAccess } = simulation;
	if (options.now === true) await catchUp(simulation, Date.now);
	else if (begin !== undefined) await catchUp(simulation, () => begin);
	process.stdout.write(`${JSON.stringify(controlAccess === undefined ? addresses : { ...addresses, control: controlAccess })}\n`);
	for (const line of describeMarkets(served)) say(line);
	say(`sim: speed ${options.speed}, ${options.limits && typeof speed === "number" ? "limits are Bybit's" : "no limits"}; stop with Ctrl-C`);
	const stopped = Promise.withResolvers<void>();
	for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.resolve());
	simulation.start();
	await Promise.race([stopped.promise, simulation.finished]);
	if (simulation.progress() === 1)
		say(
			served.recording === undefined
				? "sim: the data are exhausted; the exchange stays up, frozen at the last prices"
				: "sim: the recording has ended; the exchange stays up at its last prices",
		);
	await stopped.promise;
	await simulation.close();
}

/** Lets pass, unheard, what lies before a time. */
async function catchUp({ control, clock }: Simulation, time: () => Ms): Promise<void> {
	for (let behind = time() - clock.now(); behind > 0; behind = time() - clock.now()) await control.step({ ms: behind });
	control.resume();
}

/** A time within the data. */
function beginning(text: string, { markets, recording }: SimMarkets, moment: typeof Moment): Ms {
	const given = moment(/^\d{10,}$/.test(text) ? Number(text) : text);
	if (typeof given === "object" && "wrong" in given) throw new UsageError(`--begin ${text}: ${given.wrong}`);
	const frames = recording?.frames ?? [];
	const times = [
		...markets.map(({ candles }) => [candles.openTime[0]!, candles.openTime[candles.length - 1]!] as const),
		...(frames.length === 0 ? [] : [[frames[0]!.at, frames.at(-1)!.at] as const]),
	];
	const [from, to] = [Math.min(...times.map(([first]) => first)), Math.max(...times.map(([, last]) => last))];
	const at = typeof given === "number" ? given : from + given.after;
	if (at >= from && at <= to) return at;
	const [first, last] = [from, to].map((time) => new Date(time).toISOString().slice(0, 16));
	throw new UsageError(`--begin ${text}: the data are from ${first} to ${last} UTC`);
}

function readOptionFile(option: string, file: string): string {
	try {
		return readFileSync(file, "utf8");
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException; // what a file system throws
		const why = code === "ENOENT" ? "there is no such file" : (code ?? "unknown reason");
		throw new UsageError(`${option} ${file}: it cannot be read (${why})`);
	}
}

function portOf(text: string): number {
	const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
	if (!(port <= 65_535)) throw new UsageError(`--port ${text}: it must be a number from 0 to 65535`);
	return port;
}

function say(text: string): void {
	process.stderr.write(`${text}\n`);
}
