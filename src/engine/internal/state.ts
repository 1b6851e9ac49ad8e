// What the machine of one symbol remembers: plain records that the files of this folder change, each its own part.

import { FLAT, isFlat, type Position } from "../../account/position.ts";
import type { Ticker } from "../../market/ticker.ts";
import { type Direction, signOf } from "../../orders/side.ts";
import type { ExitReason, TradeRecorder } from "../../report/trade.ts";
import type { Signal, Strategy } from "../../strategy/port.ts";
import { makeStrategy } from "../../strategy/registry.ts";
import type { Ms, Price, Qty } from "../../units/unit.ts";
import type { Phase } from "../command.ts";
import type { SymbolSettings } from "../settings.ts";
import type { Desk } from "./desk.ts";
import { coolsDown, type Episode, newEpisode } from "./episode.ts";
import { MoveWindow } from "./move-window.ts";

/** The order that opens a position. */
export type Entry = {
	readonly linkId: string;
	readonly direction: Direction;
	readonly qty: Qty;
	filled: Qty;
	/** Limit entries only. */
	price: Price | undefined;
	/** Last price that the size was computed at. */
	readonly decidedAt: number;
	readonly placedAt: Ms;
	readonly signalAt: Ms;
	cancelling: boolean;
	/** Set once all is to be closed: what still fills of it is closed, too. */
	abandoned: Decision | undefined;
};

/** Why something closes; `byEvaluation` is the evaluation that decided it, if one did. */
export type Decision = { readonly reason: ExitReason; readonly why: string; readonly byEvaluation?: number | undefined };

/** The order that closes all that is left. */
export type Exit = Decision & { readonly linkId: string; readonly decidedAt: number };

/** TP1, an order of its own. */
export type TakeProfit = { readonly linkId: string; readonly qty: Qty; readonly price: Price; readonly decidedAt: number };

/** What guards the open position. */
export type Protection = {
	/** The stop that follows from the entry (or break-even), the one wanted now, and what the venue holds. */
	fixedStop: Price | undefined;
	stop: Price | undefined;
	venueStop: Price | undefined;
	/** The wanted stop is the trailing one, which follows the best price since the entry. */
	trails: boolean;
	best: number;
	takeProfit: TakeProfit | undefined;
	/** The latest target's order, also after it was given up: it may fill before its cancellation arrives. */
	target: Pick<TakeProfit, "linkId" | "decidedAt"> | undefined;
	tookProfit: boolean;
};

export type SymbolState = {
	readonly symbol: string;
	readonly settings: SymbolSettings;
	readonly desk: Desk;
	readonly strategy: Strategy;

	/** What the market shows. */
	ticker: Ticker | undefined;
	last: number;
	stale: boolean;
	doubt: string | undefined;
	/** A person closed it: nothing is opened until a person resumes. */
	held: boolean;
	readonly window: MoveWindow;

	/** A closed signal candle whose evaluation waits for the first ticker at or after its close. */
	due: { readonly at: Ms; readonly close: number; readonly late: boolean } | undefined;
	readonly episode: Episode;
	/** A signal that came while something had to be closed or cancelled first. */
	wish: { readonly signal: Signal; readonly at: Ms } | undefined;

	/** What we hold, where it is liquidated (undefined when flat), and the trade that records it. */
	position: Position;
	liquidation: number | undefined;
	recorder: TradeRecorder | undefined;

	entry: Entry | undefined;
	exit: Exit | undefined;
	/** The closing order ended before all was closed: it is sent again at the next ticker. */
	retryExit: Decision | undefined;
	protection: Protection;
};

export function newState(settings: SymbolSettings, desk: Desk): SymbolState {
	return {
		symbol: settings.instrument.symbol,
		settings,
		desk,
		strategy: makeStrategy(settings.strategy),
		ticker: undefined,
		last: Number.NaN,
		stale: false,
		doubt: undefined,
		held: false,
		window: new MoveWindow(desk.settings.guard.moveWindowS * 1000, desk.settings.baseInterval),
		due: undefined,
		episode: newEpisode(),
		wish: undefined,
		position: FLAT,
		liquidation: undefined,
		recorder: undefined,
		entry: undefined,
		exit: undefined,
		retryExit: undefined,
		protection: noProtection(),
	};
}

export function noProtection(): Protection {
	return {
		fixedStop: undefined,
		stop: undefined,
		venueStop: undefined,
		trails: false,
		best: Number.NaN,
		takeProfit: undefined,
		target: undefined,
		tookProfit: false,
	};
}

/** Coins held, signed. */
export function coinsOf({ position, settings }: SymbolState): number {
	const coins = settings.instrument.grid.qtyNumber(position.qty);
	return coins === 0 ? 0 : signOf(position.direction) * coins;
}

/** The phase is read off what stands, not kept beside it, so that the two cannot disagree. */
export function phaseOf({ exit, position, entry, episode, settings }: SymbolState): Phase {
	if (exit !== undefined) return "exiting";
	if (!isFlat(position)) return "open";
	if (entry !== undefined) return "entering";
	return coolsDown(episode, settings.trade.cooldown) ? "cooldown" : "flat";
}
