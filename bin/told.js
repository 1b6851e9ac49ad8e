// What can be said without the program: its version, and the help of each command as `npm run docs` keeps it in help.json. A terminal
// that is narrower than those texts, and whatever else stands on the line, is the program's own matter.
import { readFileSync } from "node:fs";

const WIDTH = 80;

/** The text for these arguments on that stream; undefined where the program must be asked. */
export function told(args, stream) {
	const last = args.at(-1);
	if (args.length === 1 && (last === "--version" || last === "-V")) return `${read("../package.json").version}\n`;
	const asksHelp = last === "--help" || last === "-h";
	if ((!asksHelp && args[0] !== "help") || (stream.columns ?? WIDTH) < WIDTH) return undefined;
	const path = asksHelp ? args.slice(0, -1) : args.slice(1);
	const texts = read("./help.json");
	const key = path.join(" ");
	return Object.hasOwn(texts, key) ? texts[key] : undefined;
}

function read(file) {
	return JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8"));
}
