// What is known of a running bot at one moment, as plain numbers: what /metrics shows beside what it counted, and the checks of /healthz
// and /readyz. Times are seconds, money is USDT.

export type SymbolFigures = {
	readonly symbol: string;
	/** Notional held and asked for. */
	readonly exposure: number;
	/** Coins held, below zero for a short. */
	readonly position: number;
	readonly unrealised: number;
	readonly inDoubt: boolean;
	/** How long the position has been without a stop; 0 when it has one. */
	readonly bareFor: number;
};

/** Known once the account was read. */
export type AccountFigures = {
	readonly equity: number;
	readonly balance: number;
	readonly unrealised: number;
	readonly peak: number;
	/** Share of the peak. */
	readonly drawdown: number;
	readonly drawdownLimit: number | undefined;
	readonly halted: boolean;
	readonly paused: boolean;
	readonly ordersLive: number;
	/** Since the account was last read in agreement; undefined before the first time. */
	readonly agreedAgo: number | undefined;
	readonly symbols: readonly SymbolFigures[];
};

export type Figures = {
	readonly account: AccountFigures | undefined;
	/** `quietFor`: since the line's last sign of life. */
	readonly streams: readonly { readonly stream: string; readonly up: boolean; readonly quietFor: number | undefined }[];
	/** Since the last market data of a symbol. */
	readonly quiet: readonly { readonly symbol: string; readonly seconds: number }[];
	/** The exchange's clock minus ours. */
	readonly clockOffset: number | undefined;
	readonly limits: readonly { readonly lane: string; readonly capacity: number; readonly left: number; readonly waiting: number }[];
	/** Messages to the operator: without an end, how long the oldest of these waits, and those that this run sent or had refused. */
	readonly channels: readonly {
		readonly channel: string;
		readonly waiting: number;
		readonly waitsFor: number;
		readonly sent: number;
		readonly failed: number;
	}[];
	readonly journalEntries: number;
	readonly logLines: ReadonlyMap<string, number>;
	readonly logLinesLost: number;
	readonly logFailing: boolean;
	/** Regular jobs: when each succeeded last, or, before its first time, when this run began; ms since 1970. */
	readonly jobs: readonly { readonly job: string; readonly succeededAt: number }[];
};

export type Check = { readonly name: string; readonly ok: boolean; readonly detail: string };
