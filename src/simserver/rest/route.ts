// One path of the REST interface: what it answers, and who may ask.

import { refuse } from "../envelope.ts";
import type { Exchange } from "../exchange.ts";
import type { MarketFeed } from "../market-feed.ts";
import { invalid, type Params } from "../params.ts";

export type Route = {
	readonly method: "GET" | "POST";
	readonly path: string;
	/** Requests a second that Bybit grants on the path; enforced where limits are on, and only for what is signed. */
	readonly limit: number;
	readonly open?: boolean;
	/** Its orders are counted one by one, by the handler. */
	readonly batch?: boolean;
	readonly handle: (params: Params, exchange: Exchange) => unknown;
};

const CATEGORIES = ["linear", "spot", "inverse", "option"] as const;

/** Only linear contracts exist here. */
export function needLinear(params: Params): void {
	const category = params.need("category");
	if (category === "linear") return;
	refuse(10001, CATEGORIES.some((each) => each === category) ? `category ${category} is not simulated` : "Illegal category");
}

/** For a list: what is traded elsewhere is an empty one, so that a client which asks for every category goes on. */
export function linearOr(params: Params, list: () => object): object {
	const category = params.need("category");
	if (category === "linear") return list();
	if (!CATEGORIES.some((each) => each === category)) refuse(10001, "Illegal category");
	return { category, list: [], nextPageCursor: "" };
}

export function feedOf(params: Params, exchange: Exchange): MarketFeed {
	const symbol = params.need("symbol");
	return exchange.feeds.get(symbol) ?? refuse(10001, "Not supported symbols");
}

/** The symbols a query is about: one, or all that share a base or settle coin; undefined when it names none. */
export function symbolsOf(params: Params, exchange: Exchange): string[] | undefined {
	const symbol = params.text("symbol");
	if (symbol !== undefined) return [feedOf(params, exchange).symbol];
	const baseCoin = params.text("baseCoin");
	const settleCoin = params.text("settleCoin");
	const all = exchange.venue.symbols();
	if (baseCoin !== undefined) return all.filter((each) => exchange.venue.instrument(each)?.baseCoin === baseCoin);
	if (settleCoin !== undefined) return settleCoin === "USDT" ? all : [];
	return undefined;
}

const SPAN_MAX = 7 * 86_400_000;

/** `[startTime, endTime]`; at most seven days, `span` before the end when only that is known. */
export function timeRange(params: Params, exchange: Exchange, span = SPAN_MAX): { start: number; end: number } {
	// A client asks in the times that it was shown.
	const { skew } = exchange.clock;
	const given = (name: string): number | undefined => {
		const at = params.time(name);
		return at === undefined ? undefined : at - skew;
	};
	const start = given("startTime");
	const end = given("endTime") ?? (start === undefined ? Math.max(exchange.clock.now(), 0) : start + span);
	const from = start ?? end - span;
	if (end < from || end - from > SPAN_MAX) return invalid("startTime");
	return { start: from, end };
}
