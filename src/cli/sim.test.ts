import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { writeCandles } from "../candles/write.ts";
import { minutes, still, wave } from "../simserver/testing/candles.ts";

const MAIN = join(import.meta.dirname, "main.ts");
const folder = mkdtempSync(join(tmpdir(), "anchorwatch-sim-"));
const FILE = join(folder, "candles.csv");
writeCandles(FILE, minutes(wave(1500, 20_000)));
after(() => rmSync(folder, { recursive: true, force: true }));

function start(...args: string[]): ChildProcessWithoutNullStreams {
	return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, "sim", ...args]);
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<{ code: number | null; out: string; err: string }> {
	let out = "";
	let err = "";
	child.stdout.on("data", (chunk) => {
		out += chunk;
	});
	child.stderr.on("data", (chunk) => {
		err += chunk;
	});
	const [code] = (await once(child, "close")) as [number | null]; // what a child process emits
	return { code, out, err };
}

test("sim prints its four addresses as one JSON line, answers there, and ends on SIGTERM with exit code 0 (J2)", async () => {
	const child = start("--data", FILE, "--speed", "lockstep", "--balance", "5000");
	const end = ended(child);
	const [line] = (await once(createInterface(child.stdout), "line")) as [string]; // what readline emits
	const { rest, ...sockets } = JSON.parse(line) as Record<string, string>; // the test looks at what it holds
	const host = rest?.replace("http://", "");
	assert.match(rest ?? "", /^http:\/\/127\.0\.0\.1:\d+$/);
	assert.deepEqual(sockets, {
		public: `ws://${host}/v5/public/linear`,
		private: `ws://${host}/v5/private`,
		trade: `ws://${host}/v5/trade`,
	});
	const answer = (await (await fetch(`${rest}/v5/market/time`)).json()) as { retCode: number }; // the test looks at what it holds
	assert.equal(answer.retCode, 0);
	child.kill("SIGTERM");
	const { code, out, err } = await end;
	assert.equal(code, 0, err);
	assert.equal(out.trim(), line, "standard output holds that line alone");
	assert.match(err, /BTCUSDT: 1500 candles of interval 1/);
});

