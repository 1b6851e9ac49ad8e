// The last gate before the terminal: whatever writes there, a library's own debugging (DEBUG, NODE_DEBUG) or the stack of a bug, shows no
// secret that this process has read. It knows the password of a proxy, too, which only the environment holds.

import { inspect } from "node:util";
import { hide, masked, withoutSecrets } from "../config/mask.ts";
import { EXIT } from "./exit-code.ts";

const PROXIES = ["https_proxy", "http_proxy", "all_proxy"].flatMap((name) => [name, name.toUpperCase()]);

export function guardConsole(env: Readonly<Record<string, string | undefined>>): void {
	hide(PROXIES.flatMap((name) => passwordsIn(env[name] ?? "")).map((text) => ({ reveal: () => text })));
	guard(process.stdout, withoutSecrets); // which sums go to
	guard(process.stderr, masked);
	// Node itself would print it past the gate.
	process.on("uncaughtException", (error) => {
		process.stderr.write(`anchorwatch: ${inspect(error)}\n`);
		process.exit(EXIT.fault);
	});
}

function guard(stream: NodeJS.WriteStream, mask: (text: string) => string): void {
	const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean; // any of its forms
	stream.write = (chunk: unknown, ...rest: unknown[]) => write(typeof chunk === "string" ? mask(chunk) : chunk, ...rest);
}

/** As it is written, as it is meant, and with its user as a header has it; nothing where there is none. */
function passwordsIn(proxy: string): string[] {
	const [, user = "", password = ""] = /^(?:\w+:\/\/)?([^:/]*):(.+)@/.exec(proxy.trim()) ?? [];
	if (password === "") return [];
	const meant = decoded(password);
	return [password, meant, `${decoded(user)}:${meant}`];
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text; // not encoded
	}
}
