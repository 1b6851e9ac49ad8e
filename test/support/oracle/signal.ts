// §3 to §5: anchor and reference, bands, momentum, and the sign of a signal.
import { DAY, exchangeVwap, firstIndexFrom, type Market, quotient, type SignalCandle } from "./market.ts";
import { instantOf, type Strategy } from "./settings.ts";

export type Sign = 1 | 0 | -1;

export type SignalReader = {
	/** A signal candle has closed: §5, "re-anchoring comes first". */
	candleClosed: (j: number) => void;
	/** `s` at `time` for the price `p`, with the bands of closed signal candle `j`; `midCandle` at a path point (trigger `tick`). */
	read: (time: number, p: number, j: number, midCandle: boolean) => Sign;
};

/** True ranges (§4): the first candle has no previous close, and so none. */
function trueRanges(signals: readonly SignalCandle[]): (number | null)[] {
	return signals.map((candle, j) => {
		if (j === 0) return null;
		const previous = signals[j - 1]!.close;
		return Math.max(candle.high - candle.low, Math.abs(candle.high - previous), Math.abs(candle.low - previous));
	});
}

/** Wilder's ATR (§4): at first the mean of the first N true ranges, then (ATR·(N−1) + TR)/N. */
function wilderAtr(ranges: readonly (number | null)[], length: number): (number | null)[] {
	const atr: (number | null)[] = [];
	let sum = 0;
	for (let j = 0; j < ranges.length; j++) {
		sum += j <= length ? (ranges[j] ?? 0) : 0;
		if (j < length) atr.push(null);
		else if (j === length) atr.push(sum / length);
		else atr.push((atr[j - 1]! * (length - 1) + ranges[j]!) / length);
	}
	return atr;
}

/** §4: population standard deviation of the last `length` closes, candle `j` included. */
function deviation(signals: readonly SignalCandle[], j: number, length: number): number | null {
	if (j + 1 < length) return null;
	const closes = signals.slice(j + 1 - length, j + 1).map((candle) => candle.close);
	const mean = closes.reduce((sum, close) => sum + close, 0) / length;
	return Math.sqrt(closes.reduce((sum, close) => sum + (close - mean) ** 2, 0) / length);
}

export function signalReader(market: Market, strategy: Strategy): SignalReader {
	const { base, signals } = market;
	const { anchor, bands } = strategy;
	const ranges = trueRanges(signals);
	const atr = wilderAtr(ranges, bands.length);
	const begin = base[0]?.openTime ?? 0;

	// §3: the anchor in force, and with `ticker` the reference frozen there.
	let anchoredAt: number | null = null;
	let frozen: number | null = null;
	// §2, `kline`: running sums of the base candles since the anchor.
	let summedTo = 0;
	let turnover = 0;
	let volume = 0;

	function anchorAt(time: number, now: number): void {
		if (time === anchoredAt) return;
		anchoredAt = time;
		if (strategy.vwap.source === "ticker") frozen = exchangeVwap(market, time, now);
		summedTo = firstIndexFrom(base, time);
		turnover = 0;
		volume = 0;
	}

	/** §3, `extreme`: strictly beyond all the others of the last `lookback` candles. */
	function isExtreme(j: number): boolean {
		if (j + 1 < anchor.lookback) return false;
		const others = signals.slice(j + 1 - anchor.lookback, j);
		const candle = signals[j]!;
		return others.every((other) => candle.high > other.high) || others.every((other) => candle.low < other.low);
	}

	/** §3, `event`: much volume, or a wide range. */
	function isEvent(j: number): boolean {
		if (j < anchor.lookback) return false;
		const mean = signals.slice(j - anchor.lookback, j).reduce((sum, candle) => sum + candle.volume, 0) / anchor.lookback;
		if (!Number.isFinite(mean)) throw new Error("an event anchor needs the volume, and it is not recorded");
		if (mean > 0 && signals[j]!.volume >= anchor.volume_multiple * mean) return true;
		const before = atr[j - 1] ?? null;
		return before !== null && before > 0 && ranges[j]! >= anchor.range_multiple * before;
	}

	function candleClosed(j: number): void {
		const now = signals[j]!.end;
		if (anchor.type === "extreme" && isExtreme(j)) anchorAt(now, now);
		if (anchor.type === "event" && isEvent(j)) anchorAt(now, now);
	}

	/** The anchors that are moments of the clock: in force from the first evaluation at or after them. */
	function followClock(now: number): void {
		if (anchor.type === "time" && anchor.time !== null && instantOf(anchor.time) <= now) anchorAt(instantOf(anchor.time), now);
		if (anchor.type !== "daily") return;
		const [hours, minutes] = anchor.session_start.split(":").map(Number);
		const offset = (hours! * 60 + minutes!) * 60_000;
		anchorAt(Math.floor((now - offset) / DAY) * DAY + offset, now);
	}

	function reference(now: number): number | null {
		if (anchor.type === "price") return anchor.price;
		followClock(now);
		if (anchoredAt === null) return null;
		if (strategy.vwap.source === "ticker") return frozen;
		// §3: an anchor before the data has no reference.
		if (anchoredAt < begin) return null;
		// §2: the closed base candles since the anchor; at the anchor itself there is none yet.
		while (summedTo < base.length && market.endOfBase(base[summedTo]!.openTime) <= now) {
			turnover += base[summedTo]!.turnover;
			volume += base[summedTo]!.volume;
			summedTo++;
		}
		return quotient(turnover, volume);
	}

	function read(time: number, p: number, j: number, midCandle: boolean): Sign {
		const level = reference(time);
		if (j < 0 || level === null) return 0;
		// §4: the warm-up.
		const lookback = strategy.momentum.lookback;
		if (time - begin < DAY || j + 1 < lookback + 1) return 0;
		const sigma = bands.method === "std" ? deviation(signals, j, bands.length) : (atr[j] ?? null);
		if (sigma === null) return 0;
		// §4, §5: M = close_j − close_(j−L); at a path point p − close_(j−L+1).
		const momentum = lookback === 0 ? 0 : p - signals[midCandle ? j - lookback + 1 : j - lookback]!.close;
		if (p > level + bands.k * sigma && (lookback === 0 || momentum > 0)) return 1;
		if (p < level - bands.k * sigma && (lookback === 0 || momentum < 0)) return -1;
		return 0;
	}

	return { candleClosed, read };
}
