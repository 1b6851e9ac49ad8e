// What a fault does to the exchange itself, and what of it lasts: a clock that is off, a key that no longer opens, a halted symbol,
// doors that are shut. It changes the exchange by the same calls that its doors and its timeline make, and only between two of them.

import type { Ms } from "../../units/unit.ts";
import type { Refusal } from "../../venue/refusal.ts";
import { EXPIRED, type KeyTerms, NO_PERMISSION } from "../api-key.ts";
import { type Exchange, MEETINGS_MAX } from "../exchange.ts";
import type { Peer, PeerKind } from "../peer.ts";
import type { Agenda } from "./agenda.ts";
import { type Act, type Event, type KeyState, STREAMS } from "./fault.ts";
import { showTimes } from "./stamps.ts";

export type Doors = { readonly peers: ReadonlySet<Peer>; cutIdleRequests(): void };

const KEY_REFUSALS: Readonly<Record<Exclude<KeyState, "valid">, Refusal>> = {
	"read-only": NO_PERMISSION,
	expired: EXPIRED,
	revoked: { code: 10003, message: "API key is invalid." },
};
const AWAY: Refusal = { code: 10016, message: "The server is restarting, please try again later" };
const HALTED: Refusal = { code: 110074, message: "This contract is not live" };
const CLOSED = new Set(["Filled", "Cancelled", "Rejected", "Deactivated", "PartiallyFilledCanceled"]);

export class World {
	readonly #exchange: Exchange;
	readonly #agenda: Agenda;
	readonly #doors: Doors;
	readonly #deaf = new Set<PeerKind>();
	#key: KeyState = "valid";
	#away = false;
	/** The moment of the last restart: `order/realtime` knows no closed order from before. */
	#wipedAt: Ms | undefined;

	constructor(exchange: Exchange, agenda: Agenda, doors: Doors) {
		this.#exchange = exchange;
		this.#agenda = agenda;
		this.#doors = doors;
	}

	/** Whether anything is not as it should be. */
	get disturbed(): boolean {
		const shut = this.#exchange.halted.size > 0 || this.#deaf.size > 0 || this.#away || this.#wipedAt !== undefined;
		return shut || this.#key !== "valid" || this.#exchange.clock.skewed || [...this.#doors.peers].some((peer) => peer.stalled);
	}

	get key(): KeyState {
		return this.#key;
	}

