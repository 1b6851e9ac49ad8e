// A terminal as a page: what a program wrote, with its colours, carriage returns and cleared lines, as a person would see it.

const COLOURS: Readonly<Record<string, string>> = { 31: "#f7768e", 32: "#9ece6a", 33: "#e0af68", 36: "#7dcfff" };
const ESCAPE = "\u001b";

function escaped(text: string): string {
	return text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]!);
}

/** What a line shows in the end: behind the last carriage return, or behind the last clearing. */
function shown(line: string): string {
	return (
		line
			.split("\r")
			.filter((part) => part.replaceAll(`${ESCAPE}[K`, "") !== "")
			.at(-1) ?? ""
	).replaceAll(`${ESCAPE}[K`, "");
}

function painted(line: string): string {
	let isOpen = false;
	return line
		.split(new RegExp(`(${ESCAPE}\\[[0-9;]*m)`))
		.map((part) => {
			const code = new RegExp(`^${ESCAPE}\\[([0-9;]*)m$`).exec(part)?.[1];
			if (code === undefined) return escaped(part);
			const close = isOpen ? "</span>" : "";
			isOpen = code !== "0" && code !== "";
			if (!isOpen) return close;
			const style = code === "1" ? "font-weight:700" : code === "2" ? "opacity:.6" : `color:${COLOURS[code] ?? "inherit"}`;
			return `${close}<span style="${style}">`;
		})
		.join("")
		.concat(isOpen ? "</span>" : "");
}

/** `command` is what the person typed. */
export function terminalPage(command: string, output: string): string {
	const lines = output.split("\n").map((line) => painted(shown(line.trimEnd())));
	return `<!doctype html><meta charset="utf-8"><style>
body { margin: 0; background: #1a1b26; width: max-content }
pre { margin: 0; padding: 18px 22px; color: #c0caf5; font: 14px/16px "DejaVu Sans Mono", "Noto Sans Mono CJK KR", monospace }
</style><pre><span style="opacity:.6">$ </span><b>${escaped(command)}</b>
${lines.join("\n").trimEnd()}</pre>`;
}
