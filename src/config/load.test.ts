import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { UsageError } from "../std/usage-error.ts";
import { findConfigFile, readConfigFile } from "./load.ts";

function inFolder(run: (folder: string) => void): void {
	const folder = mkdtempSync(join(tmpdir(), "anchorwatch-"));
	const before = process.cwd();
	try {
		process.chdir(folder);
		run(folder);
	} finally {
		process.chdir(before);
		rmSync(folder, { recursive: true });
	}
}

function refuses(run: () => unknown, message: string): void {
	assert.throws(run, (error) => error instanceof UsageError && error.message === message);
}

test("a sound file is read, and config.yaml is found without being named (I2)", () => {
	inFolder(() => {
		writeFileSync("config.yaml", "leverage: 2\n");
		writeFileSync("other.yaml", "leverage: 4\n");
		assert.equal(findConfigFile(undefined)?.config.leverage, 2);
		assert.equal(findConfigFile("other.yaml")?.config.leverage, 4);
		assert.equal(findConfigFile(undefined)?.file, "config.yaml");
	});
});

test("a missing default file is told apart from a missing named one (I2)", () => {
	inFolder(() => {
		assert.equal(findConfigFile(undefined), undefined);
		refuses(() => findConfigFile("mine.yaml"), 'mine.yaml: no such file ("anchorwatch init" writes one)');
	});
});

test("one problem is one line; several are counted and listed (I1)", () => {
	inFolder(() => {
		writeFileSync("a.yaml", "leverage: 0\n");
		writeFileSync("b.yaml", "leverage: 0\n\nlevrage: 1\n");
		refuses(() => readConfigFile("a.yaml"), "a.yaml:1: leverage: expected a number from 1 to 100, got 0");
		refuses(
			() => readConfigFile("b.yaml"),
			"b.yaml: 2 problems\nb.yaml:1: leverage: expected a number from 1 to 100, got 0\nb.yaml:3: levrage: unknown key, did you mean leverage?",
		);
	});
});

test("what is no text file is refused in one line (I1)", () => {
	inFolder((folder) => {
		writeFileSync("bytes.yaml", Buffer.from([0xff, 0xfe, 0x00, 0x41]));
		refuses(() => readConfigFile(folder), `${folder}: is a folder, expected a file`);
		refuses(() => readConfigFile("bytes.yaml"), "bytes.yaml: expected text in UTF-8");
		refuses(() => readConfigFile("bytes.yaml/x"), "bytes.yaml/x: cannot be read (ENOTDIR)");
	});
});
