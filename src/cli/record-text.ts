// Rows of the record as a person reads them on a terminal.

import { grouped, money, NONE, percent, signedMoney } from "../report/figures.ts";
import { utcMinute } from "../report/utc.ts";
import { plainDecimal } from "../units/decimal.ts";
import type { Holdings, OrderRow, PositionRow, StatusRow, TradeRow } from "./record.ts";
import { textTable } from "./text-table.ts";

export function statusText(row: StatusRow): string {
	const { running, as_of_ms, balance, equity, peak, drawdown_pct, notes, trades } = row;
	const lines = [
		`${row.environment}: ${running === null ? "no bot runs" : `running${running.pid === null ? "" : `, process ${running.pid}, run ${running.run}`}`}`,
		`trading: ${tradingText(row)}`,
		`journal: ${row.journal}${as_of_ms === null ? ", empty" : `, last entry ${utcMinute(as_of_ms)} UTC`}`,
	];
	if (row.wishes.length > 0) lines.push(`asked and not done yet: ${row.wishes.join(", ")}`);
	if (balance === null) lines.push("the bot has kept no state yet");
	else
		lines.push(
			`equity ${money(equity ?? undefined)} USDT, balance ${money(balance)}, peak ${money(peak ?? undefined)}, drawdown ${percent(drawdown_pct ?? undefined)}`,
		);
	lines.push("", holdingsText(row));
	if (trades.length > 0) lines.push("", "last trades", tradeTable(trades));
	if (notes.length > 0) lines.push("", "last notes", ...notes.map(({ at_ms, text }) => `${utcMinute(at_ms)}  ${text}`));
	return lines.join("\n");
}

function tradingText({ halted, paused, held_back, flattening }: StatusRow): string {
	const parts: string[] = [];
	if (halted !== null) parts.push(`STOPPED by ${halted} (after you have looked: anchorwatch resume)`);
	if (paused) parts.push("paused by the operator");
	if (held_back.length > 0) parts.push(`${held_back.join(", ")} held back by the operator`);
	if (flattening) parts.push("closing everything");
	return parts.length === 0 ? "allowed" : parts.join("; ");
}

export function holdingsText({ positions, orders }: Holdings): string {
	return [
		positions.length === 0 ? "no position" : textTable(positions, POSITION_COLUMNS),
		orders.length === 0 ? "no open order" : textTable(orders, ORDER_COLUMNS),
	].join("\n\n");
}

const POSITION_COLUMNS: Parameters<typeof textTable<PositionRow>>[1] = [
	{ title: "position", text: ({ symbol }) => symbol, left: true },
	{ title: "side", text: ({ direction }) => direction, left: true },
	{ title: "qty", text: ({ qty }) => plainDecimal(qty) },
	{ title: "entry", text: ({ entry }) => price(entry) },
	{ title: "last", text: ({ last }) => price(last) },
	{ title: "stop", text: (row) => stopText(row) },
	{ title: "target", text: ({ target }) => (target === null ? NONE : `${price(target.price)} × ${plainDecimal(target.qty)}`) },
	{ title: "unrealised", text: (row) => signedMoney(row.unrealised) },
	{ title: "realised", text: (row) => signedMoney(row.realised) },
	{ title: "opened (UTC)", text: ({ opened_ms }) => (opened_ms === null ? NONE : utcMinute(opened_ms)) },
];

/** The wanted stop, marked where the exchange does not hold it. */
function stopText({ stop, stop_at_exchange, stop_trails }: PositionRow): string {
	if (stop === null) return "NONE";
	return `${price(stop)}${stop_trails ? " trailing" : ""}${stop_at_exchange ? "" : " (not at the exchange yet)"}`;
}

const ORDER_COLUMNS: Parameters<typeof textTable<OrderRow>>[1] = [
	{ title: "order", text: ({ link_id }) => link_id, left: true },
	{ title: "for", text: ({ purpose }) => purpose, left: true },
	{ title: "side", text: ({ side }) => side, left: true },
	{ title: "qty", text: ({ qty }) => plainDecimal(qty) },
	{ title: "filled", text: ({ filled }) => plainDecimal(filled) },
	{ title: "price", text: (row) => (row.price === null ? "market" : price(row.price)) },
	{ title: "state", text: ({ state }) => state, left: true },
	{ title: "sent (UTC)", text: ({ sent_ms }) => utcMinute(sent_ms) },
];

export function tradesText(trades: readonly TradeRow[], lateFunding: number): string {
	if (trades.length === 0) return "no trade is over yet";
	const sum = (of: (row: TradeRow) => number): number => trades.reduce((total, row) => total + of(row), 0);
	const late = lateFunding === 0 ? "" : `; ${signedMoney(-lateFunding)} USDT of funding came after its trade was counted`;
	return `${tradeTable(trades)}\n${trades.length} ${trades.length === 1 ? "trade" : "trades"}: ${signedMoney(sum(({ pnl }) => pnl))} USDT net of ${money(sum(({ fees }) => fees))} fees and ${money(sum(({ funding }) => funding))} funding${late}`;
}

function tradeTable(trades: readonly TradeRow[]): string {
	return textTable(trades, [
		{ title: "ended (UTC)", text: ({ exit_ms }) => utcMinute(exit_ms), left: true },
		{ title: "symbol", text: ({ symbol }) => symbol, left: true },
		{ title: "side", text: ({ direction }) => direction, left: true },
		{ title: "qty", text: ({ qty }) => plainDecimal(qty) },
		{ title: "entry", text: ({ entry }) => price(entry) },
		{ title: "exit", text: ({ exit }) => price(exit) },
		{ title: "PnL", text: ({ pnl }) => signedMoney(pnl) },
		{ title: "fees", text: ({ fees }) => money(fees) },
		{ title: "funding", text: ({ funding }) => money(funding) },
		{ title: "balance", text: (row) => money(row.balance_after) },
		{ title: "by", text: ({ reason }) => reason, left: true },
	]);
}

function price(value: number | null): string {
	if (value === null) return NONE;
	return grouped(value, value >= 1000 ? 1 : value >= 1 ? 3 : 6);
}
