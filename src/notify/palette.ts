// The colours of pictures: light on dark, as phones show them at night.

import type { Colour } from "./canvas.ts";

export const PAPER: Colour = [16, 20, 28];
export const GRID: Colour = [44, 52, 66];
export const INK: Colour = [200, 208, 220];
export const UP: Colour = [46, 189, 133];
export const DOWN: Colour = [246, 70, 93];
/** The reference, and what lies a band away from it. */
export const MEAN: Colour = [240, 185, 11];
export const BAND: Colour = [104, 88, 36];
export const ENTRY: Colour = [96, 165, 250];

/** Three quarters paper. */
export function faint(colour: Colour): Colour {
	const mix = (i: 0 | 1 | 2): number => Math.round((colour[i] + 3 * PAPER[i]) / 4);
	return [mix(0), mix(1), mix(2)];
}
