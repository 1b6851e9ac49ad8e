// The body of order/create as the venue's own order, and of order/amend as a change. The REST interface and the trade socket share it.
// What the simulated exchange does not know (hedge mode, RPI) is refused by name, never dropped.

import type { Instrument } from "../market/instrument.ts";
import { LINK_ID } from "../orders/ids.ts";
import {
	type Attached,
	type OrderRequest,
	SMP_TYPES,
	TIMES_IN_FORCE,
	type TimeInForce,
	type Tolerance,
	TPSL_MODES,
	type Trigger,
	type TriggerSource,
} from "../orders/order.ts";
import type { Side } from "../orders/side.ts";
import type { Grid } from "../units/grid.ts";
import type { Price, Qty } from "../units/unit.ts";
import type { VenueOrder } from "../venue/event.ts";
import type { Amendment } from "../venue/venue.ts";
import { granted, refuse } from "./envelope.ts";
import type { Exchange } from "./exchange.ts";
import { invalid, type Params } from "./params.ts";
import { feedOf, needLinear } from "./rest/route.ts";

export type OrderIds = { readonly orderId: string; readonly orderLinkId: string };

export function createOrder(params: Params, exchange: Exchange): OrderIds {
	const request = orderRequest(params, exchange);
	refuseTooLarge(request, exchange);
	const orderId = granted(exchange.venue.submit(withinBand(request, exchange), exchange.clock.now()));
	exchange.absorb();
	return { orderId, orderLinkId: request.linkId };
}

/** A limit price beyond the band is moved to its edge, or refused where the account has asked for that; conditional orders are not judged. */
function withinBand(request: OrderRequest, exchange: Exchange): OrderRequest {
	const { symbol, side, price, trigger } = request;
	const band = price === undefined || trigger !== undefined ? undefined : exchange.feeds.get(symbol)?.priceBand();
	if (price === undefined || band === undefined || price <= 0 || price > exchange.ledger.instrument(symbol).maxPrice) return request;
	if (side === "buy" ? price <= band.buy : price >= band.sell) return request;
	if (!exchange.settings.refusesBeyondBand) return { ...request, price: side === "buy" ? band.buy : band.sell };
	return side === "buy" ? refuse(110121, "Order price is above the upper limit") : refuse(110120, "Order price is below the lower limit");
}

/** Money is counted exactly up to about 90 million USDT: an order that could take a symbol near that is beyond every tier. */
const NOTIONAL_MAX = 80_000_000;

type Sized = Pick<OrderRequest, "symbol" | "qty" | "price"> & Partial<Pick<OrderRequest, "reduceOnly" | "trigger">>;

/** `others`: the orders that stand beside it. What reduces at once is cut to the position, however much it asks. */
export function refuseTooLarge(order: Sized, exchange: Exchange, others = exchange.venue.openOrders(order.symbol)): void {
	const { symbol, qty, price } = order;
	if (order.reduceOnly === true && order.trigger === undefined) return;
	const { grid } = exchange.ledger.instrument(symbol);
	const last = exchange.venue.last(symbol);
	const worth = (size: Qty, at: Price | undefined): number =>
		grid.qtyNumber(size) * Math.max(at === undefined ? 0 : grid.priceNumber(at), last || 0);
	let sum = worth(qty, price) + worth(exchange.venue.position(symbol).qty, undefined);
	for (const other of others) if (!other.reduceOnly) sum += worth(other.qty, other.price);
	if (sum > NOTIONAL_MAX) refuse(110090, "Trading quantity exceed risk limit. Please adjust your order size");
}

