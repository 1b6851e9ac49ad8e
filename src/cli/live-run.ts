// `run` at a real exchange (testnet, demo trading or mainnet) or on paper beside one, or whatever endpoints the configuration names. Trades
// until it is told to stop.

import { createInterface } from "node:readline/promises";
import type { Bot } from "../live/bot.ts";
import { grouped, signedMoney } from "../report/figures.ts";
import { utcMinute } from "../report/utc.ts";
import { UsageError } from "../std/usage-error.ts";
import { addUsdt, usdtNumber } from "../units/grid.ts";
import { addressesOf, credentialsOf, openLive } from "./live-bot.ts";
import type { RunConfig } from "./run-config.ts";
import type { RunOptions } from "./run-options.ts";
import { serviceNotice } from "./service-notice.ts";
import { standstillOf } from "./standstill.ts";
import { stopped, stopSignal } from "./stop-signal.ts";

export async function live(config: RunConfig, options: RunOptions): Promise<void> {
	const { environment } = config.config;
	addressesOf(config);
	credentialsOf(config);
	if (environment === "mainnet") await confirmMainnet(options);
	refuseHalted(config);
	const { signal, release } = stopSignal();
	const { bot, say, latency, trading, close } = openLive(config);
	const service = serviceNotice(say);
	let ended: unknown;
	try {
		say(`anchorwatch on ${environment}: ${config.resolved.symbols.map((entry) => entry.symbol).join(", ")}`);
		if (environment === "demo") say("demo trading: orders go by REST, market data are mainnet's, and fees for sizing are those of sim");
		if (!(await bot.start(signal))) return say("stopped before the exchange answered");
		service.ready();
		trading();
		await Promise.race([stopped(signal), bot.failure]);
		closingWords(bot, say, environment === "paper" ? "on paper" : "at the exchange");
		if (latency.count > 0) say(`from ticker to order: ${latency.text()}`);
	} catch (cause) {
		ended = cause;
		throw cause;
	} finally {
		service.stopping();
		release();
		await close(ended);
	}
}

/** Stopped is stopped until a person resumes it. */
function refuseHalted(config: RunConfig): void {
	const { halted, resuming } = standstillOf(config);
	if (halted === undefined || resuming) return;
	throw new UsageError(
		`trading was stopped by a guard (${halted}); look at what happened, then let it trade again with: anchorwatch resume`,
	);
}

/** What this run did, and what it leaves at the exchange. */
function closingWords(bot: Bot, say: (text: string) => void, where: string): void {
	const pnl = usdtNumber(addUsdt(...bot.trades.map((trade) => trade.pnl)));
	say(
		`stopped: ${bot.trades.length} trades, ${signedMoney(pnl)} USDT; equity ${grouped(bot.engine.equity(), 2)} USDT at ${utcMinute(Date.now())}`,
	);
	for (const machine of bot.engine.machines())
		if (machine.position.qty > 0)
			say(`${machine.symbol}: a ${machine.position.direction} position stays open ${where}, with its stop there`);
}

async function confirmMainnet({ yesMainnet }: RunOptions): Promise<void> {
	if (yesMainnet === true) return;
	if (process.stdin.isTTY !== true)
		throw new UsageError("mainnet trades real money: start it on a terminal to confirm, or with --yes-mainnet");
	const ask = createInterface({ input: process.stdin, output: process.stdout });
	const answer = await ask.question("This is mainnet: real money. Type yes to trade: ");
	ask.close();
	if (answer.trim().toLowerCase() !== "yes") throw new UsageError("not confirmed: nothing was started");
}
