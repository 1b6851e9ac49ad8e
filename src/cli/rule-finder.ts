// Where the rules of a symbol come from outside live trading: what was downloaded, else the bundled table (spec §13).

import { storedRules } from "../candles/stored-instrument.ts";
import { bundledInstrument, type Instrument } from "../market/instrument.ts";

/** `folder`: of an exchange's store, where the configuration has one. */
export function ruleFinder(folder: string | undefined): (symbol: string) => Instrument | undefined {
	return (symbol) => (folder === undefined ? undefined : storedRules(folder, symbol)?.instrument) ?? bundledInstrument(symbol);
}
