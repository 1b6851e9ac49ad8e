// The simulated Bybit exchange, ready to be connected to: one server on the loopback for REST and the three sockets, one account, the
// candles of its markets as its only past and future.

import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { printProblems } from "../config/problem.ts";
import { closeOf } from "../market/interval.ts";
import { assert } from "../std/assert.ts";
import { UsageError } from "../std/usage-error.ts";
import type { Ms } from "../units/unit.ts";
import type { Venue, VenueTerms } from "../venue/venue.ts";
import type { KeyTerms } from "./api-key.ts";
import { Barrier } from "./barrier.ts";
import { SimClock, type Speed, type WallClock } from "./clock.ts";
import { Control } from "./control/control.ts";
import { addControl } from "./control/endpoint.ts";
import { Exchange } from "./exchange.ts";
import { attachFaults } from "./faults/answers.ts";
import { Faults } from "./faults/faults.ts";
import { decodeFault, type FaultInput, type Names, readScenario, type Scenario } from "./faults/scenario.ts";
import type { SimMarket } from "./feed.ts";
import { buildHttp, ROUTES } from "./http.ts";
import type { LimitSettings } from "./limits.ts";
import { Pacer } from "./pacer.ts";
import type { Recording } from "./recorded/recording.ts";
import { Requests } from "./requests.ts";
import { PATHS, Sockets } from "./sockets.ts";
import { Timeline } from "./timeline.ts";

export type { SimMarket } from "./feed.ts";

export type SimulationOptions = {
	readonly markets: readonly SimMarket[];
	/** Recorded streams, of other symbols than those of `markets`: with them orders always walk books. */
	readonly recording?: Recording | undefined;
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
	/** What the key may do; a trading key without withdrawal and transfer when not given. */
	readonly keyTerms?: KeyTerms | undefined;
	/** Time starts by itself (default); lockstep time in any case only while somebody listens to a public stream. */
	readonly autostart?: boolean;
	/** After each stop of the timeline: what it had to tell is on its way (and, in lockstep, dealt with). */
	onStep?(at: Ms): void;
	/** One line for the log; stderr by default. */
	warn?(text: string): void;
	/** `candle` (default): orders fill whole at the last price and its slippage. `book`: they walk the shown book, and resting ones wait for trades. */
	readonly liquidity?: "candle" | "book" | undefined;
	/** How often clients may ask; without it as often as they like. */
	readonly limits?: LimitSettings | undefined;
	/** Faults at work from the beginning. */
	readonly faults?: readonly FaultInput[];
	/** What their chances are drawn from; "0" by default. */
	readonly faultSeed?: string;
	/** A scenario's text, YAML or JSON, and the name of its file; its seed counts before `faultSeed`. */
	readonly scenario?: { readonly text: string; readonly file: string } | undefined;
	/** Opens the control endpoint. */
	readonly control?: boolean;
	/** The machine's clock. */
	readonly wall?: WallClock;
	/** When candles end, orders still fill at the last price; by default what comes then waits for a candle that never opens. */
	readonly tradesOn?: boolean;
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
	/** Faults, time and state, in process. */
	readonly control: Control;
	/** Where the same is to be had over HTTP; undefined unless it was asked for. */
	readonly controlAccess: { readonly url: string; readonly token: string } | undefined;
	close(): Promise<void>;
};

export async function startSimulation(options: SimulationOptions): Promise<Simulation> {
	const { markets, speed, recording } = options;
	assert(markets.length > 0 || recording !== undefined, "a simulation has a market");
	assert(
		markets.every(({ candles }) => candles.length > 0),
		"a simulation has candles to walk",
	);
	const warn = options.warn ?? ((text: string): void => void process.stderr.write(`${text}\n`));
	for (const { instrument, candles } of markets) {
		if (candles.turnover.some((cell) => Number.isNaN(cell)))
			warn(
				`${instrument.symbol}: volume or turnover is not recorded everywhere: candles show it as 0, and the ticker's 24 h figures are missing`,
			);
	}
	const names: Names = {
		endpoints: ROUTES.map(({ path }) => path),
		symbols: [...markets, ...(recording?.markets ?? [])].map(({ instrument }) => instrument.symbol),
	};
	const scenario = scenarioOf(options, names);
	const begin = Math.min(...markets.map(({ candles }) => candles.openTime[0]!), recording?.frames[0]?.at ?? Number.POSITIVE_INFINITY);
	const end = Math.max(
		...markets.map(({ candles, interval }) => closeOf(interval, candles.openTime[candles.length - 1]!)),
		recording?.frames.at(-1)?.at ?? Number.NEGATIVE_INFINITY,
	);
	const clock = new SimClock(begin, speed, options.wall ?? Date.now);
	const exchange = new Exchange(markets, options.terms, {
		clock,
		keys: options,
		keyTerms: options.keyTerms,
		limits: options.limits,
		liquidity: options.liquidity,
		recording,
	});
	const pacer = new Pacer(
		() => clock.wall(),
		() => exchange.catchUp(),
	);
	const pushAt = (rate: Speed): void => {
		for (const feed of exchange.feeds.values()) feed.pacer = typeof rate === "number" ? pacer : undefined;
	};
	pushAt(speed);
	const barrier = new Barrier(warn, options.patience);
	const tell = (): void => {
		if (timeline.settling) return;
		exchange.publish();
		if (faults.pump()) exchange.publish();
		exchange.hub.flush();
	};
	const requests = new Requests(tell);
	const sockets = new Sockets(exchange, { requests, barrier, warn });
	const { pace, onStep } = options;
	const faults = new Faults(exchange, { peers: sockets.peers, cutIdleRequests: () => app.server.closeIdleConnections() }, scenario.seed);
	exchange.deadMan.later = (at, act) => faults.agenda.add(at, act, "drop");
	const timeline = new Timeline(
		exchange,
		{ requests, sockets, barrier, faults },
		{ speed, pace, onStep, end, tradesOn: options.tradesOn === true },
	);

	const app = buildHttp(exchange, requests, warn);
	attachFaults(app, faults, { exchange, requests });
	const control = new Control({ exchange, faults, timeline, names, tell, pushAt, start: () => start() });
	const token = options.control === true ? randomBytes(24).toString("hex") : undefined;
	if (token !== undefined) addControl(app, control, token);
	for (const fault of scenario.faults) faults.inject(fault);
	sockets.attach(app.server, faults);
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
		control,
		controlAccess: token === undefined ? undefined : { url: `http://127.0.0.1:${port}/control`, token },
		async close() {
			timeline.stop();
			pacer.stop();
			barrier.stop();
			sockets.close();
			await app.close();
			if (!started) finished.resolve();
			await finished.promise.catch(() => undefined); // a fault has been reported to whoever waits for the end
		},
	};
}

/** What the options say of faults, together; what cannot be is the operator's to mend. */
function scenarioOf({ faults = [], faultSeed = "0", scenario }: SimulationOptions, names: Names): Scenario {
	const read = scenario === undefined ? undefined : readScenario(scenario.text, scenario.file, names);
	if (read?.ok === false) throw new UsageError(printProblems(read.error));
	const given = faults.map((input) => {
		const fault = decodeFault(input, names);
		if (!fault.ok) throw new UsageError(fault.error);
		return fault.value;
	});
	return { seed: read?.value.seed ?? faultSeed, faults: [...(read?.value.faults ?? []), ...given] };
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
