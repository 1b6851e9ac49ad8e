// One connected socket: what it listens to, whether it has shown who it is, and where it stands in the lockstep. What is sent to it is
// gathered and leaves in one write at `release`.

import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Ms } from "../units/unit.ts";
import type { Listener } from "./hub.ts";
import { type TextFrame, textFrame } from "./text-frame.ts";

export type PeerKind = "public" | "private" | "trade" | "status";

/** Where faults stand between an answer or a message and its socket. */
export interface Gate {
	/** False: nothing is to be asked. */
	readonly armed: boolean;
	/** What leaves in place of `text`; undefined for nothing. */
	passing(peer: Peer, text: string): string | undefined;
}

/** So many bytes may wait for a peer to read them; one that lets more pile up is cut off. */
export const BACKLOG_MAX = 64 * 1024 * 1024;

export class Peer implements Listener {
	readonly kind: PeerKind;
	readonly connId: string;
	readonly address: string;
	readonly topics = new Set<string>();
	authenticated = false;
	/** When something last came from it or went to it, by the wall. */
	activeAt: Ms = 0;
	/** So long it may be silent. */
	silenceMax: Ms = 0;
	/** Its pong did not come in time: the lockstep goes on without it until one comes. */
	late = false;
	/** It stays open and neither hears nor says anything more. */
	stalled = false;
	/** It was cut off because it did not read. */
	overrun = false;
	readonly #gate: Gate;
	readonly #socket: WebSocket;
	readonly #raw: Duplex;
	#gathering = false;
	#spokenTo = false;

	constructor(kind: PeerKind, connId: string, wire: { socket: WebSocket; raw: Duplex; address: string; gate: Gate }) {
		this.kind = kind;
		this.connId = connId;
		this.address = wire.address;
		this.#gate = wire.gate;
		this.#socket = wire.socket;
		this.#raw = wire.raw;
	}

	/** Whether the lockstep waits for it. */
	get counts(): boolean {
		return !this.late && (this.kind === "public" || this.kind === "status" ? this.topics.size > 0 : this.authenticated);
	}

	/** The frame's bytes go past `ws`, which would write head and text anew for each listener; nothing of its own is ever held back in between. */
	send(frame: TextFrame): void {
		if (this.#socket.readyState !== this.#socket.OPEN) return;
		const shown = this.#gate.armed ? this.#gate.passing(this, frame.text) : frame.text;
		if (shown === undefined || this.#socket.readyState !== this.#socket.OPEN) return;
		this.#spokenTo = true;
		this.#gather();
		this.#raw.write(shown === frame.text ? frame.bytes : textFrame(shown).bytes);
		if (this.#raw.writableLength <= BACKLOG_MAX) return;
		this.overrun = true;
		this.#socket.terminate();
	}

	ping(payload: string): void {
		if (this.#socket.readyState !== this.#socket.OPEN) return;
		this.#gather();
		this.#socket.ping(payload);
	}

	/** Answers a ping of the client's. */
	pong(payload: Buffer): void {
		if (!this.stalled && this.#socket.readyState === this.#socket.OPEN) this.#socket.pong(payload);
	}

	release(): void {
		if (!this.#gathering) return;
		this.#gathering = false;
		this.#raw.uncork();
	}

	/** Whether anything was sent to it since the last call. */
	takeSpokenTo(): boolean {
		const spokenTo = this.#spokenTo;
		this.#spokenTo = false;
		return spokenTo;
	}

	terminate(): void {
		this.#socket.terminate();
	}

	#gather(): void {
		if (this.#gathering) return;
		this.#gathering = true;
		this.#raw.cork();
	}
}
