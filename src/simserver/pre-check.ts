// What an order would do to the account's margin rates, without placing it: docs/v5/order/pre-check-order. For cross margin alone, and not
// for conditional orders, as at Bybit. Rates are whole numbers of 1/10000.

import { orderCost } from "../account/margin.ts";
import { isFlat } from "../account/position.ts";
import { tierOf } from "../market/instrument.ts";
import { directionOf } from "../orders/side.ts";
import { addUsdt, usdtNumber } from "../units/grid.ts";
import { Refused, refuse } from "./envelope.ts";
import type { Exchange } from "./exchange.ts";
import { orderRequest, refuseTooLarge } from "./order-request.ts";
import type { Params } from "./params.ts";
import { maintenanceOf } from "./wire/wallet.ts";

export function preCheck(params: Params, exchange: Exchange): object {
	const request = orderRequest(params, exchange);
	const { venue } = exchange;
	if (request.trigger !== undefined) refuse(10001, "Conditional order is not supported");
	if (venue.marginMode !== "cross") refuse(10001, "Only cross margin mode is supported");
	refuseTooLarge(request, exchange);
	const instrument = exchange.ledger.instrument(request.symbol);
	const { grid } = instrument;
	const last = venue.last(request.symbol);
	if (Number.isNaN(last)) refuse(110118, "There is no market price: the order cannot be placed now");
	const position = venue.position(request.symbol);
	const reduces =
		request.reduceOnly || (!isFlat(position) && position.direction !== directionOf(request.side) && request.qty <= position.qty);
	const value = grid.valueAt(request.qty, request.price === undefined ? last : grid.priceNumber(request.price));
	const cost = reduces ? 0 : usdtNumber(orderCost(value, request.side, venue.leverage(request.symbol), venue.terms.takerFee));
	const more = reduces ? 0 : usdtNumber(value) * (tierOf(instrument, value).maintenance + venue.terms.takerFee);
	const equity = usdtNumber(venue.wallet) + venue.unrealised();
	const { positions, orders } = venue.bound();
	const bound = usdtNumber(addUsdt(positions, orders));
	const maintenance = maintenanceOf(venue);
	const rate = (part: number): number => (equity > 0 ? Math.floor((part / equity) * 10_000) : 0);
	const after = { postImrE4: rate(bound + cost), postMmrE4: rate(maintenance + more) };
	if (cost > venue.available()) {
		const ids = { future_order_id: "", future_order_link_id: request.linkId };
		throw new Refused(
			{ code: 110007, message: "ab not enough for new order" },
			{},
			{ ...ids, post_imr_e4: after.postImrE4, post_mmr_e4: after.postMmrE4 },
		);
	}
	return { orderId: "", orderLinkId: request.linkId, preImrE4: rate(bound), preMmrE4: rate(maintenance), ...after };
}
