// Telegram's MarkdownV2 (https://core.telegram.org/bots/api#markdownv2-style): text of any kind comes out as it went in, whatever signs are
// in it. Markup is only what is written here.

import type { Message } from "./message.ts";
import { marker, timeText } from "./words.ts";

/** Telegram counts UTF-16 units after the markup is taken out; what is escaped is longer, so this is on the safe side. */
export const TEXT_MAX = 4096;

/** Every sign that MarkdownV2 gives a meaning to, and the backslash itself. */
export function escaped(text: string): string {
	return text.replace(/[_*[\]()~`>#+\-=|{}.!\\]/g, "\\$&");
}

export function bold(text: string): string {
	return text === "" ? "" : `*${escaped(text)}*`;
}

/** Cut to `max` units, never within a pair of surrogates. */
export function clipped(text: string, max: number): string {
	if (text.length <= max) return text;
	const end = /[\uD800-\uDBFF]/.test(text.charAt(max - 2)) ? max - 2 : max - 1;
	return `${text.slice(0, end)}…`;
}

/** The message as MarkdownV2, and the same without any markup. */
export function telegramText(message: Message): { readonly markdown: string; readonly plain: string } {
	const lines = message.parts.length === 1 ? single(message) : digest(message);
	return {
		markdown: lines.map(({ text, strong }) => (strong ? bold(text) : escaped(text))).join("\n"),
		plain: lines.map(({ text }) => text).join("\n"),
	};
}

type Line = { readonly text: string; readonly strong: boolean };

function single({ parts, repeated, locale }: Message): Line[] {
	const [part] = parts;
	if (part === undefined) return [];
	const { icon, title, rows } = part.words;
	const clip = (text: string): string => clipped(text, 300);
	return [
		{ text: clip(`${icon} ${title}`), strong: true },
		...rows.map(([name, value]) => ({ text: clip(name === "" ? value : `${name}: ${value}`), strong: false })),
		{ text: `${timeText(part.at)} ${marker([part.number], repeated, locale)}`, strong: false },
	];
}

/** Messages that had to wait, a line each, with the times at which they happened. */
function digest({ numbers, parts, repeated, locale }: Message): Line[] {
	const head = locale === "ko" ? `📨 모아 보낸 알림 ${parts.length}건` : `📨 ${parts.length} messages together`;
	return [
		{ text: head, strong: true },
		...parts.map(({ at, words }) => ({ text: digestLine(at, words), strong: false })),
		{ text: marker(numbers, repeated, locale), strong: false },
	];
}

/** One line of a digest. */
export function digestLine(at: number, { icon, title, rows }: Message["parts"][number]["words"]): string {
	const figures = rows.map(([name, value]) => (name === "" ? value : `${name} ${value}`)).join(", ");
	return clipped(`${timeText(at)} ${icon} ${title}${figures === "" ? "" : ` · ${figures}`}`, 220);
}
