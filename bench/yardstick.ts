// The yardstick: the default strategy of an empty configuration, whole, as one would write it by hand for nothing but speed. Typed columns in,
// trades and equity out: VWAP from turnover and volume at each day's open, standard-deviation bands and momentum of one-hour closes, stop,
// half take-profit, opposite signal, cool-down, episodes, sizes and caps, fees, slippage, funding, both forms of the drawdown guard, the jump
// guard. It uses nothing of the product, and rules that cannot bind are left out: gaps, liquidation (a third away, the stop 1 %), margin.
// The settings are constants, the market is BTCUSDT's, and candles must be whole minutes without a gap from a UTC midnight on.
//
// It is a measure, not a model to follow: `backtest.bench.ts` demands the same trades of it and of the product, then compares their times.
// The row loops are functions that are entered again and again, with all state in one typed array between them: V8 keeps those fast.

import { assert } from "../src/std/assert.ts";

export type YardstickColumns = {
	readonly length: number;
	readonly openTime: Float64Array;
	readonly open: Float64Array;
	readonly high: Float64Array;
	readonly low: Float64Array;
	readonly close: Float64Array;
	readonly volume: Float64Array;
	readonly turnover: Float64Array;
};

export const REASONS = ["take_profit", "stop_loss", "opposite_signal", "guard", "end_of_data"] as const;
const TAKE_PROFIT = 0;
const STOP_LOSS = 1;
const OPPOSITE = 2;
const GUARD = 3;
const END = 4;

/** One trade: `[side ±1, signal time, entry time, entry price, coins, net profit in 1e-8 USDT, exits, then time, price, coins, reason of each]`. */
export const TRADE = {
	side: 0,
	signalAt: 1,
	entryAt: 2,
	entryPrice: 3,
	qty: 4,
	pnl: 5,
	exits: 6,
	firstExit: 7,
	perExit: 4,
	size: 15,
} as const;

export type YardstickRun = {
	readonly trades: Float64Array;
	readonly count: number;
	readonly equity: Float64Array;
	/** 1e-8 USDT. */
	readonly balance: number;
	readonly halted: boolean;
};

const HOUR_ROWS = 60;
const DAY_ROWS = 1440;
const FUNDING_ROWS = 480;
const CHUNK_ROWS = 4096;
const DAY = 86_400_000;

const TICKS = 10; // a USDT
const STEPS = 1000; // a coin
const UNIT = 1e8; // money units a USDT
const TICK_STEP = UNIT / (TICKS * STEPS); // money units in one tick × one step
const TOLERANCE = 1e-9;
const TAKER = 0.00055;
const SLIPPAGE = 0.0001;
const FUNDING_RATE = 0.0001;
const STOP = 0.01;
const TARGET = 0.03;
const FRACTION = 0.5;
const LOSS_RATE = STOP + 2 * TAKER + 2 * SLIPPAGE;
const SIZE_PCT = 20;
const LEVERAGE = 3;
const MAX_SYMBOL = 20_000;
const MAX_LOSS_PCT = 1;
const MIN_NOTIONAL = 5;
const MAX_DRAWDOWN = 0.15;
const MAX_MOVE_PCT = 2;
const LENGTH = 24;
const LOOKBACK = 3;
const COOLDOWN = 1;
const INITIAL = 10_000 * UNIT;

// Places in the state. `SIDE` is 0 when flat; `PENDING` is what waits for the next open: an entry of that side, or an exit.
const BALANCE = 0;
const PEAK = 1;
const HALTED = 2;
const SIDE = 3;
const QTY = 4;
const COST = 5;
const STOP_AT = 6;
const TARGET_AT = 7;
const TARGET_QTY = 8;
const PENDING = 9;
const PENDING_QTY = 10;
const SIGNAL = 11;
const USED = 12;
const EVALUATION = 13;
const ENDED = 14;
const REFERENCE = 15;
const GROSS = 16;
const FEES = 17;
const FUNDING = 18;
const COUNT = 19;
const STATE_SIZE = 20;
const EXIT_BY_SIGNAL = 2;
const EXIT_BY_GUARD = 3;

type Run = YardstickColumns & {
	readonly s: Float64Array;
	readonly closes: Float64Array;
	readonly equity: Float64Array;
	readonly trades: Float64Array;
};

