// No secret leaves by any door: whatever is handed to the log, the console or the health pages, as it is or as libraries spell it.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Command } from "commander";
import { program } from "../src/cli/program.ts";
import { hide, masked } from "../src/config/mask.ts";
import { Secret } from "../src/config/secret.ts";
import { HealthServer } from "../src/observe/health-server.ts";
import { Log } from "../src/observe/log.ts";

const SECRETS = ["kEy-0123456789", 'pass"w\\ord&=+/?#', "8137:AAtelegram_token-x", "webhook~secret%41"] as const;
const SIGNATURE = "5f2c".repeat(16);

/** All that a careless caller or a library could hand over with that secret in it. */
function leaks(secret: string): { text: string; fields: Record<string, unknown> }[] {
	const cause = new Error(`inner ${secret}`);
	const error = Object.assign(new Error(`outer ${secret}`, { cause }), {
		config: { headers: { "X-BAPI-API-KEY": secret }, url: `https://a.b/bot${secret}/send` },
		errors: [cause],
	});
	const url = `https://a.b/?k=${encodeURIComponent(secret)}`;
	return [
		{ text: `plain ${secret}`, fields: {} },
		{ text: url, fields: { url } },
		{ text: "header", fields: { headers: { authorization: `Bearer ${secret}` }, list: [[secret]] } },
		{ text: "error", fields: { err: error } },
		{ text: "error of errors", fields: { err: new AggregateError([error, cause], secret) } },
		{ text: "a body", fields: { body: JSON.stringify({ apiKey: secret }), twice: JSON.stringify(JSON.stringify({ secret })) } },
		{ text: "a key", fields: { [secret]: true, symbol: secret, trail: secret } },
		{ text: Buffer.from(secret).toString("base64"), fields: { hex: Buffer.from(secret).toString("hex") } },
		{ text: `origin_string[1784880000000${secret}5000] sign ${SIGNATURE}`, fields: { sign: SIGNATURE } },
	];
}

function spellings(secret: string): string[] {
	const json = JSON.stringify(secret).slice(1, -1);
	const bytes = Buffer.from(secret);
	return [secret, encodeURIComponent(secret), json, JSON.stringify(json).slice(1, -1), bytes.toString("base64"), bytes.toString("hex")];
}

test("no secret comes out of the log, the console or a page, however it was put in (A1, G6)", async (t) => {
	const dir = mkdtempSync(join(tmpdir(), "anchorwatch-secrets-"));
	t.after(() => rmSync(dir, { recursive: true, force: true }));
	hide(SECRETS.map((secret) => new Secret(secret)));
	const said: string[] = [];
	const log = new Log({ dir, level: "trace", run: "r1", mask: masked, print: (line) => said.push(line) });
	let count = 0;
	for (const { text, fields } of SECRETS.flatMap(leaks)) {
		log.line("error", text, fields);
		log.line("trace", text, fields);
		log.say(text);
		count += 2;
	}
	log.close();
	const server = new HealthServer({
		host: "127.0.0.1",
		port: 0,
		mask: masked,
		pages: {
			metrics: () => Promise.reject(new Error(SECRETS.join(" "))),
			health: () => SECRETS.map((secret) => ({ name: secret, ok: false, detail: secret })),
			ready: () => [],
		},
		onLine: () => {},
	});
	await server.start();
	t.after(() => server.close());
	const pages = await Promise.all(["metrics", "healthz"].map(async (path) => (await fetch(`${server.url}/${path}`)).text()));
	const files = readdirSync(dir).map((name) => readFileSync(join(dir, name), "utf8"));
	assert.equal(files.length, 2);
	for (const file of files) assert.equal(file.trimEnd().split("\n").length, count, "every line is there");
	for (const line of files
		.find((file) => file.startsWith("{"))
		?.trimEnd()
		.split("\n") ?? [])
		JSON.parse(line);
	for (const text of [...files, ...said, ...pages])
		for (const hidden of [...SECRETS.flatMap(spellings), SIGNATURE])
			assert.equal(text.includes(hidden), false, `${hidden} is in ${text.slice(0, 300)}`);
	assert.ok(said.some((line) => line.includes("plain ***")));
});

test("ordinary text stays as it is", () => {
	for (const text of ["BTCUSDT closed 0.05 at 58,065.6", "a".repeat(63), "run r7-0123"]) assert.equal(masked(text), text);
});

function commandsOf(command: Command): Command[] {
	return [command, ...command.commands.flatMap((each) => commandsOf(each as Command))];
}

test("no option takes a secret, and no command line of the documents or scripts holds one: others see it, and the shell keeps it (A1)", () => {
	// The local exchange has an option for its secret, which opens nothing.
	const options = commandsOf(program())
		.filter((command) => command.name() !== "sim")
		.flatMap((command) => command.options.map(({ flags }) => flags));
	assert.ok(options.length > 50);
	assert.deepEqual(
		[...new Set(options.filter((flags) => /secret|token|passphrase|password|api.?key/i.test(flags)))],
		["--passphrase-fd <number>"],
	);
	const root = join(import.meta.dirname, "..");
	const files = ["README.md", "README.ko.md", "SECURITY.md", "docker-compose.yml", "Dockerfile", "docs", "ops"].flatMap((name) =>
		/\./.test(name) || name === "Dockerfile"
			? [name]
			: readdirSync(join(root, name), { recursive: true }).map((found) => join(name, String(found))),
	);
	const given =
		/^\s*(?:export\s+\w*(?:KEY|SECRET|TOKEN|PASSPHRASE)=|ANCHORWATCH_\w+=\S+\s+\S|(?:echo|printf)\b.*(?:passphrase|password|secret|token).*>|docker .*-e\s*\w*(?:KEY|SECRET|TOKEN)=)/i;
	for (const file of files.filter((name) => /\.(md|sh|yml|service)$|Dockerfile/.test(name)))
		for (const [i, line] of readFileSync(join(root, file), "utf8").split("\n").entries())
			assert.doesNotMatch(line, given, `${file}:${i + 1}: ${line}`);
});
