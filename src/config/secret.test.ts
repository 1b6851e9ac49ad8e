import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { format, inspect } from "node:util";
import { printProblem } from "./problem.ts";
import { loadSecrets, Secret } from "./secret.ts";

const NONE = { api_key: null, api_secret: null, telegram_token: null, webhook_secret: null };

/** Runs with a folder of its own that holds `files`, each with its mode. */
function inFolder(files: Readonly<Record<string, { text: string; mode: number }>>, run: (config: string) => void): void {
	const folder = mkdtempSync(join(tmpdir(), "anchorwatch-"));
	try {
		for (const [name, { text, mode }] of Object.entries(files)) {
			writeFileSync(join(folder, name), text);
			chmodSync(join(folder, name), mode);
		}
		run(join(folder, "config.yaml"));
	} finally {
		rmSync(folder, { recursive: true });
	}
}

test("a secret is stars in every text made of it, and itself only when asked (A1)", () => {
	const secret = new Secret("hunter2");
	const texts = [
		String(secret),
		`${secret}`,
		JSON.stringify({ secret }),
		inspect(secret),
		inspect({ a: { b: secret } }),
		format("%s %o", secret, secret),
	];
	for (const text of texts) {
		assert.ok(!text.includes("hunter2"), text);
		assert.ok(text.includes("***"), text);
	}
	assert.deepEqual(Object.keys(secret), []);
	assert.equal(secret.reveal(), "hunter2");
});

test("secrets come from the environment, else from .env, else from the file its owner alone can read (A1)", () => {
	const files = {
		".env": { text: "ANCHORWATCH_API_KEY=dotenv-key\nANCHORWATCH_API_SECRET='dotenv-secret'\n", mode: 0o600 },
		"config.yaml": { text: "", mode: 0o600 },
	};
	inFolder(files, (configFile) => {
		const fromFile = { api_key: new Secret("file-key"), api_secret: null, telegram_token: new Secret("file-token"), webhook_secret: null };
		const env = { ANCHORWATCH_API_KEY: "env-key", ANCHORWATCH_API_SECRET: "" };
		const loaded = loadSecrets({ configFile, fromFile, env });
		assert.ok(loaded.ok);
		const { api_key, api_secret, telegram_token } = loaded.value.secrets;
		assert.deepEqual([api_key?.reveal(), api_secret?.reveal(), telegram_token?.reveal()], ["env-key", "dotenv-secret", "file-token"]);
		assert.equal(loaded.value.warnings.length, 1);
		assert.match(printProblem(loaded.value.warnings[0]!), /config\.yaml: secrets: keys lie here in plain text/);
	});
});

test("no secret anywhere is no problem (A1)", () => {
	inFolder({ "config.yaml": { text: "", mode: 0o644 } }, (configFile) => {
		const loaded = loadSecrets({ configFile, fromFile: NONE, env: {} });
		assert.deepEqual(loaded, {
			ok: true,
			value: { secrets: { api_key: undefined, api_secret: undefined, telegram_token: undefined, webhook_secret: undefined }, warnings: [] },
		});
	});
});

test("secrets in a file that others can read are refused, with the remedy (A1)", () => {
	for (const mode of [0o644, 0o640, 0o604, 0o660]) {
		inFolder({ "config.yaml": { text: "", mode } }, (configFile) => {
			const loaded = loadSecrets({ configFile, fromFile: { ...NONE, api_key: new Secret("hunter2") }, env: {} });
			assert.ok(!loaded.ok);
			const text = loaded.error.map(printProblem).join("\n");
			assert.ok(text.includes(`chmod 600 ${configFile}`), text);
			assert.ok(!text.includes("hunter2"));
		});
	}
});

test("a .env that others can read is warned about (A1)", () => {
	const files = { ".env": { text: "ANCHORWATCH_API_KEY=k\n", mode: 0o644 }, "config.yaml": { text: "", mode: 0o644 } };
	inFolder(files, (configFile) => {
		const loaded = loadSecrets({ configFile, fromFile: NONE, env: {} });
		assert.ok(loaded.ok);
		assert.match(loaded.value.warnings.map(printProblem).join("\n"), /\.env: other users can read this file: run "chmod 600 .*\.env"$/);
	});
});

test("a value that no header can carry is refused by name, without showing it (A1)", () => {
	inFolder({}, (configFile) => {
		const loaded = loadSecrets({ configFile, fromFile: NONE, env: { ANCHORWATCH_API_SECRET: "hunter2\r\nx: y" } });
		assert.ok(!loaded.ok);
		assert.deepEqual(loaded.error.map(printProblem), [
			"the environment: ANCHORWATCH_API_SECRET: expected a key without spaces, in plain ASCII",
		]);
	});
});

test("what is wrong in .env is told by line and without a value: Node's reader passes over it in silence (A1)", () => {
	const lines = [
		"# keys",
		"ANCHORWATCH_API_KEYS=hidden",
		"export ANCHORWATCH_API_KEY=key",
		"just hidden words",
		"NOTE='two",
		"lines'",
		'ANCHORWATCH_API_SECRET="hidden',
	];
	inFolder({ ".env": { text: `\uFEFF${lines.join("\r\n")}\n`, mode: 0o600 } }, (configFile) => {
		const found = loadSecrets({ configFile, fromFile: NONE, env: {} });
		assert.ok(found.ok);
		const told = found.value.warnings.map(({ line, message }) => `${line}: ${message}`);
		assert.deepEqual(told, [
			"2: ANCHORWATCH_API_KEYS: unknown, did you mean ANCHORWATCH_API_KEY?",
			"4: expected NAME=VALUE: the line is passed over",
			"7: ANCHORWATCH_API_SECRET: its quote is not closed",
		]);
		assert.equal(found.value.secrets.api_key?.reveal(), "key");
	});
	for (const text of ["A\0N\0", "ANCHORWATCH_API_KEY=\uFFFD"])
		inFolder({ ".env": { text, mode: 0o600 } }, (configFile) => {
			const found = loadSecrets({ configFile, fromFile: NONE, env: {} });
			assert.deepEqual(found.ok ? [] : found.error.map(({ message }) => message), ["expected text in UTF-8"]);
		});
});
