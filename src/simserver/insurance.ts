// The insurance pool that the contracts share, and how each contract has fared with it over eight hours (docs/v5/market/adl-alert). It
// takes positions over at their bankruptcy price and is taken to be rid of them at the mark price: what lies between is its gain or loss.
// The account's own take-overs are all that it knows of. Estimates in USDT, not money of the account.

import { HOUR, type Ms } from "../units/unit.ts";

/** What it begins with. */
export const FUND = 1_000_000_000;
const WINDOW = 8 * HOUR;

type Level = { readonly at: Ms; readonly value: number };
export type TakeOver = { readonly symbol: string; readonly at: Ms; readonly gain: number };
export type Standing = { readonly balance: number; readonly maxBalance: number; readonly pnlRatio: number };

export class Insurance {
	#balance: Level[] = [{ at: Number.NEGATIVE_INFINITY, value: FUND }];
	readonly #profits = new Map<string, Level[]>();

	take({ symbol, at, gain }: TakeOver): void {
		this.#balance = moved(this.#balance, at, gain);
		this.#profits.set(symbol, moved(this.#profits.get(symbol) ?? NOTHING, at, gain));
	}

	/** `pnlRatio`: how far the contract has fallen from its best of the last eight hours, as a fraction of the pool's best. */
	standing(symbol: string, now: Ms): Standing {
		const profits = this.#profits.get(symbol) ?? NOTHING;
		const maxBalance = bestSince(this.#balance, now - WINDOW);
		const fallen = latest(profits) - bestSince(profits, now - WINDOW);
		return { balance: this.balance, maxBalance, pnlRatio: fallen === 0 || maxBalance <= 0 ? 0 : fallen / maxBalance };
	}

	get balance(): number {
		return latest(this.#balance);
	}
}

const NOTHING: Level[] = [{ at: Number.NEGATIVE_INFINITY, value: 0 }];

/** The levels with another behind them; what has left the window goes, but for the level that it begins with. */
function moved(levels: readonly Level[], at: Ms, by: number): Level[] {
	const first = Math.max(
		0,
		levels.findLastIndex((level) => level.at <= at - WINDOW),
	);
	return [...levels.slice(first), { at, value: latest(levels) + by }];
}

function latest(levels: readonly Level[]): number {
	return levels.at(-1)?.value ?? 0;
}

/** The best level that held at `since` or after it. */
function bestSince(levels: readonly Level[], since: Ms): number {
	let best = latest(levels);
	for (const [i, { value }] of levels.entries()) if ((levels[i + 1]?.at ?? Number.POSITIVE_INFINITY) > since) best = Math.max(best, value);
	return best;
}
