// Rules as tables that can be checked by hand: one row a candle in, one line a trade out. A table goes through the very road of the
// `backtest` command: candle file, checks, engine and venue, result file.

import assert from "node:assert/strict";
import { runBacktest } from "../../src/backtest/backtest.ts";
import { parseCandles } from "../../src/candles/csv.ts";
import { parseFunding, rateNear } from "../../src/candles/funding.ts";
import { backtestRecord } from "../../src/cli/backtest-run.ts";
import { checkMarket, type MarketFile, onlySymbol } from "../../src/cli/market-file.ts";
import { type Decoded, decodeConfig } from "../../src/config/decode.ts";
import { settingsOf } from "../../src/config/settings.ts";
import type { Note } from "../../src/engine/command.ts";
import { bundledInstrument } from "../../src/market/instrument.ts";
import { closeOf, type Interval } from "../../src/market/interval.ts";
import { resultOf } from "../../src/report/result.ts";
import { warningText } from "../../src/report/warning.ts";
import { DAY, type Ms } from "../../src/units/unit.ts";

/**
 * What every rule begins from. Nothing costs anything. R is 20000, σ is half the distance of the last two closes, momentum is off: a close
 * at 20100 after one at 20000 has upper = 20050 and goes long, and as long as closes stay at 20100 upper is 20000 and the signal stays.
 * Size: 670 USDT × leverage 3 = 2010 USDT, which is 0.1 coin where P is 20100.
 */
const PLAIN = {
	strategy: { anchor: { type: "price", price: 20_000 }, bands: { length: 2 }, momentum: { lookback: 0 } },
	size: { mode: "fixed", value: 670 },
	sim: { slippage_bps: 0, taker_fee: 0, maker_fee: 0, funding_rate: 0 },
};

export type Rule = {
	/** What config.yaml says beyond `PLAIN`. */
	readonly config?: object;
	/**
	 * `day hh:mm open high low close [volume turnover]` of January 2024 or with a whole date for the day, base candles of `base`. Without
	 * volume and turnover a candle trades 1 coin for 20000, so that the exchange's VWAP stays 20000. `flat to TIME` stands for quiet candles at
	 * the last close up to that time. 24 hours of quiet candles at `warmUp` (20000) come before the first row.
	 */
	readonly candles: string;
	readonly base?: Interval;
	/** `null`: the table has its own. */
	readonly warmUp?: number | null;
	/** Rows of a funding file, `TIME rate`, as `day hh:mm:ss.mmm rate`. */
	readonly funding?: string;
	/**
	 * One line a trade, as `printed` writes it: `long 0.1 @ 20100 at 2 01:00, stop_loss 0.1 @ 19899 at 2 02:00`; with money behind a bar where
	 * the rule is about money: `| fees 2.2 funding 0.2 pnl -22.5 balance 9977.5`.
	 */
	readonly trades: string;
	/** Lines that the report must warn with, in part. */
	readonly warns?: readonly RegExp[];
};

/** Runs the rule and compares trade for trade, to the tick. */
export function check(rule: Rule): void {
	const { decoded, market } = prepare(rule);
	const record = backtestRecord({ config: decoded, market });
	const expected = lines(rule.trades);
	const actual = resultOf(record).trades.map((trade, i) => printed(trade, expected[i]?.includes("|") === true));
	assert.deepEqual(actual, expected);
	for (const warning of rule.warns ?? [])
		assert.ok(
			record.warnings.some((each) => warning.test(warningText(each))),
			`no warning is like ${warning}`,
		);
}

/** What the engine noted on the way. */
export function notesOf(rule: Omit<Rule, "trades">): Note[] {
	const { decoded, market } = prepare(rule);
	const { config, resolved } = decoded;
	const settings = settingsOf(config, resolved, bundledInstrument);
	const notes: Note[] = [];
	runBacktest({
		columns: market.columns,
		baseInterval: market.interval,
		engine: { ...settings.engine, run: "t", narrate: true },
		venue: settings.venue,
		policy: config.sim.path,
		fundingRate: config.sim.funding_rate,
		rateAt: market.rateAt,
		onNote: (_at, _symbol, note) => notes.push(note),
	});
	return notes;
}

