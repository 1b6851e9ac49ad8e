// An outbox in memory, a past in which nothing happened, and time that passes only where somebody sleeps.

import { NO_USDT } from "../../units/grid.ts";
import type { Told } from "../catalogue.ts";
import type { Store } from "../courier.ts";
import type { Happening } from "../happenings.ts";
import type { Timing } from "../message.ts";
import type { Past } from "../view.ts";

type State = "waiting" | "under way" | "sent" | "failed";

export class MemoryStore implements Store {
	readonly rows: { number: number; at: number; body: string; state: State; ended: number | undefined }[] = [];

	write(at: number, body: Told | Happening): void {
		this.rows.push({ number: this.rows.length + 1, at, body: JSON.stringify(body), state: "waiting", ended: undefined });
	}

	get states(): string[] {
		return this.rows.map(({ state }) => state);
	}

	waiting(_channel: string, most: number): ReturnType<Store["waiting"]> {
		const open = this.rows.filter(({ ended }) => ended === undefined).slice(0, most);
		return open.map(({ number, at, body, state }) => ({ number, at, body, tried: state === "under way" }));
	}

	leaves(_channel: string, numbers: readonly number[]): void {
		for (const row of this.rows) if (numbers.includes(row.number)) row.state = "under way";
	}

	settle(_channel: string, numbers: readonly number[], state: "sent" | "failed" | "waiting", at: number): void {
		for (const row of this.rows)
			if (numbers.includes(row.number)) Object.assign(row, { state, ended: state === "waiting" ? undefined : at });
	}
}

/** Whoever sleeps moves the time on and goes on at once, until `hold` says that it is enough. */
export class SleepingTime {
	at = 1_700_000_000_000;
	readonly slept: number[] = [];

	readonly timing: Timing = {
		now: () => this.at,
		sleep: async (time) => {
			if (time > 0) this.slept.push(time);
			this.at += time;
			await new Promise<void>((resolve) => {
				setImmediate(resolve);
			});
		},
		random: () => 1,
	};
}

export const NO_PAST: Past = {
	trades: () => [],
	lateFunding: () => NO_USDT,
	equity: () => [],
	signal: () => undefined,
	story: async (trade) => ({ trade, interval: 60_000, candles: [], levels: [], evaluations: [] }),
};
