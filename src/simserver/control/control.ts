// The simulated exchange's other side: what its owner can do to it while clients are connected. The same calls serve tests in process
// and the control endpoint. Everything here acts between two steps of the timeline; what is wrong is a UsageError that says so.

import { averageEntry, isFlat } from "../../account/position.ts";
import { printProblems } from "../../config/problem.ts";
import { UsageError } from "../../std/usage-error.ts";
import { roundUsdt, usdtNumber } from "../../units/grid.ts";
import type { Ms } from "../../units/unit.ts";
import type { KeyTerms } from "../api-key.ts";
import type { Speed } from "../clock.ts";
import type { Exchange } from "../exchange.ts";
import type { KeyState } from "../faults/fault.ts";
import type { Faults, Injected } from "../faults/faults.ts";
import { decodeFault, type FaultInput, type Names, readScenario } from "../faults/scenario.ts";
import type { Timeline } from "../timeline.ts";
import { moneyText, priceText, qtyText } from "../wire/text.ts";
import { type AnnouncementInput, announcementOf, type NoticeInput, noticeOf, textOf } from "./notice.ts";

export type Step = { readonly ms: Ms } | { readonly to: "boundary" | "point" };

export const PRICE_KINDS = ["last", "mark", "index"] as const;
export type PriceKind = (typeof PRICE_KINDS)[number];

export type KeyChange = KeyTerms & { readonly state?: KeyState };

export type State = {
	readonly at: Ms;
	readonly clock: { readonly skew: Ms; readonly speed: Speed; readonly paused: boolean; readonly progress: number };
	readonly wallet: string;
	readonly key: KeyState;
	readonly halted: readonly string[];
	readonly symbols: Readonly<Record<string, SymbolState>>;
	readonly faults: readonly { readonly id: number; readonly fault: string; readonly hits: number }[];
	readonly injected: Readonly<Record<string, number>>;
	/** Messages and answers that are held back. */
	readonly held: number;
};

export type SymbolState = {
	readonly last: number | null;
	readonly leverage: number;
	/** Null when flat. */
	readonly position: { readonly side: "Buy" | "Sell"; readonly size: string; readonly entry: number; readonly stopLoss: string } | null;
	readonly orders: readonly OrderState[];
};

export type OrderState = {
	readonly orderId: string;
	readonly orderLinkId: string;
	readonly side: "Buy" | "Sell";
	readonly type: string;
	readonly qty: string;
	readonly filled: string;
	readonly price: string;
	readonly triggerPrice: string;
	readonly stopOrderType: string;
	readonly status: string;
	readonly reduceOnly: boolean;
};

/** Money is counted exactly up to about 90 million. */
const WALLET_MAX = 40_000_000;

type Parts = {
	readonly exchange: Exchange;
	readonly faults: Faults;
	readonly timeline: Timeline;
	readonly names: Names;
	start(): void;
	/** Pushes at Bybit's intervals at a real speed, at once at any other. */
	pushAt(speed: Speed): void;
	/** Tells the streams what an act has caused. */
	tell(): void;
};

export class Control {
	readonly #parts: Parts;

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	// ---- faults

