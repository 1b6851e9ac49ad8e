// The trial of docs/getting-started.md, as a person would go through it: the local exchange at the machine's own time, the stand-in for
// Telegram, a bot, and its first trade.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { StandIn, TOKEN } from "../telegram/stand-in.ts";
import { Program } from "./program.ts";

export type Trial = {
	readonly bot: Program;
	readonly standIn: StandIn;
	/** Where the figures are. */
	readonly metrics: number;
	readonly folder: string;
	close(): Promise<void>;
};

const CONFIG = (exchange: number, telegram: string, metrics: number, locale: string): string => `environment: testnet
endpoints:
  rest: http://127.0.0.1:${exchange}
  public: ws://127.0.0.1:${exchange}/v5/public/linear
  private: ws://127.0.0.1:${exchange}/v5/private
  trade: ws://127.0.0.1:${exchange}/v5/trade
strategy: {interval: "1"}
metrics: {enabled: true, port: ${metrics}}
notify:
  locale: ${locale}
  telegram: {enabled: true, chat_id: 1, user_ids: [1], api_root: "${telegram}"}
`;

/** Until the bot holds a position. */
export async function openTrial(parent: string, locale: "ko" | "en", port: number): Promise<Trial> {
	const folder = join(parent, `trial-${locale}`);
	mkdirSync(folder);
	const standIn = await StandIn.open(0);
	writeFileSync(join(folder, "config.yaml"), CONFIG(port, standIn.url, port + 1, locale));
	const env = `ANCHORWATCH_API_KEY=simkey\nANCHORWATCH_API_SECRET=simsecret\nANCHORWATCH_TELEGRAM_TOKEN=${TOKEN}\n`;
	writeFileSync(join(folder, ".env"), env, { mode: 0o600 });
	const exchange = new Program(folder, ["sim", "--generate", "trending", "--now", "--port", String(port)]);
	await exchange.says(/stop with Ctrl-C/);
	const bot = new Program(folder, ["run"]);
	await bot.says(/BTCUSDT (?:long|short) [\d.]+ at /);
	const close = async (): Promise<void> => {
		await bot.stop();
		await exchange.stop();
		await standIn.close();
	};
	return { bot, standIn, metrics: port + 1, folder, close };
}

/** What the person writes on the phone; each has its answer before the next. */
export async function talk({ standIn }: Trial, ...texts: readonly string[]): Promise<void> {
	for (const text of texts) {
		const before = standIn.chat.bubbles.length;
		standIn.write(text);
		while (standIn.chat.bubbles.length < before + 2) await pause(100);
	}
}

/** Presses the first button of the newest message. */
export async function pressFirst({ standIn }: Trial): Promise<void> {
	const under = standIn.chat.pressable;
	const [button] = under?.buttons ?? [];
	if (under !== undefined && button !== undefined) standIn.press(under.id, button.data);
	await pause(8000); // until the exchange shows it flat, and the phone was told
}
