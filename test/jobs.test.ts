// The regular jobs beside a bot over real sockets, in the market's time: what is checked, told, read again and written down.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { InstrumentInfo } from "../src/bybit/decode/instrument.ts";
import { makeInstrument } from "../src/market/instrument.ts";
import { happeningWords } from "../src/notify/happenings.ts";
import { Log } from "../src/observe/log.ts";
import { afterwards } from "../src/simserver/testing/rig.ts";
import { ok } from "../src/std/result.ts";
import { DAY, HOUR, MINUTE } from "../src/units/unit.ts";
import { LiveRig } from "./support/live-rig.ts";
import { SYMBOL } from "./support/rig-bot.ts";
import { RigJobs } from "./support/rig-jobs.ts";

const STILL = Array.from({ length: 240 }, () => 20_000);

async function still(closes: readonly number[] = STILL): Promise<LiveRig> {
	return await LiveRig.open({ closes, durable: true, config: { risk: { max_loss_pct: null } } });
}

test("a heartbeat comes at the start, every five minutes and at the end, with equity's high and low since the one before (G2, G7, F7)", async () => {
	const rig = await still([20_100, 20_300, 20_050, 20_100, 20_100, 20_100, ...STILL.map(() => 20_100)]);
	const beside = new RigJobs(rig);
	await beside.minutes(12);
	await beside.jobs.end("stopped");
	await beside.minutes(6); // whoever looks on afterwards sees nothing begin
	await beside.jobs.end("failed");
	const { beats } = beside;
	const [first] = beats;
	assert.deepEqual(
		beats.map(({ at }) => Math.round((at - (first?.at ?? 0)) / MINUTE)),
		[0, 5, 10, 12],
	);
	for (const { failing, logLines, logLinesLost } of beats) assert.deepEqual([failing, logLines, logLinesLost], [[], 3, 0]);
	assert.deepEqual(
		beats.map(({ end }) => end),
		[undefined, undefined, undefined, "stopped"],
	);
	const { now = 0, high = 0, low = 0 } = beats[1]?.equity ?? {};
	assert.ok(rig.position.startsWith("long") && high > now + 10 && low < now - 1, `${low} ${now} ${high}`);
	assert.ok(Number.isFinite(beats[3]?.equity?.now));
	assert.deepEqual(beside.told, []);
});

test("a check that fails twice running is told once, its recovery too, and heartbeats say when it changed (G2)", async () => {
	const rig = await still();
	const beside = new RigJobs(rig, { schedule: { reconcile: null } });
	await beside.minutes(2);
	rig.inject({ fault: "stall", stream: "private" });
	rig.inject({ fault: "cut", stream: "private" });
	await rig.step(1000);
	beside.log.failing = true;
	await beside.minutes(1);
	assert.deepEqual([beside.told, beside.lines], [[], []], "once may be chance");
	await beside.minutes(2);
	const [fell] = beside.told;
	assert.equal(beside.told.length, 1, JSON.stringify(beside.told));
	assert.ok(fell?.event === "health");
	assert.deepEqual(
		fell.failing.map(({ name }) => name),
		["streams", "log"],
	);
	assert.match(beside.lines.join("\n"), /^warn health: streams: down: private; log: cannot be written, 0 lines lost$/);
	rig.sim.control.heal();
	beside.log.failing = false;
	await rig.stepLoosely(10_000);
	await beside.minutes(2);
	const [, healthy] = beside.told;
	assert.equal(beside.told.length, 2);
	assert.ok(healthy?.event === "healthy" && healthy.lasted >= 2 * MINUTE);
	assert.deepEqual(healthy.failed, ["streams", "log"]);
	assert.deepEqual(
		beside.beats.map(({ failing }) => failing),
		[[], ["streams", "log"], []],
	);
	rig.assertAgrees();
});

test("a position that the exchange does not show is ill health, and so is an account that cannot be read (G2)", async () => {
	const rig = await still([20_100, ...STILL.map(() => 20_100)]);
	await rig.long();
	const beside = new RigJobs(rig);
	const details = (): string[] =>
		beside.told
			.splice(0)
			.flatMap((told) => (told.event === "health" ? told.failing.map(({ name, detail }) => `${name}: ${detail}`) : [told.event]));
	rig.inject({ fault: "empty-positions" });
	await beside.minutes(5);
	assert.deepEqual(details(), ["account: in doubt: BTCUSDT"]);
	rig.sim.control.heal();
	await beside.minutes(3);
	assert.deepEqual(details(), ["healthy"]);
	rig.inject({ fault: "lost-answer", endpoint: "/v5/position/list" });
	for (let minute = 0; minute < 6; minute++) {
		await rig.stepLoosely(MINUTE);
		await beside.look();
	}
	const [told = ""] = details();
	assert.match(told, /^account: agreed \d+ s ago$/);
	assert.equal(rig.really.startsWith("long 0.1 stop 19"), true);
});