export function yardstick(columns: YardstickColumns): YardstickRun {
	const { length, openTime } = columns;
	assert(length > 0 && openTime[0]! % DAY === 0, "the yardstick begins at midnight");
	assert(openTime[length - 1]! - openTime[0]! === (length - 1) * 60_000, "the yardstick's candles are minutes without a gap");
	const trades = new Float64Array(Math.ceil(length / HOUR_ROWS) * TRADE.size);
	const equity = new Float64Array(length);
	const s = new Float64Array(STATE_SIZE);
	s[BALANCE] = INITIAL;
	s[PEAK] = INITIAL / UNIT;
	s[EVALUATION] = -1;
	s[ENDED] = Number.NEGATIVE_INFINITY;
	s[REFERENCE] = Number.NaN;
	const run: Run = { ...columns, s, closes: new Float64Array(Math.ceil(length / HOUR_ROWS)), equity, trades };
	for (let from = 0; from < length; from += CHUNK_ROWS) chunk(run, from, Math.min(length, from + CHUNK_ROWS));
	if (s[SIDE] !== 0) settle(run, length - 1);
	equity[length - 1] = s[BALANCE]! / UNIT;
	return { trades, count: s[COUNT]!, equity, balance: s[BALANCE]!, halted: s[HALTED] === 1 };
}

function chunk(run: Run, from: number, to: number): void {
	const { s } = run;
	let row = from;
	while (row < to) {
		if (row % HOUR_ROWS === 0 && row > 0) closeHour(run, row);
		if (s[PENDING] !== 0) fillAtOpen(run, row);
		row = passHour(run, row, Math.min(to, (Math.floor(row / HOUR_ROWS) + 1) * HOUR_ROWS));
	}
}

/** Rows up to `to`, or up to where something waits for the next open. */
function passHour(run: Run, from: number, to: number): number {
	const { s } = run;
	let row = from;
	while (row < to) {
		if (s[SIDE] === 0) {
			idle(run, row, to);
			return to;
		}
		const met = quietTo(run, row, to);
		row = hold(run, row, met);
		if (row === met && met < to && s[PENDING] === 0) {
			touch(run, row);
			judge(run, row);
			row++;
		}
		if (s[PENDING] !== 0) return row;
	}
	return to;
}

/** Flat rows: equity is the balance. */
function idle({ s, equity }: Run, from: number, to: number): void {
	const money = s[BALANCE]! / UNIT;
	if (money > s[PEAK]!) s[PEAK] = money;
	for (let i = from; i < to; i++) equity[i] = money;
}

/** The first row that reaches the stop or the target. A loop of its own: together with the next one V8 takes half as long again. */
function quietTo({ s, high, low }: Run, from: number, to: number): number {
	const below = s[SIDE]! > 0 ? s[STOP_AT]! : s[TARGET_AT]!;
	const above = s[SIDE]! > 0 ? s[TARGET_AT]! : s[STOP_AT]!;
	for (let i = from; i < to; i++) if (low[i]! <= below || high[i]! >= above) return i;
	return to;
}

/** Rows with a position that reach nothing; the row after the one in which the drawdown guard trips, else `to`. */
function hold({ s, equity, close }: Run, from: number, to: number): number {
	const money = s[BALANCE]! / UNIT;
	const slope = s[SIDE]! * (s[QTY]! / STEPS);
	const offset = s[SIDE]! * (s[COST]! / UNIT);
	const share = s[HALTED] === 1 ? Number.POSITIVE_INFINITY : MAX_DRAWDOWN;
	let peak = s[PEAK]!;
	let allowed = peak * share;
	for (let i = from; i < to; i++) {
		const now = money + (slope * close[i]! - offset);
		equity[i] = now;
		if (now > peak) {
			peak = now;
			allowed = peak * share;
		} else if (peak - now >= allowed) {
			s[PEAK] = peak;
			s[HALTED] = 1;
			s[PENDING] = EXIT_BY_GUARD;
			return i + 1;
		}
	}
	s[PEAK] = peak;
	return to;
}

/** Equity at the close of a row in which something was met. */
function judge({ s, equity, close }: Run, row: number): void {
	const now = s[BALANCE]! / UNIT + s[SIDE]! * ((s[QTY]! / STEPS) * close[row]! - s[COST]! / UNIT);
	equity[row] = now;
	if (now > s[PEAK]!) s[PEAK] = now;
	else if (s[HALTED] === 0 && s[PEAK]! - now >= s[PEAK]! * MAX_DRAWDOWN) {
		s[HALTED] = 1;
		if (s[SIDE] !== 0) s[PENDING] = EXIT_BY_GUARD;
	}
}

