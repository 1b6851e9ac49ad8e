// Runs on the embedded exchange: the demo, and `run` with a candle file or environment sim. A status line, the trades as they come, a
// summary at the end.

import { bundledInstrument } from "../market/instrument.ts";
import { Log } from "../observe/log.ts";
import { isHeadline, noteText } from "../observe/note-text.ts";
import { grouped, signedMoney } from "../report/figures.ts";
import { formatResult } from "../report/result.ts";
import { utcMinute } from "../report/utc.ts";
import { usdtNumber } from "../units/grid.ts";
import { generatedMarket } from "./generated-market.ts";
import { LiveWatch } from "./live-watch.ts";
import { type MarketFile, onlySymbol, openMarket } from "./market-file.ts";
import { printSummary } from "./print-summary.ts";
import type { RunConfig } from "./run-config.ts";
import { runName } from "./run-name.ts";
import type { RunOptions } from "./run-options.ts";
import { simulatedRun } from "./simulated-run.ts";
import { StatusLine } from "./status-line.ts";
import { stopSignal } from "./stop-signal.ts";
import { writeTextFile } from "./write-text.ts";

/** The demo's market: a month, shown in about this many wall seconds. */
const DEMO = { days: 30, seconds: 55 } as const;

export async function demo(config: RunConfig, options: RunOptions): Promise<void> {
	const out = (text: string): void => void process.stdout.write(`${text}\n`);
	out(
		"There is no config.yaml here, so this is the demo: a month of a GENERATED market (seeded, no history), traded with the default settings",
	);
	out("over real sockets on an exchange embedded in this process, sped up to about a minute. No key, no network, no money.\n");
	const market = generatedMarket(onlySymbol(config.resolved, "the demo"), config.config, { seed: options.seed, days: DEMO.days });
	const pace = options.speed === "max" ? (DEMO.days * 86_400) / DEMO.seconds : options.speed;
	await showRun(config, [market], { ...options, pace });
	out("\nWhat next:");
	out("  npx anchorwatch init                        write your own config.yaml (testnet by default)");
	out("  npx anchorwatch backtest --data FILE        the same strategy over recorded candles");
	out("  npx anchorwatch run --data FILE             the same over sockets: the trades are the backtest's");
	out("  npx anchorwatch sim --data FILE             a local Bybit for your own programs");
	out("  docs/getting-started.md                     a bot of your own, with phone and figures, in ten minutes; docs/ko/ in Korean");
}

export async function replay(config: RunConfig, options: RunOptions): Promise<void> {
	const pace = options.speed === "max" ? undefined : options.speed;
	const markets =
		options.data === undefined
			? config.resolved.symbols.map((entry) => generatedMarket(entry, config.config, options))
			: [openMarket(options.data, onlySymbol(config.resolved, "--data"), config.config)];
	await showRun(config, markets, { ...options, pace });
}

async function showRun(
	config: RunConfig,
	markets: readonly MarketFile[],
	options: { pace: number | undefined; json?: string | undefined },
): Promise<void> {
	const run = runName();
	const { log: logging, journal } = config.config;
	const status = new StatusLine();
	const log = new Log({ dir: logging.dir, level: logging.level, run, onTrouble: (_level, text) => status.print(`anchorwatch: ${text}`) });
	const watch = new LiveWatch({
		log,
		metrics: undefined,
		instrument: (symbol) => bundledInstrument(symbol),
		memory: { recall: () => undefined, remember: () => {} }, // a simulation begins anew each time
	});
	const { signal, release } = stopSignal();
	const initial = config.config.sim.initial_balance;
	let trades = 0;
	try {
		const record = await simulatedRun({
			config,
			markets,
			pace: options.pace,
			journalDir: journal.dir,
			run,
			signal,
			onLine: (level, text) => log.line(level, text),
			onlooker: watch,
			onNote: (told) => {
				const { at, symbol, note } = told;
				watch.onNote(told);
				if (note.what === "flat") trades++;
				const text = isHeadline(note) ? noteText(symbol, note) : undefined;
				if (text !== undefined) status.print(`${utcMinute(at)}  ${text}`);
			},
			onProgress: (at, share, equity) => {
				status.show(
					share,
					() =>
						`${(share * 100).toFixed(0).padStart(3)} %  ${utcMinute(at)}  equity ${grouped(equity, 2)} USDT (${signedMoney(equity - initial)})  ${trades} trades`,
				);
			},
		});
		status.clear();
		process.stdout.write(signal.aborted ? `\nStopped by ${String(signal.reason)}; what was open is valued at the last price.\n\n` : "\n");
		if (options.json !== undefined) writeTextFile(options.json, formatResult(record));
		printSummary(record, process.stdout, { drawdownLimitPct: config.config.risk.max_drawdown_pct ?? undefined });
		process.stdout.write(
			`\nBalance ${grouped(usdtNumber(record.finalBalance), 2)} USDT. Log: ${logging.dir}/, journal: ${journal.dir}/ (run ${run}).\n`,
		);
	} finally {
		release();
		status.clear();
		log.close();
	}
}
