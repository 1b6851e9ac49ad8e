// When a trade happened, candle by candle (spec §11): a fill bears the open time of the base candle whose path held it, whatever
// moment inside the candle the venue gave it. So a backtest, a paper run and a run over the wire can be compared.

import { type Interval, openOf } from "../market/interval.ts";
import type { Ms } from "../units/unit.ts";
import type { Exit } from "./trade.ts";

/** The open of the base candle in which a fill, or the decision behind an entry, fell. A decision at a candle's close is on a boundary already. */
export function candleTime(base: Interval, at: Ms): Ms {
	return openOf(base, at);
}

/** The same of an exit. The close at the end of the data comes at the end of the last candle and belongs to that one. */
export function exitTime(base: Interval, exit: Exit): Ms {
	return candleTime(base, exit.reason === "end_of_data" ? exit.at - 1 : exit.at);
}
