// The oracle: a second implementation of the trading specification (§1 to §9, one symbol), written apart from the product and straight from
// the text, in plain floats and one pass. The tests compare the product's backtest with it trade for trade, so it imports nothing of the
// product. Numbers like §9 are sections of the specification. Settings, tick grid, market data and signal stand in oracle/.
//
// Where the text leaves a choice, this is what was chosen:
//
//  1. A maintenance rate of 0.5 % without deduction stands for the risk tiers, and the liquidation price is the one with mark-based maintenance
//     margin: long X·(1 − 1/L)/(1 − MMR), short X·(1 + 1/L)/(1 + MMR). It triggers unrounded. In a gap too the fill is at the bankruptcy price.
//     With `margin_mode: cross` the wallet balance stands in for X·Q/L.
//  2. `backtest.end` keeps candles with openTime before it; `limit` is applied after it, and both before anything else is computed.
//  3. At one base candle's close drawdown is taken before the funding of that instant, which is paid at the next open.
//  4. A guard's flattening decided at a close fills before what the evaluation at the same instant decided, with reason `guard`.
//  5. The liquidation distance is judged at path points after the triggers on the way to them, relative to the mark, and closes there and then.
//  6. Trigger `tick`: the open is a path point too (after the fills and the gap there); a decision at a path point fills at that price at once;
//     its signal_time is the base candle's open time. Each path point counts as an evaluation for episodes; cool-down counts signal candles. `V(A)` at an anchor
//     inside a base candle that has not closed leaves that candle out. The jump guard is left out when the base interval exceeds the window.
//  7. A decision at the last path point of the data (signal, liquidation distance) is one at the end of the data: not executed.
//  8. Resting entries: a limit order at the open fills when the open is strictly better, at the open rounded to the tick against the trader; else at its price
//     once the path is a tick beyond it; always at the maker fee. A post-only order decided at T_j is rejected when the open at which it arrives
//     is strictly better. Repricing and timeout are judged at every path point after matching, and a timeout that falls before a candle
//     begins cancels before its open. "Moved by reprice_ticks" is the distance between the best price and the order's price, either way.
//     An unfilled cancelled entry has no cool-down: the other side may be entered at the evaluation that cancelled it.
//  9. A jump guard that is shut at an evaluation cancels a resting entry.
// 10. A trailing stop without `activation_pct` has one of 0: active at the first path point not worse than X. Activation, best price and stop
//     follow at path points. A stop that would round onto X goes one tick to the side it came from (to the losing side when it is exactly X).
//     It replaces the other stop, and gives its reason, only when it is strictly nearer.
// 11. A break-even stop whose X is off the grid is rounded to the winning side. Its reason is `stop_loss`.
// 12. `pessimistic` and `optimistic` look at the position after everything at the open: fills, gap, guard, evaluation.
// 13. A tie of the extremes' distances from the open is one within a millionth of a tick: decimals are meant, not their binary images.
// 14. A position in a limit order's candle is exposed to the rest of the path from the point where the order filled.
// 15. A daily anchor before the data leaves no reference either, and an anchor at which there is no VWAP leaves none until the next.
import { ceilTo, floorTo, triggerPrice } from "./oracle/grid.ts";
import { marketOf, type OracleCandle } from "./oracle/market.ts";
import { instantOf, type OracleConfig, settingsOf } from "./oracle/settings.ts";
import { type Sign, signalReader } from "./oracle/signal.ts";

export type { OracleCandle, OracleConfig };

export type OracleReason = "take_profit" | "stop_loss" | "trailing_stop" | "opposite_signal" | "liquidation" | "guard" | "end_of_data";

/** A trade as in the result file (§11). */
export type OracleTrade = {
	side: "long" | "short";
	signal_time: number;
	entry_time: number;
	entry_price: number;
	qty: number;
	exits: { time: number; price: number; qty: number; reason: OracleReason }[];
	fees: number;
	funding: number;
	pnl: number;
	balance_after: number;
};

type Side = 1 | -1;

type Position = {
	side: Side;
	/** X of §6. */
	entry: number;
	/** What is left of the quantity. */
	left: number;
	stop: number;
	target: { price: number; qty: number } | null;
	/** Best price since the trailing stop became active. */
	best: number | null;
	trailing: number | null;
	gross: number;
	trade: OracleTrade;
};

type Resting = {
	side: Side;
	price: number;
	qty: number;
	signalTime: number;
	/** When `entry.timeout_s` will have passed. */
	expires: number;
	/** Decided at T_j and not yet at the venue. */
	arriving: boolean;
};

