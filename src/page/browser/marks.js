// The trades upon the candles: where each began and ended, and whether it paid. Drawn on the chart's own canvas, so that thousands of
// them cost little; with many in view they become dots, and with few they bear the reason of their exits.

/** Pixels that a trade has for itself before its exits bear words, it bears marks, or it keeps its line. */
const ROOM = { words: 44, marks: 9, line: 3 };
/** What was open when the data ended is marked as such, however many trades are in view. */
const OPEN_ENDS = ["end_of_data", "still_open"];

/**
 * @typedef {readonly [direction: number, entryAt: number, entryPrice: number, pnl: number, symbol: string, exits: readonly (readonly [at: number, price: number, reason: string])[]]} Mark
 * @typedef {{ gain: string, loss: string, long: string, short: string, text: string, ground: string, font: string }} MarkColours
 * @typedef {{ from: number, to: number, xOf: (at: number) => number | null }} View
 */

class TradeMarks {
	/** @type {readonly Mark[]} */
	trades = [];
	/** @type {MarkColours} */
	colours = { gain: "", loss: "", long: "", short: "", text: "", ground: "", font: "" };
	/** The one that was asked for, by its number among all. */
	chosen = -1;
	/** @type {(() => void) | undefined} */
	#update;
	/** @type {import("lightweight-charts").ISeriesApi<"Candlestick"> | undefined} */
	#series;
	#view;
	#words;

	/**
	 * @param {() => View | undefined} view the times in view, and where they lie
	 * @param {Readonly<Record<string, string>>} words
	 */
	constructor(view, words) {
		this.#view = view;
		this.#words = words;
	}

	/** @param {import("lightweight-charts").SeriesAttachedParameter<import("lightweight-charts").Time, "Candlestick">} chart */
	attached({ series, requestUpdate }) {
		this.#series = series;
		this.#update = requestUpdate;
	}

	redraw() {
		this.#update?.();
	}

	paneViews() {
		return [{ zOrder: () => /** @type {const} */ ("top"), renderer: () => this }];
	}

	/** @param {Parameters<import("lightweight-charts").IPrimitivePaneRenderer["draw"]>[0]} target */
	draw(target) {
		target.useMediaCoordinateSpace(({ context, mediaSize }) => this.#paint(context, mediaSize.width));
	}

	/** @param {CanvasRenderingContext2D} context @param {number} width */
	#paint(context, width) {
		const view = this.#view();
		if (view === undefined) return;
		const seen = this.trades.filter((trade) => trade[1] <= view.to && (trade[5].at(-1)?.[0] ?? trade[1]) >= view.from);
		const room = width / seen.length;
		const detail = room >= ROOM.words ? 3 : room >= ROOM.marks ? 2 : room >= ROOM.line ? 1 : 0;
		context.font = `11px ${this.colours.font}`;
		context.textAlign = "center";
		for (const trade of seen) this.#trade(context, trade, view, detail);
	}

