// What the engine decided, as a line that a person reads: one sentence a note, with price, quantity, return and balance.

import type { Note } from "../engine/command.ts";
import { grouped, signedMoney } from "../report/figures.ts";
import { usdtNumber } from "../units/grid.ts";

const REASONS = {
	take_profit: "TP1",
	stop_loss: "stop loss",
	trailing_stop: "trailing stop",
	opposite_signal: "opposite signal",
	liquidation: "LIQUIDATION",
	guard: "guard",
	end_of_data: "end of data",
} as const;

/** The note in words; undefined for what only the record needs. */
export function noteText(symbol: string, note: Note): string | undefined {
	switch (note.what) {
		case "entering":
			return `${symbol} ${note.direction} signal: ${note.signal.why}; asks for ${note.qty} at about ${price(note.price)}, stop ${price(note.stop)} (may gain ${signedMoney(note.gain)} at TP1, lose ${signedMoney(-note.loss)} at the stop)`;
		case "entered":
			return `${symbol} ${note.direction} ${note.qty} at ${price(note.price)}, balance ${money(note.balance)}`;
		case "exited":
			return `${symbol} closed ${note.qty} at ${price(note.price)} by ${REASONS[note.reason]}: ${signedMoney(usdtNumber(note.realised))} USDT (${note.returnPct >= 0 ? "+" : ""}${note.returnPct.toFixed(2)} %), balance ${money(note.balance)}${note.left > 0 ? `, ${note.left} left` : ""}`;
		case "flat":
			return `${symbol} trade over: ${signedMoney(usdtNumber(note.trade.pnl))} USDT net of ${money(note.trade.fees)} fees and ${money(note.trade.funding)} funding`;
		case "skipped":
			return `${symbol} no entry: ${note.why}`;
		case "cancelling":
			return `${symbol} entry order is cancelled: ${note.why}`;
		case "unfilled":
			return `${symbol} entry did not fill: ${note.why}`;
		case "refused":
			return `${symbol} the exchange refused the ${note.purpose} order: ${note.code} ${note.why}`;
		case "noTp1":
			return `${symbol} has no TP1: ${note.why}`;
		case "tripped":
			return `STOPPED by the ${note.guard} guard: ${note.why}; everything is closed, and nothing is opened until a person resumes`;
		case "resumed":
			return "resumed by the operator";
		case "paused":
			return note.only === undefined
				? "paused by the operator: nothing new is opened"
				: `${note.only} is closed and held back by the operator`;
		case "protected":
			return `${symbol} stop ${price(note.stop)}${note.takeProfit === undefined ? "" : `, TP1 ${price(note.takeProfit)}`} (${note.why})`;
		case "exiting":
			return `${symbol} closes ${note.qty}: ${note.why}`;
		case "evaluated":
			return `${symbol} ${note.signal.direction === 0 ? "no signal" : note.signal.direction > 0 ? "up" : "down"}: ${note.signal.why}, price ${price(note.signal.price)}, reference ${price(note.signal.reference)}`;
		case "difference":
			return `${symbol} ${note.name}: ${note.text}`;
		case "doubted":
			return `${symbol} no new entries: ${note.why}`;
		case "agreed":
			return `${symbol} the exchange and the bot agree: entries are allowed again`;
		case "unprotected":
			return `${symbol} was without a stop at the exchange for ${note.seconds.toFixed(1)} s`;
		case "transferred":
			return `${signedMoney(usdtNumber(note.amount))} USDT moved by ${note.type}: neither profit nor loss`;
		case "unexplained":
			return `${signedMoney(usdtNumber(note.amount))} USDT of the wallet's change are explained by no transaction`;
		case "lateFunding":
			return `${symbol} ${signedMoney(-usdtNumber(note.amount))} USDT of funding came after its trade was counted: booked beside it`;
		case "confirmedFlat":
			return "the exchange shows no position and no order of the bot";
		case "state":
			return undefined;
	}
}

/** Worth a line on the console; the rest is in the log. */
export function isHeadline(note: Note): boolean {
	return [
		"entered",
		"exited",
		"flat",
		"tripped",
		"resumed",
		"paused",
		"refused",
		"unfilled",
		"difference",
		"doubted",
		"agreed",
		"unprotected",
		"transferred",
		"unexplained",
		"lateFunding",
		"confirmedFlat",
	].includes(note.what);
}

function price(value: number | undefined): string {
	if (value === undefined) return "none";
	return grouped(value, value >= 1000 ? 1 : value >= 1 ? 3 : 6);
}

function money(amount: Parameters<typeof usdtNumber>[0]): string {
	return grouped(usdtNumber(amount), 2);
}
