// Every command of the phone, asked of the real program while it trades on a simulated exchange: in a position, after trades, after a
// restart. What it answers is read here as a person would read it.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row } from "../src/simserver/testing/candles.ts";
import { still } from "../src/simserver/testing/candles.ts";
import { PhoneBot, TOKEN } from "./support/phone-bot.ts";

function row(open: number, high: number, low: number, close: number): Row {
	return { open, high, low, close };
}

/** A long takes its target and is stopped at break-even, a short is turned into a long that stands. */
const STORY = [
	row(20_000, 20_060, 20_000, 20_050),
	row(20_050, 20_200, 20_040, 20_180),
	row(20_180, 20_180, 19_930, 19_940),
	row(19_940, 20_015, 19_935, 20_012),
	...still(60, 20_012),
];

test("commands answer in Korean, from the journal, and after a restart as before (G1)", async () => {
	const phone = await PhoneBot.open(STORY, { locale: "ko" });
	const { telegram } = phone;
	const bot = phone.start();
	await telegram.says(/봇 시작/);
	assert.match(await phone.ask("/why", /진입 조건/), /BTCUSDT: 지금은 진입하지 않음\n[\s\S]*✅ 시계 맞음\n[\s\S]*❌ 시그널: 아직 없음$/);

	await phone.minutes(3);
	await telegram.says(/1차 익절/);
	assert.match(await phone.ask("/status", /Anchorwatch/), /▶️ 거래 중\n[\s\S]*BTCUSDT: 보유 중, 20,180\.0, 롱 0\.05 \(\+6\.\d\d USDT\)/);
	assert.match(await phone.ask("/why", /진입 조건/), /❌ 상태: 보유 중\n {2}✅ 시그널: 상단 밴드 위$/);

	await phone.minutes(3);
	await telegram.says(/숏 거래 종료/);
	const pnl = await phone.ask("/pnl week", /손익/);
	assert.match(pnl, /최근 7일\*\n순손익 -7\.22 USDT\n거래 2건, 이익 1건\n/);
	const log = await phone.ask("/log 30", /로그/);
	assert.match(log, /\dZ info trading BTCUSDT with 10000\.00 USDT\n/);
	assert.match(log, /\dZ ✅ BTCUSDT 청산: 1차 익절 \(TP1\) · 가격 20,150\.2/);
	const picture = await phone.ask("/chart trade 2", /BTCUSDT 롱 0\.1/);
	assert.match(picture, /\+2\.59 USDT \(\+0\.03 %\)/);
	assert.deepEqual([telegram.posts.at(-1)?.method, (telegram.posts.at(-1)?.bytes ?? 0) > 5000], ["sendPhoto", true]);
	bot.child.kill("SIGTERM");
	await bot.ended;

	const again = phone.start();
	await telegram.says(/봇 재시작 \(testnet\)/);
	assert.match(
		await phone.ask("/pnl week", /손익/),
		new RegExp(pnl.slice(pnl.indexOf("순손익"), pnl.indexOf("수수료")).replace(/[.+]/g, "\\$&")),
	);
	assert.match(await phone.ask("/signal", /시그널/), /BTCUSDT ▲ .*: 상단 밴드 위/, "of the life before");
	await phone.minutes(6);
	let drawn = "";
	while (!drawn.includes("자산 곡선")) drawn = await phone.ask("/chart day", /자산 곡선 · 최근 24시간|아직 그릴 것이/); // until the next heartbeat
	assert.match(await phone.ask(`/close *BTC_USDT* 🚀‮ ${"가".repeat(10_000)}`, /어느 심볼/), /\/close BTCUSDT\*$/);
	again.child.kill("SIGTERM");
	await again.ended;
	assert.ok(!(bot.text + again.text + telegram.texts.join()).includes(TOKEN));
});
