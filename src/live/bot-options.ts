// What the bot is told at its birth: who it speaks to, what it trades and remembers, and who hears of it.

import type { BybitClient } from "../bybit/client.ts";
import type { BybitEvent } from "../bybit/events.ts";
import type { EngineSettings } from "../engine/settings.ts";
import type { Journal } from "../journal/journal.ts";
import type { Instrument } from "../market/instrument.ts";
import type { Interval } from "../market/interval.ts";
import type { OmsTerms } from "../oms/terms.ts";
import type { NoteCommand } from "../oms/trader.ts";
import type { Ms } from "../units/unit.ts";
import type { AccountSide, Tools } from "./account-side.ts";

export type BotOptions = {
	/** Makes the client; its events come to `onEvent`. */
	readonly connect: (onEvent: (event: BybitEvent) => void) => BybitClient;
	/** The exchange's time as the bot knows it. */
	readonly now: () => Ms;
	/** Who keeps the account: the exchange itself when not given. */
	readonly account?: ((tools: Tools) => AccountSide) | undefined;
	/** Settings whose instruments, costs and balance are the venue's to say once it is connected. */
	readonly settingsFor: (found: { instruments: ReadonlyMap<string, Instrument> }) => Omit<EngineSettings, "balance">;
	readonly symbols: readonly string[];
	readonly intervals: ReadonlyMap<string, Interval>;
	readonly baseInterval: Interval;
	readonly journal: Journal | undefined;
	/** What the bot holds and knows outlives the process: it is kept in the journal. */
	readonly durable: boolean;
	/** It has traded before: the start waits for an exchange that is away. */
	readonly patient?: boolean;
	readonly terms: OmsTerms;
	readonly onNote: (told: NoteCommand) => void;
	readonly onLine: (level: "debug" | "info" | "warn" | "error", text: string) => void;
	/** After each base candle of the first symbol. */
	readonly onEquity?: ((at: Ms, equity: number) => void) | undefined;
	/** Half the receive window: the corrected clock may be off by so much; undefined where the exchange's time runs its own way. */
	readonly clockTolerance?: Ms | undefined;
	/** The exchange's time passes as the wall's does: the bot wakes itself, and looks round. */
	readonly wallTime: boolean;
	/** Market data missing for so long counts as stale; undefined: never. */
	readonly staleAfter?: Ms | undefined;
};
