// The way out through a proxy, where the environment names one: HTTPS_PROXY for every address with TLS, NO_PROXY for those that go
// directly. Loopback addresses never take it. Only HTTP proxies (CONNECT) are understood.

import { Agent as HttpsAgent } from "node:https";
import { type Dispatcher, Pool, ProxyAgent } from "undici";
import { err, ok, type Result } from "../std/result.ts";

export type ProxyEnv = Readonly<Record<string, string | undefined>>;
export type WebProxy = {
	/** With its user and password, if any: for the connection alone. */
	readonly url: string;
	/** Host and port. */
	readonly shown: string;
	/** The variable that names it. */
	readonly source: string;
};

const VARIABLES = ["https_proxy", "HTTPS_PROXY"] as const;

/** The proxy on the way to `address`, if any; an error says what is wrong with the variable, without its password. */
export function proxyFor(address: string, env: ProxyEnv): Result<WebProxy | undefined, string> {
	const to = new URL(address);
	const source = VARIABLES.find((name) => (env[name] ?? "").trim() !== "");
	if (source === undefined || !(to.protocol === "https:" || to.protocol === "wss:")) return ok(undefined);
	if (passesBy(to, env.no_proxy ?? env.NO_PROXY ?? "")) return ok(undefined);
	const text = (env[source] ?? "").trim();
	const url = URL.canParse(text) && text.includes("//") ? new URL(text) : undefined;
	const wanted = "it must be http://host:port, https://host:port or empty";
	if (url === undefined || url.hostname === "") return err(`${source} is no address: ${wanted}`);
	if (url.protocol !== "http:" && url.protocol !== "https:") return err(`${source} names a proxy of the kind ${url.protocol}//: ${wanted}`);
	return ok({ url: url.href, shown: url.host, source });
}

/** `NO_PROXY`: names with what lies below them, `host:port`, or `*` for everything. */
function passesBy(to: URL, list: string): boolean {
	const port = to.port === "" ? "443" : to.port;
	return list
		.split(/[\s,]+/)
		.filter((entry) => entry !== "")
		.some((entry) => {
			if (entry === "*") return true;
			const [, name = "", only] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
			const host = name.replace(/^\*?\./, "");
			return (only === undefined || only === port) && (to.hostname === host || to.hostname.endsWith(`.${host}`));
		});
}

/** A connection that is not made by then was never made: sooner than a request's own deadline, so that the fault can say so. */
const CONNECT_MAX_MS = 5000;

/** Connections for one origin. undici's own time limits are off: one deadline of the caller's covers waiting and reading. */
export function httpPool(origin: string, proxy: WebProxy | undefined): Dispatcher {
	const common = { connections: 8, pipelining: 1, keepAliveTimeout: 30_000, headersTimeout: 0, bodyTimeout: 0, allowH2: false } as const;
	if (proxy === undefined) return new Pool(origin, { ...common, connect: { timeout: CONNECT_MAX_MS } });
	return new ProxyAgent({ ...common, uri: proxy.url, connectTimeout: CONNECT_MAX_MS });
}

/** The agent that takes a WebSocket through the proxy. */
export function socketAgent(proxy: WebProxy): HttpsAgent {
	return new HttpsAgent({ proxyEnv: { HTTPS_PROXY: proxy.url } });
}
