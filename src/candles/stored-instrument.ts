// The rules of one symbol in the store, as JSON: tick, steps, limits, tiers, and when they were asked for.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Instrument, makeInstrument } from "../market/instrument.ts";
import { UsageError } from "../std/usage-error.ts";
import { plainDecimal } from "../units/decimal.ts";
import { usdtNumber } from "../units/grid.ts";
import { HOUR, type Ms } from "../units/unit.ts";
import { readBytes } from "./internal/bytes.ts";
import { alone, replaceFile } from "./internal/safe-write.ts";

type Stored = {
	readonly symbol: string;
	readonly base_coin: string;
	readonly status: string;
	readonly tick: string;
	readonly qty_step: string;
	readonly min_qty: string;
	readonly max_qty: string;
	readonly max_market_qty: string;
	readonly min_price: string;
	readonly max_price: string;
	/** USDT. */
	readonly min_notional: string;
	readonly max_leverage: number;
	readonly funding_interval_h: number;
	readonly tiers: readonly { readonly limit: string; readonly maintenance: number; readonly max_leverage: number }[];
	readonly listed_at_ms: Ms | null;
	readonly asked_at_ms: Ms;
};

export type StoredRules = { readonly instrument: Instrument; readonly listedAt: Ms | undefined };

export function rulesPath(folder: string, symbol: string): string {
	return join(folder, symbol, "instrument.json");
}

export async function storeRules(folder: string, rules: StoredRules, askedAt: Ms): Promise<void> {
	const path = rulesPath(folder, rules.instrument.symbol);
	const text = `${JSON.stringify(written(rules, askedAt), null, 2)}\n`;
	await alone(dirname(path), () => replaceFile(path, Buffer.from(text)));
}

/** Undefined where none is stored. */
export function storedRules(folder: string, symbol: string): StoredRules | undefined {
	const path = rulesPath(folder, symbol);
	if (!existsSync(path)) return undefined;
	const rules = read(Buffer.from(readBytes(path)).toString("utf8"));
	if (rules?.instrument.symbol !== symbol)
		throw new UsageError(`${path}: it holds no rules of ${symbol}: delete it and download them again`);
	return rules;
}

function written({ instrument, listedAt }: StoredRules, askedAt: Ms): Stored {
	const { symbol, baseCoin, status, grid, minQty, maxQty, maxMarketQty, minPrice, maxPrice, minNotional, tiers } = instrument;
	const money = (value: Parameters<typeof usdtNumber>[0]): string => plainDecimal(usdtNumber(value));
	return {
		symbol,
		base_coin: baseCoin,
		status,
		tick: grid.tick,
		qty_step: grid.step,
		min_qty: grid.formatQty(minQty),
		max_qty: grid.formatQty(maxQty),
		max_market_qty: grid.formatQty(maxMarketQty),
		min_price: grid.formatPrice(minPrice),
		max_price: grid.formatPrice(maxPrice),
		min_notional: money(minNotional),
		max_leverage: instrument.maxLeverage,
		funding_interval_h: instrument.fundingInterval / HOUR,
		tiers: tiers.map((tier) => ({ limit: money(tier.limit), maintenance: tier.maintenance, max_leverage: tier.maxLeverage })),
		listed_at_ms: listedAt ?? null,
		asked_at_ms: askedAt,
	};
}

/** Undefined for whatever is no such file, or was changed into one that cannot be. */
function read(text: string): StoredRules | undefined {
	try {
		const stored = JSON.parse(text) as Stored; // each field is checked by what is made of it, below
		const instrument = makeInstrument({
			symbol: stored.symbol,
			baseCoin: stored.base_coin,
			status: stored.status,
			tick: stored.tick,
			step: stored.qty_step,
			minQty: stored.min_qty,
			maxQty: stored.max_qty,
			maxMarketQty: stored.max_market_qty,
			minNotional: Number(stored.min_notional),
			maxLeverage: stored.max_leverage,
			fundingHours: stored.funding_interval_h,
			tiers: stored.tiers.map((tier) => ({
				limit: Number(tier.limit),
				maintenance: tier.maintenance,
				maxLeverage: tier.max_leverage,
			})),
		});
		const minPrice = instrument?.grid.parsePrice(stored.min_price);
		const maxPrice = instrument?.grid.parsePrice(stored.max_price);
		if (instrument === undefined || minPrice === undefined || maxPrice === undefined) return undefined;
		const sound = instrument.maxLeverage >= 1 && instrument.fundingInterval > 0 && instrument.tiers.length > 0;
		return sound ? { instrument: { ...instrument, minPrice, maxPrice }, listedAt: stored.listed_at_ms ?? undefined } : undefined;
	} catch {
		// Whatever it is, it is not what was written.
		return undefined;
	}
}
