// What the doctor asks of the exchange and of Telegram: time, key, account, symbols and sizes. Reads alone: nothing is set.

import type { BybitClient } from "../bybit/client.ts";
import { reviewKey } from "../bybit/decode/account.ts";
import type { Credentials } from "../bybit/ports.ts";
import { readSecrets } from "../config/load.ts";
import { settingsOf } from "../config/settings.ts";
import { CLOCK_TODO, clockText, clockWrong } from "../live/clock-words.ts";
import { checkSize, findInstruments } from "../live/start-gate.ts";
import { ask } from "../live/start-up.ts";
import { usdtBalance } from "../live/statements.ts";
import type { Instrument } from "../market/instrument.ts";
import { messageOf } from "../std/message-of.ts";
import { roundUsdt, usdtNumber } from "../units/grid.ts";
import type { Ms, Usdt } from "../units/unit.ts";
import type { Finding } from "./doctor.ts";
import { withExchange } from "./private-exchange.ts";
import type { RunConfig } from "./run-config.ts";

/** `unifiedMarginStatus` of accounts that are unified: 3 and above. */
const UNIFIED = 3;
const TELEGRAM_PATIENCE: Ms = 10_000;

type Look = (name: string, todo: string, look: () => Promise<Finding | Finding[]>) => Promise<Finding[]>;

/** A look that fails is a finding with the line that says why. */
const looked: Look = async (name, todo, look) => {
	try {
		return [await look()].flat();
	} catch (cause) {
		return [{ name, verdict: "fail", text: messageOf(cause), todo }];
	}
};

export async function venueFindings(config: RunConfig, credentials: Credentials | undefined): Promise<Finding[]> {
	return await looked("clock", "check the network and the endpoints", () =>
		withExchange(config, credentials, async (client) => {
			const found = await looked("clock", "check the network", () => clockFinding(client));
			let balance = roundUsdt(config.config.sim.initial_balance);
			let isPrivate = false;
			if (credentials !== undefined) {
				const keys = await looked("key", "make a key of this environment with contract orders and positions", () => keyFindings(client));
				found.push(...keys);
				isPrivate = !keys.some(({ verdict }) => verdict === "fail");
			}
			if (isPrivate) {
				const todo = "upgrade the account to a unified one, and move USDT there";
				found.push(
					...(await looked("account", todo, async () => {
						const account = await accountFinding(client, config);
						balance = account.balance ?? balance;
						return account.finding;
					})),
				);
			} else found.push({ name: "account", verdict: "skipped", text: "needs a key that may read it" });
			return [...found, ...(await symbolFindings(client, config, { balance, isPrivate }))];
		}),
	);
}

async function clockFinding(client: BybitClient): Promise<Finding> {
	const estimate = await ask(() => client.syncClock(), "the exchange's clock");
	const text = clockText(estimate);
	const wrong = clockWrong(estimate.offsetMs);
	if (wrong === undefined) return { name: "clock", verdict: "ok", text };
	return { name: "clock", verdict: "warn", text: `${text}: ${wrong}`, todo: CLOCK_TODO };
}

async function keyFindings({ rest, clock }: BybitClient): Promise<Finding[]> {
	const key = await ask(() => rest.getApiKey(), "the API key's permissions");
	const { refusals, warnings } = reviewKey(key, clock.serverNow());
	const found: Finding[] = [
		...refusals.map((text): Finding => ({ name: "key", verdict: "fail", text, todo: "change the key at the exchange, or make another" })),
		...warnings.map((text): Finding => ({ name: "key", verdict: "warn", text, todo: "change the key at the exchange" })),
	];
	const until = key.expiredAt === undefined ? "" : `, until ${key.expiredAt}`;
	return found.length > 0 ? found : [{ name: "key", verdict: "ok", text: `may trade contracts, and nothing that it should not${until}` }];
}

async function accountFinding({ rest }: BybitClient, { config }: RunConfig): Promise<{ finding: Finding; balance: Usdt | undefined }> {
	const name = "account";
	const { unifiedMarginStatus, marginMode } = await ask(() => rest.getAccountInfo(), "the account's settings");
	if (unifiedMarginStatus < UNIFIED)
		return {
			finding: { name, verdict: "fail", text: "a classic account", todo: "upgrade it to a unified trading account at the exchange" },
			balance: undefined,
		};
	const balance = usdtBalance(await ask(() => rest.getWallet("USDT"), "the wallet"));
	if (balance === undefined)
		return { finding: { name, verdict: "fail", text: "no USDT balance", todo: "move USDT to the unified account" }, balance };
	const wanted = config.margin_mode === "isolated" ? "ISOLATED_MARGIN" : "REGULAR_MARGIN";
	const text = `unified, ${usdtNumber(balance).toFixed(2)} USDT, ${marginMode}`;
	if (marginMode === wanted) return { finding: { name, verdict: "ok", text }, balance };
	return {
		finding: {
			name,
			verdict: "warn",
			text,
			todo: `the next start sets ${wanted} for the whole account (margin_mode: ${config.margin_mode})`,
		},
		balance,
	};
}

