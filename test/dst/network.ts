// Calls on their way to the venue and answers on their way back. A request arrives at once, late, too late or never; its answer likewise;
// and whoever asked is told a fault at the deadline, whatever has become of it.

import { exchangeFault } from "../../src/bybit/fault.ts";
import { atOf } from "../../src/live/venue-desk.ts";
import type { Answered, Call, CallFault } from "../../src/oms/call.ts";
import type { AccountStatement, Execution } from "../../src/oms/statement.ts";
import type { Prng } from "../../src/std/prng.ts";
import { err, type Result } from "../../src/std/result.ts";
import { NO_USDT } from "../../src/units/grid.ts";
import type { Ms } from "../../src/units/unit.ts";
import type { Refusal } from "../../src/venue/refusal.ts";
import type { Exchange } from "./exchange.ts";
import type { NetworkTerms } from "./plan.ts";
import type { World } from "./world.ts";

/** Bybit's endpoints by their names in the fault table. */
const WHAT: Readonly<Record<Call["kind"], string>> = {
	place: "order.create",
	amend: "order.amend",
	cancel: "order.cancel",
	protect: "/v5/position/trading-stop",
	find: "/v5/order/realtime",
	position: "/v5/position/list",
	account: "/v5/account",
	ledger: "/v5/account/transaction-log",
};

/** Between the lists of open and of closed orders, one that has just changed may stand in neither. */
const SHOWN_WITHIN: Ms = 500;
const EXECUTIONS_LAG: Ms = 2000;

export type Outcome = { readonly ok: true; readonly value: Answered } | { readonly ok: false; readonly fault: CallFault };

/** Whoever asks: gone after a crash. */
export type Caller = {
	readonly alive: boolean;
	answered(call: Call, outcome: Outcome): void;
};

/** What is told of requests that reach the venue. */
export type Gate = { arrives(call: Call): void; accepted(call: Call): void };

export function isWrite({ kind }: Call): boolean {
	return kind === "place" || kind === "amend" || kind === "cancel" || kind === "protect";
}

export class Network {
	readonly #world: World;
	readonly #random: Prng;
	readonly #exchange: Exchange;
	readonly #delisted = new Set<string>();
	readonly #terms: NetworkTerms;
	readonly #gate: Gate;
	/** The venue is away until then. */
	#awayUntil: Ms = Number.NEGATIVE_INFINITY;
	/** It refuses the bot's key until then. */
	#strangeUntil: Ms = Number.NEGATIVE_INFINITY;

	/** When the latest request that changes something arrives. */
	#writesArrive: Ms = Number.NEGATIVE_INFINITY;

	constructor(world: World, random: Prng, exchange: Exchange, terms: NetworkTerms, gate: Gate) {
		this.#world = world;
		this.#random = random;
		this.#exchange = exchange;
		this.#terms = terms;
		this.#gate = gate;
	}

	/** Requests fail for so long. */
	away(duration: Ms): void {
		this.#awayUntil = this.#world.now + duration;
		this.#world.disturb(this.#awayUntil);
	}

	/** Requests are refused for so long, as if the key were no longer good. */
	estrange(duration: Ms): void {
		this.#strangeUntil = this.#world.now + duration;
		this.#world.disturb(this.#strangeUntil);
	}

	heal(): void {
		this.#awayUntil = Number.NEGATIVE_INFINITY;
		this.#strangeUntil = Number.NEGATIVE_INFINITY;
	}

	/** The contract has ended: nothing new is taken on it. */
	delist(symbol: string): void {
		this.#delisted.add(symbol);
	}

