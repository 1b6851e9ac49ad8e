import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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

test("a file that is far too large, or full of what is unknown, is refused at once and in few lines (I1)", () => {
	inFolder(() => {
		writeFileSync("large.yaml", `# ${"x".repeat(2 ** 20)}\n`);
		writeFileSync("comment.yaml", `# ${"x".repeat(2 ** 20 - 3)}\n`);
		writeFileSync("many.yaml", Array.from({ length: 20_000 }, (_, i) => `key${i}: 1\n`).join(""));
		refuses(() => readConfigFile("large.yaml"), "large.yaml: is 1.0 MB large, and a configuration has a few kilobytes");
		assert.equal(readConfigFile("comment.yaml").config.leverage, 3);
		assert.throws(
			() => readConfigFile("many.yaml"),
			(error) => error instanceof UsageError && error.message.split("\n").length === 42 && /\nand 160 more$/.test(error.message),
		);
	});
});

test("a link that leads nowhere or back to itself is no missing file (I2)", { skip: process.platform === "win32" }, () => {
	inFolder(() => {
		symlinkSync("config.yaml", "config.yaml");
		refuses(() => findConfigFile(undefined), "config.yaml: is a link that leads back to itself");
		rmSync("config.yaml");
		symlinkSync("nowhere", "config.yaml");
		refuses(() => findConfigFile(undefined), 'config.yaml: no such file ("anchorwatch init" writes one)');
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
