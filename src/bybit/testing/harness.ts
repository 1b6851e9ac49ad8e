// A client against a loopback exchange, with manual time: what the tests of the lines share.

import { BybitClient, type BybitClientOptions } from "../client.ts";
import { type Endpoints, resolveEndpoints } from "../endpoints.ts";
import type { BybitEvent } from "../events.ts";
import { CREDENTIALS } from "./fixtures.ts";
import { Arrivals, LoopbackHttp, LoopbackWs, obliging, obligingTrade } from "./loopback.ts";
import { ManualTime } from "./manual-time.ts";

export class Harness {
	readonly time = new ManualTime();
	readonly events: BybitEvent[] = [];
	readonly http: LoopbackHttp;
	readonly streams: { readonly public: LoopbackWs; readonly private: LoopbackWs; readonly trade: LoopbackWs };
	readonly client: BybitClient;
	readonly #arrivals = new Arrivals<BybitEvent>();

	private constructor(
		http: LoopbackHttp,
		streams: Harness["streams"],
		options: Partial<BybitClientOptions>,
		endpoints: (urls: Endpoints) => Endpoints,
	) {
		this.http = http;
		this.streams = streams;
		this.client = new BybitClient({
			endpoints: endpoints(endpointsOf(http, streams)),
			credentials: CREDENTIALS,
			clock: this.time,
			timers: this.time,
			random: () => 0.5,
			...options,
			onEvent: (event) => {
				this.events.push(event);
				this.#arrivals.add(event);
				options.onEvent?.(event);
			},
		});
	}

	/** Servers up, client not started. Everything but the time is answered by `respond`. */
	static async open(
		setup: {
			respond?: Parameters<typeof LoopbackHttp.open>[0];
			onPublic?: Parameters<typeof LoopbackWs.open>[0];
			onPrivate?: Parameters<typeof LoopbackWs.open>[0];
			onTrade?: Parameters<typeof LoopbackWs.open>[0];
			/** Questions for the time: the test calls `answer` when it likes. */
			onTime?: (answer: () => void) => void;
			/** Puts something else into the addresses. */
			endpoints?: (urls: Endpoints) => Endpoints;
			options?: Partial<BybitClientOptions>;
		} = {},
	): Promise<Harness> {
		const {
			respond,
			onPublic = obliging,
			onPrivate = obliging,
			onTrade = obligingTrade,
			onTime,
			endpoints = (urls) => urls,
			options = {},
		} = setup;
		let self: Harness | undefined;
		const http = await LoopbackHttp.open((heard, response) => {
			const tell = (): void => void response.end(JSON.stringify({ retCode: 0, retMsg: "OK", result: {}, time: self?.time.now() ?? 0 }));
			if (heard.url === "/v5/market/time") (onTime ?? ((answer) => answer()))(tell);
			else if (respond !== undefined) respond(heard, response);
			else response.end('{"retCode":0,"retMsg":"OK","result":{"list":[]},"retExtInfo":{},"time":1}');
		});
		const [publicWs, privateWs, trade] = await Promise.all([
			LoopbackWs.open(onPublic),
			LoopbackWs.open(onPrivate),
			LoopbackWs.open(onTrade),
		]);
		self = new Harness(http, { public: publicWs, private: privateWs, trade }, options, endpoints);
		return self;
	}

	/** The next event that `wanted` accepts; others are passed over. */
	async until(wanted: (event: BybitEvent) => boolean): Promise<BybitEvent> {
		for (;;) {
			const event = await this.#arrivals.next();
			if (wanted(event)) return event;
		}
	}

	/** Waits until each of these lines has come up once more. */
	async up(...streams: readonly string[]): Promise<void> {
		const missing = new Set(streams);
		while (missing.size > 0) {
			const event = await this.until(({ kind }) => kind === "stream");
			if (event.kind === "stream" && event.up) missing.delete(event.stream);
		}
	}

	/** Waits until so many subscriptions have been confirmed since the start. */
	async confirmed(count: number): Promise<void> {
		while (this.events.filter((event) => event.kind === "topic" && event.up).length < count) await this.#arrivals.next();
	}

	/** Everything the client told, as text: what must hold no secret. */
	told(): string {
		return JSON.stringify(this.events);
	}

	async close(): Promise<void> {
		await this.client.close();
		await Promise.all([this.http.close(), this.streams.public.close(), this.streams.private.close(), this.streams.trade.close()]);
	}
}

function endpointsOf(http: LoopbackHttp, streams: Harness["streams"]): Endpoints {
	const endpoints = resolveEndpoints("testnet", {
		rest: http.url,
		public: `${streams.public.url}/v5/public/linear`,
		private: `${streams.private.url}/v5/private`,
		trade: `${streams.trade.url}/v5/trade`,
	});
	if (!endpoints.ok) throw new Error(endpoints.error);
	return endpoints.value;
}