/** A row that reaches a level: the opening gap first, then the extreme adverse to the position, then the other. */
function touch(run: Run, row: number): void {
	const { s } = run;
	const side = s[SIDE]!;
	const open = run.open[row]!;
	const adverse = side > 0 ? run.low[row]! : run.high[row]!;
	const good = side > 0 ? run.high[row]! : run.low[row]!;
	if (side * (open - s[STOP_AT]!) <= 0) return exit(run, row, open, s[QTY]!, STOP_LOSS);
	if (side * (open - s[TARGET_AT]!) >= 0) takeHalf(run, row, open);
	if (side * (adverse - s[STOP_AT]!) <= 0) return exit(run, row, s[STOP_AT]!, s[QTY]!, STOP_LOSS);
	if (side * (good - s[TARGET_AT]!) >= 0) takeHalf(run, row, s[TARGET_AT]!);
}

function takeHalf(run: Run, row: number, price: number): void {
	const { s } = run;
	s[TARGET_AT] = s[SIDE]! * Number.POSITIVE_INFINITY;
	exit(run, row, price, s[TARGET_QTY]!, TAKE_PROFIT);
}

// ---- once an hour

/** The hour before `row` has closed: anchor, funding, bands, momentum, signal, decision. */
function closeHour(run: Run, row: number): void {
	const { s, closes, close } = run;
	s[EVALUATION] = s[EVALUATION]! + 1;
	const evaluation = s[EVALUATION]!;
	const price = close[row - 1]!;
	closes[evaluation] = price;
	if (row % DAY_ROWS === 0) anchor(run, row);
	if (row === run.length) return;
	if (row % FUNDING_ROWS === 0 && s[SIDE] !== 0) fund(run, row);
	if (evaluation + 1 < LENGTH || row < DAY_ROWS || Number.isNaN(s[REFERENCE]!)) return;
	const earlier = closes[evaluation - LOOKBACK]!;
	const sigma = deviation(closes, evaluation);
	const signal = price > s[REFERENCE]! + sigma && price - earlier > 0 ? 1 : price < s[REFERENCE]! - sigma && price - earlier < 0 ? -1 : 0;
	if (signal !== s[SIGNAL]) {
		s[SIGNAL] = signal;
		s[USED] = 0;
	}
	if (signal === 0) return;
	if (s[PENDING] !== 0) return;
	if (s[SIDE] === -signal) s[PENDING] = EXIT_BY_SIGNAL;
	else if (s[SIDE] === 0) tryEnter(run, row, price, signal);
}

/** V(A): the sums over the 24 h before. */
function anchor({ s, turnover, volume }: Run, row: number): void {
	let money = 0;
	let coins = 0;
	for (let i = row - DAY_ROWS; i < row; i++) {
		money += turnover[i]!;
		coins += volume[i]!;
	}
	s[REFERENCE] = coins > 0 ? money / coins : Number.NaN;
}

/** Population standard deviation of the last closes, the oldest first. */
function deviation(closes: Float64Array, newest: number): number {
	let sum = 0;
	for (let k = newest - LENGTH + 1; k <= newest; k++) sum += closes[k]!;
	const mean = sum / LENGTH;
	let squares = 0;
	for (let k = newest - LENGTH + 1; k <= newest; k++) {
		const off = closes[k]! - mean;
		squares += off * off;
	}
	return Math.sqrt(squares / LENGTH);
}

function fund({ s, open }: Run, row: number): void {
	const owed = rounded(Math.round((s[QTY]! / STEPS) * open[row]! * UNIT) * FUNDING_RATE);
	s[BALANCE] = s[BALANCE]! - s[SIDE]! * owed;
	s[FUNDING] = s[FUNDING]! + s[SIDE]! * owed;
}

function tryEnter(run: Run, row: number, price: number, signal: number): void {
	const { s, high, low } = run;
	if (s[USED] === 1 || s[HALTED] === 1 || s[EVALUATION]! < s[ENDED]! + COOLDOWN) return;
	if (((high[row - 1]! - low[row - 1]!) / low[row - 1]!) * 100 > MAX_MOVE_PCT) return;
	const balance = s[BALANCE]! / UNIT;
	const notional = Math.min(((balance * SIZE_PCT) / 100) * LEVERAGE, MAX_SYMBOL, ((MAX_LOSS_PCT / 100) * balance) / LOSS_RATE);
	const qty = Math.floor((notional / price) * STEPS + TOLERANCE);
	const value = (qty / STEPS) * price;
	if (qty < 1 || value < MIN_NOTIONAL) return;
	if (s[PEAK]! - (balance - value * LOSS_RATE) > s[PEAK]! * MAX_DRAWDOWN) {
		s[HALTED] = 1;
		return;
	}
	s[USED] = 1;
	s[PENDING] = signal;
	s[PENDING_QTY] = qty;
}

// ---- fills

