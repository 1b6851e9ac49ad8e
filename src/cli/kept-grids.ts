// What a bot holds is kept in whole price and quantity steps: by other steps than those it was opened with it would be something else.

import { isFlat } from "../account/position.ts";
import type { Instrument } from "../market/instrument.ts";
import type { SavedTrader } from "../oms/trader.ts";
import { UsageError } from "../std/usage-error.ts";

/** The journal, as far as it is asked here. */
type Memory = { kept(): unknown; recall(key: string): unknown };

/** A UsageError where something is held, or under way, of a symbol whose steps have changed since. */
export function refuseOtherGrids(memory: Memory, instruments: Iterable<Instrument>): void {
	const saved = memory.kept() as SavedTrader | undefined; // written by the trader
	for (const { symbol, grid } of instruments) {
		const kept = memory.recall(`grid ${symbol}`) as { tick: string; step: string } | undefined; // written by the bot
		if (saved === undefined || kept === undefined || !holds(saved, symbol)) continue;
		const changes = [
			Number(kept.tick) === Number(grid.tick) ? [] : [`its price step from ${kept.tick} to ${grid.tick}`],
			Number(kept.step) === Number(grid.step) ? [] : [`its quantity step from ${kept.step} to ${grid.step}`],
		].flat();
		if (changes.length > 0)
			throw new UsageError(
				`symbols: the exchange has changed ${symbol} (${changes.join(", ")}) while the bot held it: close it and its orders there by hand, then start with a new journal.dir`,
			);
	}
}

function holds({ engine, oms }: SavedTrader, symbol: string): boolean {
	const machine = engine.machines[symbol];
	return (machine !== undefined && !isFlat(machine.position)) || oms.intents.some((intent) => intent.symbol === symbol);
}
