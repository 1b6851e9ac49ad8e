// What `--data` names: a candle file, or a folder (or file) of the store.

import { type CandleFile, readCandles } from "./csv.ts";
import { readStored } from "./store.ts";

export function openCandles(path: string): CandleFile {
	return readStored(path) ?? readCandles(path);
}
