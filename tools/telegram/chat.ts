// A chat as a person sees it: what the bot wrote, with its buttons and pictures, and what the person answered. Built from what arrives at the
// testing server; knows neither terminal nor browser.

import { type Post, pressed, said } from "../../src/notify/testing/telegram-server.ts";

export type Button = { readonly text: string; readonly data: string };
export type Bubble = {
	readonly id: number;
	readonly who: "bot" | "you";
	readonly at: number;
	/** Lines without markup, each bold or not. */
	readonly lines: readonly { readonly text: string; readonly strong: boolean }[];
	readonly buttons: readonly Button[];
	readonly photo: Buffer | undefined;
};

/** The one chat and the one person of the stand-in. */
export const CHAT = 1;
export const USER = 1;
const PNG_HEAD = Buffer.from("\u0089PNG\r\n", "latin1");
const PNG_TAIL = Buffer.from("IEND\u00aeB`\u0082", "latin1");

export class Chat {
	readonly #bubbles = new Map<number, Bubble>();
	#updates = 1;
	#own = 0;

	get bubbles(): readonly Bubble[] {
		return [...this.#bubbles.values()];
	}

	/** What the bot posted; undefined for calls that show nothing. An edit takes the place of what it edits. */
	take(post: Post): Bubble | undefined {
		if (!/^(?:sendMessage|sendPhoto|editMessageText)$/.test(post.method)) return undefined;
		const text = String(post.body.text ?? post.body.caption ?? "");
		const lines = text.split("\n").map((line) => lineOf(line, post.body.parse_mode === "MarkdownV2"));
		const photo = post.method === "sendPhoto" ? pictureOf(post.raw) : undefined;
		const bubble: Bubble = { id: post.id, who: "bot", at: post.at, lines, buttons: buttonsOf(post.body.reply_markup), photo };
		this.#bubbles.set(bubble.id, bubble);
		return bubble;
	}

	/** The person writes; gives the update for the bot. */
	write(text: string, at: number): unknown {
		this.#own -= 1; // numbers of the person's own, apart from those of the bot's messages
		this.#bubbles.set(this.#own, { id: this.#own, who: "you", at, lines: [{ text, strong: false }], buttons: [], photo: undefined });
		return said(this.#updates++, { chat: CHAT, user: USER, at }, text);
	}

	/** The person presses a button under that message. */
	press(id: number, data: string): unknown {
		return pressed(this.#updates++, { chat: CHAT, user: USER, message: id }, data);
	}

	/** The buttons that can be pressed now: those of the newest message that has any. */
	get pressable(): { readonly id: number; readonly buttons: readonly Button[] } | undefined {
		return this.bubbles.findLast(({ buttons }) => buttons.length > 0);
	}
}

function lineOf(line: string, isMarked: boolean): Bubble["lines"][number] {
	if (!isMarked) return { text: line, strong: false };
	const strong = line.length > 1 && line.startsWith("*") && line.endsWith("*");
	return { text: (strong ? line.slice(1, -1) : line).replace(/\\(.)/g, "$1"), strong };
}

/** As JSON or, beside a picture, as a text of JSON. */
function buttonsOf(markup: unknown): Button[] {
	const read: unknown = typeof markup === "string" ? JSON.parse(markup) : markup;
	const rows = (read as { inline_keyboard?: { text: string; callback_data: string }[][] } | undefined)?.inline_keyboard; // grammY wrote it
	return (rows ?? []).flat().map(({ text, callback_data: data }) => ({ text, data }));
}

function pictureOf(raw: Buffer): Buffer | undefined {
	const [from, to] = [raw.indexOf(PNG_HEAD), raw.indexOf(PNG_TAIL)];
	return from < 0 || to < from ? undefined : raw.subarray(from, to + PNG_TAIL.length);
}
