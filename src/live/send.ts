// The engine's wishes in the wire's words, and the venue's answers back as facts. An answer says only that a wish was accepted or refused;
// what came of it arrives on the private stream. A write without an answer is looked up by its own id before anything is concluded.

import type { BybitClient } from "../bybit/client.ts";
import type { BybitOrder } from "../bybit/decode/order.ts";
import { isClosed } from "../bybit/decode/order.ts";
import type { Fault } from "../bybit/fault.ts";
import type { CreateOrder } from "../bybit/requests.ts";
import type { Command } from "../engine/command.ts";
import type { Event } from "../engine/event.ts";
import type { Instrument } from "../market/instrument.ts";
import type { OrderRequest } from "../orders/order.ts";
import type { Result } from "../std/result.ts";
import { NO_QTY } from "../units/grid.ts";
import type { Ms } from "../units/unit.ts";

export type Wish = Exclude<Command, { kind: "note" }>;

const SIDES = { buy: "Buy", sell: "Sell" } as const;
const TRIGGERS = { last: "LastPrice", mark: "MarkPrice", index: "IndexPrice" } as const;

/** An order of ours as the wire wants it: the stop rides on the entry, for the whole position and by last price. */
export function wireOrder(order: OrderRequest, instrument: Instrument): CreateOrder {
	const { grid } = instrument;
	const { trigger, stopLoss, price } = order;
	return {
		symbol: order.symbol,
		side: SIDES[order.side],
		orderType: order.type === "market" ? "Market" : "Limit",
		qty: grid.formatQty(order.qty),
		orderLinkId: order.linkId,
		...(price === undefined ? {} : { price: grid.formatPrice(price) }),
		timeInForce: order.timeInForce,
		reduceOnly: order.reduceOnly,
		...(trigger === undefined
			? {}
			: {
					triggerPrice: grid.formatPrice(trigger.price),
					triggerDirection: trigger.direction === "rise" ? 1 : 2,
					triggerBy: TRIGGERS[trigger.by],
				}),
		...(stopLoss === undefined
			? {}
			: { stopLoss: grid.formatPrice(stopLoss), slTriggerBy: "LastPrice", tpslMode: "Full", slOrderType: "Market" }),
	};
}

export type SenderOptions = {
	readonly client: BybitClient;
	readonly instruments: ReadonlyMap<string, Instrument>;
	readonly now: () => Ms;
	/** Facts that follow from answers. */
	readonly onEvent: (event: Event) => void;
};

export class Sender {
	readonly #options: SenderOptions;

	constructor(options: SenderOptions) {
		this.#options = options;
	}

	/** Written to the socket inside this call when the trade socket is open. */
	send(wish: Wish): void {
		const { client, instruments } = this.#options;
		const { symbol } = wish;
		const instrument = instruments.get(symbol);
		if (instrument === undefined) return;
		const { grid } = instrument;
		switch (wish.kind) {
			case "place":
				void this.#settle(client.place(wireOrder(wish.order, instrument)), (fault) => this.#notPlaced(symbol, wish.order.linkId, fault));
				return;
			case "amend": {
				const { price, qty, triggerPrice, linkId } = wish;
				const change = {
					symbol,
					orderLinkId: linkId,
					price: price === undefined ? undefined : grid.formatPrice(price),
					qty: qty === undefined ? undefined : grid.formatQty(qty),
					triggerPrice: triggerPrice === undefined ? undefined : grid.formatPrice(triggerPrice),
				};
				void this.#settle(client.amend(change));
				return;
			}
			case "cancel":
				void this.#settle(client.cancel({ symbol, orderLinkId: wish.linkId }));
				return;
			case "protect": {
				const stop = { symbol, tpslMode: "Full", stopLoss: grid.formatPrice(wish.stopLoss), slTriggerBy: "LastPrice" } as const;
				void this.#settle(client.rest.setTradingStop(stop), (fault) =>
					this.#tell({ kind: "unprotected", at: this.#options.now(), symbol, code: fault.retCode ?? 0, reason: fault.message }),
				);
				return;
			}
		}
	}

	async #settle(answer: Promise<Result<unknown, Fault>>, onFault: (fault: Fault) => void | Promise<void> = () => {}): Promise<void> {
		const done = this.#options.client.hold();
		try {
			const result = await answer;
			const at = this.#options.now();
			if (result.ok || result.error.class === "benign" || result.error.class === "refused")
				this.#tell({ kind: "call", at, ok: true, fatal: false, what: "" });
			else
				this.#tell({
					kind: "call",
					at,
					ok: false,
					fatal: result.error.class === "fatal",
					what: `${result.error.what}: ${result.error.message}`,
				});
			if (!result.ok && result.error.class !== "benign") await onFault(result.error);
		} finally {
			done();
		}
	}

	/** A refused order is known to be refused; one without an answer may have been accepted, so it is looked up by its id. */
	async #notPlaced(symbol: string, linkId: string, fault: Fault): Promise<void> {
		if (fault.ambiguous) {
			const found = await this.#find(symbol, linkId);
			if (found !== undefined) return this.#tell(foundFact(found, linkId, this.#options.now(), this.#options.instruments.get(symbol)));
		}
		this.#tell({ kind: "refused", at: this.#options.now(), symbol, linkId, code: fault.retCode ?? 0, reason: fault.message });
	}

	/** Open orders with the lately closed ones, then the history. */
	async #find(symbol: string, orderLinkId: string): Promise<BybitOrder | undefined> {
		const { rest } = this.#options.client;
		const open = await rest.getOpenOrders({ symbol, orderLinkId });
		const [here] = open.ok ? open.value.list : [];
		if (here !== undefined) return here;
		const history = await rest.getOrderHistory({ symbol, orderLinkId });
		return history.ok ? history.value.list[0] : undefined;
	}

	#tell(event: Event): void {
		this.#options.onEvent(event);
	}
}

/** What a looked-up order means; its fills, if any, come on the execution stream. */
function foundFact(order: BybitOrder, linkId: string, at: Ms, instrument: Instrument | undefined): Event {
	const { symbol, orderId } = order;
	if (!isClosed(order.orderStatus) || order.orderStatus === "Filled") return { kind: "accepted", at, symbol, linkId, orderId };
	const filled = instrument?.grid.parseQty(order.cumExecQty) ?? NO_QTY;
	return { kind: "ended", at, symbol, linkId, filled, reason: order.rejectReason ?? order.cancelType ?? order.orderStatus };
}
