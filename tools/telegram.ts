// `npm run telegram`: a Telegram of your own, in this terminal and in a browser on this machine. For trying the bot without an account: no
// message leaves this machine. What you type goes to the bot; a number presses that button of the last message that has any.

import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { messageOf } from "../src/std/message-of.ts";
import type { Bubble } from "./telegram/chat.ts";
import { CHAT, USER } from "./telegram/chat.ts";
import { StandIn, TOKEN } from "./telegram/stand-in.ts";

const DEFAULT_PORT = 8081;

function print(text: string): void {
	process.stdout.write(`${text}\n`);
}

function printed({ at, lines, buttons, photo }: Bubble, url: string, id: number): string {
	const bold = (text: string): string => (process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text);
	const body = lines.map(({ text, strong }) => `  ${strong ? bold(text) : text}`);
	if (photo !== undefined) body.push(`  [picture: ${url}/photo/${id}]`);
	if (buttons.length > 0) body.push(`  ${buttons.map(({ text }, i) => `[${i + 1}] ${text}`).join("   ")}`);
	return [`── ${new Date(at).toISOString().slice(11, 19)} ──`, ...body, ""].join("\n");
}

function fail(text: string): never {
	process.stderr.write(`telegram: ${text}\n`);
	process.exit(2);
}

function portOf(): number {
	let given: string;
	try {
		given = parseArgs({ options: { port: { type: "string", default: String(DEFAULT_PORT) } } }).values.port;
	} catch (cause) {
		return fail(messageOf(cause));
	}
	const port = /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN;
	return port <= 65_535 ? port : fail(`--port ${given}: it must be a number from 0 to 65535`);
}

const port = portOf();
const standIn: StandIn = await StandIn.open(port, (bubble) => print(printed(bubble, standIn.url, bubble.id))).catch((cause: unknown) =>
	fail(`port ${port} cannot be opened (${messageOf(cause)}); another one: npm run telegram -- --port 0`),
);
print(`A Telegram that ends at this machine; as a page: ${standIn.url}/

In config.yaml:
  notify:
    telegram: {enabled: true, chat_id: ${CHAT}, user_ids: [${USER}], api_root: "${standIn.url}"}
In .env:
  ANCHORWATCH_TELEGRAM_TOKEN=${TOKEN}

Type a command such as /status, or the number of a button. Ctrl-C ends it.
`);
const keyboard = createInterface({ input: process.stdin });
keyboard.on("line", (line) => {
	const text = line.trim();
	const under = standIn.chat.pressable;
	const button = /^\d$/.test(text) ? under?.buttons[Number(text) - 1] : undefined;
	if (under !== undefined && button !== undefined) standIn.press(under.id, button.data);
	else if (text !== "") standIn.write(text);
});
const ended = Promise.withResolvers<void>();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ended.resolve());
await ended.promise;
keyboard.close();
await standIn.close();
