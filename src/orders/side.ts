// Which way: the side of an order, and the direction of a position.

const SIDES = ["buy", "sell"] as const;
export type Side = (typeof SIDES)[number];

export const DIRECTIONS = ["long", "short"] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** The side that opens a position of that direction. */
export function opening(direction: Direction): Side {
	return direction === "long" ? "buy" : "sell";
}

/** The side that closes it. */
export function closing(direction: Direction): Side {
	return direction === "long" ? "sell" : "buy";
}

/** The direction that a fill of that side builds. */
export function directionOf(side: Side): Direction {
	return side === "buy" ? "long" : "short";
}

/** +1 for long, −1 for short: the sign of profit when the price rises. */
export function signOf(direction: Direction): 1 | -1 {
	return direction === "long" ? 1 : -1;
}
