// Rules of symbols as rows for programs, and as a table for people.

import type { InstrumentInfo } from "../bybit/decode/instrument.ts";
import { NONE } from "../report/figures.ts";
import { utcDate } from "../report/utc.ts";
import { plainDecimal, trimZeros } from "../units/decimal.ts";
import { usdtNumber } from "../units/grid.ts";
import { HOUR, type Ms } from "../units/unit.ts";

/** Prices and quantities as decimal text, as exact as the exchange states them. */
export type SymbolRow = {
	readonly symbol: string;
	readonly status: string;
	readonly base_coin: string;
	readonly quote_coin: string;
	/** Named in the configuration's `symbols`. */
	readonly configured: boolean;
	readonly tick: string;
	readonly qty_step: string;
	readonly min_qty: string;
	readonly max_qty: string;
	readonly max_market_qty: string;
	readonly min_notional: string;
	readonly max_leverage: number;
	readonly funding_interval_h: number;
	readonly launch_time_ms: Ms | null;
	readonly delisting_time_ms: Ms | null;
};

export function symbolRows(infos: readonly InstrumentInfo[], configured: readonly string[]): SymbolRow[] {
	return infos.map(({ instrument, quoteCoin, launchTime, deliveryTime }) => {
		const { symbol, status, baseCoin, grid, minQty, maxQty, maxMarketQty, minNotional, maxLeverage, fundingInterval } = instrument;
		return {
			symbol,
			status,
			base_coin: baseCoin,
			quote_coin: quoteCoin,
			configured: configured.includes(symbol),
			tick: trimZeros(grid.tick),
			qty_step: trimZeros(grid.step),
			min_qty: trimZeros(grid.formatQty(minQty)),
			max_qty: trimZeros(grid.formatQty(maxQty)),
			max_market_qty: trimZeros(grid.formatQty(maxMarketQty)),
			min_notional: plainDecimal(usdtNumber(minNotional)),
			max_leverage: maxLeverage,
			funding_interval_h: fundingInterval / HOUR,
			launch_time_ms: launchTime ?? null,
			delisting_time_ms: deliveryTime ?? null,
		};
	});
}

type Column = { readonly title: string; readonly text: (row: SymbolRow) => string; readonly left?: true };

const COLUMNS: readonly Column[] = [
	{ title: "symbol", text: (row) => `${row.symbol}${row.configured ? " *" : ""}`, left: true },
	{ title: "status", text: (row) => row.status, left: true },
	{ title: "tick", text: (row) => row.tick },
	{ title: "qty step", text: (row) => row.qty_step },
	{ title: "min qty", text: (row) => row.min_qty },
	{ title: "max qty", text: (row) => row.max_qty },
	{ title: "max at market", text: (row) => row.max_market_qty },
	{ title: "min USDT", text: (row) => row.min_notional },
	{ title: "leverage", text: (row) => plainDecimal(row.max_leverage) },
	{ title: "funding", text: (row) => `${plainDecimal(row.funding_interval_h)} h` },
	{ title: "listed", text: ({ launch_time_ms: at }) => (at === null ? NONE : utcDate(at)) },
	{ title: "delisted", text: ({ delisting_time_ms: at }) => (at === null ? NONE : utcDate(at)) },
];

/** Aligned, a line for each symbol, and one that counts them. */
export function symbolTable(rows: readonly SymbolRow[], source: string): string {
	const count = `${rows.length} ${rows.length === 1 ? "symbol" : "symbols"} at ${source}`;
	if (rows.length === 0) return `${count}\n`;
	const columns = COLUMNS.map(({ title, text, left }) => {
		const cells = [title, ...rows.map(text)];
		const width = Math.max(...cells.map((cell) => cell.length));
		return cells.map((cell) => (left === true ? cell.padEnd(width) : cell.padStart(width)));
	});
	const lines = Array.from({ length: rows.length + 1 }, (_, i) =>
		columns
			.map((cells) => cells[i])
			.join("  ")
			.trimEnd(),
	);
	const star = rows.some(({ configured }) => configured) ? "; * is in the configuration" : "";
	return `${lines.join("\n")}\n${count}${star}\n`;
}