/** What waited for this open: an entry, with its stop and target, or the exit of everything. */
function fillAtOpen(run: Run, row: number): void {
	const { s } = run;
	const pending = s[PENDING]!;
	s[PENDING] = 0;
	if (pending === EXIT_BY_SIGNAL || pending === EXIT_BY_GUARD) {
		const reason = pending === EXIT_BY_SIGNAL ? OPPOSITE : GUARD;
		exit(run, row, run.open[row]!, s[QTY]!, reason);
		return;
	}
	const ticks = worse(run.open[row]!, pending);
	const qty = s[PENDING_QTY]!;
	const cost = qty * ticks * TICK_STEP;
	const fee = rounded(cost * TAKER);
	const price = ticks / TICKS;
	const half = Math.floor(qty * FRACTION + TOLERANCE);
	s[SIDE] = pending;
	s[QTY] = qty;
	s[COST] = cost;
	s[BALANCE] = s[BALANCE]! - fee;
	s[GROSS] = 0;
	s[FEES] = fee;
	s[FUNDING] = 0;
	s[STOP_AT] = towards(price * (1 - pending * STOP), pending);
	s[TARGET_QTY] = half;
	s[TARGET_AT] = half < 1 ? pending * Number.POSITIVE_INFINITY : towards(price * (1 + pending * TARGET), -pending);
	const at = s[COUNT]! * TRADE.size;
	const { trades, openTime } = run;
	trades[at + TRADE.side] = pending;
	trades[at + TRADE.signalAt] = openTime[row]!;
	trades[at + TRADE.entryAt] = openTime[row]!;
	trades[at + TRADE.entryPrice] = price;
	trades[at + TRADE.qty] = qty / STEPS;
	trades[at + TRADE.exits] = 0;
}

function exit(run: Run, row: number, price: number, qty: number, reason: number): void {
	const { s } = run;
	const ticks = worse(price, -s[SIDE]!);
	const value = qty * ticks * TICK_STEP;
	reduce(run, qty, value, rounded(value * TAKER));
	record(run, row, ticks / TICKS, qty, reason);
	if (s[QTY] === 0) finish(run, reason === OPPOSITE ? s[EVALUATION]! : s[EVALUATION]! + 1);
}

/** The end of the data: at exactly the last close. */
function settle(run: Run, row: number): void {
	const { s } = run;
	const qty = s[QTY]!;
	const value = Math.round((qty / STEPS) * run.close[row]! * UNIT);
	reduce(run, qty, value, rounded(value * TAKER));
	record(run, row, run.close[row]!, qty, END);
	finish(run, s[EVALUATION]!);
}

function reduce({ s }: Run, qty: number, value: number, fee: number): void {
	const cost = qty === s[QTY] ? s[COST]! : Math.round((s[COST]! * qty) / s[QTY]!);
	const gain = s[SIDE]! * (value - cost);
	s[QTY] = s[QTY]! - qty;
	s[COST] = s[COST]! - cost;
	s[GROSS] = s[GROSS]! + gain;
	s[FEES] = s[FEES]! + fee;
	s[BALANCE] = s[BALANCE]! + gain - fee;
}

function record({ s, trades, openTime }: Run, row: number, price: number, qty: number, reason: number): void {
	const trade = s[COUNT]! * TRADE.size;
	const exits = trades[trade + TRADE.exits]!;
	const at = trade + TRADE.firstExit + exits * TRADE.perExit;
	trades[trade + TRADE.exits] = exits + 1;
	trades[at] = openTime[row]!;
	trades[at + 1] = price;
	trades[at + 2] = qty / STEPS;
	trades[at + 3] = reason;
}

function finish({ s, trades }: Run, endedAt: number): void {
	trades[s[COUNT]! * TRADE.size + TRADE.pnl] = s[GROSS]! - s[FEES]! - s[FUNDING]!;
	s[COUNT] = s[COUNT]! + 1;
	s[SIDE] = 0;
	s[ENDED] = endedAt;
}

// ---- roundings

/** Ticks of a market fill: worse by the slippage, rounded against the trader. `way` is +1 for a buy. */
function worse(price: number, way: number): number {
	if (way > 0) return Math.ceil(price * (1 + SLIPPAGE) * TICKS - TOLERANCE);
	return Math.floor(price * (1 - SLIPPAGE) * TICKS + TOLERANCE);
}

/** A level on the tick: upwards for +1. */
function towards(price: number, way: number): number {
	return (way > 0 ? Math.ceil(price * TICKS - TOLERANCE) : Math.floor(price * TICKS + TOLERANCE)) / TICKS;
}

/** Money, half away from zero. */
function rounded(money: number): number {
	return Math.sign(money) * Math.round(Math.abs(money));
}