/** What an evaluation decided at last price `p`. */
type Decision = { exit: boolean; enter: Sign; p: number; time: number; signalTime: number };

export function oracleBacktest(candles: readonly OracleCandle[], config: OracleConfig): OracleTrade[] {
	const settings = settingsOf(config);
	const { strategy, risk, guard, sim, instrument, leverage } = settings;
	const { tick, qtyStep } = instrument;
	const market = marketOf(candles, settings);
	const { base, signals } = market;
	const reader = signalReader(market, strategy);
	const slip = sim.slippage_bps / 10_000;
	const start = settings.backtest.start === null ? Number.NEGATIVE_INFINITY : instantOf(settings.backtest.start);
	const onTicks = strategy.signal.trigger === "tick";
	const windowMs = guard.move_window_s * 1000;
	const baseMs = base.length > 0 ? market.endOfBase(base[0]!.openTime) - base[0]!.openTime : 0;
	const slack = tick * 1e-9;

	const trades: OracleTrade[] = [];
	let balance = sim.initial_balance;
	let peak = sim.initial_balance;
	let position: Position | null = null;
	let resting: Resting | null = null;
	/** §8: the drawdown guard has tripped; it stays so. */
	let stopped = false;
	let flattenAtOpen = false;
	/** How many base candles have closed, and the index of the last closed signal candle. */
	let closedBase = 0;
	let closedSignal = -1;
	/** Evaluations so far, and the evaluation at which the last position ended (§6). */
	let evaluations = 0;
	let endedAt = Number.NEGATIVE_INFINITY;
	let episode: { s: Sign; used: boolean } = { s: 0, used: false };
	let candleTime = 0;
	let points: { time: number; price: number }[] = [];

	// ---- Fills (§9) ----

	/** §9: a market order's price, made worse by the slippage and rounded to the tick against the trader. */
	function marketPrice(price: number, order: Side): number {
		return order > 0 ? ceilTo(tick, price * (1 + slip)) : floorTo(tick, price * (1 - slip));
	}

	function sideSettings(side: Side): typeof strategy.exit.long {
		return side > 0 ? strategy.exit.long : strategy.exit.short;
	}

	/** §6: a filled entry, and its protection computed from X. */
	function open(side: Side, price: number, qty: number, feeRate: number, signalTime: number): void {
		const exit = sideSettings(side);
		const stop = triggerPrice(tick, price * (1 - (side * exit.stop_loss_pct) / 100), price, side > 0 ? -1 : 1);
		const targetPrice = triggerPrice(tick, price * (1 + (side * exit.take_profit_pct) / 100), price, side);
		const targetQty = floorTo(qtyStep, qty * exit.take_profit_fraction);
		const fee = price * qty * feeRate;
		balance -= fee;
		position = {
			side,
			entry: price,
			left: qty,
			stop,
			// §6: below the minimum quantity there is no TP1.
			target: targetQty > 0 && targetQty >= instrument.minQty ? { price: targetPrice, qty: targetQty } : null,
			best: null,
			trailing: null,
			gross: 0,
			trade: {
				side: side > 0 ? "long" : "short",
				signal_time: signalTime,
				entry_time: candleTime,
				entry_price: price,
				qty,
				exits: [],
				fees: fee,
				funding: 0,
				pnl: 0,
				balance_after: 0,
			},
		};
		resting = null;
	}

	/** A reduction of the position at exactly `price`; exits always pay the taker fee, as all of them are market orders (§9). */
	function reduce(held: Position, price: number, qty: number, reason: OracleReason): void {
		const gross = held.side * (price - held.entry) * qty;
		const fee = price * qty * sim.taker_fee;
		balance += gross - fee;
		held.gross += gross;
		held.trade.fees += fee;
		held.trade.exits.push({ time: candleTime, price, qty, reason });
		held.left = floorTo(qtyStep, held.left - qty);
		if (held.left > 0) return;
		held.trade.pnl = held.gross - held.trade.fees - held.trade.funding;
		held.trade.balance_after = balance;
		trades.push(held.trade);
		position = null;
		// §6: closed by the decision of evaluation j it ends at j, between evaluations j and j + 1 at j + 1.
		endedAt = reason === "opposite_signal" ? evaluations : evaluations + 1;
	}

	function closeAtMarket(held: Position, price: number, reason: OracleReason): void {
		reduce(held, marketPrice(price, held.side > 0 ? -1 : 1), held.left, reason);
	}

	// ---- Triggers (§6, §9) ----

	/** Has the price gone as far as `level`, for something that waits below (`-1`) or above (`1`)? */
	function reached(price: number, level: number, waits: Side): boolean {
		return waits < 0 ? price <= level + slack : price >= level - slack;
	}

	function margin(held: Position): number {
		// In isolated mode §9's notional / leverage; in cross mode all of the wallet.
		return settings.margin_mode === "cross" ? balance / held.left : held.entry / leverage;
	}

	function bankruptcyPrice(held: Position): number {
		return held.entry - held.side * margin(held);
	}

	/** §9: where the margin left equals the maintenance margin at the mark. */
	function liquidationPrice(held: Position): number {
		return bankruptcyPrice(held) / (1 - held.side * instrument.maintenanceRate);
	}

	/** §6: the stop that is nearer to the price counts. */
	function currentStop(held: Position): { price: number; reason: "stop_loss" | "trailing_stop" } {
		const { trailing, stop, side } = held;
		if (trailing !== null && side * (trailing - stop) > slack) return { price: trailing, reason: "trailing_stop" };
		return { price: stop, reason: "stop_loss" };
	}

	/** Everything of the position that triggers at `price`: liquidation, then the stop, then TP1 (§9). */
	function fireTriggers(price: number): void {
		const held = position;
		if (held === null) return;
		const against: Side = held.side > 0 ? -1 : 1;
		if (reached(price, liquidationPrice(held), against)) {
			const bankruptcy = bankruptcyPrice(held);
			reduce(held, held.side > 0 ? floorTo(tick, bankruptcy) : ceilTo(tick, bankruptcy), held.left, "liquidation");
			return;
		}
		const stop = currentStop(held);
		if (reached(price, stop.price, against)) {
			closeAtMarket(held, price, stop.reason);
			return;
		}
		if (held.target !== null && reached(price, held.target.price, held.side)) {
			const { qty } = held.target;
			held.target = null;
			reduce(held, marketPrice(price, against), qty, "take_profit");
			if (strategy.exit.after_tp1 === "breakeven") {
				held.stop = held.side > 0 ? ceilTo(tick, held.entry) : floorTo(tick, held.entry);
			}
			fireTriggers(price);
		}
	}

	/** The price jumps to a candle's open (§9): what is already beyond its level triggers there. */
	function jumpTo(price: number): void {
		if (resting !== null && resting.side * (resting.price - price) > slack) {
			if (resting.arriving && strategy.entry.post_only) resting = null;
			else
				open(resting.side, resting.side > 0 ? ceilTo(tick, price) : floorTo(tick, price), resting.qty, sim.maker_fee, resting.signalTime);
		}
		if (resting !== null) resting.arriving = false;
		fireTriggers(price);
	}

	/** The levels at which something waits for the price below (`-1`) or above (`1`). */
	function levels(waits: Side): number[] {
		if (position !== null) {
			if (position.side === waits) return position.target === null ? [] : [position.target.price];
			return [liquidationPrice(position), currentStop(position).price];
		}
		// A buy waits below the price, and fills once the path is through it by a tick.
		if (resting !== null && resting.side !== waits) return [resting.price + waits * tick];
		return [];
	}

	/** The price moves continuously from one path point to the next (§9); what lies between triggers in the order of the way. */
	function travel(from: number, to: number): void {
		if (from === to) return;
		const waits: Side = to < from ? -1 : 1;
		let current = from;
		for (;;) {
			const ahead = levels(waits).filter((level) => reached(to, level, waits));
			if (ahead.length === 0) return;
			const nearest = waits < 0 ? Math.max(...ahead) : Math.min(...ahead);
			// What the path has passed already triggers where it is.
			current = waits < 0 ? Math.min(current, nearest) : Math.max(current, nearest);
			if (position === null && resting !== null) open(resting.side, resting.price, resting.qty, sim.maker_fee, resting.signalTime);
			fireTriggers(current);
		}
	}

	// ---- Size (§7) ----

	/** The loss of an entry at its stop, with fees and slippage, per unit of notional (§7.3). */
	function lossRate(side: Side): number {
		return sideSettings(side).stop_loss_pct / 100 + 2 * sim.taker_fee + 2 * slip;
	}

	function sizeOf(side: Side, p: number): number {
		const marginWanted = settings.size.mode === "percent" ? (balance * settings.size.value) / 100 : settings.size.value;
		let notional = marginWanted * leverage;
		// §7.2: nothing is held at an entry, as there is one position per symbol and one symbol.
		if (risk.max_symbol_notional !== null) notional = Math.min(notional, risk.max_symbol_notional);
		if (risk.max_total_notional !== null) notional = Math.min(notional, risk.max_total_notional);
		if (risk.max_loss_pct !== null) notional = Math.min(notional, ((risk.max_loss_pct / 100) * balance) / lossRate(side));
		const qty = floorTo(qtyStep, notional / p);
		return qty > 0 && qty >= instrument.minQty && qty * p >= instrument.minNotional ? qty : 0;
	}

	/** §8: the drawdown guard at an entry, judged only where an order would be sent. */
	function plannedLossIsTooMuch(side: Side, qty: number, p: number): boolean {
		if (risk.max_drawdown_pct === null) return false;
		return ((peak - (balance - qty * p * lossRate(side))) / peak) * 100 > risk.max_drawdown_pct;
	}

	// ---- Evaluation (§5, §6, §8) ----

	/** §8: (max − min)/min of the prices within the window, for an evaluation at `time`. */
	function jumpGuardIsShut(time: number): boolean {
		if (guard.max_move_pct === null || baseMs > windowMs) return false;
		let low = Number.POSITIVE_INFINITY;
		let high = Number.NEGATIVE_INFINITY;
		if (onTicks) {
			for (const point of points) {
				if (point.time <= time - windowMs || point.time > time) continue;
				low = Math.min(low, point.price);
				high = Math.max(high, point.price);
			}
		} else {
			for (let i = closedBase - 1; i >= 0 && base[i]!.openTime >= time - windowMs; i--) {
				low = Math.min(low, base[i]!.low);
				high = Math.max(high, base[i]!.high);
			}
		}
		return low <= high && ((high - low) / low) * 100 > guard.max_move_pct;
	}

	function evaluate(time: number, p: number, signalTime: number, midCandle: boolean): Decision {
		if (!midCandle) evaluations++; // cool-down counts signal candles: its key is `cooldown.candles`
		const s = reader.read(time, p, closedSignal, midCandle);
		if (s !== episode.s) episode = { s, used: false };
		const decision: Decision = { exit: false, enter: 0, p, time, signalTime };
		if (stopped) return decision;
		const shut = jumpGuardIsShut(time);
		// §6: a resting entry is cancelled when s leaves its value or a guard closes.
		if (resting !== null && (s !== resting.side || shut)) resting = null;
		decision.exit = position !== null && s === -position.side;
		const ended = decision.exit ? evaluations : endedAt;
		const flat = resting === null && (position === null || decision.exit);
		const mayEnter = flat && evaluations >= ended + strategy.cooldown.candles && !shut && !episode.used && time >= start;
		if (mayEnter) decision.enter = s;
		return decision;
	}

	/** What an evaluation decided fills at `price`: the exit first, and the new size from the balance after it (§6). */
	function execute(decision: Decision, price: number, arriving: boolean): void {
		if (decision.exit && position !== null) closeAtMarket(position, price, "opposite_signal");
		if (decision.enter === 0) return;
		const side = decision.enter;
		const qty = sizeOf(side, decision.p);
		if (qty === 0) return;
		if (plannedLossIsTooMuch(side, qty, decision.p)) {
			stopped = true;
			return;
		}
		episode.used = true;
		if (strategy.entry.order === "market") {
			open(side, marketPrice(price, side), qty, sim.taker_fee, decision.signalTime);
			return;
		}
		const expires = decision.time + strategy.entry.timeout_s * 1000;
		resting = { side, price: bestPrice(decision.p, side), qty, signalTime: decision.signalTime, expires, arriving };
	}

	/** §6 `limit`: the best bid for a long, the best ask for a short; a candle's book is its last price and the tick above it. */
	function bestPrice(last: number, side: Side): number {
		const bid = floorTo(tick, last);
		return side > 0 ? bid : floorTo(tick, bid + tick);
	}

	// ---- One path point ----

	/** §6, trailing: active once the price has moved in favour, then the best price since ∓ the distance. */
	function trail(held: Position, price: number): void {
		const { activation_pct, distance_pct } = strategy.exit.trailing;
		if (distance_pct === null) return;
		const activation = (held.entry * (activation_pct ?? 0)) / 100;
		if (held.best === null && held.side * (price - held.entry) < activation - slack) return;
		held.best = held.best === null ? price : held.side > 0 ? Math.max(held.best, price) : Math.min(held.best, price);
		const raw = held.best - (held.side * held.entry * distance_pct) / 100;
		held.trailing = triggerPrice(tick, raw, held.entry, held.side > 0 ? -1 : 1);
	}

	/** §8: distance from mark to the liquidation price below the limit. */
	function nearLiquidation(held: Position, mark: number): boolean {
		const limit = guard.min_liquidation_distance_pct;
		if (limit === null) return false;
		const level = liquidationPrice(held);
		return level > 0 && (Math.abs(mark - level) / mark) * 100 < limit;
	}

	function atPathPoint(price: number, time: number, last: boolean): void {
		if (onTicks) points = [...points.filter((point) => point.time > time - windowMs), { time, price }];
		if (position !== null) {
			trail(position, price);
			fireTriggers(price);
		}
		if (last) return;
		if (position !== null && nearLiquidation(position, price)) closeAtMarket(position, price, "guard");
		if (resting !== null) {
			const best = bestPrice(price, resting.side);
			const moved = Math.abs(best - resting.price);
			if (time >= resting.expires) resting = null;
			else if (moved > slack && moved >= strategy.entry.reprice_ticks * tick - slack) resting.price = best;
		}
		if (onTicks) {
			execute(evaluate(time, price, candleTime, true), price, false);
			fireTriggers(price);
		}
	}

	/** §9: which extreme comes first. */
	function pathOf(candle: OracleCandle): [number, number] {
		let lowFirst = candle.open - candle.low <= candle.high - candle.open + tick * 1e-6;
		if (position !== null && sim.path === "pessimistic") lowFirst = position.side > 0;
		if (position !== null && sim.path === "optimistic") lowFirst = position.side < 0;
		return lowFirst ? [candle.low, candle.high] : [candle.high, candle.low];
	}

	// ---- Funding (§9) ----

	function fundingRateAt(time: number): number {
		let nearest: { time: number; rate: number } | null = null;
		for (const row of settings.fundingRates) {
			const distance = Math.abs(row.time - time);
			if (distance <= 60_000 && (nearest === null || distance < Math.abs(nearest.time - time))) nearest = row;
		}
		return nearest === null ? sim.funding_rate : nearest.rate;
	}

	/** The funding times after `after` up to `openTime`, charged at that candle's open to the position held before it. */
	function settleFunding(after: number, candle: OracleCandle): void {
		const step = instrument.fundingHours * 3_600_000;
		for (let time = Math.floor(after / step) * step + step; time <= candle.openTime; time += step) {
			if (position === null) return;
			const paid = position.side * position.left * candle.open * fundingRateAt(time);
			balance -= paid;
			position.trade.funding += paid;
		}
	}

	/** §8: peak and drawdown at a base candle's close. */
	function judgeDrawdown(close: number): void {
		const unrealised = position === null ? 0 : position.side * (close - position.entry) * position.left;
		const equity = balance + unrealised;
		peak = Math.max(peak, equity);
		if (stopped || risk.max_drawdown_pct === null || ((peak - equity) / peak) * 100 < risk.max_drawdown_pct) return;
		stopped = true;
		flattenAtOpen = true;
		resting = null;
	}

	/** §8: the order that a tripped drawdown guard decided at the close. */
	function flatten(price: number): void {
		if (position !== null) closeAtMarket(position, price, "guard");
		flattenAtOpen = false;
	}

	/** A timeout that has passed before a candle begins cancels before its open. */
	function expireBefore(openTime: number): void {
		if (resting !== null && resting.expires <= openTime) resting = null;
	}

	/** §9: a position still open at the end is closed at exactly the last close. */
	function endOfData(close: number): void {
		if (position !== null) reduce(position, close, position.left, "end_of_data");
	}

	// ---- The walk: the order of things at one instant is that of §9 ----

	for (let i = 0; i < base.length; i++) {
		const candle = base[i]!;
		candleTime = candle.openTime;
		closedBase = i;
		if (i > 0) settleFunding(base[i - 1]!.openTime, candle);
		expireBefore(candle.openTime);

		let decision: Decision | null = null;
		const due = signals[closedSignal + 1];
		if (due !== undefined && due.end <= candle.openTime) {
			closedSignal++;
			reader.candleClosed(closedSignal);
			decision = evaluate(due.end, due.close, due.end, false);
		}

		// What was decided fills at the open, then the gap triggers what it passes.
		if (flattenAtOpen) flatten(candle.open);
		if (decision !== null) execute(decision, candle.open, true);
		jumpTo(candle.open);

		const end = market.endOfBase(candle.openTime);
		const length = end - candle.openTime;
		atPathPoint(candle.open, candle.openTime + 1, false);
		const [first, second] = pathOf(candle);
		travel(candle.open, first);
		atPathPoint(first, candle.openTime + length / 3, false);
		travel(first, second);
		atPathPoint(second, candle.openTime + (length * 2) / 3, false);
		travel(second, candle.close);
		atPathPoint(candle.close, end - 1, i === base.length - 1);
		judgeDrawdown(candle.close);
	}

	if (base.length > 0) endOfData(base.at(-1)!.close);
	return trades;
}
