// Where the venue would liquidate a symbol's position, as the bot reckons it: in cross mode with what the other symbols hold and risk.

import { crossLiquidation, isolatedLiquidation } from "../../account/margin.ts";
import { isFlat } from "../../account/position.ts";
import type { SymbolState } from "./state.ts";

/** USDT per coin; undefined when flat. */
export function liquidationOf({ position, settings, desk, symbol }: SymbolState): number | undefined {
	if (isFlat(position)) return undefined;
	const { instrument, leverage } = settings;
	if (desk.settings.marginMode === "isolated") return isolatedLiquidation(position, instrument, leverage);
	return crossLiquidation(position, instrument, desk.behind(symbol));
}
