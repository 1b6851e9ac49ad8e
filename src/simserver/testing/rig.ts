// A simulated exchange with raw clients for the tests: signed REST by fetch, sockets by ws. A socket of the rig answers the lockstep's
// pings only when no request of the rig is under way, as a client of the lockstep should.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { afterEach } from "node:test";
import { WebSocket } from "ws";
import type { Columns } from "../../market/candle.ts";
import type { Interval } from "../../market/interval.ts";
import { roundUsdt } from "../../units/grid.ts";
import type { Ms } from "../../units/unit.ts";
import type { VenueTerms } from "../../venue/venue.ts";
import { type SimMarket, type Simulation, type SimulationOptions, startSimulation } from "../simulation.ts";
import { bundled } from "./candles.ts";

export const KEY = "SIMKEY0123456789ab";
export const SECRET = "simsecret0123456789abcdefghijklmnopqr";

export const TERMS: VenueTerms = {
	takerFee: 0.00055,
	makerFee: 0.0002,
	slippage: 0.0001,
	marginMode: "isolated",
	balance: roundUsdt(10_000),
	leverage: 3,
};

export type Json = Record<string, unknown>;
export type Envelope = { retCode: number; retMsg: string; result: Json; retExtInfo: Json; time: number };

export function market(symbol: string, candles: Columns, interval: Interval = "1"): SimMarket {
	return { instrument: bundled(symbol), interval, candles, generated: true, fundingRate: 0.0001 };
}

const closings: (() => unknown)[] = [];

/** Runs when the test is over, whatever has become of it; what was opened last is closed first. */
export function afterwards(close: () => unknown): void {
	closings.push(close);
}

afterEach(async () => {
	const failures: unknown[] = [];
	for (const close of closings.splice(0).reverse()) {
		try {
			await close();
		} catch (error) {
			failures.push(error);
		}
	}
	if (failures.length > 0) throw new AggregateError(failures, "something could not be closed");
});

/** It is closed when the test is over. */
export class Rig {
	readonly sim: Simulation;
	readonly warnings: string[];
	readonly #sockets: Socket[] = [];
	#closed: Promise<void> | undefined;
	/** Requests under way: while there are any, pings wait. */
	busy = 0;

	private constructor(sim: Simulation, warnings: string[]) {
		this.sim = sim;
		this.warnings = warnings;
	}

	static async open(options: Partial<SimulationOptions> & { markets: readonly SimMarket[] }): Promise<Rig> {
		const warnings: string[] = [];
		const warn = (text: string): void => void warnings.push(text);
		const sim = await startSimulation({ terms: TERMS, speed: "lockstep", key: KEY, secret: SECRET, warn, ...options });
		const rig = new Rig(sim, warnings);
		afterwards(() => rig.close());
		return rig;
	}

	/** A public request. */
	async ask(path: string): Promise<Envelope> {
		return await this.#fetch(path, {});
	}

	async get(path: string, query: Readonly<Record<string, string>> = {}): Promise<Envelope> {
		const text = new URLSearchParams(query).toString();
		return await this.#fetch(text === "" ? path : `${path}?${text}`, { headers: this.signed(text) });
	}

	async post(path: string, body: Json): Promise<Envelope> {
		const text = JSON.stringify(body);
		const headers = { ...this.signed(text), "Content-Type": "application/json" };
		return await this.#fetch(path, { method: "POST", headers, body: text });
	}

	/** An accepted answer's result. */
	async done(path: string, body: Json): Promise<Json> {
		const answer = await this.post(path, body);
		assert.equal(answer.retCode, 0, answer.retMsg);
		return answer.result;
	}

	async list(path: string, query: Readonly<Record<string, string>>): Promise<Json[]> {
		const answer = await this.get(path, query);
		assert.equal(answer.retCode, 0, answer.retMsg);
		return answer.result.list as Json[];
	}

	signed(payload: string, at: Ms = this.sim.clock.now()): Record<string, string> {
		const sign = createHmac("sha256", SECRET).update(`${at}${KEY}5000${payload}`).digest("hex");
		return { "X-BAPI-API-KEY": KEY, "X-BAPI-TIMESTAMP": String(at), "X-BAPI-RECV-WINDOW": "5000", "X-BAPI-SIGN": sign };
	}

