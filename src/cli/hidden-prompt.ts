// Secrets as a person gives them: typed on a terminal without being shown, or as lines of a pipe. Never from the command line, which every
// user of the machine can read.

import { hide } from "../config/mask.ts";
import { Secret } from "../config/secret.ts";
import { UsageError } from "../std/usage-error.ts";

const ENTER = /[\r\n]/;
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const BACKSPACE = /[\u007f\b]/;

let piped: Promise<string[]> | undefined;

/** The next secret; an empty answer is undefined. */
export async function askSecret(question: string): Promise<Secret | undefined> {
	const text = process.stdin.isTTY === true ? await typed(question) : await nextLine();
	if (text === "") return undefined;
	const secret = new Secret(text);
	hide([secret]);
	return secret;
}

async function nextLine(): Promise<string> {
	piped ??= linesOf(process.stdin);
	return (await piped).shift()?.trim() ?? "";
}

async function linesOf(stream: AsyncIterable<Buffer>): Promise<string[]> {
	const parts: Buffer[] = [];
	for await (const part of stream) parts.push(part);
	return Buffer.concat(parts).toString("utf8").split("\n");
}

/** The question goes to stderr, so that what is printed can be piped. */
function typed(question: string): Promise<string> {
	const { stdin, stderr } = process;
	stderr.write(question);
	stdin.setRawMode(true);
	stdin.resume();
	stdin.setEncoding("utf8");
	return new Promise((resolve, reject) => {
		let text = "";
		const end = (done: () => void): void => {
			stdin.off("data", onData);
			stdin.setRawMode(false);
			stdin.pause();
			stderr.write("\n");
			done();
		};
		const onData = (chunk: string): void => {
			for (const sign of chunk) {
				if (ENTER.test(sign)) return end(() => resolve(text.trim()));
				if (sign === CTRL_C || sign === CTRL_D) return end(() => reject(new UsageError("not given: nothing was changed")));
				text = BACKSPACE.test(sign) ? text.slice(0, -1) : text + sign;
			}
		};
		stdin.on("data", onData);
	});
}