	ask(call: Call, caller: Caller): void {
		const trip = new Trip(this.#world, call, caller, this.#terms.deadline);
		const { faults } = this.#world;
		if (faults.hits("request lost")) return;
		let delay = this.#delay();
		if (faults.hits("request late")) delay += this.#random.below(this.#terms.window);
		if (isWrite(call) && faults.hits("request too late")) delay = this.#terms.window - 50 + this.#random.below(800);
		let at = this.#world.now + delay;
		if (this.#terms.keepsOrder && isWrite(call)) at = this.#writesArrive = Math.max(at, this.#writesArrive);
		this.#world.queue.push(at, () => this.#arrive(trip));
	}

	#arrive(trip: Trip): void {
		const { call, caller } = trip;
		const { faults, now } = this.#world;
		if (!caller.alive && isWrite(call)) faults.note("arrived after a crash");
		if (now < this.#awayUntil) return this.#back(trip, fail(call, { retCode: 10016, message: "Internal server error" }));
		if (now < this.#strangeUntil) return this.#back(trip, fail(call, { retCode: 10003, message: "API key is invalid." }));
		if (now - call.at > this.#terms.window || call.at >= now + 1000) {
			faults.note("refused by the window");
			return this.#back(trip, fail(call, { retCode: 10002, message: "invalid request, please check your server timestamp" }));
		}
		if (faults.hits("rate limited")) return this.#back(trip, fail(call, { retCode: 10006, message: "Too many visits!" }));
		if (faults.hits("server error before")) return this.#back(trip, fail(call, { retCode: 10000, message: "Server Timeout" }));
		if (isWrite(call)) this.#write(trip);
		else this.#read(trip);
	}

	#write(trip: Trip): void {
		const { call } = trip;
		const { faults } = this.#world;
		this.#gate.arrives(call);
		const result = this.#execute(call);
		if (result.ok) this.#gate.accepted(call);
		else faults.note(call.kind === "protect" ? "stop refused" : "refused by the exchange");
		this.#exchange.pump(this.#world.now);
		if (faults.hits("server error after")) return this.#back(trip, fail(call, { retCode: 10016, message: "Internal server error" }));
		const outcome: Outcome = result.ok
			? { ok: true, value: { kind: "done", orderId: result.value } }
			: fail(call, { retCode: result.error.code, message: result.error.message });
		if (result.ok && faults.hits("answer lost")) return faults.note("accepted, yet timed out");
		this.#back(trip, outcome);
	}

	#execute(call: Call): Result<string | undefined, Refusal> {
		const { venue } = this.#exchange;
		const { now } = this.#world;
		if ("symbol" in call && this.#delisted.has(call.symbol) && call.kind !== "cancel")
			return err({ code: 110074, message: "This contract is not live" });
		switch (call.kind) {
			case "place":
				return venue.submit(call.order, now);
			case "amend": {
				const { symbol, linkId, price, qty, triggerPrice } = call;
				const result = venue.amend({ symbol, linkId }, { price, qty, triggerPrice }, now);
				return result.ok ? { ok: true, value: result.value.orderId } : result;
			}
			case "cancel": {
				const result = venue.cancel({ symbol: call.symbol, linkId: call.linkId }, now);
				return result.ok ? { ok: true, value: result.value.orderId } : result;
			}
			case "protect": {
				const result = venue.setStop(call.symbol, call.stopLoss, now);
				return result.ok ? { ok: true, value: undefined } : result;
			}
			default:
				throw new RangeError(`${call.kind} is a question`);
		}
	}

	// ---- questions: several reads one after the other, each at its own moment

	#read(trip: Trip): void {
		const { call } = trip;
		const { faults, now } = this.#world;
		if (faults.hits("read failed")) return this.#back(trip, fail(call, { retCode: 10016, message: "Internal server error" }));
		const exchange = this.#exchange;
		switch (call.kind) {
			case "find": {
				const stated = exchange.orderByLink(call.linkId);
				const fresh = stated !== undefined && now - stated.at < SHOWN_WITHIN;
				const order = fresh && faults.hits("order not shown yet") ? undefined : stated;
				this.#soon(() => {
					const executions = this.#shown(exchange.executionsOf(call.linkId));
					this.#back(trip, { ok: true, value: { kind: "found", order, executions } });
				});
				return;
			}
			case "position": {
				const position = faults.hits("position not stated") ? undefined : exchange.position(call.symbol, now);
				return this.#back(trip, { ok: true, value: { kind: "position", position } });
			}
			case "account":
				return this.#readAccount(trip, call.since);
			case "ledger":
				return this.#readLedger(trip, call.since);
			default:
				throw new RangeError(`${call.kind} is no question`);
		}
	}

	#readAccount(trip: Trip, since: Ms): void {
		const exchange = this.#exchange;
		const { faults } = this.#world;
		const found: { -readonly [K in keyof AccountStatement]: AccountStatement[K] } = {
			orders: [],
			positions: [],
			executions: [],
			balance: undefined,
			others: [],
		};
		const parts: (() => void)[] = [
			() => {
				found.orders = exchange.openOrders();
			},
			() => {
				if (faults.hits("all positions missing")) return;
				found.positions = exchange.venue.symbols().flatMap((symbol) => {
					if (symbol === this.#elsewhere || faults.hits("position not stated")) return [];
					return [exchange.position(symbol, this.#world.now)];
				});
			},
			() => {
				found.executions = this.#shown(exchange.executionsSince(since));
			},
			() => {
				found.balance = this.#balance();
			},
			() => {
				found.others = exchange.others();
			},
		];
		const turn = this.#random.below(parts.length);
		this.#inTurn([...parts.slice(turn), ...parts.slice(0, turn)], () => {
			this.#back(trip, { ok: true, value: { kind: "account", account: found } });
		});
	}

	get #elsewhere(): string | undefined {
		return this.#exchange.venue.symbols().at(-1);
	}

	#readLedger(trip: Trip, since: Ms): void {
		const exchange = this.#exchange;
		let balance = this.#balance();
		const balanceFirst = this.#random.chance(1, 2);
		this.#soon(() => {
			const transactions = exchange.transactionsSince(since);
			const answer = (): void => this.#back(trip, { ok: true, value: { kind: "ledger", transactions, balance } });
			if (balanceFirst) return answer();
			this.#soon(() => {
				balance = this.#balance();
				answer();
			});
		});
	}

	#balance(): typeof NO_USDT | undefined {
		const { faults } = this.#world;
		if (faults.hits("balance missing")) return undefined;
		return faults.hits("balance zero") ? NO_USDT : this.#exchange.venue.wallet;
	}

	/** The list of executions may lag behind. */
	#shown(executions: readonly Execution[]): readonly Execution[] {
		const { faults, now } = this.#world;
		const lags = executions.some((one) => atOf(one) > now - EXECUTIONS_LAG) && faults.hits("executions not shown yet");
		return lags ? executions.filter((one) => atOf(one) <= now - EXECUTIONS_LAG) : executions;
	}

	#inTurn(parts: readonly (() => void)[], then: () => void): void {
		const [first, ...rest] = parts;
		if (first === undefined) return then();
		first();
		this.#soon(() => this.#inTurn(rest, then));
	}

	#soon(run: () => void): void {
		this.#world.after(this.#random.chance(1, 3) ? this.#delay() : this.#random.below(3), run);
	}

	#back(trip: Trip, outcome: Outcome): void {
		const { faults } = this.#world;
		if (faults.hits("answer lost")) return;
		let delay = this.#delay();
		if (faults.hits("answer late")) delay += this.#random.below(this.#terms.deadline);
		this.#world.after(delay, () => trip.end(outcome));
	}

	#delay(): Ms {
		return this.#terms.latency + this.#random.below(this.#terms.jitter);
	}
}

/** One call, answered once: by its answer, or by the deadline. */
class Trip {
	readonly call: Call;
	readonly caller: Caller;
	readonly #world: World;
	readonly #began: Ms;
	#over = false;

	constructor(world: World, call: Call, caller: Caller, deadline: Ms) {
		this.call = call;
		this.caller = caller;
		this.#world = world;
		this.#began = world.now;
		const fault: CallFault = {
			class: isWrite(call) ? "ambiguous" : "retry",
			code: 0,
			reason: `no answer within ${deadline} ms`,
			what: WHAT[call.kind],
		};
		world.after(deadline, () => this.end({ ok: false, fault }));
	}

	end(outcome: Outcome): void {
		if (this.#over) return;
		this.#over = true;
		if (this.#world.now - this.#began > 1000) this.#world.disturb();
		if (this.caller.alive) this.caller.answered(this.call, outcome);
	}
}

function fail(call: Call, answer: { retCode: number; message: string }): Outcome {
	const what = WHAT[call.kind];
	const fault = exchangeFault({ what, access: isWrite(call) ? "write" : "read" }, answer);
	return { ok: false, fault: { class: fault.class, code: answer.retCode, reason: answer.message, what } };
}