/** The instant `day hh:mm` of January 2024, or a whole date, `T` and time behind it where there is one. */
export function instant(text: string): Ms {
	const day = /^(\d{1,2})(?: (.+))?$/.exec(text);
	const iso = day === null ? text : `2024-01-${day[1]!.padStart(2, "0")}T${day[2] ?? "00:00"}`;
	const at = Date.parse(iso.length === 10 ? iso : `${iso}Z`);
	assert.ok(Number.isFinite(at), `a time is written "2 13:00" or "2024-02-01", not "${text}"`);
	return at;
}

type ResultTrade = ReturnType<typeof resultOf>["trades"][number];

function prepare(rule: Omit<Rule, "trades">): { decoded: Decoded; market: MarketFile } {
	const outcome = decodeConfig(JSON.stringify(merged(PLAIN, rule.config ?? {})), "config.yaml");
	assert.ok(outcome.ok, outcome.ok ? "" : JSON.stringify(outcome.error));
	const decoded = outcome.value;
	const file = parseCandles(bytes(candleRows(rule)), "table");
	const checked = checkMarket(file, "table", onlySymbol(decoded.resolved, "a table"), decoded.config);
	if (rule.funding === undefined) return { decoded, market: checked };
	const rows = lines(rule.funding).map((line) => {
		const [, time = "", rate = ""] = /^(.+) (\S+)$/.exec(line) ?? [];
		return `${instant(time)},${rate}`;
	});
	const { times, rates } = parseFunding(bytes(["funding_time_ms,funding_rate", ...rows]), "funding");
	return { decoded, market: { ...checked, rateAt: (at) => rateNear(times, rates, at) } };
}

function candleRows({ candles, base = "60", warmUp = 20_000 }: Omit<Rule, "trades">): string[] {
	const rows: string[] = [];
	const quiet = (from: Ms, to: Ms, price: string): void => {
		for (let at = from; at < to; at = closeOf(base, at)) rows.push(`${at},${price},${price},${price},${price},1,20000`);
	};
	let next: Ms | undefined;
	let close = "";
	for (const line of lines(candles)) {
		const flat = /^flat to (.+)$/.exec(line)?.[1];
		if (flat !== undefined) {
			assert.ok(next !== undefined, "a table begins with a candle");
			quiet(next, instant(flat), close);
			next = instant(flat);
			continue;
		}
		const [, time = "", rest = ""] = /^((?:\d{1,2} )?\S+) (.+)$/.exec(line) ?? [];
		const at = instant(time);
		const cells = rest.split(/ +/);
		assert.ok(cells.length === 4 || cells.length === 6, `a row has four prices, or volume and turnover as well: ${line}`);
		if (next === undefined && warmUp !== null) quiet(at - DAY, at, String(warmUp));
		rows.push([at, ...cells, ...(cells.length === 4 ? ["1", "20000"] : [])].join(","));
		close = cells[3]!;
		next = closeOf(base, at);
	}
	return ["open_time_ms,open,high,low,close,volume,turnover", ...rows];
}

function printed(trade: ResultTrade, money: boolean): string {
	const entry = `${trade.side} ${trade.qty} @ ${trade.entry_price} at ${when(trade.entry_time)}`;
	const signal = trade.signal_time === trade.entry_time ? "" : ` (signal ${when(trade.signal_time)})`;
	const exits = trade.exits.map(({ reason, qty, price, time }) => `${reason} ${qty} @ ${price} at ${when(time)}`);
	const { fees, funding, pnl, balance_after } = trade;
	return `${[entry + signal, ...exits].join(", ")}${money ? ` | fees ${fees} funding ${funding} pnl ${pnl} balance ${balance_after}` : ""}`;
}

function when(at: Ms): string {
	const iso = new Date(at).toISOString();
	if (!iso.startsWith("2024-01-")) return iso.slice(11, 16) === "00:00" ? iso.slice(0, 10) : iso.slice(0, 16);
	return `${Number(iso.slice(8, 10))} ${iso.slice(11, 16)}`;
}

/** Without comments (`#` to the end of the line), doubled blanks and empty lines. */
function lines(text: string): string[] {
	return text
		.split("\n")
		.map((line) => line.replace(/#.*/, "").trim().replace(/\s+/g, " "))
		.filter((line) => line !== "");
}

function bytes(rows: readonly string[]): Uint8Array {
	return new TextEncoder().encode(`${rows.join("\n")}\n`);
}

function merged(under: object, over: object): object {
	const out: Record<string, unknown> = { ...under };
	for (const [key, value] of Object.entries(over)) {
		const below = out[key];
		out[key] = isSection(below) && isSection(value) ? merged(below, value) : value;
	}
	return out;
}

function isSection(value: unknown): value is object {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
