// The way from the command line to the program: what Node compiled is kept beside the packages, and whatever happens to it, the program
// says and does the same.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

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
	writeFileSync(join(home, "package.json"), '{"type": "module"}');
	mkdirSync(join(home, "node_modules"));
	return home;
}

function run(home: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
	const { NODE_COMPILE_CACHE: _, NODE_DISABLE_COMPILE_CACHE: __, ...env } = process.env;
	return new Promise((resolve) => {
		execFile(process.execPath, [join(home, "bin/anchorwatch.js"), ...args], { env }, (error, stdout, stderr) =>
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

const SAID = { code: 0, stdout: `${version}\n`, stderr: "" };

test("two first starts at once keep what was compiled, and the next one finds it", async () => {
	const home = installed();
	assert.deepEqual(await Promise.all([run(home, "--version"), run(home, "--version")]), [SAID, SAID]);
	const files = kept(home);
	assert.ok(files.length > 20, `${files.length} files are kept`);
	assert.deepEqual(await run(home, "--version"), SAID);
	assert.deepEqual(kept(home).sort(), files.sort());
});

test("what was kept and is damaged is not taken for the program", async () => {
	const home = installed();
	await run(home, "--version");
	for (const file of kept(home)) writeFileSync(file, readFileSync(file).fill(7, 40));
	assert.deepEqual(await run(home, "--version"), SAID);
});

test("where nothing can be kept the program runs all the same, and says nothing of it", async () => {
	const home = installed();
	writeFileSync(join(home, "node_modules/.cache"), "a file where the folder would be");
	assert.deepEqual(await run(home, "--version"), SAID);
	assert.equal((await run(home, "backtst")).code, 2);
});
