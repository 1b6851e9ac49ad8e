// Venue events as the facts that an engine reads, in the order in which the wire would bring them.

import type { Fact } from "../account/facts.ts";
import { NO_QTY } from "../units/grid.ts";
import type { VenueEvent } from "./event.ts";

/** The facts in an event; none where the engine has nothing to learn from it (a filled order is known by its fills). */
export function factsOf(event: VenueEvent): Fact[] {
	const { at } = event;
	switch (event.kind) {
		case "order":
			return orderFacts(event);
		case "execution":
			return [{ kind: "filled", at, symbol: event.fill.symbol, fill: event.fill }];
		case "funding":
			return [{ kind: "funded", at, symbol: event.symbol, amount: event.amount, rate: event.rate }];
		case "wallet":
			return [{ kind: "wallet", at, balance: event.balance }];
		case "position":
			return [];
	}
}

function orderFacts({ at, order }: Extract<VenueEvent, { kind: "order" }>): Fact[] {
	const { symbol, linkId, orderId, status } = order;
	const stop = order.stopOrderType === "StopLoss";
	if (status === "Untriggered" && stop) return [{ kind: "protected", at, symbol, stopLoss: order.trigger?.price }];
	if (linkId === "") return [];
	if (status === "New" || status === "Untriggered") {
		const accepted: Fact = { kind: "accepted", at, symbol, linkId, orderId };
		return order.type === "market" || order.price === undefined
			? [accepted]
			: [accepted, { kind: "amended", at, symbol, linkId, price: order.price }];
	}
	if (status === "Cancelled" || status === "Deactivated" || status === "Rejected") {
		const reason = order.rejectReason === "EC_NoError" ? order.cancelType : order.rejectReason;
		return [{ kind: "ended", at, symbol, linkId, filled: order.filled, reason }];
	}
	return status === "PartiallyFilled" || status === "Filled" || status === "Triggered"
		? []
		: [{ kind: "ended", at, symbol, linkId, filled: NO_QTY, reason: status }];
}
