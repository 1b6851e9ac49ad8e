import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "anchorwatch-"));
after(() => rmSync(folder, { recursive: true }));

/** Runs the command line in a folder of its own, without a terminal. */
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
	const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd: folder, env, encoding: "utf8", input: "" });
	return { status, stdout, stderr };
}

test("config check says ok, or every problem and exit code 2 (I1) (I2)", () => {
	writeFileSync(join(folder, "good.yaml"), "leverage: 6\n");
	writeFileSync(join(folder, "bad.yaml"), "leverage: 200\nfee: 1\n");
	assert.deepEqual(run(["config", "check", "--config", "good.yaml"]), {
		status: 0,
		stdout: "warning: good.yaml:1: leverage: 6 is more than the usual 5: liquidation is about 16.7 % away\ngood.yaml: ok\n",
		stderr: "",
	});
	const { status, stderr } = run(["config", "check", "--config", "bad.yaml"]);
	assert.equal(status, 2);
	assert.match(stderr, /^anchorwatch: bad\.yaml: 2 problems\nbad\.yaml:1: leverage: .*\nbad\.yaml:2: fee: unknown key, .*\n$/);
	assert.deepEqual(run(["config", "check"]), {
		status: 2,
		stdout: "",
		stderr: 'anchorwatch: config.yaml: no such file ("anchorwatch init" writes one)\n',
	});
});

test("no environment variable changes a value, and config show stars the secrets (I1) (A1)", () => {
	writeFileSync(join(folder, "empty.yaml"), "");
	const env = { ANCHORWATCH_LEVERAGE: "9", LEVERAGE: "9", ANCHORWATCH_API_KEY: "hunter2", ANCHORWATCH_ENVIRONMENT: "mainnet" };
	const { stdout } = run(["config", "show", "--config", "empty.yaml"], env);
	assert.match(stdout, /^environment: testnet\n/);
	assert.match(stdout, /^leverage: 3$/m);
	assert.match(stdout, /^ {2}api_key: "\*\*\*"\n {2}api_secret: null$/m);
	assert.ok(!stdout.includes("hunter2"));
	const shown: unknown = JSON.parse(run(["config", "show", "--config", "empty.yaml", "--json"], env).stdout);
	assert.deepEqual((shown as { secrets: unknown }).secrets, {
		api_key: "***",
		api_secret: null,
		telegram_token: null,
		webhook_secret: null,
	});
});

test("init writes the whole file, and never over another unasked (A2) (I1)", () => {
	const noTerminal = run(["init", "--config", "new.yaml"]);
	assert.deepEqual([noTerminal.status, noTerminal.stderr], [2, "anchorwatch: init: no terminal to ask on; --yes takes the defaults\n"]);
	assert.equal(run(["init", "--yes", "--config", "new.yaml"]).status, 0);
	const text = readFileSync(join(folder, "new.yaml"), "utf8");
	assert.match(text, /^# yaml-language-server: \$schema=.*config\.schema\.json\n/);
	assert.equal(run(["config", "check", "--config", "new.yaml"]).stdout, "new.yaml: ok\n");
	writeFileSync(join(folder, "new.yaml"), "leverage: 2\n");
	const again = run(["init", "--yes", "--config", "new.yaml"]);
	assert.deepEqual([again.status, again.stderr], [2, "anchorwatch: new.yaml: is there already; --force writes over it\n"]);
	assert.equal(readFileSync(join(folder, "new.yaml"), "utf8"), "leverage: 2\n");
	assert.equal(run(["init", "--yes", "--force", "--config", "new.yaml"]).status, 0);
	assert.equal(readFileSync(join(folder, "new.yaml"), "utf8"), text);
});

test("config schema prints the checked-in JSON schema (I1)", () => {
	const file = readFileSync(new URL("../../config.schema.json", import.meta.url), "utf8");
	assert.equal(run(["config", "schema"]).stdout, file);
});
