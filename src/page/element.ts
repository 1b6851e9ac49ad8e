// HTML as values: whatever is put into a template is escaped, unless it is markup that was made the same way.

export class Markup {
	readonly text: string;

	constructor(text: string) {
		this.text = text;
	}
}

type Part = Markup | string | number | undefined | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
	return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
	return new Markup(strings.map((text, i) => text + (i < parts.length ? asText(parts[i]) : "")).join(""));
}

/** A text whose `{name}`s are the parts of that name. */
export function filled(template: string, parts: Readonly<Record<string, Part>>): Markup {
	const pieces = template.split(/\{(\w+)\}/); // text, name, text, …
	return new Markup(pieces.map((piece, i) => (i % 2 === 0 ? escaped(piece) : asText(parts[piece]))).join(""));
}

/** Data for a script of the page: no text in it can end the element that holds it. */
export function jsonScript(id: string, value: unknown): Markup {
	const text = JSON.stringify(value).replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
	return new Markup(`<script type="application/json" id="${escaped(id)}">${text}</script>`);
}

function asText(part: Part): string {
	if (part === undefined) return "";
	if (part instanceof Markup) return part.text;
	if (typeof part === "string") return escaped(part);
	if (typeof part === "number") return escaped(String(part));
	return part.map(asText).join("");
}
