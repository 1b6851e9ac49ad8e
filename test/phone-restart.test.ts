// A bot that is killed with a position open and started again by the restart script tells the phone so: how long it was away, how long it
// took to trade again, what it goes on with. The real program, twice, on a simulated exchange whose time the test moves.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { TelegramServer } from "../src/notify/testing/telegram-server.ts";
import { minutes, still } from "../src/simserver/testing/candles.ts";
import { afterwards, market, Rig } from "../src/simserver/testing/rig.ts";
import { DAY, MINUTE } from "../src/units/unit.ts";
import { Running } from "./support/running.ts";

const SCRIPT = fileURLToPath(new URL("../ops/restart.sh", import.meta.url));
const PROGRAM = fileURLToPath(new URL("../bin/anchorwatch.js", import.meta.url));
const TOKEN = "123456:AAE-very_secret.token";

const CONFIG = {
	environment: "testnet",
	strategy: { interval: "1", anchor: { type: "price", price: 20_000 }, bands: { length: 2, k: 0.001 }, momentum: { lookback: 0 } },
	size: { mode: "fixed", value: 670 },
	guard: { stale_s: null },
	backtest: { base_interval: "1" },
};

test("killed in a position and started again, the bot says what happened and what it goes on with (G1, I3)", async () => {
	const up = { open: 20_000, high: 20_060, low: 20_000, close: 20_050 };
	const candles = minutes([...still(DAY / MINUTE + 1, 20_000), up, ...still(30, 20_050)]);
	const rig = await Rig.open({ markets: [market("BTCUSDT", candles)], autostart: false });
	await rig.sim.control.step({ ms: DAY });
	const telegram = await TelegramServer.open(TOKEN);
	afterwards(() => telegram.close());
	const home = mkdtempSync(join(tmpdir(), "anchorwatch-phone-"));
	afterwards(() => rmSync(home, { recursive: true, force: true }));
	const phone = { enabled: true, chat_id: 42, user_ids: [7], api_root: telegram.url };
	writeFileSync(
		join(home, "config.yaml"),
		JSON.stringify({ ...CONFIG, endpoints: rig.sim.addresses, notify: { locale: "en", telegram: phone } }),
	);
	writeFileSync(join(home, ".env"), `ANCHORWATCH_TELEGRAM_TOKEN=${TOKEN}\n`, { mode: 0o600 });
	const pidOfBot = (): number => {
		const note: unknown = JSON.parse(readFileSync(join(home, "state", "instance.json"), "utf8"));
		return (note as { pid: number }).pid; // written by the lock
	};

	afterwards(() => {
		try {
			process.kill(pidOfBot(), "SIGKILL");
		} catch {} // it has ended, as it should
	});
	const bot = new Running(home, ["run"], ["env", "RESTART_DELAY=0", SCRIPT, process.execPath, PROGRAM]);
	await bot.says(/trading BTCUSDT/);
	await rig.sim.control.step({ ms: 3 * MINUTE });
	await telegram.says(/BTCUSDT long entered/);
	process.kill(pidOfBot(), "SIGKILL");
	const text = await telegram.says(/Bot restarted/);
	assert.match(await telegram.says(/Bot started/), /^\*?🚀 Bot started \(testnet\)/);
	assert.match(text, /Bot restarted after a crash \(testnet\)/);
	assert.match(text, /was away for: \d+ s\n/);
	assert.match(text, /start → trading: \d+\.\d s\n/);
	assert.match(text, /goes on with: BTCUSDT long 0\.1, stop 19,8\d\d\.\d at the exchange\n/);
	assert.match(text, /reconciled: no difference to the exchange\n/);
	bot.child.kill("SIGTERM");
	await bot.ended;
	assert.match(telegram.texts.at(-1) ?? "", /Bot stopped/);
	assert.ok(!bot.text.includes(TOKEN));
});
