// The real program with a phone: a simulated exchange whose time the test moves, Telegram on the loopback, a folder to run in.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { said, TelegramServer } from "../../src/notify/testing/telegram-server.ts";
import { minutes, type Row, still } from "../../src/simserver/testing/candles.ts";
import { afterwards, market, Rig } from "../../src/simserver/testing/rig.ts";
import { DAY, MINUTE } from "../../src/units/unit.ts";
import { PROGRAM } from "./rig-bot.ts";
import { Running } from "./running.ts";

export const TOKEN = "123456:AAE-very_secret.token";
export const [CHAT, USER] = [42, 7];

export class PhoneBot {
	readonly exchange: Rig;
	readonly telegram: TelegramServer;
	readonly home: string;
	#updates = 0;

	private constructor(exchange: Rig, telegram: TelegramServer) {
		this.exchange = exchange;
		this.telegram = telegram;
		this.home = mkdtempSync(join(tmpdir(), "anchorwatch-phone-"));
		afterwards(() => telegram.close());
		afterwards(() => rmSync(this.home, { recursive: true, force: true }));
		afterwards(() => this.kill());
	}

	/** A quiet day at 20000 and a minute of the next have passed, and these minutes are to come. */
	static async open(
		rows: readonly Row[],
		{ locale = "en", config = {} }: { locale?: "ko" | "en"; config?: object } = {},
	): Promise<PhoneBot> {
		const exchange = await Rig.open({
			markets: [market("BTCUSDT", minutes([...still(DAY / MINUTE + 1, 20_000), ...rows]))],
			autostart: false,
		});
		await exchange.sim.control.step({ ms: DAY });
		const phone = new PhoneBot(exchange, await TelegramServer.open(TOKEN));
		const telegram = { enabled: true, chat_id: CHAT, user_ids: [USER], api_root: phone.telegram.url };
		const whole = { ...PROGRAM, endpoints: exchange.sim.addresses, notify: { locale, telegram }, ...config };
		writeFileSync(join(phone.home, "config.yaml"), JSON.stringify(whole));
		writeFileSync(join(phone.home, ".env"), `ANCHORWATCH_TELEGRAM_TOKEN=${TOKEN}\n`, { mode: 0o600 });
		return phone;
	}

	/** Another life of the program, as that command starts it. */
	start(program?: readonly [string, ...string[]]): Running {
		return new Running(this.home, ["run"], program);
	}

	async minutes(count: number): Promise<void> {
		await this.exchange.sim.control.step({ ms: count * MINUTE });
	}

	/** The operator writes, and waits for the answer that begins so. */
	async ask(text: string, answer: RegExp): Promise<string> {
		const before = this.telegram.texts.length;
		this.telegram.push(said(++this.#updates, { chat: CHAT, user: USER, at: Date.now() }, text));
		return await this.telegram.says(answer, before);
	}

	/** The process of the bot itself, whoever started it. */
	get pid(): number {
		const note: unknown = JSON.parse(readFileSync(join(this.home, "state", "instance.json"), "utf8"));
		return (note as { pid: number }).pid; // written by the lock
	}

	kill(): void {
		try {
			process.kill(this.pid, "SIGKILL");
		} catch {} // it has ended already, or never began
	}
}
