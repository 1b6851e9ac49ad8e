// Rules between two keys, judged on the whole file and, for what an entry of `symbols` may override, on each symbol's merged values.

import { divides } from "../market/interval.ts";
import { isLoopback } from "./address.ts";
import { merged } from "./overrides.ts";
import { type Path, pathText } from "./problem.ts";
import type { Config, SizeConfig, StrategyConfig } from "./schema.ts";

/** One symbol with everything that holds for it. */
export type ResolvedSymbol = {
	readonly symbol: string;
	readonly strategy: StrategyConfig;
	readonly size: SizeConfig;
	readonly leverage: number;
};

export type Resolved = { readonly symbols: readonly ResolvedSymbol[] };

export type Finding = {
	readonly severity: "error" | "warning";
	/** The key it is said of. */
	readonly path: Path;
	readonly message: string;
	/** What it was judged from; a finding from a value that is itself wrong is left out. */
	readonly reads: readonly Path[];
};

/** Above this, leverage is warned about (spec §7). */
const LEVERAGE_USUAL_MAX = 5;

export function resolve(config: Config): Resolved {
	return {
		symbols: config.symbols.map(({ symbol, strategy, size, leverage }) => ({
			symbol,
			strategy: merged(config.strategy, strategy),
			size: merged(config.size, size),
			leverage: leverage ?? config.leverage,
		})),
	};
}

/** `isWritten` tells which keys the file holds, so that a finding names the one that a symbol's value came from. */
export function findings(config: Config, resolved: Resolved, isWritten: (path: Path) => boolean): Finding[] {
	return [
		...duplicateSymbols(config),
		...backtestRange(config),
		...channelsComplete(config),
		...metricsAtHome(config),
		...resolved.symbols.flatMap((symbol, i) => {
			const from = (...path: Path): Path => (isWritten(["symbols", i, ...path]) ? ["symbols", i, ...path] : path);
			return ofSymbol(symbol, config, from);
		}),
	];
}

type From = (...path: Path) => Path;

function ofSymbol(symbol: ResolvedSymbol, config: Config, from: From): Finding[] {
	return [
		...anchorComplete(symbol, from),
		...sizeWithinBalance(symbol, from),
		...baseDivides(symbol, config, from),
		...leverageUsual(symbol, from),
		...stopBeforeLiquidation(symbol, from),
		...withoutEffect(symbol, from),
	];
}

function duplicateSymbols({ symbols }: Config): Finding[] {
	return symbols.flatMap(({ symbol }, i) => {
		const first = symbols.findIndex((other) => other.symbol === symbol);
		const path: Path = ["symbols", i, "symbol"];
		return first === i ? [] : [error(path, `${symbol} is listed already, as symbols[${first}]`, [path])];
	});
}

function backtestRange({ backtest }: Config): Finding[] {
	const [start, end]: Path[] = [
		["backtest", "start"],
		["backtest", "end"],
	];
	if (start === undefined || end === undefined || backtest.start === null || backtest.end === null) return [];
	return backtest.start < backtest.end ? [] : [error(end, "expected an instant after backtest.start", [start, end])];
}

function channelsComplete({ notify: { telegram, webhook } }: Config): Finding[] {
	const missing = (channel: "telegram" | "webhook", key: string, expected: string): Finding => {
		const path: Path = ["notify", channel, key];
		return error(path, `needed while notify.${channel}.enabled is true: expected ${expected}`, [path, ["notify", channel, "enabled"]]);
	};
	return [
		...(telegram.enabled && telegram.chat_id === null
			? [missing("telegram", "chat_id", "the number of a chat, below zero for a group")]
			: []),
		...(webhook.enabled && webhook.url === null ? [missing("webhook", "url", "an address")] : []),
	];
}

function metricsAtHome({ metrics: { enabled, host } }: Config): Finding[] {
	if (!enabled || isLoopback(host) || host === "::1") return [];
	const path = ["metrics", "host"];
	const why = "whoever reaches this address sees balance, positions and orders, without a password: better 127.0.0.1";
	return [warning(path, why, [path, ["metrics", "enabled"]])];
}

function anchorComplete({ strategy: { anchor } }: ResolvedSymbol, from: From): Finding[] {
	const type = from("strategy", "anchor", "type");
	const missing = (key: "time" | "price", expected: string): Finding[] => {
		if (anchor.type !== key || anchor[key] !== null) return [];
		const path = [...type.slice(0, -1), key];
		return [error(path, `needed when ${pathText(type)} is ${key}: expected ${expected}`, [path, type, from("strategy", "anchor", key)])];
	};
	return [
		...missing("time", "an instant with its zone, such as 2024-01-31T09:30Z, or milliseconds"),
		...missing("price", "a number above 0"),
	];
}

function sizeWithinBalance({ size }: ResolvedSymbol, from: From): Finding[] {
	if (size.mode !== "percent" || size.value <= 100) return [];
	const path = from("size", "value");
	return [error(path, `expected at most 100 while size.mode is percent, got ${size.value}`, [path, from("size", "mode")])];
}

function baseDivides({ strategy }: ResolvedSymbol, { backtest }: Config, from: From): Finding[] {
	const base = backtest.base_interval;
	if (base === null || divides(base, strategy.interval)) return [];
	const path: Path = ["backtest", "base_interval"];
	const interval = from("strategy", "interval");
	return [error(path, `candles of ${base} do not fill those of ${pathText(interval)}, ${strategy.interval}`, [path, interval])];
}

function leverageUsual({ leverage }: ResolvedSymbol, from: From): Finding[] {
	if (leverage <= LEVERAGE_USUAL_MAX) return [];
	const path = from("leverage");
	return [warning(path, `${leverage} is more than the usual ${LEVERAGE_USUAL_MAX}: liquidation is about ${away(leverage)} % away`, [path])];
}

/** Isolated margin is gone after a move of about 1 ÷ leverage, less the maintenance margin: a stop beyond that never fires. */
function stopBeforeLiquidation({ strategy, leverage }: ResolvedSymbol, from: From): Finding[] {
	return (["long", "short"] as const).flatMap((direction) => {
		const stop = strategy.exit[direction].stop_loss_pct;
		if (stop * leverage < 100) return [];
		const path = from("strategy", "exit", direction, "stop_loss_pct");
		const reason = `a stop ${stop} % away lies beyond the liquidation at leverage ${leverage} (about ${away(leverage)} %)`;
		return [warning(path, reason, [path, from("leverage")])];
	});
}

function withoutEffect({ strategy: { entry, exit } }: ResolvedSymbol, from: From): Finding[] {
	const found: Finding[] = [];
	if (entry.post_only && entry.order === "market") {
		const [path, order] = [from("strategy", "entry", "post_only"), from("strategy", "entry", "order")];
		found.push(warning(path, "has no effect while strategy.entry.order is market", [path, order]));
	}
	if (exit.trailing.activation_pct !== null && exit.trailing.distance_pct === null) {
		const [path, distance] = [from("strategy", "exit", "trailing", "activation_pct"), from("strategy", "exit", "trailing", "distance_pct")];
		found.push(warning(path, "has no effect without distance_pct", [path, distance]));
	}
	return found;
}

function away(leverage: number): number {
	return Math.round(1000 / leverage) / 10;
}

function error(path: Path, message: string, reads: readonly Path[]): Finding {
	return { severity: "error", path, message, reads };
}

function warning(path: Path, message: string, reads: readonly Path[]): Finding {
	return { severity: "warning", path, message, reads };
}
