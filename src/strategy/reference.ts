// The reference price `R` and the anchor it hangs on (spec §3). With the ticker as source, R = V(A) is frozen at the anchor; with candles
// as source, R is the textbook anchored VWAP of the base candles since the anchor and moves with each of them.

import type { Columns } from "../market/candle.ts";
import { type Ticker, vwapOf } from "../market/ticker.ts";
import { DAY, type Ms } from "../units/unit.ts";
import type { StrategyState } from "./port.ts";
import type { AnchoredVwapSettings } from "./settings.ts";

export class Reference {
	readonly #settings: AnchoredVwapSettings;
	/** The anchor in force and, with the ticker as source, its frozen reference (undefined: the ticker had no figures there). */
	#anchoredAt: Ms | undefined;
	#frozen: number | undefined;
	/** An anchor whose V(A) is known and that the next evaluation takes over. */
	#pending: { at: Ms; vwap: number | undefined } | undefined;
	#current: { at: Ms; ticker: Ticker } | undefined;
	/** Σ turnover and Σ volume of base candles since the anchor, compensated. */
	#turnover = new Sum();
	#volume = new Sum();
	#firstBase: Ms | undefined;
	#hadFigures = false;
	/** Restored sums lack the candles that closed while nobody listened: they are rebuilt from the anchor on. */
	#sumsStale = false;

	constructor(settings: AnchoredVwapSettings) {
		this.#settings = settings;
	}

	get anchoredAt(): Ms | undefined {
		return this.#settings.anchor.type === "price" ? undefined : this.#anchoredAt;
	}

	/** The ticker has stated its 24 h figures, so the data is older than 24 h. Asked no more once it has: reading them costs a simulation. */
	get hasFigures(): boolean {
		if (this.#hadFigures) return true;
		const ticker = this.#current?.ticker;
		this.#hadFigures = ticker?.turnover24h !== undefined && ticker.volume24h !== undefined;
		return this.#hadFigures;
	}

	get value(): number | undefined {
		const { anchor, vwapSource } = this.#settings;
		if (anchor.type === "price") return anchor.price;
		if (vwapSource === "ticker") return this.#frozen;
		if (this.#anchoredAt === undefined) return undefined;
		const vwap = this.#turnover.value / this.#volume.value;
		return Number.isFinite(vwap) && vwap > 0 ? vwap : undefined;
	}

	onTicker(at: Ms, ticker: Ticker): void {
		const scheduled = this.#scheduled(at);
		const before = this.#current;
		if (scheduled !== undefined && (scheduled === at || (before !== undefined && before.at < scheduled))) {
			const current = scheduled === at ? ticker : before?.ticker; // the ticker that is current at the anchor
			this.#pending = { at: scheduled, vwap: current === undefined ? undefined : vwapOf(current) };
		}
		this.#current = { at, ticker };
	}

	onBase(columns: Columns, from: number, to: number): void {
		if (this.#settings.vwapSource !== "kline") return;
		for (let i = from; i < to; i++) {
			const openTime = columns.openTime[i]!;
			this.#firstBase ??= openTime;
			const scheduled = this.#scheduled(openTime);
			if (scheduled !== undefined && scheduled !== this.#anchoredAt) this.#anchorSums(scheduled);
			if (this.#anchoredAt === undefined || openTime < this.#anchoredAt) continue;
			this.#turnover.add(columns.turnover[i]!);
			this.#volume.add(columns.volume[i]!);
		}
	}

	/** Anchors here and now: an extreme or an event at a signal candle's close. */
	anchorAt(at: Ms): void {
		if (this.#settings.vwapSource === "kline") this.#anchorSums(at);
		else this.#pending = { at, vwap: undefined };
	}

	/** Re-anchoring comes first at an evaluation (spec §3). */
	settle(at: Ms): void {
		const { vwapSource, anchor } = this.#settings;
		if (vwapSource === "kline") {
			const scheduled = this.#scheduled(at);
			if (scheduled !== undefined && scheduled !== this.#anchoredAt) this.#anchorSums(scheduled);
			return;
		}
		const pending = this.#pending;
		if (pending === undefined || pending.at > at) return;
		this.#pending = undefined;
		this.#anchoredAt = pending.at;
		const byCandle = anchor.type === "extreme" || anchor.type === "event";
		this.#frozen = byCandle ? this.#current && vwapOf(this.#current.ticker) : pending.vwap;
	}

	/** The next scheduled anchor after `now`. */
	nextAnchor(now: Ms): Ms | undefined {
		const { anchor, vwapSource } = this.#settings;
		if (vwapSource === "kline") return undefined;
		if (anchor.type === "time") return anchor.time !== undefined && anchor.time > now ? anchor.time : undefined;
		if (anchor.type !== "daily") return undefined;
		return Math.floor((now - anchor.sessionStart) / DAY) * DAY + anchor.sessionStart + DAY;
	}

	missingAnchor(now: Ms): Ms | undefined {
		const scheduled = this.#scheduled(now);
		if (this.#sumsStale && this.#anchoredAt !== undefined) return scheduled ?? this.#anchoredAt;
		return scheduled === undefined || this.#anchoredAt === scheduled ? undefined : scheduled;
	}

	rebuild(anchor: Ms, sums: { turnover: number; volume: number }): void {
		this.#sumsStale = false;
		this.#firstBase = anchor; // the sums are whole from there on
		this.#anchorSums(anchor);
		this.#turnover.add(sums.turnover);
		this.#volume.add(sums.volume);
		this.#anchoredAt = anchor;
		this.#frozen = vwapOf({ last: 0, mark: 0, turnover24h: sums.turnover, volume24h: sums.volume });
	}

	state(): StrategyState {
		return {
			anchoredAt: this.#anchoredAt ?? null,
			reference: this.#frozen ?? null,
			turnover: this.#turnover.value,
			volume: this.#volume.value,
			firstBase: this.#firstBase ?? null,
		};
	}

	restore(state: StrategyState): void {
		if (typeof state.anchoredAt !== "number") return;
		this.rebuild(state.anchoredAt, { turnover: Number(state.turnover), volume: Number(state.volume) });
		this.#frozen = typeof state.reference === "number" ? state.reference : undefined;
		this.#firstBase = typeof state.firstBase === "number" ? state.firstBase : undefined;
		this.#sumsStale = this.#settings.vwapSource === "kline";
	}

	/** The scheduled anchor in force at `at`: the session's open, or the configured instant once it has come. */
	#scheduled(at: Ms): Ms | undefined {
		const { anchor } = this.#settings;
		if (anchor.type === "time") return anchor.time !== undefined && anchor.time <= at ? anchor.time : undefined;
		if (anchor.type !== "daily") return undefined;
		return Math.floor((at - anchor.sessionStart) / DAY) * DAY + anchor.sessionStart;
	}

	/** Starts the sums anew; an anchor before the first candle of the data leaves no reference. */
	#anchorSums(at: Ms): void {
		this.#turnover = new Sum();
		this.#volume = new Sum();
		this.#anchoredAt = at;
		if (this.#firstBase === undefined || at < this.#firstBase) this.#turnover.add(Number.NaN);
	}
}

/** A running sum with Neumaier's compensation. */
class Sum {
	#sum = 0;
	#lost = 0;

	get value(): number {
		return this.#sum + this.#lost;
	}

	add(value: number): void {
		const next = this.#sum + value;
		this.#lost += Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - next + value : value - next + this.#sum;
		this.#sum = next;
	}
}
