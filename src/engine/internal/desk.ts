// What the machines of all symbols share: one account, one risk review, one stream of commands. The engine is the desk.

import type { Exposure } from "../../risk/review.ts";
import type { Ms, Usdt } from "../../units/unit.ts";
import type { Command } from "../command.ts";
import type { EngineSettings } from "../settings.ts";

export interface Desk {
	readonly settings: EngineSettings;
	readonly balance: Usdt;
	readonly halted: string | undefined;
	readonly paused: boolean;
	readonly clockOff: boolean;
	emit(command: Command): void;
	credit(amount: Usdt): void;
	exposure(symbol: string): Exposure;
	/** What stands behind a symbol's cross position: the wallet and the others' profit, less the others' maintenance margin, USDT. */
	behind(symbol: string): number;
	nextLinkId(symbol: string): string;
	/** The drawdown guard's second form: would that balance break the limit? */
	wouldBreak(balance: number): boolean;
	trip(guard: string, why: string, at: Ms): void;
}
