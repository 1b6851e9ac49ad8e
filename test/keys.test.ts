// `anchorwatch keys` as a person starts it: secrets go in through a pipe and come out nowhere, and the running bot's checks take them.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { writeKeyFile } from "../src/config/key-file.ts";
import { Secret } from "../src/config/secret.ts";
import { minutes, still } from "../src/simserver/testing/candles.ts";
import { afterwards, KEY, market, Rig, SECRET } from "../src/simserver/testing/rig.ts";

const PROGRAM = fileURLToPath(new URL("../bin/anchorwatch.js", import.meta.url));
const PASSPHRASE = "correct horse battery";

type Ended = { readonly code: number | null; readonly text: string };

function home(config: object = {}): string {
	const dir = mkdtempSync(join(tmpdir(), "aw-keys-cli-"));
	afterwards(() => rmSync(dir, { recursive: true, force: true }));
	writeFileSync(join(dir, "config.yaml"), JSON.stringify({ ...config, keys: { file: "keys.age" } }));
	writeFileSync(join(dir, "passphrase"), `${PASSPHRASE}\n`);
	return dir;
}

/** With `lines` on stdin, and the passphrase on descriptor 3 where `fd` says so. */
function run(dir: string, args: readonly string[], { lines = [] as string[], fd = true, env = {} } = {}): Promise<Ended> {
	const child = spawn(process.execPath, [PROGRAM, "keys", ...args, ...(fd ? ["--passphrase-fd", "3"] : [])], {
		cwd: dir,
		env: { PATH: process.env.PATH ?? "", ...env },
		stdio: ["pipe", "pipe", "pipe", openSync(join(dir, "passphrase"), "r")],
	});
	let text = "";
	for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (text += chunk));
	child.stdin?.end(lines.map((line) => `${line}\n`).join(""));
	return new Promise((resolve) => child.on("close", (code) => resolve({ code, text })));
}

test("a key is added through a pipe, listed by its name, and shown nowhere (A1)", async () => {
	const dir = home();
	const added = await run(dir, ["add"], { lines: ["AKEY", "ASECRET", ""] });
	assert.deepEqual(added, { code: 0, text: "keys.age: added default\n" });
	const listed = await run(dir, ["list"]);
	assert.deepEqual(listed, { code: 0, text: "default *: api_key, api_secret\n1 key in keys.age; * is the one in use\n" });
	assert.equal(readFileSync(join(dir, "keys.age"), "latin1").includes("ASECRET"), false);
});

test("a wrong passphrase, and a file that is none, end with one line and code 2, and the file stays (A1)", async () => {
	const dir = home();
	const file = join(dir, "keys.age");
	await writeKeyFile(file, new Map([["default", { api_key: new Secret("AKEY") }]]), new Secret("another one"), 2);
	const before = readFileSync(file);
	const wrong = await Promise.all([run(dir, ["list"]), run(dir, ["check"]), run(dir, ["add"], { lines: ["B", "C", ""] })]);
	for (const { code, text } of wrong) {
		assert.match(text, /^anchorwatch: keys\.age: cannot be opened: the passphrase is wrong\n$/);
		assert.equal(code, 2);
	}
	assert.ok(before.equals(readFileSync(file)));
	writeFileSync(file, "no age at all");
	const { code, text } = await run(dir, ["list"]);
	assert.deepEqual([code, text], [2, "anchorwatch: keys.age: cannot be opened: it is no age file, or damaged\n"]);
});

test("half a key, a bad name and a missing passphrase change nothing and say what to do (A1)", async () => {
	const dir = home();
	const [half, name, none] = await Promise.all([
		run(dir, ["add"], { lines: ["AKEY"] }),
		run(dir, ["add", "My Key"]),
		run(dir, ["list"], { fd: false }),
	]);
	assert.deepEqual([half.code, name.code, none.code], [2, 2, 2]);
	assert.match(half.text, /both needed; nothing was changed/);
	assert.match(name.text, /small letters, digits/);
	assert.match(none.text, /start on a terminal, with --passphrase-fd, or with the systemd credential anchorwatch-passphrase/);
});

test("check asks the exchange with the key of the file, opened by systemd's credential, and says what it may not do (A3)", async () => {
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(still(60, 20_000)))] });
	const { rest, public: stream, private: own, trade } = rig.sim.addresses;
	const dir = home({ environment: "testnet", endpoints: { rest, public: stream, private: own, trade } });
	const keys = { api_key: new Secret(KEY), api_secret: new Secret(SECRET) };
	await writeKeyFile(join(dir, "keys.age"), new Map([["default", keys]]), new Secret(PASSPHRASE), 4);
	writeFileSync(join(dir, "anchorwatch-passphrase"), PASSPHRASE);
	const env = { CREDENTIALS_DIRECTORY: dir };
	const { code, text } = await run(dir, ["check"], { fd: false, env });
	assert.equal(code, 0, text);
	assert.match(text, /the key may do what the bot needs on testnet/);
	const wrong = await run(dir, ["check"], { fd: false, env: { ...env, ANCHORWATCH_API_SECRET: "other" } });
	assert.deepEqual([wrong.code, /is the key one of this environment/.test(wrong.text)], [2, true], wrong.text);
	assert.equal(`${text}${wrong.text}`.includes(SECRET), false);
});
