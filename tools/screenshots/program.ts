// The program under a terminal of its own (util-linux `script`), so that it writes what a person sees; its text can be waited for.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const PROGRAM = join(ROOT, "bin/anchorwatch.js");

export class Program {
	readonly #child: ChildProcess;
	text = "";

	/** `anchorwatch` with these arguments, or another program. */
	constructor(folder: string, args: readonly string[], file?: string) {
		const command = [...(file === undefined ? [process.execPath, PROGRAM] : [file]), ...args].map((part) => `'${part}'`).join(" ");
		const sized = `stty cols 110 rows 50; exec ${command}`;
		this.#child = spawn("script", ["-qec", sized, "/dev/null"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
		this.#child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
			this.text += chunk;
		});
	}

	async says(pattern: RegExp, withinS = 600): Promise<void> {
		const until = Date.now() + withinS * 1000;
		while (!pattern.test(this.text)) {
			if (Date.now() > until) throw new Error(`waited ${withinS} s for ${pattern}:\n${this.text}`);
			if (this.#child.exitCode !== null) throw new Error(`ended before it said ${pattern}:\n${this.text}`);
			await new Promise((resolve) => setTimeout(resolve, 200));
		}
	}

	/** Until it ends by itself. */
	async ended(): Promise<string> {
		if (this.#child.exitCode === null) await once(this.#child, "close");
		return this.text;
	}

	/** As by Ctrl-C on its terminal. */
	async stop(): Promise<string> {
		if (this.#child.exitCode === null) this.#child.stdin?.write("\u0003");
		return this.ended();
	}
}
