// TypeScript source as tokens, for tests that read the code: enough to tell words from strings, comments, templates and regular
// expressions, and no more. It does not parse; whoever asks looks at neighbouring tokens.

export const TOKEN_KINDS = ["word", "number", "string", "regex", "sign", "comment"] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** `text` of a string is what stands between its quotes; of a template, one token for each stretch between its expressions. */
export type Token = { readonly kind: TokenKind; readonly text: string; readonly line: number };

/** Words after which a slash begins a regular expression, as it does after any sign that ends no value. */
const BEFORE_VALUE = new Set([
	"return",
	"typeof",
	"case",
	"in",
	"of",
	"delete",
	"void",
	"throw",
	"new",
	"else",
	"do",
	"instanceof",
	"yield",
	"await",
]);

const SPACE = /\s*/y;
const WORD = /[#@]?[\p{L}_$][\p{L}\p{N}_$]*/uy;
const NUMBER = /(?:0[xob])?\.?\d(?:[\w.]|[eE][+-])*/iy;
const COMMENT = /\/\/[^\n]*|\/\*.*?\*\//sy;
const QUOTED = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/sy;
const REGEX = /\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
/** From a backtick or the end of an expression up to the next expression or the closing backtick. */
const TEMPLATE = /(?:[^`\\$]|\\.|\$(?!\{))*(`|\$\{)/sy;
const SIGN = /\+\+|--|\?\.|=>|./sy;

export function tokens(source: string): Token[] {
	return new Reader(source).read();
}

class Reader {
	readonly #source: string;
	readonly #found: Token[] = [];
	/** For each template that is open, how many braces its expression has open. */
	readonly #templates: number[] = [];
	#at = 0;
	#line = 1;

	constructor(source: string) {
		this.#source = source;
	}

	read(): Token[] {
		for (;;) {
			this.#countLines(this.#take(SPACE) ?? "");
			if (this.#at >= this.#source.length) return this.#found;
			this.#next();
		}
	}

	#next(): void {
		const sign = this.#source[this.#at];
		if (this.#add("comment", COMMENT)) return;
		if (sign === "`" || (sign === "}" && this.#templates.at(-1) === 0)) return this.#template(sign);
		if (sign === "/" && !endsValue(this.#found) && this.#add("regex", REGEX)) return;
		if (this.#add("string", QUOTED) || this.#add("word", WORD) || this.#add("number", NUMBER)) return;
		const depth = this.#templates.length - 1;
		if (depth >= 0 && sign === "{") this.#templates[depth]!++;
		if (depth >= 0 && sign === "}") this.#templates[depth]!--;
		this.#add("sign", SIGN);
	}

	/** A stretch of a template: from its backtick, or from the end of an expression in it. */
	#template(from: "`" | "}"): void {
		if (from === "}") this.#templates.pop();
		this.#at++;
		const text = this.#take(TEMPLATE);
		if (text === undefined) throw new SyntaxError(`line ${this.#line}: a template that does not end`);
		if (text.endsWith("{")) this.#templates.push(0);
		this.#found.push({ kind: "string", text: text.replace(/`$|\$\{$/, ""), line: this.#line });
		this.#countLines(text);
	}

	#add(kind: TokenKind, pattern: RegExp): boolean {
		const text = this.#take(pattern);
		if (text === undefined) return false;
		this.#found.push({ kind, text: kind === "string" ? text.slice(1, -1) : text, line: this.#line });
		this.#countLines(text);
		return true;
	}

	#take(pattern: RegExp): string | undefined {
		pattern.lastIndex = this.#at;
		const text = pattern.exec(this.#source)?.[0];
		this.#at += text?.length ?? 0;
		return text;
	}

	#countLines(text: string): void {
		for (const char of text) if (char === "\n") this.#line++;
	}
}

/** Whether what has been read so far ends in a value, so that a slash divides it. */
function endsValue(found: readonly Token[]): boolean {
	const read = found.findLast((token) => token.kind !== "comment");
	if (read === undefined) return false;
	if (read.kind === "word") return !BEFORE_VALUE.has(read.text);
	if (read.kind !== "sign") return true;
	if (read.text === "!" || read.text === "++" || read.text === "--") return endsValue(found.slice(-8, found.lastIndexOf(read)));
	return [")", "]", "}"].includes(read.text);
}

/** A file that another one names, and how. */
export type Import = { readonly from: string; readonly line: number; readonly form: "import" | "export" | "load" };

/** Everything a source imports: `import … from`, `import "…"`, `export … from`, `import("…")`. `from` is "" where it is computed. */
export function importsOf(source: readonly Token[]): Import[] {
	const code = source.filter((token) => token.kind !== "comment");
	const found: Import[] = [];
	for (const [i, token] of code.entries()) {
		if (token.kind !== "word" || isMember(code, i)) continue;
		const next = code[i + 1];
		if (token.text === "import" && next?.text === "(" && next.kind === "sign") {
			const what = code[i + 2];
			found.push({ from: what?.kind === "string" ? what.text : "", line: token.line, form: "load" });
		} else if (token.text === "import" && next?.text !== ".") {
			const end = next?.kind === "string" ? i + 1 : code.findIndex((each, at) => at > i && each.kind === "string");
			found.push({ from: code[end]?.text ?? "", line: token.line, form: "import" });
		} else if (token.text === "export") {
			const start = next?.text === "type" ? i + 2 : i + 1;
			const from = clauseEnd(code, start);
			if (from !== undefined && code[from]?.text === "from")
				found.push({ from: code[from + 1]?.text ?? "", line: token.line, form: "export" });
		}
	}
	return found;
}

/** Where `*`, `* as name` or `{ … }` ends that begins at `start`; undefined when neither is there. */
function clauseEnd(code: readonly Token[], start: number): number | undefined {
	if (code[start]?.text === "*") return code[start + 1]?.text === "as" ? start + 3 : start + 1;
	if (code[start]?.text !== "{") return undefined;
	return code.findIndex((token, i) => i > start && token.text === "}") + 1;
}

/** Whether the word at `i` is a member of something, `x.word`, or the name of a field, `word:`. */
export function isMember(code: readonly Token[], i: number): boolean {
	const before = code[i - 1];
	if (before?.kind === "sign" && (before.text === "." || before.text === "?.")) return !(code[i - 2]?.text === ".");
	return code[i + 1]?.text === ":" && ["{", "(", ",", ";", "readonly"].includes(before?.text ?? "");
}
