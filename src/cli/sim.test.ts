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
import { minutes, wave } from "../simserver/testing/candles.ts";

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
	["a scenario that is not there", ["--data", FILE, "--scenario", join(folder, "none.yaml")], /none\.yaml: it cannot be read/],
	["a scenario with an unknown fault", ["--data", FILE, "--scenario", BAD_SCENARIO], /bad\.yaml:2: .*did you mean overload\?/],
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
