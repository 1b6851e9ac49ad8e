// The simulated Bybit exchange, ready to be connected to: one server on the loopback for REST and the three sockets, one account, the
// candles of its markets as its only past and future.

import type { AddressInfo } from "node:net";
import { closeOf } from "../market/interval.ts";
import { assert } from "../std/assert.ts";
import { UsageError } from "../std/usage-error.ts";
import type { Ms } from "../units/unit.ts";
import type { Venue, VenueTerms } from "../venue/venue.ts";
import { Barrier } from "./barrier.ts";
import { SimClock, type Speed, type WallClock } from "./clock.ts";
import { Exchange } from "./exchange.ts";
import type { SimMarket } from "./feed.ts";
import { buildHttp } from "./http.ts";
import type { LimitSettings } from "./limits.ts";
import { Pacer } from "./pacer.ts";
import { Requests } from "./requests.ts";
import { PATHS, Sockets } from "./sockets.ts";
import { Timeline } from "./timeline.ts";

export type { SimMarket } from "./feed.ts";

export type SimulationOptions = {
	readonly markets: readonly SimMarket[];
	readonly terms: VenueTerms;
	/** Market ms per wall ms; `max` does not wait; `lockstep` waits for the clients. */
	readonly speed: Speed;
	/** Lockstep only: at most this many market ms per wall ms. */
	readonly pace?: number;
	/** 0, the default, takes a free one. */
	readonly port?: number;
	readonly host?: "127.0.0.1";
	readonly key: string;
	readonly secret: string;
	/** Time starts by itself (default); lockstep time in any case only while somebody listens to a public stream. */
	readonly autostart?: boolean;
	/** After each stop of the timeline: what it had to tell has been sent (and, in lockstep, dealt with). */
	onStep?(at: Ms): void;
	/** One line for the log; stderr by default. */
	warn?(text: string): void;
	/** How often clients may ask; without it as often as they like. */
	readonly limits?: LimitSettings | undefined;
	/** The machine's clock. */
	readonly wall?: WallClock;
	/** How long lockstep waits for a silent socket, wall ms; 10 s by default. */
	readonly patience?: Ms;
};

export type Simulation = {
	readonly addresses: { readonly rest: string; readonly public: string; readonly private: string; readonly trade: string };
	readonly clock: { now(): Ms };
	start(): void;
	/** Resolves when the data are exhausted (the exchange then stays up, frozen), or on `close`. */
	readonly finished: Promise<void>;
	/** From 0 to 1. */
	progress(): number;
	readonly venue: Venue;
	close(): Promise<void>;
};

export async function startSimulation(options: SimulationOptions): Promise<Simulation> {
	const { markets, speed } = options;
	assert(markets.length > 0 && markets.every(({ candles }) => candles.length > 0), "a simulation has candles to walk");
	const warn = options.warn ?? ((text: string): void => void process.stderr.write(`${text}\n`));
	for (const { instrument, candles } of markets) {
		if (candles.turnover.some((cell) => Number.isNaN(cell)))
			warn(
				`${instrument.symbol}: volume or turnover is not recorded everywhere: candles show it as 0, and the ticker's 24 h figures are missing`,
			);
	}
	const begin = Math.min(...markets.map(({ candles }) => candles.openTime[0]!));
	const end = Math.max(...markets.map(({ candles, interval }) => closeOf(interval, candles.openTime[candles.length - 1]!)));
	const clock = new SimClock(begin, speed, options.wall ?? Date.now);
	const exchange = new Exchange(markets, options.terms, { clock, keys: options, limits: options.limits });
	const pacer =
		typeof speed === "number"
			? new Pacer(
					() => clock.wall(),
					() => exchange.catchUp(),
				)
			: undefined;
	for (const feed of exchange.feeds.values()) feed.pacer = pacer;
	const barrier = new Barrier(warn, options.patience);
	const requests = new Requests(() => {
		if (timeline.settling) return;
		exchange.publish();
		exchange.hub.flush();
	});
	const sockets = new Sockets(exchange, { requests, barrier, warn });
	const { pace, onStep } = options;
	const timeline = new Timeline(exchange, { requests, sockets, barrier }, { speed, pace, onStep, end });

	const app = buildHttp(exchange, requests, warn);
	sockets.attach(app.server);
	await listen(() => app.listen({ port: options.port ?? 0, host: options.host ?? "127.0.0.1" }), options.port);
	const { port } = app.server.address() as AddressInfo; // listening on TCP

	const finished = Promise.withResolvers<void>();
	let started = false;
	const start = (): void => {
		if (started) return;
		started = true;
		timeline.run().then(finished.resolve, finished.reject);
	};
	if (options.autostart ?? true) start();
	return {
		addresses: {
			rest: `http://127.0.0.1:${port}`,
			public: `ws://127.0.0.1:${port}${PATHS.public}`,
			private: `ws://127.0.0.1:${port}${PATHS.private}`,
			trade: `ws://127.0.0.1:${port}${PATHS.trade}`,
		},
		clock,
		start,
		finished: finished.promise,
		progress: () => timeline.progress,
		venue: exchange.venue,
		async close() {
			timeline.stop();
			pacer?.stop();
			barrier.stop();
			sockets.close();
			await app.close();
			if (!started) finished.resolve();
			await finished.promise.catch(() => undefined); // a fault has been reported to whoever waits for the end
		},
	};
}

async function listen(open: () => Promise<unknown>, port: number | undefined): Promise<void> {
	try {
		await open();
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code;
		if (code === "EADDRINUSE") throw new UsageError(`port ${port} is in use: choose another with --port, or 0 for a free one`);
		if (code === "EACCES") throw new UsageError(`port ${port} may not be opened: choose one above 1023`);
		throw error;
	}
}
