// Colour for a terminal: the few ANSI styles that the summary uses, and nothing where colour is not wanted.

const STYLES = ["bold", "dim", "red", "green", "yellow", "cyan"] as const;
export type Style = (typeof STYLES)[number];

/** Puts a style around a text. Pad before painting: the codes have no width, but they have a length. */
export type Paint = (style: Style, text: string) => string;

const CODES: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };
const ESCAPE = "\u001b";
const CODE = new RegExp(`${ESCAPE}\\[[0-9;]*m`, "g");

export function painter(colour: boolean): Paint {
	return (style, text) => (colour && text !== "" ? `${ESCAPE}[${CODES[style]}m${text}${ESCAPE}[0m` : text);
}

export function stripAnsi(text: string): string {
	return text.replace(CODE, "");
}

/** Columns that a text takes, each character being one. */
export function widthOf(text: string): number {
	return [...stripAnsi(text)].length;
}