test("a guard that has stopped trading is no illness, a journal that cannot be written is (G2)", async () => {
	const rig = await still();
	const beside = new RigJobs(rig);
	rig.bot.trader.take({ kind: "event", event: { kind: "operator", at: rig.sim.clock.now(), wish: "flatten" } }, rig.sim.clock.now());
	await beside.minutes(5);
	assert.equal(rig.bot.engine.halted?.startsWith("operator"), true);
	assert.equal(beside.told.length, 0);
	Object.defineProperty(beside.journal, "problem", { get: () => "the disk is full" });
	await beside.minutes(3);
	assert.deepEqual(
		beside.told.flatMap((told) => (told.event === "health" ? told.failing : [])),
		[{ name: "journal", detail: "the disk is full" }],
	);
});

test("the clock is measured, the account read and the rules asked for at the times of the schedule, and a day's report comes once (I7, G2)", async () => {
	const rig = await still();
	const beside = new RigJobs(rig, { schedule: { daily: "30 0 * * *" } });
	const measured = rig.client?.clock.estimate?.at ?? 0;
	await beside.minutes(21);
	assert.ok((rig.client?.clock.estimate?.at ?? 0) - measured >= 15 * MINUTE);
	await beside.minutes(20);
	assert.deepEqual(
		["health ok", "reconcile ok", "clock ok", "instruments ok", "daily ok", "weekly ok", "backup ok", "year ok"].map((name) =>
			beside.counted.get(name),
		),
		[41, 41, 4, 1, 1, undefined, undefined, 0],
	);
	assert.ok(rig.sim.clock.now() - rig.bot.trader.oms.agreedAt < 1000);
	assert.equal(beside.lines.length, 0);
	assert.deepEqual(
		beside.told.map(({ event }) => event),
		["daily"],
	);
});

test("the reports tell of whole days that are over, with what is held now, in words (I7, G7, F7)", async () => {
	const rig = await still([20_100, ...STILL.map(() => 20_100)]);
	const beside = new RigJobs(rig, { schedule: { daily: "10 0 * * *", weekly: "11 0 * * *" } });
	await beside.minutes(15);
	const today = Math.floor(rig.sim.clock.now() / DAY) * DAY;
	const [daily, weekly] = beside.told;
	assert.ok(daily?.event === "daily" && weekly?.event === "weekly" && beside.told.length === 2);
	assert.deepEqual([daily.kpis.from, daily.kpis.to], [today - DAY, today]);
	assert.deepEqual([weekly.kpis.from, weekly.kpis.to], [today - 7 * DAY, today]);
	assert.deepEqual(
		daily.positions.map(({ symbol, direction, qty }) => [symbol, direction, qty]),
		[[SYMBOL, "long", 0.1]],
	);
	const words = happeningWords(daily, "en");
	assert.match(words.title, /^Daily report \d{4}-\d\d-\d\d$/);
	assert.ok(words.rows.some(([name, text]) => name === SYMBOL && text.startsWith("long 0.1 @")));
	assert.match(happeningWords(weekly, "ko").title, /^주간 보고 /);
});

test("at the turn of the year the log's new files begin although nothing else is said, and its lines are in the heartbeats (G5, I7)", async () => {
	const rig = await still();
	const dir = join(rig.dir, "logs");
	const early = Date.UTC(2024, 0, 1) - rig.sim.clock.now() - 3 * MINUTE; // three minutes before the year, by the log's clock
	const log = new Log({ dir, level: "info", run: "r", now: () => rig.sim.clock.now() + early });
	afterwards(() => log.close());
	log.line("info", "the old year");
	const beside = new RigJobs(rig, { log, schedule: { year: "4 0 * * *" } });
	await beside.minutes(3);
	assert.deepEqual(readdirSync(dir).sort(), ["anchorwatch-2023.jsonl", "anchorwatch-2023.log"]);
	await beside.minutes(3);
	assert.deepEqual(readdirSync(dir).sort(), [
		"anchorwatch-2023.jsonl",
		"anchorwatch-2023.log",
		"anchorwatch-2024.jsonl",
		"anchorwatch-2024.log",
	]);
	await beside.jobs.end("stopped");
	assert.deepEqual(
		beside.beats.map(({ logLines }) => logLines),
		[1, 2, 2],
	);
});

