// What the operator may see as a picture: equity since the start or over some days, and trades one by one.

import type { Trade } from "../report/trade.ts";
import { usdtNumber } from "../units/grid.ts";
import type { Ms } from "../units/unit.ts";
import { SPANS } from "./answers.ts";
import { chartOf } from "./chart.ts";
import { bold, escaped } from "./markdown.ts";
import type { Locale } from "./message.ts";
import type { Reply } from "./telegram.ts";
import { pickOf, SIDES } from "./terms.ts";
import { tradePicture } from "./trade-picture.ts";
import type { BotView, EquityPoint } from "./view.ts";
import { gain, price, signedPct, timeText } from "./words.ts";

export type PicturesOptions = { readonly view: BotView; readonly locale: Locale };

/** So far back `/chart trade n` counts. */
const TRADES_MOST = 100;

export class Pictures {
	readonly #options: PicturesOptions;

	constructor(options: PicturesOptions) {
		this.#options = options;
	}

	/** `/chart`, with what stands behind it. */
	asked(word: string, more: string): Reply | Promise<Reply> {
		if (word === "trade") return this.#nthTrade(more === "" ? 1 : Number(more));
		const span = Object.hasOwn(SPANS, word) ? SPANS[word] : undefined;
		if (span !== undefined) return this.#equity(curveOf(this.#options.view.past.equity(this.#options.view.now() - span.time)), span.words);
		return this.#equity(this.#options.view.curve(), ["시작 이후", "since the start"]);
	}

	/** The trade that a button speaks of. */
	trade(symbol: string, exitAt: Ms): Reply | Promise<Reply> {
		const trade = this.#options.view.past.trades(exitAt).find((each) => each.symbol === symbol && each.exitAt === exitAt);
		return trade === undefined
			? this.#said("그 거래를 기록에서 찾지 못했습니다", "The journal does not hold that trade")
			: this.#draw(trade);
	}

	#nthTrade(nth: number): Reply | Promise<Reply> {
		if (!(Number.isInteger(nth) && nth >= 1 && nth <= TRADES_MOST))
			return this.#said(
				`/chart trade [n]: n은 1(마지막)부터 ${TRADES_MOST}까지`,
				`/chart trade [n]: n is from 1 (the last one) to ${TRADES_MOST}`,
			);
		const latest = this.#options.view.past.trades(0, nth);
		const trade = latest.at(-nth);
		if (trade !== undefined) return this.#draw(trade);
		return this.#said(`아직 거래가 ${latest.length}건입니다`, `Only ${latest.length} trades so far`);
	}

	async #draw(trade: Trade): Promise<Reply> {
		const pick = pickOf(this.#options.locale);
		const story = await this.#options.view.past.story(trade);
		const side = pick(...SIDES[trade.direction]);
		const lines = [
			`${gain(trade.pnl)} (${signedPct((100 * usdtNumber(trade.pnl)) / usdtNumber(trade.balanceBefore))})`,
			`${timeText(trade.entryAt)} ${price(trade.entryPrice)}`,
			`${timeText(trade.exitAt)} ${price(trade.exits.at(-1)?.price)}`,
			...(story.candles.length > 1
				? []
				: [pick("거래소 캔들을 받지 못해 기록만으로 그렸습니다", "The exchange gave no candles: drawn from what was noted")]),
		];
		return photo(`${trade.symbol} ${side} ${trade.qty}`, lines, tradePicture(story));
	}

	#equity(curve: Parameters<typeof chartOf>[0], words: readonly [ko: string, en: string]): Reply {
		const pick = pickOf(this.#options.locale);
		const drawn = chartOf(curve, { title: "EQUITY USDT" });
		if (drawn === undefined) return this.#said("아직 그릴 것이 없습니다", "There is nothing to draw yet");
		return photo(`${pick("자산 곡선", "Equity")} · ${pick(...words)}`, [], drawn);
	}

	#said(ko: string, en: string): Reply {
		const text = pickOf(this.#options.locale)(ko, en);
		return { markdown: bold(text), plain: text, silent: true };
	}
}

function photo(title: string, lines: readonly string[], drawn: Uint8Array): Reply {
	return {
		markdown: [bold(title), ...lines.map(escaped)].join("\n"),
		plain: [title, ...lines].join("\n"),
		photo: drawn,
		silent: true,
	};
}

/** Each heartbeat as its lowest, its highest and its last figure, so that no fall is lost. */
function curveOf(points: readonly EquityPoint[]): { times: Float64Array; equity: Float64Array } {
	return {
		times: Float64Array.from(points.flatMap(({ at }) => [at, at, at])),
		equity: Float64Array.from(points.flatMap(({ low, high, now }) => [low, high, now])),
	};
}
