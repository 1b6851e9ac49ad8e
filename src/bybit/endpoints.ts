// Where each environment answers, and which addresses we agree to talk to: TLS everywhere, plain text on the loopback alone.
// Source: docs/v5/guide, websocket/wss-authentication, demo. Demo has no public stream of its own and no order entry by socket.

import { err, ok, type Result } from "../std/result.ts";

export const ENVIRONMENTS = ["testnet", "mainnet", "demo"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

declare const checked: unique symbol;
/** Addresses that passed `resolveEndpoints`. No `trade`: orders go by REST. */
export type Endpoints = EndpointUrls & { readonly absent?: Absent | undefined; readonly [checked]: true };
/** Calls that an environment does not have, and one line that says so. */
export type Absent = { readonly paths: readonly string[]; readonly why: string };
type EndpointUrls = { readonly rest: string; readonly public: string; readonly private: string; readonly trade?: string | undefined };
export type EndpointOverrides = { readonly [K in keyof EndpointUrls]?: string | undefined };

const HOSTS: Record<Environment, EndpointUrls> = {
	mainnet: {
		rest: "https://api.bybit.com",
		public: "wss://stream.bybit.com/v5/public/linear",
		private: "wss://stream.bybit.com/v5/private",
		trade: "wss://stream.bybit.com/v5/trade",
	},
	testnet: {
		rest: "https://api-testnet.bybit.com",
		public: "wss://stream-testnet.bybit.com/v5/public/linear",
		private: "wss://stream-testnet.bybit.com/v5/private",
		trade: "wss://stream-testnet.bybit.com/v5/trade",
	},
	demo: {
		rest: "https://api-demo.bybit.com",
		public: "wss://stream.bybit.com/v5/public/linear",
		private: "wss://stream-demo.bybit.com/v5/private",
	},
};

/** Source: docs/v5/demo. Its order entry goes by REST and its public data are mainnet's; orders are kept for 7 days. */
const DEMO_LACKS: Absent = {
	paths: [
		"/v5/account/fee-rate",
		"/v5/account/instruments-info",
		"/v5/account/user-setting-config",
		"/v5/order/disconnected-cancel-all",
		"/v5/order/pre-check",
		"/v5/position/confirm-pending-mmr",
		"/v5/position/symbol-info",
	],
	why: "demo trading has no fee rates, account settings, pre-check, disconnect protection and order entry by socket",
};

/** The environment's addresses with the overrides put in; an error says which address is refused and why. */
export function resolveEndpoints(environment: Environment, overrides: EndpointOverrides = {}): Result<Endpoints, string> {
	const urls = { ...HOSTS[environment] } as Record<keyof EndpointUrls, string | undefined>;
	for (const name of ["rest", "public", "private", "trade"] as const) {
		const override = overrides[name];
		if (override === undefined) continue;
		const refusal = refusalOf(name, override);
		if (refusal !== undefined) return err(refusal);
		urls[name] = override.endsWith("/") ? override.slice(0, -1) : override;
	}
	// The one place that makes the brand: every address above is ours or was checked.
	const absent = environment === "demo" && overrides.rest === undefined ? DEMO_LACKS : undefined;
	return ok({ ...urls, absent } as Endpoints);
}

function refusalOf(name: string, text: string): string | undefined {
	if (!URL.canParse(text)) return `endpoint "${name}" is no address`;
	const url = new URL(text);
	const [secure, plain] = name === "rest" ? ["https:", "http:"] : ["wss:", "ws:"];
	if (url.username !== "" || url.password !== "") return `endpoint "${name}" must not carry a user name or password`;
	if (url.search !== "" || url.hash !== "") return `endpoint "${name}" must not carry a query or fragment`;
	if (url.protocol === secure) return undefined;
	if (url.protocol !== plain) return `endpoint "${name}" must begin with ${secure}//`;
	if (isLoopback(url.hostname)) return undefined;
	return `endpoint "${name}" must begin with ${secure}//: plain ${plain}// is for the loopback only, not for ${url.hostname}`;
}

/** `URL` has already normalised the host: an IPv4 address is four decimals, IPv6 stands in brackets. */
function isLoopback(host: string): boolean {
	return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
