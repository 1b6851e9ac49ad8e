// The program as a child process whose text can be waited for, and a bot of it that trades at a simulated exchange.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { minutes, still } from "../../src/simserver/testing/candles.ts";
import { afterwards, KEY, market, Rig, SECRET } from "../../src/simserver/testing/rig.ts";
import { DAY, MINUTE } from "../../src/units/unit.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/anchorwatch.js", import.meta.url));
const ENV = { PATH: process.env.PATH ?? "", ANCHORWATCH_API_KEY: KEY, ANCHORWATCH_API_SECRET: SECRET };

/** A program whose text can be waited for. */
export class Running {
	readonly child: ChildProcess;
	text = "";
	#heard = (): void => {};
	readonly ended: Promise<number | null>;

	constructor(home: string, args: readonly string[], program: readonly [string, ...string[]] = [process.execPath, PROGRAM]) {
		const [file, ...first] = program;
		this.child = spawn(file, [...first, ...args], { cwd: home, env: ENV });
		afterwards(() => this.child.kill("SIGKILL"));
		for (const stream of [this.child.stdout, this.child.stderr])
			stream?.on("data", (chunk) => {
				this.text += chunk;
				this.#heard();
			});
		this.ended = new Promise((resolve) =>
			this.child.on("close", (code) => {
				resolve(code);
				this.#heard();
			}),
		);
	}

	async says(pattern: RegExp): Promise<RegExpExecArray> {
		for (;;) {
			const found = pattern.exec(this.text);
			if (found !== null) return found;
			assert.equal(this.child.exitCode, null, this.text);
			await new Promise<void>((resolve) => {
				this.#heard = resolve;
			});
		}
	}
}

/** A bot that trades at a simulated exchange, with its figures on any free port. */
export async function trading(): Promise<{ home: string; bot: Running; url: string }> {
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(still(DAY / MINUTE + 60, 20_000)))], autostart: false, speed: 1 });
	await rig.sim.control.step({ ms: DAY });
	rig.sim.start();
	const home = mkdtempSync(join(tmpdir(), "anchorwatch-observe-"));
	afterwards(() => rmSync(home, { recursive: true, force: true }));
	const metrics = { enabled: true, port: 0 };
	writeFileSync(join(home, "config.yaml"), JSON.stringify({ endpoints: rig.sim.addresses, metrics }));
	const bot = new Running(home, ["run"]);
	const [, url = ""] = await bot.says(/health and readiness: (http:\S+)\/metrics/);
	await bot.says(/trading BTCUSDT/);
	return { home, bot, url };
}
