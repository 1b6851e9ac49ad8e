// The way from the command line to the program: help and version are told without starting it; what Node compiled of it is kept beside the
// packages, and whatever happens to that, the program says and does the same.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
const homes: string[] = [];
after(() => {
	for (const home of homes) rmSync(home, { recursive: true, force: true });
});

/** An installation of its own: the launcher's files, and the sources where they lie. */
function installed(): string {
	const home = mkdtempSync(join(tmpdir(), "aw-launcher-"));
	homes.push(home);
	cpSync(join(ROOT, "bin"), join(home, "bin"), { recursive: true });
	symlinkSync(join(ROOT, "src"), join(home, "src"), "junction");
	cpSync(join(ROOT, "package.json"), join(home, "package.json"));
	mkdirSync(join(home, "node_modules"));
	return home;
}

function run(home: string, ...given: (string | { file: string })[]): Promise<{ code: number; stdout: string; stderr: string }> {
	const { NODE_COMPILE_CACHE: _, NODE_DISABLE_COMPILE_CACHE: __, ...env } = process.env;
	const args = given.filter((arg) => typeof arg === "string");
	const { file } = given.find((arg) => typeof arg === "object") ?? { file: "anchorwatch.js" };
	return new Promise((resolve) => {
		execFile(process.execPath, [join(home, "bin", file), ...args], { env }, (error, stdout, stderr) =>
			resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
		);
	});
}

function kept(home: string): string[] {
	const folder = join(home, "node_modules/.cache/anchorwatch");
	return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
		entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
	);
}

/** A small command that runs the program. */
const COMMAND = ["completion", "bash"] as const;

function wasWhole({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }): boolean {
	return code === 0 && stderr === "" && stdout.startsWith("# anchorwatch: completion for bash\n") && stdout.endsWith("anchorwatch\n");
}

test("two first starts at once keep what was compiled, and the next one finds it", async () => {
	const home = installed();
	const both = await Promise.all([run(home, ...COMMAND), run(home, ...COMMAND)]);
	assert.deepEqual(both.map(wasWhole), [true, true]);
	const files = kept(home);
	assert.ok(files.length > 20, `${files.length} files are kept`);
	assert.ok(wasWhole(await run(home, ...COMMAND)));
	assert.deepEqual(kept(home).sort(), files.sort());
});

test("what was kept and is damaged is not taken for the program", async () => {
	const home = installed();
	await run(home, ...COMMAND);
	for (const file of kept(home)) writeFileSync(file, readFileSync(file).fill(7, 40));
	assert.ok(wasWhole(await run(home, ...COMMAND)));
});

test("where nothing can be kept the program runs all the same, and says nothing of it", async () => {
	const home = installed();
	writeFileSync(join(home, "node_modules/.cache"), "a file where the folder would be");
	assert.ok(wasWhole(await run(home, ...COMMAND)));
	assert.equal((await run(home, "backtst")).code, 2);
});

test("help and version are told without the program, word for word as it tells them", async () => {
	const home = installed();
	for (const args of [
		["--help"],
		["-h"],
		["help"],
		["journal", "verify", "--help"],
		["help", "journal", "verify"],
		["run", "-h"],
		["-V"],
		["--version"],
	]) {
		const [told, itself] = await Promise.all([run(home, ...args), run(home, ...args, { file: "start.js" })]);
		assert.deepEqual(told, itself, args.join(" "));
		assert.deepEqual([told.code, told.stderr], [0, ""]);
	}
	assert.equal((await run(home, "--version")).stdout, `${version}\n`);
	rmSync(join(home, "src"));
	assert.match((await run(home, "backtest", "--help")).stdout, /^Usage: anchorwatch backtest /);
});

test("what is more than a plain wish for help, or on a narrow terminal, is the program's own", async () => {
	const asked: [args: string[], stream: { columns?: number }][] = [
		[["journal", "--help"], {}],
		[["--help"], { columns: 80 }],
		[["--help"], { columns: 79 }],
	];
	for (const line of ["backtst --help", "help backtst", "help constructor", "run --data --help", "--help run", "run"])
		asked.push([line.split(" "), {}]);
	const script = `import { told } from ${JSON.stringify(new URL("../bin/told.js", import.meta.url).href)};
		console.log(JSON.stringify(${JSON.stringify(asked)}.map(([args, stream]) => told(args, stream)?.split("\\n")[0] ?? null)));`;
	const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
	assert.deepEqual(JSON.parse(stdout), [
		"Usage: anchorwatch journal [options] [command]",
		"Usage: anchorwatch [options] [command]",
		...Array<null>(7).fill(null),
	]);
});

test("a launcher that is killed takes the program with it, so that its restart finds no other bot (I3)", { timeout: 60_000 }, async () => {
	const script = `import { runPinned } from ${JSON.stringify(new URL("../bin/pinned.js", import.meta.url).href)};
		runPinned([${JSON.stringify(join(ROOT, "bin/start.js"))}, "sim", "--generate", "plain", "--days", "2"]);`;
	const launcher = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "ignore"] });
	const [line] = (await once(launcher.stdout, "data")) as [Buffer];
	const { rest } = JSON.parse(String(line).split("\n")[0] ?? "") as { rest: string };
	assert.equal((await fetch(`${rest}/v5/market/time`)).status, 200);
	launcher.kill("SIGKILL");
	await once(launcher.stdout, "close"); // the program holds it, too
	await assert.rejects(fetch(`${rest}/v5/market/time`));
});