test("what came due while nothing ran is made up for by the next life, and not twice (I7)", async () => {
	const rig = await still();
	const open = (): RigJobs => new RigJobs(rig, { schedule: { daily: "*/30 * * * *" } });
	const first = open();
	await first.minutes(31);
	await first.jobs.end("stopped");
	await rig.die();
	await rig.step(95 * MINUTE);
	await rig.restart();
	const second = open();
	await second.look();
	await second.minutes(2);
	assert.deepEqual(
		[first, second].map(({ counted }) => counted.get("forget ok")),
		[0, 1],
		"its time was missed, too, though it had never come before",
	);
	assert.deepEqual(
		[first, second].map(({ told }) => told.map(({ event }) => event)),
		[["daily"], ["daily"]],
	);
	assert.deepEqual(
		second.beats.map(({ end }) => end ?? ""),
		["", "", "", "", "", "", "", "stopped", ""],
	);
});

test("rules that have changed are told once; a new price step or an end of trading holds the symbol back, and the stop stays (I7)", async () => {
	const rig = await still([20_100, ...STILL.map(() => 20_100)]);
	await rig.long();
	const stop = rig.really;
	const beside = new RigJobs(rig, { schedule: { instruments: "* * * * *" } });
	await beside.minutes(2);
	assert.equal(beside.told.length, 0, "nothing has changed");
	const { client } = rig;
	assert.ok(client !== undefined);
	const before = await client.rest.getInstruments({ symbol: SYMBOL, risks: [] });
	const [info] = before.ok ? before.value : [];
	assert.ok(info !== undefined);
	const answers = (change: Partial<InstrumentInfo>): void => {
		client.rest.getInstruments = async () => ok([{ ...info, ...change }]);
	};
	const delisting = Date.UTC(2030, 0, 1);
	answers({ deliveryTime: delisting, instrument: { ...rig.bot.engine.settings.symbols[0]!.instrument, maxLeverage: 25 } });
	await beside.minutes(2);
	assert.deepEqual(beside.told.splice(0), [
		{
			event: "rules",
			symbol: SYMBOL,
			changes: ["delisting none → at 2030-01-01T00:00:00.000Z", "largest leverage 100 → 25"],
			heldBack: false,
		},
	]);
	const coarse = makeInstrument({
		symbol: SYMBOL,
		baseCoin: "BTC",
		tick: "0.5",
		step: "0.001",
		minQty: "0.001",
		minNotional: 5,
		maxLeverage: 25,
		fundingHours: 8,
	});
	assert.ok(coarse !== undefined);
	answers({ deliveryTime: delisting, instrument: coarse });
	await beside.minutes(3);
	const [changed] = beside.told;
	assert.ok(
		changed?.event === "rules" && changed.heldBack && changed.changes.includes("price step 0.1 → 0.5"),
		JSON.stringify(beside.told),
	);
	assert.equal(rig.bot.trader.oms.doubtOf(SYMBOL), "its price step has changed from 0.1 to 0.5");
	assert.equal(rig.really, stop);
	const health = beside.told.filter(({ event }) => event === "health");
	assert.equal(health.length, 1, "a symbol that is held back is no healthy bot's");
});

test("a symbol that trades no more, and an exchange that does not answer, are one line each (I7, G2)", async () => {
	const rig = await still();
	const beside = new RigJobs(rig, { schedule: { instruments: "* * * * *" } });
	rig.inject({ fault: "halt", symbol: SYMBOL });
	await beside.minutes(2);
	assert.deepEqual(beside.lines.slice(0, 1), [
		"warn BTCUSDT: the exchange's rules have changed (status Trading → Closed): nothing is opened on it until the next start",
	]);
	rig.sim.control.heal();
	const { client } = rig;
	assert.ok(client !== undefined);
	await client.close();
	await beside.look();
	await rig.step(HOUR);
	await beside.look();
	assert.equal(beside.lines.filter((line) => line.startsWith("error schedule: instruments failed")).length, 1);
	assert.deepEqual(
		beside.told
			.filter(({ event }) => event === "job")
			.map((told) => (told.event === "job" ? told.job : ""))
			.sort(),
		["clock", "instruments"],
	);
});
