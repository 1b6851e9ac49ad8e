// What is wrong in a configuration, and where: one line a reader can act on.

/** The way to a key: names of sections, positions in lists. */
export type Path = readonly (string | number)[];

export type Problem = {
	readonly file: string;
	/** From 1; undefined for what is wrong with no text, such as a file's mode. */
	readonly line?: number | undefined;
	readonly column?: number | undefined;
	/** `symbols[1].leverage`; empty for the whole file. */
	readonly path: string;
	/** What was expected and what was found; never a secret's value. */
	readonly message: string;
};

/** `config.yaml:4: leverage: expected a number from 1 to 100, got "abc"` */
export function printProblem({ file, line, path, message }: Problem): string {
	return [line === undefined ? file : `${file}:${line}`, path, message].filter((part) => part !== "").join(": ");
}

/** In the order of the text. */
export function byPlace(a: Problem, b: Problem): number {
	return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/** More would push the first ones off a screen. */
const SHOWN_MAX = 40;

/** One a line, in the file's order; several get a heading that counts them. */
export function printProblems(problems: readonly Problem[]): string {
	const lines = problems.slice(0, SHOWN_MAX).map(printProblem);
	if (problems.length === 1) return lines.join("");
	const rest = problems.length - lines.length;
	return [`${problems[0]?.file}: ${problems.length} problems`, ...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join("\n");
}

export function pathText(path: Path): string {
	return path.map((part, i) => (typeof part === "number" ? `[${part}]` : i === 0 ? part : `.${part}`)).join("");
}

/** `path` is `root`, or lies below it. */
export function isBelow(path: Path, root: Path): boolean {
	return root.length <= path.length && root.every((part, i) => part === path[i]);
}
