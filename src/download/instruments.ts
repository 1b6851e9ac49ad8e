// The rules of symbols: one symbol's with its risk tiers, or the list of all that can be traded.

import type { InstrumentInfo } from "../bybit/decode/instrument.ts";
import type { Fault } from "../bybit/fault.ts";
import { ok, type Result } from "../std/result.ts";
import { UsageError } from "../std/usage-error.ts";
import type { Exchange } from "./exchange.ts";

/** A symbol that the exchange does not list is the operator's to mend. */
export async function instrumentOf(exchange: Exchange, symbol: string): Promise<InstrumentInfo> {
	const unlisted = async <T>(call: Promise<Result<readonly T[], Fault>>): Promise<Result<readonly T[], Fault>> => {
		const answer = await call;
		return !answer.ok && answer.error.retCode === 10001 ? ok([]) : answer;
	};
	const risks = await exchange.ask(`risk limits of ${symbol}`, (rest) => unlisted(rest.getRiskLimit(symbol)));
	const [info] = await exchange.ask(`rules of ${symbol}`, (rest) => unlisted(rest.getInstruments({ symbol, risks })));
	if (info !== undefined) return info;
	throw new UsageError(
		`${symbol}: ${exchange.source.name} does not list it as a USDT perpetual; "anchorwatch symbols" shows what there is`,
	);
}

/** In the order of their names. */
export async function listInstruments(exchange: Exchange, status: string): Promise<readonly InstrumentInfo[]> {
	const all = await exchange.ask("the list of symbols", (rest) => rest.getInstruments({ status }));
	return all.toSorted((a, b) => (a.instrument.symbol < b.instrument.symbol ? -1 : 1));
}
