// The three WebSocket doors: public streams, private streams, order entry. Each takes a new connection, reads its frames, answers them in
// that door's own shape, and forgets the connection when it closes.

import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, WebSocketServer } from "ws";
import type { Ms } from "../units/unit.ts";
import type { Barrier } from "./barrier.ts";
import type { Exchange } from "./exchange.ts";
import type { Faults } from "./faults/faults.ts";
import type { LimitSettings } from "./limits.ts";
import { BACKLOG_MAX, Peer, type PeerKind } from "./peer.ts";
import { onPrivate } from "./private-door.ts";
import { onPublic } from "./public-door.ts";
import type { Requests } from "./requests.ts";
import { onStatus } from "./status-door.ts";
import { onTrade } from "./trade-door.ts";

export const PATHS = {
	public: "/v5/public/linear",
	private: "/v5/private",
	trade: "/v5/trade",
	status: "/v5/public/misc/status",
} as const satisfies Record<PeerKind, string>;

/** `args` of a public frame may hold 21,000 characters in all. */
const FRAME_MAX = 64 * 1024;

const DOORS = { public: onPublic, private: onPrivate, trade: onTrade, status: onStatus } as const;

export class Sockets {
	readonly peers = new Set<Peer>();
	readonly #exchange: Exchange;
	readonly #requests: Requests;
	readonly #barrier: Barrier;
	readonly #warn: (text: string) => void;
	readonly #server = new WebSocketServer({
		noServer: true,
		maxPayload: FRAME_MAX,
		clientTracking: false,
		perMessageDeflate: false,
		autoPong: false,
	});
	#faults: Faults | undefined;
	#changed: (() => void) | undefined;
	#sweeper: NodeJS.Timeout | undefined;

	constructor(exchange: Exchange, parts: { requests: Requests; barrier: Barrier; warn: (text: string) => void }) {
		const { requests, barrier, warn } = parts;
		this.#exchange = exchange;
		this.#warn = warn;
		this.#requests = requests;
		this.#barrier = barrier;
	}

	attach(server: Server, faults: Faults): void {
		this.#faults = faults;
		const { silence } = this.#exchange.limits;
		if (silence !== undefined) this.#sweeper = setInterval(() => this.#sweep(), silence.every).unref();
		server.on("upgrade", (request, raw, head) => this.#upgrade(request, raw, head));
	}

	/** Whether somebody listens to a public stream: only then does lockstep time go on. */
	get watched(): boolean {
		for (const peer of this.peers) if (peer.kind === "public" && peer.topics.size > 0) return true;
		return false;
	}

	/** Resolves when a socket's standing may have changed. */
	async change(): Promise<void> {
		await new Promise<void>((resolve) => {
			this.#changed = resolve;
		});
	}

	close(): void {
		clearInterval(this.#sweeper);
		for (const peer of this.peers) peer.terminate();
		this.#tell();
	}

	#upgrade(request: IncomingMessage, raw: Duplex, head: Buffer): void {
		raw.on("error", () => raw.destroy());
		const path = (request.url ?? "").split("?")[0];
		const kind = (Object.keys(PATHS) as PeerKind[]).find((each) => PATHS[each] === path); // the table's own keys
		if (kind === undefined) {
			raw.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
			return;
		}
		const faults = this.#faults;
		const open = [...this.peers].reduce((sum, peer) => sum + Number(peer.kind === kind), 0);
		const shut = faults === undefined || (faults.armed && !faults.world.opens(kind));
		if (shut || !this.#exchange.limits.admitsSocket(kind, open)) {
			raw.end("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
			return;
		}
		this.#server.handleUpgrade(request, raw, head, (socket) => {
			const peer = new Peer(kind, randomUUID(), { socket, raw, address: request.socket.remoteAddress ?? "", gate: faults });
			peer.silenceMax = silenceMax(request.url ?? "", this.#exchange.limits.silence);
			peer.activeAt = this.#exchange.clock.wall();
			this.peers.add(peer);
			socket.on("message", (data) => this.#read(peer, data));
			socket.on("ping", (payload) => {
				this.#active(peer);
				peer.pong(payload);
			});
			socket.on("pong", () => this.#active(peer));
			socket.on("pong", (payload) => this.#barrier.answered(peer, payload.toString()));
			// A frame that breaks the protocol or the limit: ws closes the connection, and "close" follows.
			socket.on("error", () => {});
			socket.on("close", () => {
				if (peer.overrun) this.#warn(`the ${kind} socket ${peer.connId} was cut off: it left ${BACKLOG_MAX >> 20} MB unread`);
				this.peers.delete(peer);
				this.#exchange.hub.forget(peer);
				this.#exchange.deadMan.look();
				this.#exchange.limits.forget(peer.connId);
				this.#barrier.gone(peer);
				this.#tell();
			});
		});
	}

	#read(peer: Peer, data: RawData): void {
		this.#requests.note();
		this.#active(peer);
		const text = Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data as Buffer).toString(); // RawData is one of these three
		try {
			if (this.#faults?.armed === true) this.#faults.takeFrame(peer, text, () => DOORS[peer.kind](peer, text, this.#exchange));
			else DOORS[peer.kind](peer, text, this.#exchange);
		} catch (error) {
			// A bug of ours, met by one client: it loses its connection, the others go on.
			this.#warn(`simulated exchange: ${error instanceof Error ? error.stack : String(error)}`);
			peer.terminate();
		}
		if (peer.kind === "private") this.#exchange.deadMan.look();
		this.#exchange.hub.flush();
		this.#requests.noted();
		this.#tell();
	}

	/** Cuts the connections that have been silent for too long: neither ping nor pong nor stream. */
	#sweep(): void {
		const now = this.#exchange.clock.wall();
		for (const peer of this.peers) {
			if (peer.takeSpokenTo()) peer.activeAt = now;
			if (now - peer.activeAt >= peer.silenceMax) peer.terminate();
		}
	}

	#active(peer: Peer): void {
		peer.activeAt = this.#exchange.clock.wall();
	}

	#tell(): void {
		this.#changed?.();
		this.#changed = undefined;
	}
}

/** `?max_active_time=30s` to `600s`, or `1m` to `10m`; anything else is the longest. */
function silenceMax(url: string, silence: LimitSettings["silence"] | undefined): Ms {
	const match = /[?&]max_active_time=(\d{1,3})([sm])(&|$)/.exec(url);
	if (silence === undefined) return Number.POSITIVE_INFINITY;
	if (match === null) return silence.max;
	return Math.min(silence.max, Math.max(silence.min, Number(match[1]) * (match[2] === "m" ? 60_000 : 1000)));
}
