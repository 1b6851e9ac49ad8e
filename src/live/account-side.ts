// Who keeps the account that the bot trades: an exchange behind a client, or, on paper, a venue in this process.

import type { BybitClient } from "../bybit/client.ts";
import type { BybitEvent } from "../bybit/events.ts";
import type { EngineSettings } from "../engine/settings.ts";
import type { Instrument } from "../market/instrument.ts";
import type { Ticker } from "../market/ticker.ts";
import type { Call } from "../oms/call.ts";
import type { Input } from "../oms/trader-port.ts";
import type { Ms, Usdt } from "../units/unit.ts";
import { Link } from "./link.ts";
import { actualCosts, checkAccount, prepareAccount } from "./start-gate.ts";

export type Tools = {
	readonly client: BybitClient;
	readonly now: () => Ms;
	/** Answers and statements of the account. */
	readonly onInput: (input: Input) => void;
	readonly onLine: (level: "info" | "warn", text: string) => void;
	/** It cannot go on: the bot ends with this cause. */
	readonly onBreak: (cause: unknown) => void;
};

export interface AccountSide {
	/** Streams of the client that must be up before the account can be used. */
	readonly streams: readonly ("public" | "private")[];
	/** Public topics that it wants to hear itself, for each symbol. */
	topicsOf(symbol: string): readonly string[];
	/** The wallet, once the account has been found fit. */
	open(instruments: ReadonlyMap<string, Instrument>): Promise<Usdt>;
	/** The costs with what it charges. */
	costs(settings: EngineSettings): Promise<EngineSettings["costs"]>;
	/** Makes its settings those of the bot. */
	prepare(settings: EngineSettings): Promise<void>;
	/** A message of the exchange, before the bot takes it. */
	hear(event: BybitEvent): void;
	/** A ticker by REST, while the stream is silent. */
	polled(symbol: string, ticker: Ticker, at: Ms): void;
	/** Answers come through `onInput`, never inside this call. */
	carry(call: Call): void;
	/** Nothing is told any more; nor can anything be kept when the bot has ended by itself. */
	close(ended: boolean): void;
}

/** The account at the exchange itself. */
export class ExchangeAccount implements AccountSide {
	readonly streams = ["public", "private"] as const;
	readonly #tools: Tools;
	#link: Link | undefined;

	constructor(tools: Tools) {
		this.#tools = tools;
	}

	topicsOf(): readonly string[] {
		return [];
	}

	async open(instruments: ReadonlyMap<string, Instrument>): Promise<Usdt> {
		const { client, now, onInput, onLine } = this.#tools;
		this.#link = new Link({
			client,
			instruments,
			now,
			onAnswer: (answer) => onInput({ kind: "answer", answer }),
			onOdd: (what) => onLine("warn", what),
		});
		return await checkAccount(client.rest, now(), (warning) => onLine("warn", warning));
	}

	async costs({ symbols, costs }: EngineSettings): Promise<EngineSettings["costs"]> {
		const { client, onLine } = this.#tools;
		if (!client.takesOrders) return costs; // demo trading tells no fees either
		const names = symbols.map(({ instrument }) => instrument.symbol);
		return await actualCosts(client.rest, names, costs, onLine);
	}

	async prepare(settings: EngineSettings): Promise<void> {
		const { client, onLine } = this.#tools;
		await prepareAccount(client.rest, settings, (warning) => onLine("warn", warning));
	}

	hear(): void {}

	polled(): void {}

	close(): void {}

	carry(call: Call): void {
		this.#link?.carry(call);
	}
}
