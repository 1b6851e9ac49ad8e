// The bot looks round, by the wall's clock: whether the public streams still speak, whether their candles are REST's, what the operator
// wants, and what waits for the disk.

import type { BybitClient } from "../bybit/client.ts";
import type { Event } from "../engine/event.ts";
import type { Ms } from "../units/unit.ts";
import type { BotOptions } from "./bot-options.ts";
import type { MarketData } from "./market-data.ts";
import { Silence } from "./silence.ts";

const LOOK_ROUND: Ms = 500;
/** How often candles of the stream are compared with REST's. */
const COMPARE: Ms = 600_000;

export type RoundsOptions = Pick<BotOptions, "symbols" | "staleAfter" | "now" | "onLine" | "journal" | "durable"> & {
	readonly client: BybitClient;
	readonly market: MarketData;
	readonly onEvent: (event: Event) => void;
	readonly onBreak: (cause: unknown) => void;
};

export class Rounds {
	readonly #options: RoundsOptions;
	readonly #silence: Silence;
	readonly #timer: ReturnType<typeof setInterval>;
	#comparedAt = Date.now();
	#stopped = false;

	/** They begin at once. */
	constructor(options: RoundsOptions) {
		this.#options = options;
		const { symbols, client, market, staleAfter = Number.POSITIVE_INFINITY } = options;
		this.#silence = new Silence({
			symbols,
			staleAfter,
			onChange: (symbol, stale) => this.#onSilence(symbol, stale, staleAfter),
			onRenew: () => void client.reconnect("public", `no market data for ${staleAfter / 1000} s`),
			onPoll: () => void market.poll(),
		});
		this.#timer = setInterval(() => this.#look(), LOOK_ROUND);
	}

	stop(): void {
		this.#stopped = true;
		clearInterval(this.#timer);
	}

	/** A message with market data. */
	heard(symbol: string): void {
		this.#silence.heard(symbol);
	}

	#look(): void {
		this.#silence.look();
		this.#compare();
		try {
			this.#heedWishes();
			if (!this.#stopped) this.#options.journal?.commit();
		} catch (cause) {
			this.#options.onBreak(cause);
		}
	}

	/** Tells the engine when market data has stopped, and when it is back. */
	#onSilence(symbol: string, stale: boolean, after: Ms): void {
		const { now, onLine, onEvent } = this.#options;
		onLine("warn", `${symbol}: ${stale ? `no market data for ${after / 1000} s: by REST, and no new entries` : "market data is back"}`);
		onEvent({ kind: "feed", at: now(), symbol, stale });
	}

	#compare(): void {
		const wall = Date.now();
		if (wall - this.#comparedAt < COMPARE) return;
		this.#comparedAt = wall;
		void this.#options.market.compare();
	}

	/** What the operator wants, from a second process or from the phone. */
	#heedWishes(): void {
		const { journal, now, durable, onLine, onEvent } = this.#options;
		if (!durable || journal === undefined || this.#stopped) return;
		for (const { id, at: _asked, ...wish } of journal.wishes()) {
			onLine("warn", `${wish.wish}${wish.wish === "close" ? ` ${wish.symbol}` : ""}: by the operator`);
			journal.fulfil(id, now());
			onEvent({ kind: "operator", at: now(), ...wish });
		}
	}
}
