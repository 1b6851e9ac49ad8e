// The trailing stop: at a distance behind the best last price since it was set, or since the price that activates it. Each time it moves
// it is told again, still untriggered.

import { shiftPrice } from "../../units/grid.ts";
import type { Ms, Price } from "../../units/unit.ts";
import type { Account, Market, Order } from "./account.ts";
import { legOf, upsertLeg } from "./legs.ts";
import { setOrder } from "./order-life.ts";

/** Sets or changes the position's trailing stop. Before it is active, its trigger price shows what activates it. */
export function setTrailing(account: Account, market: Market, asked: { distance: Price; activePrice: Price | undefined }, at: Ms): void {
	const { distance, activePrice } = asked;
	const long = market.position.direction === "long";
	const price = activePrice ?? behind(market, distance, long);
	const trailing = { distance, activePrice, active: activePrice === undefined };
	upsertLeg(account, market, "TrailingStop", { price, by: "last", trailing }, at);
}

/** The last price has moved: the stop follows. */
export function trail(account: Account, market: Market, at: Ms): void {
	const leg = legOf(market, "TrailingStop");
	if (leg?.trailing === undefined || leg.trigger === undefined || leg.status !== "Untriggered") return;
	const long = leg.side === "sell";
	const price = behind(market, leg.trailing.distance, long);
	const trigger = { ...leg.trigger, price };
	if (!leg.trailing.active) {
		if (isReached(market, leg, long)) setOrder(account, leg, { trigger, trailing: { ...leg.trailing, active: true } }, at);
	} else if (long ? price > leg.trigger.price : price < leg.trigger.price) setOrder(account, leg, { trigger }, at);
}

/** Where the last price would move or activate the stop, and on which side of it that lies. */
export function trailingEdge(market: Market): { price: number; above: boolean } | undefined {
	const leg = legOf(market, "TrailingStop");
	if (leg?.trailing === undefined || leg.trigger === undefined || leg.status !== "Untriggered") return undefined;
	const { active, distance } = leg.trailing;
	const above = leg.side === "sell";
	const { grid } = market.instrument;
	const best = active ? shiftPrice(leg.trigger.price, above ? distance : -distance) : leg.trigger.price;
	return { price: grid.priceNumber(best), above };
}

function isReached({ instrument, last }: Market, { trailing }: Order, long: boolean): boolean {
	if (trailing?.activePrice === undefined) return true;
	const active = instrument.grid.priceNumber(trailing.activePrice);
	return long ? last >= active : last <= active;
}

function behind({ instrument, last }: Market, distance: Price, long: boolean): Price {
	const { grid } = instrument;
	return long ? shiftPrice(grid.floorToTick(last), -distance) : shiftPrice(grid.ceilToTick(last), distance);
}
