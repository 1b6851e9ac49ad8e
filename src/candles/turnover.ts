// Turnover for files that did not record it (spec §13, `data.approximate_turnover`): an estimate, which the report must state.

import type { Columns } from "../market/candle.ts";

/** The same candles with volume × (high + low + close)/3 where turnover is NaN; NaN stays where there is no volume either. */
export function approximateTurnover(columns: Columns): Columns {
	const { high, low, close, volume } = columns;
	const turnover = columns.turnover.slice();
	for (let i = 0; i < columns.length; i++) {
		if (Number.isNaN(turnover[i])) turnover[i] = (volume[i]! * (high[i]! + low[i]! + close[i]!)) / 3;
	}
	return { ...columns, turnover };
}
