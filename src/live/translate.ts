// From the wire's words to the engine's: each message of the venue client as the events it means. Decimal text becomes whole ticks and
// steps here; a message whose numbers are off the instrument's grid is reported, never rounded.

import type { Fact } from "../account/facts.ts";
import { candleOf } from "../bybit/decode/public.ts";
import type { BybitEvent } from "../bybit/events.ts";
import type { Event } from "../engine/event.ts";
import type { Instrument } from "../market/instrument.ts";
import { closeOf, type Interval } from "../market/interval.ts";
import type { FillCause } from "../orders/fill.ts";
import { runOf } from "../orders/ids.ts";
import { NO_QTY, NO_USDT, parseUsdt } from "../units/grid.ts";
import type { Ms, Usdt } from "../units/unit.ts";
import { BaseBuffer } from "./base-buffer.ts";

type OrderEvent = Extract<BybitEvent, { kind: "order" }>;
type ExecutionEvent = Extract<BybitEvent, { kind: "execution" }>;
type KlineEvent = Extract<BybitEvent, { kind: "kline" }>;

const CAUSES: Readonly<Record<string, FillCause>> = {
	CreateByStopLoss: "stopLoss",
	CreateByPartialStopLoss: "stopLoss",
	CreateByTakeProfit: "takeProfit",
	CreateByPartialTakeProfit: "takeProfit",
	CreateByTrailingStop: "trailingStop",
	CreateByTrailingProfit: "trailingStop",
	CreateByLiq: "liquidation",
	CreateByTakeOver_PassThrough: "liquidation",
	CreateByAdl_PassThrough: "adl",
};
/** Executions that change a position. Funding is told apart; settlements and transfers of positions are not ours to guess at. */
const FILLS = ["Trade", "BustTrade", "AdlTrade"];
/** Execution ids remembered: a reconnect may bring the last ones again. */
const REMEMBERED = 10_000;

export type TranslatorOptions = {
	readonly instruments: ReadonlyMap<string, Instrument>;
	readonly baseInterval: Interval;
	readonly signalIntervals: ReadonlyMap<string, Interval>;
	/** What could not be read, and why. */
	readonly onOdd: (what: string) => void;
};

export class Translator {
	readonly #options: TranslatorOptions;
	readonly #bases = new Map<string, BaseBuffer>();
	/** Open times of the newest confirmed candle, by topic: a candle is confirmed once. */
	readonly #confirmed = new Map<string, number>();
	readonly #seen = new Set<string>();

	constructor(options: TranslatorOptions) {
		this.#options = options;
		for (const symbol of options.instruments.keys()) this.#bases.set(symbol, new BaseBuffer());
	}

	translate(event: BybitEvent): Event[] {
		switch (event.kind) {
			case "ticker":
				return this.#ours(event.symbol) ? [{ kind: "ticker", at: event.at, symbol: event.symbol, ticker: event.ticker }] : [];
			case "kline":
				return this.#kline(event);
			case "order":
				return this.#order(event);
			case "execution":
				return this.#execution(event);
			case "wallet":
				return this.#wallet(event);
			default:
				return [];
		}
	}

	/** Candles of the interval up to that open time are known already: the stream's are told from the next one on. */
	know(symbol: string, interval: Interval, openTime: Ms): void {
		this.#confirmed.set(`${symbol} ${interval}`, openTime);
	}

