import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import { UsageError } from "../std/usage-error.ts";
import { type KeyRing, readKeyFile, secretsOf, writeKeyFile } from "./key-file.ts";
import { loadSecrets, Secret } from "./secret.ts";

const PASSPHRASE = new Secret("correct horse");
/** So that a test does not take as long as a guess should. */
const EASY = 4;
const RING: KeyRing = new Map([
	["default", { api_key: new Secret("KEY1"), api_secret: new Secret("SECRET1") }],
	["spare", { api_key: new Secret("KEY2"), api_secret: new Secret("SECRET2"), telegram_token: new Secret("1:TOKEN") }],
]);

async function withFile(body: (file: string, dir: string) => Promise<void>): Promise<void> {
	const dir = mkdtempSync(join(tmpdir(), "aw-keys-"));
	try {
		const file = join(dir, "keys.age");
		await writeKeyFile(file, RING, PASSPHRASE, EASY);
		await body(file, dir);
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}

const names = (ring: KeyRing): string[][] =>
	[...ring].map(([name, set]) => [name, ...Object.values(set).map((secret) => secret?.reveal() ?? "")]);

test("what was written is read with the passphrase alone; on disk it is an age file without a word of it (A1)", () =>
	withFile(async (file, dir) => {
		const ring = await readKeyFile(file, PASSPHRASE);
		assert.deepEqual(names(ring), names(RING));
		assert.equal(/KEY|SECRET|TOKEN/.test(inspect(ring, { depth: 9 })), false);
		const bytes = readFileSync(file, "latin1");
		assert.ok(bytes.startsWith("age-encryption.org/v1\n-> scrypt "));
		assert.equal(/KEY1|SECRET|spare|default/.test(bytes), false);
		assert.equal(statSync(file).mode & 0o777, 0o600);
		await writeKeyFile(file, new Map([...RING].slice(0, 1)), PASSPHRASE, EASY);
		assert.equal((await readKeyFile(file, PASSPHRASE)).size, 1);
		assert.deepEqual(readdirSync(dir), ["keys.age"]);
	}));

test("a wrong passphrase, a damaged file, one that others can read and none at all: one line each (A1)", () =>
	withFile(async (file, dir) => {
		const refused = async (passphrase: Secret, path: string, why: RegExp): Promise<void> => {
			await assert.rejects(readKeyFile(path, passphrase), (error) => error instanceof UsageError && why.test(error.message));
		};
		await refused(new Secret("wrong"), file, /keys\.age: cannot be opened: the passphrase is wrong/);
		chmodSync(file, 0o640);
		if (process.platform !== "win32") await refused(PASSPHRASE, file, /other users can read or write it: run "chmod 600/);
		await refused(PASSPHRASE, join(dir, "none.age"), /there is no key file; make one with: anchorwatch keys add/);
		writeFileSync(file, "rubbish", { mode: 0o600 });
		chmodSync(file, 0o600);
		await refused(PASSPHRASE, file, /it is no age file, or damaged/);
	}));

test("the environment comes before the key file, the key file before the configuration (A1)", () =>
	withFile(async (file, dir) => {
		const unlocked = secretsOf((await readKeyFile(file, PASSPHRASE)).get("default") ?? {});
		const fromFile = { api_key: null, api_secret: null, telegram_token: new Secret("of-config"), webhook_secret: null };
		const configFile = join(dir, "config.yaml");
		writeFileSync(configFile, "", { mode: 0o600 });
		const loaded = loadSecrets({ configFile, fromFile, env: { ANCHORWATCH_API_KEY: "of-env" }, unlocked });
		assert.ok(loaded.ok);
		const { api_key, api_secret, telegram_token, webhook_secret } = loaded.value.secrets;
		assert.deepEqual(
			[api_key, api_secret, telegram_token, webhook_secret].map((secret) => secret?.reveal()),
			["of-env", "SECRET1", "of-config", undefined],
		);
	}));
