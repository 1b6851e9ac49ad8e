// An account that outlives its process: what is held, owed and open. Prices are not kept: they come anew, as after a gap.

import type { MarginMode } from "../../account/margin.ts";
import { FLAT, isFlat, type Position } from "../../account/position.ts";
import type { Ms, Usdt } from "../../units/unit.ts";
import type { Account, Order } from "./account.ts";
import { reliquidate } from "./liquidation.ts";

/** Client ids that are remembered as used: more than any bot asks about again. */
const LINK_IDS_KEPT = 1000;

export type SavedMarket = {
	readonly symbol: string;
	/** The grid that the numbers count in, as the venue's own texts. */
	readonly tick: string;
	readonly step: string;
	readonly position: Position;
	readonly leverage: number;
	readonly added: Usdt;
	readonly autoAdd: boolean;
	readonly orders: readonly Order[];
	readonly realised: Usdt;
	readonly realisedEver: Usdt;
	readonly openedAt: Ms;
};

/** Plain data: JSON may leave out what is undefined. */
export type SavedVenue = {
	readonly wallet: Usdt;
	readonly marginMode: MarginMode;
	readonly sequence: number;
	readonly linkIds: readonly string[];
	readonly markets: readonly SavedMarket[];
};

export function saveAccount({ wallet, marginMode, sequence, linkIds, markets }: Account): SavedVenue {
	return {
		wallet,
		marginMode,
		sequence,
		linkIds: [...linkIds].slice(-LINK_IDS_KEPT),
		markets: [...markets.values()].map(({ instrument, position, leverage, added, autoAdd, orders, realised, realisedEver, openedAt }) => {
			const { symbol, grid } = instrument;
			const { tick, step } = grid;
			const copies = orders.map((order) => ({ ...order }));
			return { symbol, tick, step, position: { ...position }, leverage, added, autoAdd, orders: copies, realised, realisedEver, openedAt };
		}),
	};
}

/** Why what was saved does not fit these instruments; undefined when it was taken over. Symbols without position and orders may be missing. */
export function restoreAccount(account: Account, saved: SavedVenue): string | undefined {
	for (const { symbol, tick, step, position, orders } of saved.markets) {
		const market = account.markets.get(symbol);
		const holds = !isFlat(position) || orders.length > 0;
		if (market === undefined && holds)
			return `it holds ${isFlat(position) ? "an order" : "a position"} on ${symbol}, which is not traded any more`;
		if (market !== undefined && holds && (market.instrument.grid.tick !== tick || market.instrument.grid.step !== step))
			return `tick or quantity step of ${symbol} have changed since`;
	}
	account.wallet = saved.wallet;
	account.marginMode = saved.marginMode;
	account.sequence = saved.sequence;
	for (const id of saved.linkIds) account.linkIds.add(id);
	for (const { symbol, orders, position, leverage, added, autoAdd, realised, realisedEver, openedAt } of saved.markets) {
		const market = account.markets.get(symbol);
		if (market === undefined) continue;
		Object.assign(market, { position: isFlat(position) ? FLAT : position, added, autoAdd, realised, realisedEver, openedAt });
		market.leverage = Math.min(leverage, market.instrument.maxLeverage);
		market.orders.push(...orders.map((order) => ({ ...order })));
	}
	reliquidate(account);
	return undefined;
}