export function amendOrder(params: Params, exchange: Exchange): OrderIds {
	const target = orderTarget(params, exchange);
	const { grid } = exchange.ledger.instrument(target.symbol);
	const price = (name: string): Price | undefined => priceOf(params, name, grid);
	const source = (name: string): TriggerSource | undefined => (params.text(name) === undefined ? undefined : sourceOf(params, name));
	const change: Amendment = {
		qty: parsed(params, "qty", (text) => grid.parseQty(text)),
		price: price("price"),
		triggerPrice: price("triggerPrice"),
		triggerBy: source("triggerBy"),
		takeProfit: price("takeProfit"),
		stopLoss: price("stopLoss"),
		tpslMode: params.oneOf("tpslMode", TPSL_MODES, undefined),
		tpTriggerBy: source("tpTriggerBy"),
		slTriggerBy: source("slTriggerBy"),
		tpLimitPrice: isSet(params, "tpLimitPrice") ? price("tpLimitPrice") : undefined,
		slLimitPrice: isSet(params, "slLimitPrice") ? price("slLimitPrice") : undefined,
	};
	refuseGrowth(target, change, exchange);
	return idsOf(granted(exchange.venue.amend(target, change, exchange.clock.now())), exchange);
}

/** What an amend makes larger is judged like a new order of that size. */
function refuseGrowth({ symbol, orderId, linkId }: OrderTarget, { qty, price }: Amendment, exchange: Exchange): void {
	const open = exchange.venue.openOrders(symbol);
	const order = open.find((each) => (orderId !== undefined ? each.orderId === orderId : each.linkId === linkId));
	if (order === undefined || ((qty ?? 0) <= order.qty && (price ?? 0) <= (order.price ?? 0))) return;
	const next = { symbol, qty: qty ?? order.qty, price: price ?? order.price };
	refuseTooLarge(
		next,
		exchange,
		open.filter((other) => other !== order),
	);
}

export function cancelOrder(params: Params, exchange: Exchange): OrderIds {
	return idsOf(granted(exchange.venue.cancel(orderTarget(params, exchange), exchange.clock.now())), exchange);
}

export function idsOf(order: VenueOrder, exchange: Exchange): OrderIds {
	exchange.absorb();
	return { orderId: order.orderId, orderLinkId: order.linkId };
}

type OrderTarget = { readonly symbol: string; readonly orderId: string | undefined; readonly linkId: string | undefined };

function orderTarget(params: Params, exchange: Exchange): OrderTarget {
	needLinear(params);
	const { symbol } = feedOf(params, exchange);
	const orderId = params.text("orderId");
	const linkId = params.text("orderLinkId");
	if (orderId === undefined && linkId === undefined) refuse(10001, "params error: orderId or orderLinkId is required");
	return { symbol, orderId, linkId };
}

export function orderRequest(params: Params, exchange: Exchange): OrderRequest {
	needLinear(params);
	const { symbol } = feedOf(params, exchange);
	const instrument = exchange.ledger.instrument(symbol);
	const { grid } = instrument;
	refuseUnknown(params);
	const side: Side =
		params.oneOf("side", ["Buy", "Sell"], undefined) === undefined ? invalid("side") : params.text("side") === "Buy" ? "buy" : "sell";
	const orderType = params.oneOf("orderType", ["Market", "Limit"], undefined) ?? invalid("orderType");
	const reduceOnly = params.flag("reduceOnly");
	const type = orderType === "Market" ? "market" : "limit";
	return {
		linkId: linkIdOf(params),
		symbol,
		side,
		type,
		qty: parsed(params, "qty", (text) => grid.parseQty(text)) ?? invalid("qty"),
		price: type === "limit" ? priceOf(params, "price", grid) : undefined,
		timeInForce: timeInForceOf(params, type),
		reduceOnly,
		closeOnTrigger: params.flag("closeOnTrigger"),
		trigger: triggerOf(params, exchange, instrument),
		smp: params.oneOf("smpType", SMP_TYPES, "None" as const),
		tolerance: toleranceOf(params),
		...attachedOf(params, exchange, instrument),
	};
}

function refuseUnknown(params: Params): void {
	const positionIdx = params.text("positionIdx");
	if (positionIdx !== undefined && positionIdx !== "0") refuse(10001, "position idx not match position mode");
}

/** Both or neither; the venue judges the range. `UNKNOWN` and "0" are what an order shows that has none. */
function toleranceOf(params: Params): Tolerance | undefined {
	const by = params.oneOf("slippageToleranceType", ["TickSize", "Percent", "UNKNOWN"], "UNKNOWN" as const);
	const most = params.number("slippageTolerance");
	if (by !== "UNKNOWN") return { by, most: most ?? invalid("slippageTolerance") };
	return most === undefined || most === 0 ? undefined : invalid("slippageToleranceType");
}

