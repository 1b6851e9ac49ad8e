// A connection that failed, in words: what happened, at which host, and what to do about it. Names and certificates, proxies, refusals,
// resets and time-outs each have their own sentence. What a failed request means for an order is fault.ts's matter.

import type { WebProxy } from "./proxy.ts";

export type Trouble = {
	/** `config`: trying again will not help · `offline`: nothing was sent · `broken`: the line broke, perhaps with the request on it. */
	readonly kind: "config" | "offline" | "broken";
	/** Not redacted yet. */
	readonly text: string;
};

/** Where we were going, and through what. */
export type Way = { readonly host: string; readonly proxy?: WebProxy | undefined };

type Entry = readonly [kind: Trouble["kind"], what: (host: string) => string, advice: string];

const READS_ALONG =
	"something between here and the exchange (a company proxy, an antivirus program, a hotel network) may be answering in its place; if it is yours, name its certificate in NODE_EXTRA_CA_CERTS";
const NETWORK = "check this machine's network connection; it is tried again";
const FAR_SIDE = "the other side or the network cut it; it is tried again";

/** By the code of the error. */
export const TROUBLES: Readonly<Record<string, Entry>> = {
	ENOTFOUND: ["offline", (host) => `the name ${host} is not known to DNS`, "check the endpoint's spelling and this machine's DNS settings"],
	EAI_AGAIN: ["offline", (host) => `DNS gives no answer for ${host}`, "check this machine's network connection and DNS settings"],
	ECONNREFUSED: [
		"offline",
		(host) => `${host} refuses the connection`,
		"nothing listens there, or a firewall forbids it; check the endpoint's address and port",
	],
	EHOSTUNREACH: ["offline", (host) => `there is no way to ${host}`, NETWORK],
	ENETUNREACH: ["offline", (host) => `there is no way to ${host}`, NETWORK],
	UND_ERR_CONNECT_TIMEOUT: ["offline", (host) => `${host} does not take the connection in time`, NETWORK],
	UND_ERR_CLOSED: ["offline", () => "the client is closed", "nothing was sent"],
	ECONNRESET: ["broken", (host) => `the connection to ${host} was reset`, FAR_SIDE],
	EPIPE: ["broken", (host) => `the connection to ${host} was closed`, FAR_SIDE],
	UND_ERR_SOCKET: ["broken", (host) => `the connection to ${host} was closed`, FAR_SIDE],
	ETIMEDOUT: ["broken", (host) => `${host} does not answer`, NETWORK],
	CERT_HAS_EXPIRED: [
		"config",
		(host) => `the certificate of ${host} has expired`,
		"check this machine's date and time; if they are right, do not trade over this connection",
	],
	CERT_NOT_YET_VALID: ["config", (host) => `the certificate of ${host} is not valid yet`, "check this machine's date and time"],
	DEPTH_ZERO_SELF_SIGNED_CERT: ["config", (host) => `the certificate of ${host} is signed by itself`, READS_ALONG],
	SELF_SIGNED_CERT_IN_CHAIN: ["config", (host) => `the certificate of ${host} comes from an authority unknown here`, READS_ALONG],
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: ["config", (host) => `the certificate of ${host} comes from an authority unknown here`, READS_ALONG],
	UNABLE_TO_GET_ISSUER_CERT: ["config", (host) => `the certificate of ${host} comes from an authority unknown here`, READS_ALONG],
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ["config", (host) => `the certificate of ${host} comes from an authority unknown here`, READS_ALONG],
	ERR_TLS_CERT_ALTNAME_INVALID: [
		"config",
		(host) => `the certificate shown for ${host} belongs to another name`,
		"check the endpoint's spelling, and whether DNS or a proxy leads elsewhere",
	],
	ERR_SSL_WRONG_VERSION_NUMBER: [
		"config",
		(host) => `${host} does not speak TLS on this port`,
		"check the endpoint's scheme and port, and HTTPS_PROXY where one is set",
	],
};

/** Codes of the same families that have no sentence of their own. */
const CONFIG = /CERT|SELF_SIGNED|^ERR_TLS|^ERR_SSL|^ERR_INVALID|^UND_ERR_INVALID_ARG$/;
/** How undici and Node say that a proxy did not open the tunnel. */
const TUNNEL = [/Proxy response \((\d{3})\)/, /tunnel to .* HTTP\/1\.\d (\d{3})/] as const;

/** What an error of the network means, and what to do about it. */
export function troubleOf(error: unknown, way: Way): Trouble {
	const said = error instanceof Error ? error.message : "unknown";
	// OpenSSL's complaint comes under several codes, EPROTO among them.
	const code = said.includes("wrong version number") ? "ERR_SSL_WRONG_VERSION_NUMBER" : codeOf(error);
	const { proxy } = way;
	if (proxy !== undefined) {
		const refused = refusedTunnel(error, way.host, proxy);
		if (refused !== undefined) return refused;
	}
	const entry = code === undefined ? undefined : TROUBLES[code];
	if (code === undefined || entry === undefined)
		return { kind: code !== undefined && CONFIG.test(code) ? "config" : "broken", text: `${code ?? "error"}: ${said}` };
	const [listed, what, advice] = entry;
	const kind = listed === "broken" && neverConnected(error) ? "offline" : listed;
	// With a proxy it is the proxy that is looked up and connected to; what comes through the tunnel is the other side's own.
	const host = proxy !== undefined && kind === "offline" ? `the proxy ${proxy.shown} (${proxy.source})` : way.host;
	return { kind, text: `${what(host)} (${code}): ${advice}` };
}

/** A tunnel that did not come about: nothing was sent through it. */
function refusedTunnel(error: unknown, host: string, { shown, source }: WebProxy): Trouble | undefined {
	if (!(error instanceof Error)) return undefined;
	const code = "code" in error ? String(error.code) : "";
	const status = TUNNEL.map((pattern) => pattern.exec(error.message)?.[1]).find((found) => found !== undefined);
	if (status === "407")
		return {
			kind: "config",
			text: `the proxy ${shown} wants a user name and password: put them into ${source}, http://user:password@host:port`,
		};
	if (status === undefined && code !== "ERR_PROXY_TUNNEL" && code !== "UND_ERR_PRX_CONN") return undefined;
	const answer = status === undefined ? "it ended the connection" : `HTTP ${status}`;
	const advice = `check ${source}, or let ${host} pass by it with NO_PROXY`;
	return { kind: "offline", text: `the proxy ${shown} does not open a connection to ${host} (${answer}): ${advice}` };
}

/** The connection was never made, whatever the code says otherwise. */
function neverConnected(error: unknown): boolean {
	return error instanceof AggregateError || (error instanceof Error && "syscall" in error && error.syscall === "connect");
}

/** The code of an error or of its cause; several addresses tried give an AggregateError with the first one's code. */
function codeOf(error: unknown): string | undefined {
	if (!(error instanceof Error)) return undefined;
	if ("code" in error && typeof error.code === "string") return error.code;
	return codeOf(error.cause);
}
