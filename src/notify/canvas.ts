// A picture to draw on: lines, fills and small capitals, enough for a chart. Colours are [red, green, blue].

import { encodePng } from "./png.ts";

export type Colour = readonly [number, number, number];

/** Rows of 5 pixels from the top, one digit in base 32 each, the left pixel the highest bit. */
const GLYPHS: Readonly<Record<string, string>> = {
	"0": "ehjlphe",
	"1": "4c4444e",
	"2": "eh1248v",
	"3": "v24211u",
	"4": "26aiv22",
	"5": "vgu111u",
	"6": "68guhhe",
	"7": "v124888",
	"8": "ehhehhe",
	"9": "ehhf12c",
	A: "ehhvhhh",
	B: "uhhuhhu",
	C: "ehggghe",
	D: "shhhhhs",
	E: "vgguggv",
	F: "vgguggg",
	G: "ehgnhhf",
	H: "hhhvhhh",
	I: "e44444e",
	J: "7222iic",
	K: "hikokih",
	L: "ggggggv",
	M: "hrllhhh",
	N: "hhpljhh",
	O: "ehhhhhe",
	P: "uhhuggg",
	Q: "ehhhlid",
	R: "uhhukih",
	S: "fgge11u",
	T: "v444444",
	U: "hhhhhhe",
	V: "hhhhha4",
	W: "hhhllla",
	X: "hha4ahh",
	Y: "hha4444",
	Z: "v1248gv",
	".": "00000cc",
	",": "0000c48",
	"-": "000v000",
	"+": "044v440",
	":": "0cc0cc0",
	"%": "op248j3",
	"/": "011248g",
	">": "g84248g",
};

export class Canvas {
	readonly width: number;
	readonly height: number;
	readonly #pixels: Uint8Array;

	constructor(width: number, height: number, background: Colour) {
		this.width = width;
		this.height = height;
		this.#pixels = new Uint8Array(width * height * 3);
		this.#fillRow(0, 0, width, background);
		for (let y = 1; y < height; y++) this.#pixels.copyWithin(y * width * 3, 0, width * 3);
	}

	/** Whole pixels; what lies outside is left out. */
	fill(x: number, y: number, width: number, height: number, colour: Colour): void {
		const [from, to] = [Math.max(0, x), Math.min(this.width, x + width)];
		for (let row = Math.max(0, y); row < Math.min(this.height, y + height); row++) this.#fillRow(row, from, to, colour);
	}

	#fillRow(y: number, from: number, to: number, [red, green, blue]: Colour): void {
		const pixels = this.#pixels;
		const end = (y * this.width + to) * 3;
		for (let i = (y * this.width + from) * 3; i < end; i += 3) {
			pixels[i] = red;
			pixels[i + 1] = green;
			pixels[i + 2] = blue;
		}
	}

	/** From point to point, two pixels thick. */
	line(from: readonly [number, number], to: readonly [number, number], colour: Colour): void {
		const steps = Math.max(1, Math.ceil(Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]))));
		for (let i = 0; i <= steps; i++) {
			const [x, y] = [from[0] + ((to[0] - from[0]) * i) / steps, from[1] + ((to[1] - from[1]) * i) / steps];
			this.fill(Math.round(x), Math.round(y), 2, 2, colour);
		}
	}

	/** Capitals and figures, twice the glyph's size; signs that are unknown are blanks. */
	text(x: number, y: number, words: string, colour: Colour): void {
		let left = x;
		for (const sign of words.toUpperCase()) {
			const rows = GLYPHS[sign] ?? "";
			for (const [i, digit] of [...rows].entries())
				for (let bit = 0; bit < 5; bit++)
					if ((Number.parseInt(digit, 32) >> (4 - bit)) & 1) this.fill(left + bit * 2, y + i * 2, 2, 2, colour);
			left += GLYPH_WIDTH;
		}
	}

	png(): Uint8Array {
		return encodePng(this.width, this.height, this.#pixels);
	}
}

export const GLYPH_WIDTH = 12;
