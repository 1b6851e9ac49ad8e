// `anchorwatch doctor`: everything that a start needs, looked at one by one, each with a verdict and what to do. Nothing is changed by it.

import type { Command } from "commander";
import type { Credentials } from "../bybit/ports.ts";
import { configOption, examples, jsonOption, passphraseOption } from "./options.ts";
import type { RunConfig } from "./run-config.ts";

export type Verdict = "ok" | "warn" | "fail" | "skipped";
export type Finding = { readonly name: string; readonly verdict: Verdict; readonly text: string; readonly todo?: string };

type Options = { readonly config?: string; readonly json?: true; readonly passphraseFd?: string };

export function addDoctor(program: Command): void {
	const command = program
		.command("doctor")
		.description("look at everything that a start needs: configuration, disk, network, key, account, symbols")
		.addOption(configOption())
		.addOption(passphraseOption())
		.addOption(jsonOption())
		.action(doctor);
	examples(
		command,
		["doctor", `doctor --json | jq '.findings[] | select(.verdict == "fail")'`],
		"Nothing is changed, at the exchange or here. Exit code 0: all is well, or only warned about; 1: something fails;\n2: the command line is wrong.",
	);
}

async function doctor(options: Options): Promise<void> {
	const findings = await examine(options);
	const failed = findings.some(({ verdict }) => verdict === "fail");
	process.stdout.write(options.json === true ? `${JSON.stringify({ ok: !failed, findings }, null, 2)}\n` : `${findingsText(findings)}\n`);
	if (failed) process.exitCode = 1;
}

async function examine(options: Options): Promise<Finding[]> {
	const [local, { journalFindings }, { loadConfig }, { UsageError }] = await Promise.all([
		import("./doctor-local.ts"),
		import("./doctor-journal.ts"),
		import("./run-config.ts"),
		import("../std/usage-error.ts"),
	]);
	const findings: Finding[] = [local.runtimeFinding()];
	let config: RunConfig;
	try {
		config = loadConfig(options.config);
	} catch (cause) {
		if (!(cause instanceof UsageError)) throw cause;
		return [
			...findings,
			{ name: "configuration", verdict: "fail", text: cause.message, todo: "mend it: nothing else can be looked at before" },
		];
	}
	findings.push(configFinding(config));
	const { journal, log, data, environment } = config.config;
	for (const [key, folder] of [
		["journal.dir", journal.dir],
		["log.dir", log.dir],
		["data.dir", data.dir],
	] as const)
		findings.push(local.folderFinding(key, folder));
	findings.push(...journalFindings(config), await local.metricsFinding(config));
	if (environment === "sim")
		return [...findings, { name: "exchange", verdict: "skipped", text: "environment: sim has its own, in its process" }];
	return [...findings, ...(await outside(config, options))];
}

function configFinding({ file, isDefault, warnings }: RunConfig): Finding {
	const name = "configuration";
	if (isDefault)
		return { name, verdict: "warn", text: "there is no config.yaml: defaults hold, and run shows a demo", todo: "anchorwatch init" };
	const [warning] = warnings;
	if (warning === undefined) return { name, verdict: "ok", text: file };
	return { name, verdict: "warn", text: `${file}: ${warning.path}: ${warning.message}`, todo: "anchorwatch config check" };
}

async function outside(config: RunConfig, options: Options): Promise<Finding[]> {
	const [{ addressesOf }, { hostFindings }, { telegramFinding, venueFindings }] = await Promise.all([
		import("./live-bot.ts"),
		import("./doctor-local.ts"),
		import("./doctor-venue.ts"),
	]);
	const { rest, public: stream, private: own, trade } = addressesOf(config);
	const isPaper = config.config.environment === "paper";
	const findings = await hostFindings(isPaper ? [rest, stream] : [rest, stream, own, ...(trade === undefined ? [] : [trade])]);
	const { opened, credentials, finding } = await keysOf(config, options);
	findings.push(finding, ...(await venueFindings(opened, credentials)), await telegramFinding(opened));
	return findings;
}

/** The secrets the bot would start with; what is missing leaves the account unseen, and the public side is looked at all the same. */
async function keysOf(
	config: RunConfig,
	options: Options,
): Promise<{ opened: RunConfig; credentials: Credentials | undefined; finding: Finding }> {
	const [{ unlocked }, { credentialsOf }, { readSecrets }, { printProblem }, { UsageError }] = await Promise.all([
		import("./unlock.ts"),
		import("./live-bot.ts"),
		import("../config/load.ts"),
		import("../config/problem.ts"),
		import("../std/usage-error.ts"),
	]);
	const name = "secrets";
	try {
		const opened = await unlocked(config, options);
		const credentials = credentialsOf(opened);
		if (credentials === undefined)
			return { opened, credentials, finding: { name, verdict: "skipped", text: "environment: paper needs no key" } };
		const [warning] = readSecrets(opened, process.env).warnings;
		if (warning !== undefined)
			return { opened, credentials, finding: { name, verdict: "warn", text: printProblem(warning), todo: "anchorwatch config check" } };
		return { opened, credentials, finding: { name, verdict: "ok", text: "there is an API key with its secret" } };
	} catch (cause) {
		if (!(cause instanceof UsageError)) throw cause;
		const finding: Finding = { name, verdict: "fail", text: cause.message, todo: "the account is not looked at without them" };
		return { opened: config, credentials: undefined, finding };
	}
}

const MARKS: Readonly<Record<Verdict, string>> = { ok: "ok     ", warn: "WARN   ", fail: "FAIL   ", skipped: "skipped" };

function findingsText(findings: readonly Finding[]): string {
	const width = Math.max(...findings.map(({ name }) => name.length));
	const lines = findings.flatMap(({ name, verdict, text, todo }) => [
		`${MARKS[verdict]}  ${name.padEnd(width)}  ${text}`,
		...(todo === undefined ? [] : [`${" ".repeat(width + 11)}→ ${todo}`]),
	]);
	const count = (wanted: Verdict): number => findings.filter(({ verdict }) => verdict === wanted).length;
	return [...lines, `${count("fail")} failed, ${count("warn")} warned about, ${count("ok")} ok, ${count("skipped")} skipped`].join("\n");
}
