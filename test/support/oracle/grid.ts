// Rounding to ticks and quantity steps, with the tolerance of 1e-9 steps (§6, §9).

const TOLERANCE = 1e-9;

/** `count` steps as the double nearest to the decimal number meant: 1234567 × 0.1 is 123456.7. */
function steps(count: number, step: number): number {
	const decimals = Math.max(0, Math.ceil(-Math.log10(step)) + 6);
	return Number((count * step).toFixed(Math.min(decimals, 20)));
}

export function floorTo(step: number, value: number): number {
	return steps(Math.floor(value / step + TOLERANCE), step);
}

export function ceilTo(step: number, value: number): number {
	return steps(Math.ceil(value / step - TOLERANCE), step);
}

/** The grid price that is strictly below `value` and nearest to it. */
export function gridBelow(step: number, value: number): number {
	return steps(Math.ceil(value / step - TOLERANCE) - 1, step);
}

/** The grid price that is strictly above `value` and nearest to it. */
export function gridAbove(step: number, value: number): number {
	return steps(Math.floor(value / step + TOLERANCE) + 1, step);
}

/** §6: a trigger price is rounded to the tick towards the entry price, and never onto it: then one tick away. */
export function triggerPrice(tick: number, raw: number, entry: number, sideWhenEqual: 1 | -1): number {
	const slack = tick * TOLERANCE;
	const above = Math.abs(raw - entry) <= slack ? sideWhenEqual > 0 : raw > entry;
	if (above) return Math.max(floorTo(tick, raw), gridAbove(tick, entry));
	return Math.min(ceilTo(tick, raw), gridBelow(tick, entry));
}
