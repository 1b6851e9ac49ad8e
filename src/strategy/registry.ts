// Every strategy by its name in config.yaml (`strategy.name`). A new one is a file that implements `Strategy`, and a line here.

import { AnchoredVwap } from "./anchored-vwap.ts";
import type { Strategy } from "./port.ts";
import type { AnchoredVwapSettings } from "./settings.ts";

export type StrategySettings = { readonly name: "anchored-vwap" } & AnchoredVwapSettings;

export const STRATEGIES = ["anchored-vwap"] as const;

export function makeStrategy(settings: StrategySettings): Strategy {
	switch (settings.name) {
		case "anchored-vwap":
			return new AnchoredVwap(settings);
	}
}