	#ours(symbol: string): boolean {
		return this.#options.instruments.has(symbol);
	}

	#kline({ symbol, interval, kline }: KlineEvent): Event[] {
		if (!kline.confirm || !this.#ours(symbol)) return [];
		const candle = candleOf(kline);
		const key = `${symbol} ${interval}`;
		if (candle.openTime <= (this.#confirmed.get(key) ?? Number.NEGATIVE_INFINITY)) return [];
		this.#confirmed.set(key, candle.openTime);
		const at = closeOf(interval, candle.openTime);
		const events: Event[] = [];
		const base = this.#bases.get(symbol);
		if (interval === this.#options.baseInterval && base !== undefined) events.push({ kind: "candles", at, symbol, ...base.push(candle) });
		if (interval === this.#options.signalIntervals.get(symbol)) events.push({ kind: "closed", at, symbol, candle });
		return events;
	}

	#order({ at, order }: OrderEvent): Event[] {
		const { symbol, orderLinkId: linkId, orderId, orderStatus: status } = order;
		const instrument = this.#options.instruments.get(symbol);
		if (instrument === undefined) return [];
		const { grid } = instrument;
		if (order.stopOrderType === "StopLoss" && status === "Untriggered") {
			const stopLoss = order.triggerPrice === undefined ? undefined : grid.parsePrice(order.triggerPrice);
			return [{ kind: "protected", at, symbol, stopLoss }];
		}
		if (linkId === undefined || runOf(linkId) === undefined) return []; // the venue's own, or somebody else's
		if (status === "New" || status === "Untriggered") {
			const accepted: Fact = { kind: "accepted", at, symbol, linkId, orderId };
			const price = order.orderType === "Limit" && order.price !== undefined ? grid.parsePrice(order.price) : undefined;
			return price === undefined ? [accepted] : [accepted, { kind: "amended", at, symbol, linkId, price }];
		}
		if (status !== "Cancelled" && status !== "Deactivated" && status !== "Rejected") return [];
		const reason = order.rejectReason ?? order.cancelType ?? status;
		return [{ kind: "ended", at, symbol, linkId, filled: grid.parseQty(order.cumExecQty) ?? NO_QTY, reason }];
	}

	#execution({ execution }: ExecutionEvent): Event[] {
		const { symbol, execId, execType, execTime: at } = execution;
		const instrument = this.#options.instruments.get(symbol);
		if (instrument === undefined || this.#isRepeated(execId)) return [];
		const fee = parseUsdt(execution.execFee);
		if (fee === undefined) return this.#odd(`execution ${execId}: the fee "${execution.execFee}" is no amount`);
		if (execType === "Funding") return [{ kind: "funded", at, symbol, amount: fee, rate: Number(execution.feeRate ?? Number.NaN) }];
		if (!FILLS.includes(execType)) return this.#odd(`execution ${execId} is of the kind ${execType}, which the bot does not book`);
		const { grid } = instrument;
		const qty = grid.parseQty(execution.execQty);
		const price = grid.parsePrice(execution.execPrice);
		const leaves = grid.parseQty(execution.leavesQty ?? "0");
		if (qty === undefined || price === undefined || leaves === undefined)
			return this.#odd(`execution ${execId}: ${execution.execQty} at ${execution.execPrice} is off the grid of ${symbol}`);
		const linkId = execution.orderLinkId ?? "";
		const cause = CAUSES[execution.createType ?? ""] ?? "order";
		const { orderId, side, isMaker: maker } = execution;
		const fill = {
			execId,
			orderId,
			linkId,
			symbol,
			side,
			qty,
			price,
			value: grid.value(qty, price),
			fee,
			maker,
			cause,
			closedQty: NO_QTY,
			realised: NO_USDT,
			leaves,
			at,
		};
		return [{ kind: "filled", at, symbol, fill }];
	}

	#wallet({ at, wallet }: Extract<BybitEvent, { kind: "wallet" }>): Event[] {
		const coin = wallet.coins.find((entry) => entry.coin === "USDT");
		const balance: Usdt | undefined = coin === undefined ? undefined : parseUsdt(coin.walletBalance);
		return balance === undefined ? [] : [{ kind: "wallet", at, balance }];
	}

	#isRepeated(execId: string): boolean {
		if (this.#seen.has(execId)) return true;
		this.#seen.add(execId);
		if (this.#seen.size > REMEMBERED) for (const oldest of this.#seen) return !this.#seen.delete(oldest);
		return false;
	}

	#odd(what: string): [] {
		this.#options.onOdd(what);
		return [];
	}
}
