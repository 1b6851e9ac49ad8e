// A bot that is killed with a position open and started again by the restart script tells the phone so: how long it was away, how long it
// took to trade again, what it goes on with.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { still } from "../src/simserver/testing/candles.ts";
import { PhoneBot, TOKEN } from "./support/phone-bot.ts";

const SCRIPT = fileURLToPath(new URL("../ops/restart.sh", import.meta.url));
const PROGRAM = fileURLToPath(new URL("../bin/anchorwatch.js", import.meta.url));
const ON_UNIX = { skip: process.platform === "win32" && "a shell script" };

test("killed in a position and started again, the bot says what happened and what it goes on with (G1, I3)", ON_UNIX, async () => {
	const up = { open: 20_000, high: 20_060, low: 20_000, close: 20_050 };
	const phone = await PhoneBot.open([up, ...still(30, 20_050)]);
	const { telegram } = phone;
	const bot = phone.start(["env", "RESTART_DELAY=0", SCRIPT, process.execPath, PROGRAM]);
	await bot.says(/trading BTCUSDT/);
	await phone.minutes(3);
	await telegram.says(/BTCUSDT long entered/);
	process.kill(phone.pid, "SIGKILL");
	const text = await telegram.says(/Bot restarted/);
	assert.match(
		await telegram.says(/Bot started/),
		/^\*🚀 Bot started \(testnet\)\*\nsymbols: BTCUSDT\nstart → trading: \d+\.\d s\npositions: none\n/,
	);
	assert.match(text, /^\*🚀 Bot restarted after a crash \(testnet\)\*\n/);
	assert.match(text, /was away for: \d+ s\n/);
	assert.match(text, /start → trading: \d+\.\d s\n/);
	assert.match(text, /goes on with: BTCUSDT long 0\.1, stop 19,9\d\d\.\d at the exchange\n/);
	assert.match(text, /reconciled: no difference to the exchange\n/);
	bot.child.kill("SIGTERM");
	await bot.ended;
	assert.match(telegram.texts.at(-1) ?? "", /Bot stopped/);
	assert.ok(!bot.text.includes(TOKEN));

	const again = phone.start();
	assert.match(await telegram.says(/Bot restarted \(testnet\)/), /goes on with: BTCUSDT long 0\.1/);
	again.child.kill("SIGTERM");
	await again.ended;
});