	async socket(kind: "public" | "private" | "trade" | "status"): Promise<Socket> {
		const socket = new Socket(
			this,
			kind === "status" ? `${this.sim.addresses.public.replace("linear", "misc/status")}` : this.sim.addresses[kind],
		);
		this.#sockets.push(socket);
		await once(socket.ws, "open");
		return socket;
	}

	/** A private or trade socket that has shown who it is. */
	async authenticated(kind: "private" | "trade"): Promise<Socket> {
		const socket = await this.socket(kind);
		socket.send({ op: "auth", args: authArgs(this.sim.clock.now() + 10_000) });
		const reply = await socket.next((frame) => frame.op === "auth");
		assert.ok(reply.success === true || reply.retCode === 0, JSON.stringify(reply));
		return socket;
	}

	/** A private socket that hears the four topics. */
	async account(): Promise<Socket> {
		const socket = await this.authenticated("private");
		socket.send({ op: "subscribe", args: ["order", "execution", "position", "wallet"] });
		await socket.next((frame) => frame.op === "subscribe" && frame.success === true);
		return socket;
	}

	/** While `work`, a client's of its own, is under way, pings wait. */
	async during<T>(work: Promise<T>): Promise<T> {
		this.busy++;
		try {
			return await work;
		} finally {
			this.busy--;
			for (const socket of this.#sockets) socket.answerPings();
		}
	}

	/** Closes it before the test is over. */
	close(): Promise<void> {
		this.#closed ??= this.#close();
		return this.#closed;
	}

	async #close(): Promise<void> {
		for (const socket of this.#sockets) socket.ws.terminate();
		await this.sim.close();
	}

	async #fetch(path: string, init: RequestInit): Promise<Envelope> {
		this.busy++;
		try {
			const response = await fetch(`${this.sim.addresses.rest}${path}`, init);
			return (await response.json()) as Envelope; // the tests look at what it holds
		} finally {
			this.busy--;
			for (const socket of this.#sockets) socket.answerPings();
		}
	}
}

export function authArgs(expires: Ms | string): unknown[] {
	return [KEY, expires, createHmac("sha256", SECRET).update(`GET/realtime${expires}`).digest("hex")];
}

export class Socket {
	readonly ws: WebSocket;
	/** All that came, in order. */
	readonly frames: Json[] = [];
	/** Called with each frame before the next is read. */
	onFrame: ((frame: Json) => void) | undefined;
	/** False: it answers no pings. */
	answers = true;
	readonly #rig: Rig;
	readonly #waiting: { wanted: (frame: Json) => boolean; resolve: (frame: Json) => void }[] = [];
	#read = 0;
	#ping: Buffer | undefined;

	constructor(rig: Rig, url: string) {
		this.#rig = rig;
		this.ws = new WebSocket(url, { autoPong: false });
		this.ws.on("error", () => {});
		this.ws.on("ping", (payload) => {
			this.#ping = payload;
			// What the frames before have set off in this turn has begun by then.
			setImmediate(() => this.answerPings());
		});
		this.ws.on("message", (data) => {
			const frame = JSON.parse(String(data)) as Json; // the tests look at what it holds
			this.frames.push(frame);
			this.onFrame?.(frame);
			this.#serve();
		});
	}

	send(frame: unknown): void {
		this.ws.send(typeof frame === "string" ? frame : JSON.stringify(frame));
	}

	/** The next frame from here on that is wanted; those before it are passed over. */
	next(wanted: (frame: Json) => boolean = () => true): Promise<Json> {
		return new Promise((resolve) => {
			this.#waiting.push({ wanted, resolve });
			this.#serve();
		});
	}

	topic(name: string): Json[] {
		return this.frames.filter((frame) => frame.topic === name);
	}

	answerPings(): void {
		if (this.#ping === undefined || this.#rig.busy > 0 || !this.answers || this.ws.readyState !== WebSocket.OPEN) return;
		this.ws.pong(this.#ping);
		this.#ping = undefined;
	}

	#serve(): void {
		while (this.#waiting.length > 0 && this.#read < this.frames.length) {
			const frame = this.frames[this.#read++]!;
			const first = this.#waiting[0]!;
			if (!first.wanted(frame)) continue;
			this.#waiting.shift();
			first.resolve(frame);
		}
	}
}