	get halted(): readonly string[] {
		return [...this.#exchange.halted];
	}

	/** Does it; undefined, or why it came to nothing. */
	act(act: Act): string | undefined {
		switch (act.kind) {
			case "cut":
				this.#cut(act.stream);
				return undefined;
			case "stall":
				this.#stall(act.stream, act.for);
				return undefined;
			case "deaf":
				for (const kind of kinds(act.stream)) this.#deaf.add(kind);
				this.#endAfter(act.for, () => {
					for (const kind of kinds(act.stream)) this.#deaf.delete(kind);
				});
				return undefined;
			case "skew":
				this.#exchange.clock.skew = act.by;
				this.#endAfter(act.for, () => {
					this.#exchange.clock.skew = 0;
				});
				return undefined;
			case "key":
				this.setKey(act.state);
				this.#endAfter(act.for, () => this.setKey("valid"));
				return undefined;
			case "halt": {
				const symbols = this.#symbols(act.symbol);
				this.#halt(symbols, true);
				this.#endAfter(act.for, () => this.#halt(symbols, false));
				return undefined;
			}
			case "jump":
				return this.#each(act.symbol, (symbol) => {
					const { percent = 0, price = this.#exchange.venue.last(symbol) * (1 + percent / 100) } = act;
					return this.jump(symbol, price);
				});
			case "deleverage":
				return this.#each(act.symbol, (symbol) => this.#deleverage(symbol, act.percent));
			case "strip":
				return this.#each(act.symbol, (symbol) => this.#strip(symbol));
			case "fund":
				return this.#each(act.symbol, (symbol) => this.#fund(symbol));
			case "restart":
				this.#restart(act.for);
				return undefined;
		}
	}

	/** Everything that lasts is over. A socket that was silent cannot go on as if nothing was lost: it is cut. */
	heal(): void {
		this.#exchange.clock.skew = 0;
		this.#halt([...this.#exchange.halted], false);
		this.#deaf.clear();
		this.#away = false;
		this.#wipedAt = undefined;
		this.#key = "valid";
		this.#exchange.apiKey.change({});
		for (const peer of this.#doors.peers) if (peer.stalled) peer.terminate();
	}

	/** A key that does not open any more loses the lines it has opened. */
	setKey(state: KeyState, terms: KeyTerms = {}): void {
		this.#key = state;
		this.#exchange.apiKey.change(terms);
		if (state !== "expired" && state !== "revoked") return;
		for (const peer of this.#doors.peers) if (peer.authenticated) peer.terminate();
	}

	/** The price gaps to the nearest tick of `target` and fills there what it has passed; undefined, or why it cannot. */
	jump(symbol: string, target: number): string | undefined {
		const { venue, feeds, clock, ledger } = this.#exchange;
		const feed = feeds.get(symbol);
		if (this.#exchange.halted.has(symbol)) return `${symbol}: trading is halted, the price cannot move`;
		if (feed?.moving !== true) return `${symbol}: no candle is under way, the price cannot move`;
		const { grid } = ledger.instrument(symbol);
		const price = grid.priceNumber(grid.nearestTick(target));
		if (!(price > 0)) return `${symbol}: ${target} is no price`;
		const at = clock.now();
		venue.open(symbol, price, at);
		for (let i = 0; i < MEETINGS_MAX && !venue.advance(symbol, price, at); i++);
		feed.touch(price, at);
		return undefined;
	}

	// ---- what the doors ask

	opens(kind: PeerKind): boolean {
		return !this.#away && !this.#deaf.has(kind);
	}

	/** Why a request is turned away before anybody looks at it. `signed`: it says who asks. */
	refuse({ op = "", symbols }: Event, { signed, writes }: { signed: boolean; writes: boolean }): Refusal | undefined {
		if (this.#away) return AWAY;
		if (signed) {
			if (this.#key === "expired" || this.#key === "revoked") return KEY_REFUSALS[this.#key];
			if (writes && this.#key === "read-only") return KEY_REFUSALS["read-only"];
		}
		const opens = /^order\.(create|amend)/.test(op);
		return opens && symbols.some((symbol) => this.#exchange.halted.has(symbol)) ? HALTED : undefined;
	}

	/** An answer as this exchange gives it now; undefined when there is nothing to change. */
	alter(endpoint: string, body: Record<string, unknown>): Record<string, unknown> | undefined {
		const { clock } = this.#exchange;
		const result = body.result as Record<string, unknown> | undefined; // an answer's result is an object
		const rows = Array.isArray(result?.list) ? (result.list as Record<string, unknown>[]) : []; // a list holds rows
		let changed = clock.skewed;
		if (clock.skewed) showTimes(body, clock);
		if (endpoint === "/v5/market/time" && result !== undefined && clock.skewed) body.result = timeOf(clock.now() + clock.skew);
		if (endpoint === "/v5/user/query-api" && result !== undefined && this.#key === "read-only") {
			body.result = { ...result, readOnly: 1 };
			changed = true;
		}
		if (endpoint === "/v5/order/realtime" && this.#wipedAt !== undefined && result !== undefined) {
			const wipedAt = this.#wipedAt;
			result.list = rows.filter((row) => !CLOSED.has(String(row.orderStatus)) || Number(row.updatedTime) > wipedAt);
			changed = true;
		}
		return changed ? body : undefined;
	}

	// ---- the acts

	/** A market of candles stands; a recording is played on, and only orders are refused. */
	#halt(symbols: readonly string[], on: boolean): void {
		for (const symbol of symbols) {
			if (on) this.#exchange.halted.add(symbol);
			else this.#exchange.halted.delete(symbol);
			const feed = this.#exchange.feeds.get(symbol);
			if (feed?.kind === "candles") feed.halted = on;
		}
	}

	#cut(stream: PeerKind | undefined): void {
		for (const peer of this.#doors.peers) if (stream === undefined || peer.kind === stream) peer.terminate();
	}

	#stall(stream: PeerKind | undefined, span: Ms | undefined): void {
		const peers = [...this.#doors.peers].filter((peer) => stream === undefined || peer.kind === stream);
		for (const peer of peers) peer.stalled = true;
		this.#endAfter(span, () => {
			for (const peer of peers) peer.terminate();
		});
	}

	#deleverage(symbol: string, percent: number): string | undefined {
		const { venue, ledger, clock } = this.#exchange;
		const { grid } = ledger.instrument(symbol);
		const { qty } = venue.position(symbol);
		const part = grid.floorFraction(qty, percent / 100);
		if (part === 0) return `${symbol}: nothing is held that could be taken`;
		const taken = venue.deleverage(symbol, part, grid.nearestTick(venue.last(symbol)), clock.now());
		return taken.ok ? undefined : `${symbol}: ${taken.error.message}`;
	}

	#strip(symbol: string): string | undefined {
		const { venue, clock } = this.#exchange;
		const stop = venue.openOrders(symbol).find(({ stopOrderType }) => stopOrderType === "StopLoss");
		if (stop === undefined) return `${symbol}: no stop stands`;
		venue.cancel({ symbol, orderId: stop.orderId }, clock.now());
		return undefined;
	}

	#fund(symbol: string): string | undefined {
		const { venue, feeds, clock } = this.#exchange;
		const price = venue.last(symbol);
		if (Number.isNaN(price)) return `${symbol}: there is no price yet`;
		venue.fund(symbol, { price, rate: feeds.get(symbol)?.rateFor(clock.now()) ?? 0 }, clock.now());
		return undefined;
	}

	#restart(span: Ms | undefined): void {
		this.#wipedAt = this.#exchange.clock.now();
		for (const feed of this.#exchange.feeds.values()) feed.restart();
		this.#cut(undefined);
		this.#doors.cutIdleRequests();
		if (span === undefined) return;
		this.#away = true;
		this.#endAfter(span, () => {
			this.#away = false;
		});
	}

	#symbols(symbol: string | undefined): readonly string[] {
		return symbol === undefined ? this.#exchange.venue.symbols() : [symbol];
	}

	#each(symbol: string | undefined, act: (symbol: string) => string | undefined): string | undefined {
		const said = this.#symbols(symbol).map(act);
		return said.every((why) => why !== undefined) ? said.join("; ") : undefined;
	}

	#endAfter(span: Ms | undefined, end: () => void): void {
		if (span !== undefined) this.#agenda.add(this.#exchange.clock.now() + span, end);
	}
}

function kinds(stream: PeerKind | undefined): readonly PeerKind[] {
	return stream === undefined ? STREAMS : [stream];
}

function timeOf(now: Ms): object {
	return { timeSecond: String(Math.floor(now / 1000)), timeNano: `${now}000000` };
}
