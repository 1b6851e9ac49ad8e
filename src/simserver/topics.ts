// The topics that can be subscribed, read from their names. An unknown one voids the whole frame it came in (bybit-v5.md §8.1).

import type { Interval } from "../market/interval.ts";
import { INTERVALS } from "../market/interval.ts";

export const DEPTHS = [1, 50, 200, 1000] as const;
export type Depth = (typeof DEPTHS)[number];

/** Recordings may hold a depth that Bybit has given up since (500, in 2025); shallowest first. */
export const RECORDED_DEPTHS = [1, 50, 200, 500, 1000] as const;
export type AnyDepth = (typeof RECORDED_DEPTHS)[number];

export type PublicTopic =
	| { readonly kind: "tickers"; readonly symbol: string }
	| { readonly kind: "publicTrade"; readonly symbol: string }
	| { readonly kind: "allLiquidation"; readonly symbol: string }
	| { readonly kind: "priceLimit"; readonly symbol: string }
	/** `insurance`: only what the pool holds. */
	| { readonly kind: "adlAlert"; readonly coin: string; readonly insurance: boolean }
	| { readonly kind: "orderbook"; readonly symbol: string; readonly depth: AnyDepth }
	| { readonly kind: "kline"; readonly symbol: string; readonly interval: Interval };

const BY_SYMBOL = ["tickers", "publicTrade", "allLiquidation", "priceLimit"] as const;
type BySymbol = (typeof BY_SYMBOL)[number];
const POOLS = ["USDT", "USDC", "inverse"] as const;

/** Undefined when no public topic is called so. */
export function parsePublic(topic: string): PublicTopic | undefined {
	const [kind, first, second, ...more] = topic.split(".");
	if (more.length > 0 || first === undefined || first === "") return undefined;
	if (BY_SYMBOL.some((each) => each === kind)) return second === undefined ? { kind: kind as BySymbol, symbol: first } : undefined; // found in the list
	if (kind === "adlAlert" || kind === "insurance")
		return second === undefined && POOLS.some((each) => each === first)
			? { kind: "adlAlert", coin: first, insurance: kind === "insurance" }
			: undefined;
	if (second === undefined || second === "") return undefined;
	if (kind === "orderbook") {
		const depth = RECORDED_DEPTHS.find((each) => String(each) === first);
		return depth === undefined ? undefined : { kind, depth, symbol: second };
	}
	if (kind !== "kline") return undefined;
	const interval = INTERVALS.find((each) => each === first);
	return interval === undefined ? undefined : { kind, interval, symbol: second };
}

const PRIVATE_TOPICS = [
	"order",
	"order.linear",
	"execution",
	"execution.linear",
	"execution.fast",
	"execution.fast.linear",
	"position",
	"position.linear",
	"wallet",
] as const;
export type PrivateTopic = (typeof PRIVATE_TOPICS)[number];

/** Taken, and nothing is ever told under them: what is not traded here, and `dcp.future`, which arms the dead-man's switch. */
const SILENT_TOPICS: readonly string[] = [
	...["order", "execution", "execution.fast"].flatMap((topic) => ["spot", "inverse", "option"].map((category) => `${topic}.${category}`)),
	...["inverse", "option"].map((category) => `position.${category}`),
	"greeks",
	"spread.order",
	"spread.execution",
	"dcp.future",
	"dcp.spot",
	"dcp.option",
];

export function isPrivate(topic: string): boolean {
	return PRIVATE_TOPICS.some((each) => each === topic) || SILENT_TOPICS.includes(topic);
}

/** `order.linear` is one, `order` none. */
export function isCategorised(topic: string): boolean {
	return /^(order|execution|position)\..*(linear|spot|inverse|option)$/.test(topic);
}
