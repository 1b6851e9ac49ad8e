// Setting text on a page of fixed width: cells, tables, wrapped sentences. Everything is padded before it is painted.

import { type Paint, type Style, widthOf } from "./ansi.ts";

export type Page = { readonly width: number; readonly paint: Paint; readonly unicode: boolean };

export type Align = "left" | "right";

/** A table's column is as wide as its widest cell; the one that is `elastic` takes what room there is, and a `spare` one is left out of a narrow page. */
export type Column = { readonly title: string; readonly align: Align; readonly elastic?: boolean; readonly spare?: boolean };

export type Cell = { readonly text: string; readonly style?: Style | undefined };

const GAP = 3;
const NARROW = 80;

/** What stands for each drawing character where only ASCII can be shown: one for one, so that widths stay. */
const PLAIN: Readonly<Record<string, string>> = { "─": "-", "│": "|", "█": "#", "░": ".", "→": ">", "–": "-", "…": "~", "·": "|" };

export function toAscii(text: string): string {
	return text.replace(/[─│█░→–…·]/gu, (mark) => PLAIN[mark] ?? mark);
}

export function pad(text: string, width: number, align: Align = "left"): string {
	const clipped = clip(text, width);
	const space = " ".repeat(width - widthOf(clipped));
	return align === "left" ? clipped + space : space + clipped;
}

/** Unpainted text cut to a width, with a mark where it was cut. */
function clip(text: string, width: number): string {
	const characters = [...text];
	return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join("")}…`;
}

export function rule({ width, paint }: Page): string {
	return paint("dim", "─".repeat(width));
}

/** Parts in a row, three columns apart, on as many lines as they need. */
export function flow(parts: readonly Cell[], { width, paint }: Page): string[] {
	const lines: Cell[][] = [];
	let room = 0;
	for (const part of parts) {
		const text = clip(part.text, width);
		room -= GAP + widthOf(text);
		if (room < 0) {
			lines.push([]);
			room = width - widthOf(text);
		}
		lines.at(-1)?.push({ ...part, text });
	}
	return lines.map((line) => line.map((part) => painted(part, paint)).join(" ".repeat(GAP)));
}

/** A sentence broken at spaces; the lines after the first are indented. Control characters count as spaces. */
export function wrap(text: string, width: number, indent = ""): string[] {
	const lines: string[] = [];
	let line: string | undefined;
	for (const word of text.replace(/\p{Cc}/gu, " ").split(" ")) {
		if (word === "") continue;
		if (line !== undefined && widthOf(line) + 1 + widthOf(word) <= width) {
			line += ` ${word}`;
			continue;
		}
		if (line !== undefined) lines.push(line);
		line = clip(lines.length === 0 ? word : indent + word, width);
	}
	return line === undefined ? lines : [...lines, line];
}

/** A line of titles, then the rows. */
export function table(columns: readonly Column[], rows: readonly (readonly Cell[])[], { width, paint }: Page): string[] {
	const shown = columns.map((column, i) => ({ ...column, i })).filter(({ spare }) => spare !== true || width >= NARROW);
	const natural = ({ title, i }: { title: string; i: number }): number =>
		Math.max(widthOf(title), ...rows.map((row) => widthOf(row[i]?.text ?? "")));
	const fixed = shown.reduce((sum, column) => sum + (column.elastic ? 0 : natural(column)), 0);
	const room = Math.max(1, width - fixed - GAP * (shown.length - 1));
	const widths = shown.map((column) => (column.elastic ? room : natural(column)));
	const line = (cells: readonly Cell[]): string => {
		const padded = shown.map(({ align, i }, k) => ({ text: pad(cells[i]?.text ?? "", widths[k] ?? 0, align), style: cells[i]?.style }));
		return padded.map((cell) => painted(cell, paint)).join(" ".repeat(GAP));
	};
	return [line(columns.map(({ title }, i) => ({ text: title, style: i === 0 ? "bold" : "dim" }))), ...rows.map(line)];
}

/** Two lists beside each other, or one below the other where the page is narrow. */
export function beside(left: readonly string[], right: readonly string[], gap: number, page: Page): string[] {
	const widest = Math.max(...left.map(widthOf));
	if (widest + gap + Math.max(...right.map(widthOf)) > page.width) return [...left, ...right];
	return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
		const cell = left[i] ?? "";
		return `${cell}${" ".repeat(widest - widthOf(cell) + gap)}${right[i] ?? ""}`.trimEnd();
	});
}

/** A bar of `width` cells of which the given share, 0 to 1, is full; anything above nothing shows. */
export function bar(share: number, width: number, rest = ""): string {
	const full = share <= 0 ? 0 : Math.min(width, Math.max(1, Math.round(share * width)));
	return "█".repeat(full) + rest.repeat(width - full);
}

function painted({ text, style }: Cell, paint: Paint): string {
	return style === undefined ? text : paint(style, text);
}