/** Take-profit and stop-loss of an order or of a position. Limit legs want Partial said; a mode left out is the one that is set. */
function attachedOf(params: Params, exchange: Exchange, { grid, symbol }: Instrument): Attached {
	const price = (name: string): Price | undefined => (isSet(params, name) ? priceOf(params, name, grid) : undefined);
	const takeProfit = price("takeProfit");
	const stopLoss = price("stopLoss");
	if (takeProfit === undefined && stopLoss === undefined) return {};
	const given = params.oneOf("tpslMode", TPSL_MODES, undefined);
	const limited = (name: string): boolean => params.oneOf(name, ["Market", "Limit", "UNKNOWN"], "Market" as const) === "Limit";
	const limitPrice = (leg: "tp" | "sl"): Price | undefined => {
		if (!limited(`${leg}OrderType`)) return undefined;
		if (given === undefined) refuse(10001, `${leg}OrderType can not have a value when tpSlMode is empty`);
		return price(`${leg}LimitPrice`) ?? invalid(`${leg}LimitPrice`);
	};
	return {
		takeProfit,
		stopLoss,
		tpslMode: given ?? exchange.settings.tpslMode(symbol),
		tpTriggerBy: sourceOf(params, "tpTriggerBy"),
		slTriggerBy: sourceOf(params, "slTriggerBy"),
		tpLimitPrice: takeProfit === undefined ? undefined : limitPrice("tp"),
		slLimitPrice: stopLoss === undefined ? undefined : limitPrice("sl"),
	};
}

const SOURCES = { LastPrice: "last", MarkPrice: "mark", IndexPrice: "index" } as const;

/** The price that a trigger listens to: the last one unless said. */
export function sourceOf(params: Params, name: string): TriggerSource {
	return SOURCES[params.oneOf(name, ["LastPrice", "MarkPrice", "IndexPrice"], "LastPrice" as const)];
}

function timeInForceOf(params: Params, type: "market" | "limit"): TimeInForce {
	if (params.text("timeInForce") === "RPI") refuse(110119, "RPI orders are for approved makers only");
	const timeInForce = params.oneOf("timeInForce", TIMES_IN_FORCE, "GTC" as const);
	return type === "market" ? "IOC" : timeInForce;
}

/** Without `triggerDirection`, the side of the last price on which the trigger lies says it. */
function triggerOf(params: Params, exchange: Exchange, { grid, symbol }: Instrument): Trigger | undefined {
	if (!isSet(params, "triggerPrice")) return undefined;
	const price: Price = priceOf(params, "triggerPrice", grid) ?? invalid("triggerPrice");
	const by = sourceOf(params, "triggerBy");
	const given = params.oneOf("triggerDirection", ["1", "2", "0"], undefined);
	const rises = given === undefined || given === "0" ? grid.priceNumber(price) > priceBy(exchange, symbol, by) : given === "1";
	return { price, direction: rises ? "rise" : "fall", by };
}

function priceBy({ venue }: Exchange, symbol: string, by: TriggerSource): number {
	return by === "last" ? venue.last(symbol) : by === "mark" ? venue.mark(symbol) : venue.index(symbol);
}

function linkIdOf(params: Params): string {
	const linkId = params.text("orderLinkId") ?? "";
	if (linkId !== "" && !LINK_ID.test(linkId)) invalid("orderLinkId");
	return linkId;
}

/** Present and not the "0" that means none. */
export function isSet(params: Params, name: string): boolean {
	const text = params.text(name);
	return text !== undefined && !/^(0+\.?0*|\.0+)$/.test(text);
}

/** A price on the grid, not negative. */
export function priceOf(params: Params, name: string, grid: Grid): Price | undefined {
	return parsed(params, name, (text) => {
		const price = grid.parsePrice(text);
		return price === undefined || price < 0 ? undefined : price;
	});
}

export function parsed<T>(params: Params, name: string, parse: (text: string) => T | undefined): T | undefined {
	const text = params.text(name);
	return text === undefined ? undefined : (parse(text) ?? invalid(name));
}

export function unsupported(what: string): never {
	return refuse(10001, `${what}: not supported by the simulated exchange`);
}