async function symbolFindings(
	{ rest, clock }: BybitClient,
	config: RunConfig,
	{ balance, isPrivate }: { balance: Usdt; isPrivate: boolean },
): Promise<Finding[]> {
	const found: Finding[] = [];
	const instruments = new Map<string, Instrument>();
	for (const { symbol, leverage } of config.resolved.symbols) {
		const name = `symbol ${symbol}`;
		const lines = await looked(name, "trade another symbol, or mend symbols in the configuration", async () => {
			const warnings: string[] = [];
			const one = await findInstruments(rest, [symbol], clock.serverNow(), (text) => warnings.push(text));
			const instrument = one.get(symbol);
			if (instrument === undefined) throw new RangeError(`${symbol} is not listed`);
			if (leverage > instrument.maxLeverage) {
				const text = `leverage ${leverage} is more than the ${instrument.maxLeverage} that the exchange allows`;
				return { name, verdict: "fail", text, todo: "lower leverage" };
			}
			instruments.set(symbol, instrument);
			const rows = isPrivate ? (await ask(() => rest.getPositions({ symbol }), `positions of ${symbol}`)).list : [];
			if (rows.some(({ positionIdx }) => positionIdx !== 0))
				return { name, verdict: "warn", text: "in hedge mode", todo: "the next start switches it while nothing is held" };
			const [warning] = warnings;
			if (warning !== undefined) return { name, verdict: "warn", text: warning, todo: "mind what it says" };
			return { name, verdict: "ok", text: `trading; leverage ${leverage} of at most ${instrument.maxLeverage}` };
		});
		found.push(...lines);
	}
	if (instruments.size < config.resolved.symbols.length) return found;
	const { engine } = settingsOf(config.config, config.resolved, (symbol) => instruments.get(symbol));
	const settings = { ...engine, balance, baseInterval: "1" as const, run: "doctor", narrate: false };
	for (const entry of engine.symbols) {
		const name = `size ${entry.instrument.symbol}`;
		found.push(
			...(await looked(name, "raise size or leverage, or add USDT", async () => {
				await checkSize(rest, entry, settings, { holds: false, warn: () => {} });
				return { name, verdict: "ok", text: `an entry with ${usdtNumber(balance).toFixed(2)} USDT is one that the exchange takes` };
			})),
		);
	}
	return found;
}

/** Whether the Bot API knows the token; nothing is sent to anybody. */
export async function telegramFinding(config: RunConfig): Promise<Finding> {
	const name = "telegram";
	const { enabled, api_root, chat_id, user_ids } = config.config.notify.telegram;
	if (!enabled) return { name, verdict: "skipped", text: "notify.telegram is not enabled" };
	const token = readSecrets(config, process.env).secrets.telegram_token;
	if (token === undefined || chat_id === null)
		return {
			name,
			verdict: "fail",
			text: "enabled without a token or a chat_id",
			todo: "set ANCHORWATCH_TELEGRAM_TOKEN and notify.telegram.chat_id",
		};
	let status: number;
	try {
		const answer = await fetch(`${api_root}/bot${token.reveal()}/getMe`, {
			signal: AbortSignal.timeout(TELEGRAM_PATIENCE),
			redirect: "error",
		});
		status = answer.status;
		await answer.body?.cancel();
	} catch {
		return {
			name,
			verdict: "fail",
			text: `${new URL(api_root).host} cannot be reached`,
			todo: "check the network, or notify.telegram.api_root",
		};
	}
	if (status === 401 || status === 404)
		return { name, verdict: "fail", text: "the token is not known there", todo: "copy it anew from @BotFather" };
	if (status !== 200) return { name, verdict: "warn", text: `the Bot API answers with HTTP ${status}`, todo: "try again later" };
	if (user_ids.length === 0)
		return {
			name,
			verdict: "warn",
			text: "reached; commands are taken from nobody",
			todo: "put your number into notify.telegram.user_ids",
		};
	return { name, verdict: "ok", text: "reached; anchorwatch notify test sends a message" };
}