	/** Sets a fault to work, from now on; the answer names it. */
	inject(input: FaultInput): number {
		const fault = decodeFault(input, this.#parts.names);
		if (!fault.ok) throw new UsageError(fault.error);
		const id = this.#parts.faults.inject(fault.value);
		this.#parts.tell();
		return id;
	}

	/** Sets the faults of a scenario's text to work. Its seed counts only when the exchange is started with it. */
	scenario(text: string, file: string): readonly number[] {
		const scenario = readScenario(text, file, this.#parts.names);
		if (!scenario.ok) throw new UsageError(printProblems(scenario.error));
		const ids = scenario.value.faults.map((fault) => this.#parts.faults.inject(fault));
		this.#parts.tell();
		return ids;
	}

	remove(id: number): void {
		if (!this.#parts.faults.remove(id)) throw new UsageError(`no fault with id ${id} is at work`);
	}

	/** All that has struck, oldest first. */
	get log(): readonly Injected[] {
		return this.#parts.faults.log;
	}

	/** How often a fault has struck; of all without a name. */
	count(fault?: string): number {
		const { counts } = this.#parts.faults;
		if (fault !== undefined) return counts.get(fault) ?? 0;
		return [...counts.values()].reduce((sum, each) => sum + each, 0);
	}

	/** No fault any more, nothing held back, nothing that lasts; sockets that were silent are cut. */
	heal(): void {
		this.#parts.faults.heal();
		this.#parts.tell();
	}

	/** Healed, and the log begins anew. */
	reset(): void {
		this.#parts.faults.reset();
		this.#parts.tell();
	}

	// ---- time

	/** Time stands; resolves when all that was due has happened. */
	pause(): Promise<void> {
		return this.#parts.timeline.pause();
	}

	resume(): void {
		this.#parts.start();
		this.#parts.timeline.resume();
	}

	/** Lets so much time pass and stand again; starts time where it has not begun. */
	async step(step: Step): Promise<Ms> {
		const { timeline, exchange, start } = this.#parts;
		await timeline.pause();
		start();
		await timeline.step("ms" in step ? step.ms : step.to);
		return exchange.clock.now();
	}

	setSpeed(speed: Speed): void {
		this.#parts.pushAt(speed);
		this.#parts.timeline.changeSpeed(speed);
	}

	// ---- the market and the account

	/** The last price gaps to the nearest tick and fills there what it has passed; mark and index go where they are put, and stay there. */
	setPrice(symbol: string, price: number, which: PriceKind = "last"): void {
		const { exchange, faults, tell } = this.#parts;
		const { venue, clock, feeds } = exchange;
		if (!feeds.has(symbol)) throw new UsageError(`no symbol ${symbol} is simulated`);
		if (!(price > 0 && Number.isFinite(price))) throw new UsageError(`price: expected a number above 0, got ${price}`);
		if (which === "mark") venue.setMark(symbol, price, clock.now());
		else if (which === "index") venue.setIndex(symbol, price, clock.now());
		else {
			const problem = faults.world.jump(symbol, price);
			if (problem !== undefined) throw new UsageError(problem);
		}
		tell();
	}

	/** Money comes into the wallet from elsewhere, USDT, or leaves it (negative): no more than is free. */
	transfer(amount: number): void {
		const { exchange, tell } = this.#parts;
		const most = WALLET_MAX - usdtNumber(exchange.venue.wallet);
		const sum = Math.abs(amount) <= WALLET_MAX ? roundUsdt(amount) : 0;
		if (!(sum !== 0 && amount <= most))
			throw new UsageError(
				`amount: expected a number other than 0 that leaves no more than ${WALLET_MAX} USDT in the wallet, got ${amount}`,
			);
		const moved = exchange.venue.transfer(sum, exchange.clock.now());
		if (!moved.ok) throw new UsageError(`amount: ${moved.error.message}`);
		exchange.absorb();
		tell();
	}

	// ---- what the exchange says of itself

	/** Posts a system notice, or changes the one of its id: `system.status` tells it, `/v5/system/status` lists it. The answer is its id. */
	post(input: NoticeInput): string {
		const { exchange, tell } = this.#parts;
		const { notices, clock } = exchange;
		const id = input.id === undefined ? `notice-${notices.list().length + 1}` : textOf("id", input.id);
		notices.post(noticeOf(input, notices.get(id), { id, now: clock.now() }), clock.now());
		tell();
		return id;
	}

	/** Announces something, from now on the newest of `/v5/announcements/index`. */
	announce(input: AnnouncementInput): void {
		const { notices, clock } = this.#parts.exchange;
		notices.announce(announcementOf(input, clock.now()));
	}

	/** What the key may do from now on; what is left out is as at the beginning. */
	setKey({ state = "valid", ...terms }: KeyChange): void {
		this.#parts.faults.world.setKey(state, terms);
		this.#parts.faults.rearm();
	}

	/** Everything an assertion may want to know. */
	state(): State {
		const { exchange, faults, timeline } = this.#parts;
		const { venue, clock } = exchange;
		return {
			at: clock.now(),
			clock: { skew: clock.skew, speed: clock.speed, paused: timeline.paused, progress: timeline.progress },
			wallet: moneyText(venue.wallet),
			key: faults.world.key,
			halted: faults.world.halted,
			symbols: Object.fromEntries(venue.symbols().map((symbol) => [symbol, this.#symbol(symbol)])),
			faults: faults.rules.map(({ id, fault, hits }) => ({ id, fault: fault.name, hits })),
			injected: Object.fromEntries(faults.counts),
			held: faults.agenda.size,
		};
	}

	#symbol(symbol: string): SymbolState {
		const { venue, ledger } = this.#parts.exchange;
		const { grid } = ledger.instrument(symbol);
		const position = venue.position(symbol);
		const last = venue.last(symbol);
		const stop = venue.stopOf(symbol);
		return {
			last: Number.isNaN(last) ? null : last,
			leverage: venue.leverage(symbol),
			position: isFlat(position)
				? null
				: {
						side: position.direction === "long" ? "Buy" : "Sell",
						size: qtyText(grid, position.qty),
						entry: averageEntry(position, grid),
						stopLoss: priceText(grid, stop),
					},
			orders: venue.openOrders(symbol).map((order) => ({
				orderId: order.orderId,
				orderLinkId: order.linkId,
				side: order.side === "buy" ? "Buy" : "Sell",
				type: order.type,
				qty: qtyText(grid, order.qty),
				filled: qtyText(grid, order.filled),
				price: priceText(grid, order.price),
				triggerPrice: priceText(grid, order.trigger?.price),
				stopOrderType: order.stopOrderType,
				status: order.status,
				reduceOnly: order.reduceOnly,
			})),
		};
	}
}
