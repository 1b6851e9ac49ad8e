// What goes by a running bot, as lines of its log and as counts: calls and their answers, requests, fills, streams, notes. All lines of one
// trade, from the signal to the end, bear the id of the order that opened it.

import type { BybitEvent } from "../bybit/events.ts";
import type { Asked } from "../bybit/ports.ts";
import type { NoteCommand } from "../live/bot.ts";
import { wireOrder } from "../live/link.ts";
import type { Onlooker } from "../live/onlooker.ts";
import type { Instrument } from "../market/instrument.ts";
import type { Log } from "../observe/log.ts";
import type { Metrics } from "../observe/metrics.ts";
import { Trail } from "../observe/trail.ts";
import type { Answer, Call } from "../oms/call.ts";
import { usdtNumber } from "../units/grid.ts";

export type WatchOptions = {
	readonly log: Log;
	readonly metrics: Metrics | undefined;
	readonly instrument: (symbol: string) => Instrument | undefined;
	/** Trails of trades that are open, over restarts. */
	readonly memory: { recall(): unknown; remember(trails: unknown): void };
	/** A call to the exchange and what it took, ms; `failed` says why, where it is or may be made again. */
	readonly onCall?: ((call: { readonly what: string; readonly ms: number; readonly failed: string | undefined }) => void) | undefined;
};

type UnderWay = { readonly kind: Call["kind"]; readonly symbol: string | undefined; readonly trail: string | undefined };

/** Calls without an answer that are remembered: far more than are ever under way. */
const UNDER_WAY_MAX = 1000;
/** Faults after which the same is asked again, or what became of it. */
const REPEATED: readonly string[] = ["retry", "ambiguous"];
const WRITES: readonly string[] = ["place", "amend", "cancel", "protect"];

export class LiveWatch implements Onlooker {
	readonly #options: WatchOptions;
	readonly #trail: Trail;
	readonly #underWay = new Map<number, UnderWay>();
	readonly #seenUp = new Set<string>();
	/** In a row, of each call that fails. */
	readonly #failures = new Map<string, number>();

	constructor(options: WatchOptions) {
		this.#options = options;
		this.#trail = new Trail(options.memory.recall());
	}

	readonly onCall = (call: Call): void => {
		const { log, metrics } = this.#options;
		const trail = this.#trail.call(call);
		const symbol = "symbol" in call ? call.symbol : undefined;
		if (this.#underWay.size >= UNDER_WAY_MAX) this.#underWay.delete(this.#underWay.keys().next().value as number); // it is not empty
		this.#underWay.set(call.id, { kind: call.kind, symbol, trail });
		const isWrite = WRITES.includes(call.kind);
		if (isWrite) metrics?.count("orders_sent_total", { kind: call.kind });
		const { text, ...ids } = this.#about(call);
		log.line(isWrite ? "info" : "debug", `${call.kind}${text ?? ""} leaves`, { symbol, trail, call: call.id, ...ids });
	};

	readonly onAnswer = (answer: Answer): void => {
		const asked = this.#underWay.get(answer.id);
		if (asked === undefined) return;
		this.#underWay.delete(answer.id);
		const { kind, symbol, trail } = asked;
		const isWrite = WRITES.includes(kind);
		const fields = { symbol, trail, call: answer.id };
		if (answer.ok) return this.#options.log.line(isWrite ? "info" : "debug", `${kind} accepted`, fields);
		const { class: reaction, code, reason, what } = answer.fault;
		const level = reaction === "benign" ? "debug" : "warn";
		this.#options.log.line(level, `${kind} failed: ${reason}`, { ...fields, class: reaction, retCode: code, endpoint: what });
	};

	readonly onEvent = (event: BybitEvent): void => {
		const { log, metrics } = this.#options;
		if (event.kind === "stream" && event.up) {
			if (this.#seenUp.has(event.stream)) metrics?.count("reconnects_total", { stream: event.stream });
			this.#seenUp.add(event.stream);
		} else if (event.kind === "malformed") metrics?.count("malformed_total", { stream: event.stream });
		else if (event.kind === "execution") {
			const { symbol, orderLinkId: linkId, execId, side, execQty, execPrice, execType } = event.execution;
			log.line("info", `${execType === "Funding" ? "funding" : "execution"}: ${side} ${execQty} at ${execPrice}`, {
				symbol,
				trail: this.#trail.of(symbol),
				linkId,
				execId,
				execType,
			});
		}
	};

	readonly onAsked = ({ what, ms, fault }: Asked): void => {
		const { log, metrics, onCall } = this.#options;
		if (fault !== undefined) metrics?.count("faults_total", { class: fault.class });
		if (fault?.kind !== "offline") metrics?.took("request_seconds", ms, { endpoint: what });
		const retCode = fault === undefined ? 0 : fault.retCode;
		const outcome = retCode === undefined ? `no retCode (${fault?.kind})` : `retCode ${retCode}`;
		const failed = fault !== undefined && REPEATED.includes(fault.class) ? fault.message : undefined;
		onCall?.({ what, ms, failed });
		log.line(this.#loudness(what, failed), `${what}: ${ms.toFixed(1)} ms, ${outcome}`, {
			endpoint: what,
			ms: Number(ms.toFixed(3)),
			retCode,
		});
	};

	/** An outage may last: of failures in a row the first is told, the tenth, the hundredth, and that they are over. */
	#loudness(what: string, failed: string | undefined): "debug" | "info" {
		const before = this.#failures.get(what) ?? 0;
		if (failed === undefined) return this.#failures.delete(what) ? "info" : "debug";
		this.#failures.set(what, before + 1);
		return Number.isInteger(Math.log10(before + 1)) ? "info" : "debug";
	}

	readonly onNote = (told: NoteCommand): void => {
		const { symbol, note } = told;
		const trail = this.#trail.note(symbol, note);
		this.#options.log.note(told, trail);
		if (note.what === "entering" || note.what === "flat" || note.what === "unfilled") this.#options.memory.remember(this.#trail.saved());
		this.#count(told);
	};

	#count({ symbol, note }: NoteCommand): void {
		const { metrics } = this.#options;
		if (metrics === undefined) return;
		if (note.what === "unprotected") metrics.count("unprotected_seconds_total", { symbol }, Math.max(0, note.seconds));
		else if (note.what === "unexplained") metrics.count("unexplained_cash_usdt_total", {}, Math.abs(usdtNumber(note.amount)));
		else if (note.what === "difference") metrics.count("differences_total", { name: note.name });
		else if (note.what === "flat") {
			const pnl = usdtNumber(note.trade.pnl);
			metrics.count("trades_total", { symbol, result: pnl >= 0 ? "win" : "loss" });
			metrics.count(pnl >= 0 ? "realised_profit_usdt_total" : "realised_loss_usdt_total", { symbol }, Math.abs(pnl));
		}
	}

	/** The order as the wire has it, and ids: never a header, a stamp or a signature. */
	#about(call: Call): { text?: string; linkId?: string; order?: object } {
		if (call.kind !== "place") return "linkId" in call ? { linkId: call.linkId } : {};
		const { linkId } = call.order;
		const instrument = this.#options.instrument(call.symbol);
		if (instrument === undefined) return { linkId };
		const order = wireOrder(call.order, instrument);
		return { text: ` ${order.orderType} ${order.side} ${order.qty}${order.reduceOnly === true ? ", reduce-only," : ""}`, linkId, order };
	}
}