test("sim serves several generated markets at once, with Bybit's limits at a real speed and none on request (I1, J3)", async () => {
	for (const args of [[], ["--no-limits"]]) {
		const child = start("--generate", "calm:BTCUSDT", "--generate", "trending:ETHUSDT:seed-2", "--days", "1", ...args);
		const end = ended(child);
		const [line] = (await once(createInterface(child.stdout), "line")) as [string]; // what readline emits
		const { rest } = JSON.parse(line) as { rest: string }; // the test looks at what it holds
		const answer = (await (await fetch(`${rest}/v5/market/instruments-info?category=linear`)).json()) as { result: { list: unknown[] } };
		assert.equal(answer.result.list.length, 2);
		child.kill("SIGTERM");
		const { code, err } = await end;
		assert.equal(code, 0, err);
		assert.match(err, /ETHUSDT: 1440 candles of interval 1, .* generated, no history/);
		assert.match(err, args.length === 0 ? /limits are Bybit's/ : /no limits/);
	}
});

test("sim with a scenario and the control endpoint strikes, and prints where it is steered", async () => {
	const scenario = join(folder, "scenario.yaml");
	writeFileSync(scenario, "faults:\n  - {fault: overload, endpoint: /v5/market/time, count: 1}\n");
	const child = start("--data", FILE, "--speed", "lockstep", "--scenario", scenario, "--control");
	const end = ended(child);
	const [line] = (await once(createInterface(child.stdout), "line")) as [string]; // what readline emits
	const { rest, control } = JSON.parse(line) as { rest: string; control: { url: string; token: string } }; // the test looks at what it holds
	assert.equal((await fetch(`${rest}/v5/market/time`)).status, 429);
	const state = await fetch(`${control.url}/state`, { headers: { authorization: `Bearer ${control.token}` } });
	assert.deepEqual(((await state.json()) as { injected: unknown }).injected, { overload: 1 });
	child.kill("SIGTERM");
	const { code, err } = await end;
	assert.equal(code, 0, err);
	assert.ok(!err.includes(control.token), "the token stands on standard output alone");
});

const RECORDING = join(folder, "recorded.jsonl");
const RECORDED_AT = Date.UTC(2023, 10, 15, 12);
const QUOTES = { lastPrice: "2.5", markPrice: "2.5001", bid1Price: "2.4999", bid1Size: "10", ask1Price: "2.5", ask1Size: "20" };
writeFileSync(
	RECORDING,
	[0, 1, 2]
		.map((i) => {
			const data = i === 0 ? { symbol: "XRPUSDT", ...QUOTES } : { symbol: "XRPUSDT", lastPrice: `2.${5 + i}` };
			return `${JSON.stringify({ topic: "tickers.XRPUSDT", type: i === 0 ? "snapshot" : "delta", data, cs: i, ts: RECORDED_AT + i })}\n`;
		})
		.join(""),
);
const RULES = join(folder, "instruments-info.json");
const XRP = {
	...{ symbol: "XRPUSDT", contractType: "LinearPerpetual", status: "Trading", baseCoin: "XRP", quoteCoin: "USDT", settleCoin: "USDT" },
	fundingInterval: 480,
	leverageFilter: { maxLeverage: "50.00" },
	priceFilter: { minPrice: "0.0001", maxPrice: "199.9998", tickSize: "0.0001" },
	lotSizeFilter: { maxOrderQty: "100000", minOrderQty: "1", qtyStep: "1", maxMktOrderQty: "50000", minNotionalValue: "5" },
};
writeFileSync(RULES, JSON.stringify({ retCode: 0, result: { list: [XRP] } }));

test("sim plays recorded streams beside a market of its own, says when they end, and stays up at the last prices (J2)", async () => {
	const child = start("--replay", RECORDING, "--instruments", RULES, "--generate", "calm", "--days", "1", "--speed", "max");
	const end = ended(child);
	const said: string[] = [];
	const over = new Promise<void>((resolve) => {
		createInterface(child.stderr).on("line", (line) => {
			said.push(line);
			if (line.includes("the recording has ended")) resolve();
		});
	});
	const [line] = (await once(createInterface(child.stdout), "line")) as [string]; // what readline emits
	const { rest } = JSON.parse(line) as { rest: string }; // the test looks at what it holds
	await over;
	const answer = (await (await fetch(`${rest}/v5/market/tickers?category=linear`)).json()) as {
		result: { list: Record<string, string>[] };
	};
	const rows = new Map(answer.result.list.map((row) => [row.symbol, row]));
	assert.deepEqual([rows.size, rows.get("XRPUSDT")?.lastPrice, rows.get("XRPUSDT")?.markPrice], [2, "2.7", "2.5001"]);
	child.kill("SIGTERM");
	const { code, err } = await end;
	assert.equal(code, 0, err);
	assert.ok(said.some((text) => /XRPUSDT: recorded, 3 messages of tickers, 2023-11-15T12:00 to/.test(text)));
	assert.ok(
		said.some((text) => /BTCUSDT: 1440 candles of interval 1, 2023-11-15T12:00 to/.test(text)),
		"the generated market begins with the recording",
	);
});

test("sim takes candles of a recorded symbol for what was before the recording, and mark prices from a file or a basis (J2)", async () => {
	const bitcoin = join(folder, "bitcoin.jsonl");
	const data = { symbol: "BTCUSDT", lastPrice: "20000", markPrice: "20001" };
	writeFileSync(bitcoin, JSON.stringify({ topic: "tickers.BTCUSDT", type: "snapshot", data, cs: 1, ts: RECORDED_AT + 30_000 }));
	const marked = join(folder, "mark.csv");
	writeCandles(marked, minutes(still(1500, 20_500)));
	const replayed = ["--replay", bitcoin, "--data", FILE, "--speed", "max"];
	const walked = ["--data", FILE, "--mark", marked, "--generate", "calm:ETHUSDT", "--days", "1", "--basis", "50", "--speed", "lockstep"];
	for (const [args, path, check] of [
		[replayed, "kline", (rows: string[][]) => assert.equal(rows[1]?.[0], String(RECORDED_AT - 60_000))],
		[walked, "mark-price-kline", (rows: string[][]) => assert.deepEqual(rows, [], "time has not begun")],
	] as const) {
		const child = start(...args);
		const end = ended(child);
		const [line] = (await once(createInterface(child.stdout), "line")) as [string]; // what readline emits
		const { rest } = JSON.parse(line) as { rest: string }; // the test looks at what it holds
		if (path === "kline") for await (const said of createInterface(child.stderr)) if (said.includes("the recording has ended")) break;
		const query = `category=linear&symbol=BTCUSDT&interval=1&end=${RECORDED_AT + 60_000}`;
		const answer = (await (await fetch(`${rest}/v5/market/${path}?${query}`)).json()) as { result: { list: string[][] } };
		check(answer.result.list);
		child.kill("SIGTERM");
		const { code, err } = await end;
		assert.equal(code, 0, err);
	}
});

const BROKEN = join(folder, "broken.jsonl");
writeFileSync(BROKEN, '{"topic":"tick');
const EMPTY = join(folder, "empty.jsonl");
writeFileSync(EMPTY, "");
const NO_RULES = join(folder, "no-rules.json");
writeFileSync(NO_RULES, "{}");

const BAD_SCENARIO = join(folder, "bad.yaml");
writeFileSync(BAD_SCENARIO, "faults:\n  - fault: overlaod\n");

const WRONG: readonly (readonly [string, readonly string[], RegExp])[] = [
	["no data", [], /--data/],
	["a file that is not there", ["--data", join(folder, "none.csv")], /none\.csv/],
	["a generated market of no kind", ["--generate", "wild"], /--generate wild/],
	["a generated market that lasts no time", ["--generate", "calm", "--days", "0"], /--days 0/],
	["two generated markets for one symbol", ["--generate", "calm", "--generate", "thin:BTCUSDT:9"], /two files for BTCUSDT, or markets/],
	["a speed that is none", ["--data", FILE, "--speed", "fast"], /--speed fast/],
	["a speed of zero", ["--data", FILE, "--speed", "0"], /--speed 0/],
	["a port beyond all ports", ["--data", FILE, "--port", "70000"], /--port 70000/],
	["a pace without lockstep", ["--data", FILE, "--pace", "5"], /--pace belongs/],
	["a balance of nothing", ["--data", FILE, "--balance", "0"], /--balance 0/],
	["an unknown symbol", ["--data", `NOPEUSDT=${FILE}`], /NOPEUSDT has no known rules/],
	["a beginning beyond the data", ["--data", FILE, "--begin", "2031-01-01"], /--begin 2031-01-01: the data are from /],
	["a beginning that is no time", ["--data", FILE, "--begin", "soon"], /--begin soon: expected a time like/],
	["permissions that are not there", ["--data", FILE, "--permissions", join(folder, "none.yaml")], /none\.yaml: it cannot be read/],
	["permissions that are none", ["--data", FILE, "--permissions", BAD_SCENARIO], /bad\.yaml: unknown key faults: there is readOnly/],
	["a scenario that is not there", ["--data", FILE, "--scenario", join(folder, "none.yaml")], /none\.yaml: it cannot be read/],
	["a scenario with an unknown fault", ["--data", FILE, "--scenario", BAD_SCENARIO], /bad\.yaml:2: .*did you mean overload\?/],
	["a recording that is not there", ["--replay", join(folder, "none.jsonl")], /none\.jsonl: there is no such file/],
	["a recording that is broken", ["--replay", BROKEN], /broken\.jsonl, line 1: this is no JSON object/],
	["a recording without a message", ["--replay", EMPTY], /empty\.jsonl: it holds no message/],
	["a recording of a symbol without rules", ["--replay", RECORDING], /recorded\.jsonl, line 1: the rules of XRPUSDT .*--instruments/],
	[
		"a recording and another market of its symbol",
		["--replay", RECORDING, "--instruments", RULES, "--generate", "calm:XRPUSDT"],
		/two markets for XRPUSDT/,
	],
	["a recording without its book", ["--replay", RECORDING, "--liquidity", "candle"], /--liquidity candle: .*--replay/],
	["rules that are none", ["--data", FILE, "--instruments", NO_RULES], /no-rules\.json: it is no answer of/],
	["a basis that is none", ["--data", FILE, "--basis", "-1"], /--basis -1: it must be a number from 0 to 500/],
	[
		"mark prices of a symbol that is not served",
		["--data", FILE, "--mark", `ETHUSDT=${FILE}`],
		/--mark ETHUSDT: no candles of that symbol/,
	],
	["index prices without mark prices", ["--data", FILE, "--index", FILE], /--index BTCUSDT: name its mark prices, too/],
	["two files for one symbol", ["--data", FILE, "--data", FILE], /two files for BTCUSDT/],
];

for (const [name, args, words] of WRONG)
	test(`sim with ${name} ends with one clear line and exit code 2`, async () => {
		const { code, out, err } = await ended(start(...args));
		assert.deepEqual([code, out], [2, ""], err);
		assert.match(err, words);
		assert.doesNotMatch(err, /\n\s+at /, "no stack trace");
	});

test("sim on a port in use says so and ends with exit code 2", async () => {
	const other = createServer().listen(0, "127.0.0.1");
	await once(other, "listening");
	const { port } = other.address() as AddressInfo; // listening on TCP
	const { code, err } = await ended(start("--data", FILE, "--port", String(port)));
	other.close();
	assert.equal(code, 2);
	assert.match(err, new RegExp(`port ${port} is in use`));
});

test("sim --now serves a generated market whose time is the machine's and whose last day is known (I1, J2)", async () => {
	const child = start("--generate", "plain", "--days", "1", "--now");
	const end = ended(child);
	const [line] = (await once(createInterface(child.stdout), "line")) as [string]; // what readline emits
	const { rest } = JSON.parse(line) as { rest: string }; // the test looks at what it holds
	const { time, result } = (await (await fetch(`${rest}/v5/market/tickers?category=linear&symbol=BTCUSDT`)).json()) as {
		time: number;
		result: { list: { volume24h: string; turnover24h: string }[] };
	};
	assert.ok(Math.abs(time - Date.now()) < 60_000, "no more apart than a slow machine makes it");
	assert.ok(Number(result.list[0]?.volume24h) > 0 && Number(result.list[0]?.turnover24h) > 0);
	child.kill("SIGTERM");
	const { code, err } = await end;
	assert.equal(code, 0, err);
	for (const args of [
		["--generate", "plain", "--now", "--speed", "2"],
		["--data", FILE, "--now"],
	]) {
		const refused = await ended(start(...args));
		assert.equal(refused.code, 2);
		assert.match(refused.err, /: --now: /);
	}
});

test("sim --begin serves a file from within: what lies before is history at once, at any speed (J2)", async () => {
	for (const [begin, speed] of [
		["+1441m", "60"],
		["+24h", "lockstep"],
	] as const) {
		const child = start("--data", FILE, "--begin", begin, "--speed", speed);
		const end = ended(child);
		const [line] = (await once(createInterface(child.stdout), "line")) as [string]; // what readline emits
		const { rest } = JSON.parse(line) as { rest: string }; // the test looks at what it holds
		const list = async (path: string): Promise<unknown[]> =>
			((await (await fetch(`${rest}/v5/market/${path}`)).json()) as { result: { list: unknown[] } }).result.list;
		assert.ok((await list("kline?category=linear&symbol=BTCUSDT&interval=1&limit=1000")).length === 1000);
		const [ticker] = (await list("tickers?category=linear")) as { prevPrice24h: string; volume24h: string }[];
		assert.ok(Number(ticker?.prevPrice24h) > 0 && Number(ticker?.volume24h) > 0);
		child.kill("SIGTERM");
		const { code, err } = await end;
		assert.equal(code, 0, err);
	}
});