	/**
	 * @param {CanvasRenderingContext2D} context
	 * @param {Mark} trade
	 * @param {View} view
	 * @param {number} detail
	 */
	#trade(context, trade, view, detail) {
		const [direction, entryAt, entryPrice, pnl, , exits] = trade;
		const { gain, loss, long, short } = this.colours;
		const [x, y] = this.#place(view, entryAt, entryPrice);
		if (x === null || y === null) return;
		const tone = pnl > 0 ? gain : loss;
		const isChosen = this.trades[this.chosen] === trade;
		const ends = exits.map(([at, price, reason]) => ({ place: this.#place(view, at, price), reason }));
		if (detail > 0 || isChosen)
			for (const { place } of ends)
				if (place[0] !== null && place[1] !== null) this.#line(context, x, y, place[0], place[1], tone, isChosen);
		if (detail < 2 && !isChosen) this.#dot(context, x, y, detail === 0 ? 1.5 : 2.5, direction > 0 ? long : short);
		else this.#ends(context, ends, tone, pnl > 0 === direction > 0, detail === 3 || isChosen);
		if (detail >= 2 || isChosen) this.#arrow(context, x, y, direction, direction > 0 ? long : short, isChosen ? 8 : 6);
		for (const { place, reason } of ends)
			if (OPEN_ENDS.includes(reason) && place[0] !== null && place[1] !== null)
				this.#openEnd(context, place[0], place[1], direction > 0 ? long : short, this.#words[reason] ?? reason);
	}

	/**
	 * @param {CanvasRenderingContext2D} context
	 * @param {readonly { place: [number | null, number | null], reason: string }[]} ends
	 * @param {string} tone
	 * @param {boolean} isAbove where its word stands
	 * @param {boolean} hasWords
	 */
	#ends(context, ends, tone, isAbove, hasWords) {
		for (const { place, reason } of ends) {
			if (place[0] === null || place[1] === null || OPEN_ENDS.includes(reason)) continue;
			this.#dot(context, place[0], place[1], 3.5, tone, true);
			if (hasWords) this.#label(context, place[0], place[1] + (isAbove ? -9 : 17), this.#words[reason] ?? reason);
		}
	}

	/**
	 * @param {View} view
	 * @param {number} at
	 * @param {number} price
	 * @returns {[number | null, number | null]}
	 */
	#place(view, at, price) {
		return [view.xOf(at), this.#series?.priceToCoordinate(price) ?? null];
	}

	/**
	 * @param {CanvasRenderingContext2D} context
	 * @param {number} x
	 * @param {number} y
	 * @param {number} toX
	 * @param {number} toY
	 * @param {string} colour
	 * @param {boolean} isChosen
	 */
	#line(context, x, y, toX, toY, colour, isChosen) {
		context.strokeStyle = colour;
		context.lineWidth = isChosen ? 2.5 : 1.25;
		context.setLineDash(isChosen ? [] : [4, 3]);
		context.beginPath();
		context.moveTo(x, y);
		context.lineTo(toX, toY);
		context.stroke();
		context.setLineDash([]);
	}

	/**
	 * @param {CanvasRenderingContext2D} context
	 * @param {number} x
	 * @param {number} y
	 * @param {number} radius
	 * @param {string} colour
	 */
	#dot(context, x, y, radius, colour, ringed = false) {
		context.beginPath();
		context.arc(x, y, radius, 0, 2 * Math.PI);
		context.fillStyle = ringed ? this.colours.ground : colour;
		context.fill();
		if (!ringed) return;
		context.strokeStyle = colour;
		context.lineWidth = 2;
		context.stroke();
	}

	/**
	 * A square that is not filled, and its word to the left: to the right the picture ends.
	 * @param {CanvasRenderingContext2D} context
	 * @param {number} x
	 * @param {number} y
	 * @param {string} colour
	 * @param {string} text
	 */
	#openEnd(context, x, y, colour, text) {
		context.fillStyle = this.colours.ground;
		context.fillRect(x - 4.5, y - 4.5, 9, 9);
		context.strokeStyle = colour;
		context.lineWidth = 2;
		context.strokeRect(x - 4.5, y - 4.5, 9, 9);
		context.textAlign = "right";
		this.#label(context, x - 9, y + 4, text);
		context.textAlign = "center";
	}

	/**
	 * Its tip lies at the price: from below for a long entry, from above for a short one.
	 * @param {CanvasRenderingContext2D} context
	 * @param {number} x
	 * @param {number} y
	 * @param {number} direction
	 * @param {string} colour
	 * @param {number} size
	 */
	#arrow(context, x, y, direction, colour, size) {
		const foot = y + direction * size * 1.7;
		context.beginPath();
		context.moveTo(x, y);
		context.lineTo(x - size, foot);
		context.lineTo(x + size, foot);
		context.closePath();
		context.fillStyle = colour;
		context.fill();
		context.strokeStyle = this.colours.ground;
		context.lineWidth = 1;
		context.stroke();
	}

	/**
	 * @param {CanvasRenderingContext2D} context
	 * @param {number} x
	 * @param {number} y
	 * @param {string} text
	 */
	#label(context, x, y, text) {
		context.lineWidth = 3;
		context.lineJoin = "round";
		context.strokeStyle = this.colours.ground;
		context.strokeText(text, x, y);
		context.fillStyle = this.colours.text;
		context.fillText(text, x, y);
	}
}
