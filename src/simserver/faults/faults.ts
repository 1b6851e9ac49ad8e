// The faults at work: every request, answer and message passes here while there are any, and meets at most one of them, the first of
// the list that strikes. Without any the doors ask one flag and go on. What strikes is written down.

import { Prng } from "../../std/prng.ts";
import type { Ms } from "../../units/unit.ts";
import type { Exchange } from "../exchange.ts";
import { parseObject } from "../params.ts";
import type { Gate, Peer } from "../peer.ts";
import { Agenda } from "./agenda.ts";
import { corrupt } from "./corrupt.ts";
import { type Act, describe, type Event, type Fault, isTwist, type Twist } from "./fault.ts";
import { Rule } from "./rule.ts";
import { showFrameTimes } from "./stamps.ts";
import { type Doors, World } from "./world.ts";

/** One fault that has struck. */
export type Injected = {
	readonly seq: number;
	readonly at: Ms;
	readonly fault: string;
	/** The rule it came from, as `inject` named it. */
	readonly id: number;
	/** What it hit. */
	readonly hit: string;
};

/** So many entries are kept; the counts go on. */
const LOG_MAX = 10_000;

type Answering = { readonly peer: Peer; readonly rule: Rule; readonly event: Event };

export class Faults implements Gate {
	readonly agenda = new Agenda();
	readonly world: World;
	readonly #exchange: Exchange;
	readonly #seed: Prng;
	readonly #counts = new Map<string, number>();
	/** Messages that wait for the next one of their socket. */
	readonly #overtaken = new Map<Peer, string[]>();
	#rules: Rule[] = [];
	#log: Injected[] = [];
	#struck = 0;
	#ids = 0;
	#letting = false;
	#answering: Answering | undefined;
	#pumping = false;
	#armed = false;

	constructor(exchange: Exchange, doors: Doors, seed: string) {
		this.#exchange = exchange;
		this.#seed = new Prng(seed).fork("faults");
		this.world = new World(exchange, this.agenda, doors);
	}

	/** Whether anything could strike or lasts: the doors ask nothing else when not. */
	get armed(): boolean {
		return this.#armed;
	}

	/** Oldest first. */
	get log(): readonly Injected[] {
		return this.#log;
	}

	/** How often each fault has struck, by name. */
	get counts(): ReadonlyMap<string, number> {
		return this.#counts;
	}

	get rules(): readonly Rule[] {
		return this.#rules;
	}

	/** Sets a fault to work; the answer names it. An act that waits for nothing happens at its time, or now. */
	inject(fault: Fault): number {
		const id = ++this.#ids;
		const { clock, start } = this.#exchange;
		const rule = new Rule(id, fault, { random: this.#seed.fork(`${id}/${fault.name}`), start });
		this.#rules.push(rule);
		this.#armed = true;
		if (!rule.ofItself) return id;
		const due = rule.at ?? clock.now();
		if (due <= clock.now()) this.#occasion(rule);
		else this.agenda.add(due, () => this.#occasion(rule), "drop");
		return id;
	}

	/** Takes a fault away; false when there is none of that id. What it has left behind lasts. */
	remove(id: number): boolean {
		const before = this.#rules.length;
		this.#rules = this.#rules.filter((rule) => rule.id !== id);
		this.rearm();
		return this.#rules.length < before;
	}

	/** No fault any more, nothing held back, nothing that lasts. The log stays. */
	heal(): void {
		this.#rules = [];
		this.agenda.settle();
		for (const peer of [...this.#overtaken.keys()]) this.#letOvertaken(peer);
		this.world.heal();
		this.rearm();
	}

	/** As if nothing had ever struck: healed, and the log and its counts begin anew. */
	reset(): void {
		this.heal();
		this.#exchange.clock.forgetSkew();
		this.rearm();
		this.#log = [];
		this.#counts.clear();
		this.#struck = 0;
	}

	rearm(): void {
		this.#armed = this.#rules.length > 0 || this.agenda.size > 0 || this.#overtaken.size > 0 || this.world.disturbed;
	}

	/** Does what is due at the market's present time; whether there was anything. */
	pump(): boolean {
		if (this.#pumping || this.agenda.next > this.#exchange.clock.now()) return false;
		this.#pumping = true;
		const ran = this.agenda.run(this.#exchange.clock.now());
		this.#pumping = false;
		this.rearm();
		return ran;
	}

	/** Market time has ended. */
	endOfTime(): void {
		this.agenda.end(this.#exchange.clock.now());
		for (const peer of [...this.#overtaken.keys()]) this.#letOvertaken(peer);
	}

	/** The fault that this event meets, written down; undefined for none. */
	strike(event: Event): Rule | undefined {
		const now = this.#exchange.clock.now();
		const rule = this.#rules.find((each) => each.strikes(event, now));
		if (rule !== undefined) this.#note(rule, describe(event));
		return rule;
	}

	/** An act that an event has set off. What touches sockets happens at once, the rest between two steps of the timeline. */
	perform(rule: Rule): void {
		const { effect } = rule.fault;
		if (isTwist(effect)) return;
		if (effect.kind === "cut" || effect.kind === "stall" || effect.kind === "restart") this.world.act(effect);
		else this.agenda.add(this.#exchange.clock.now(), () => this.world.act(effect), "drop");
	}

	// ---- the sockets

	/** A frame has come in; `serve` lets its door answer it. */
	takeFrame(peer: Peer, text: string, serve: () => void): void {
		if (peer.stalled) return;
		const frame = parseObject(text);
		const op = typeof frame?.op === "string" ? frame.op : undefined;
		if (frame === undefined || op === undefined) return serve();
		const event: Event = { kind: "request", stream: peer.kind, op, symbols: symbolsIn(frame.args) };
		const refusal = this.world.refuse(event, { signed: op === "auth" || peer.kind === "trade", writes: op.startsWith("order.") });
		if (refusal !== undefined && op !== "ping") return this.#deliver(peer, refused(peer, { ...frame, op }, refusal));
		const rule = this.strike(event);
		if (rule === undefined) return serve();
		const { effect } = rule.fault;
		if (effect.kind === "answer" && !effect.done) return this.#deliver(peer, refused(peer, { ...frame, op }, effect));
		if (effect.kind === "lose" && effect.what === "request") {
			if (effect.how === "reset") peer.terminate();
			return;
		}
		const answer = (): void => {
			this.#answering = { peer, rule, event };
			try {
				serve();
			} finally {
				this.#answering = undefined;
			}
		};
		if (effect.kind === "delay" && effect.what === "request") this.agenda.add(this.#exchange.clock.now() + effect.delay, serve);
		else answer();
	}

	/** A frame is about to leave: the text that leaves in its place now, or undefined for none. */
	passing(peer: Peer, text: string): string | undefined {
		if (this.#letting) return text;
		if (peer.stalled) return undefined;
		const frame = parseObject(text);
		const topic = typeof frame?.topic === "string" ? frame.topic : undefined;
		const shown = frame === undefined ? text : this.#stamped(frame, text);
		if (topic === undefined) {
			const answering = this.#answering;
			if (answering?.peer !== peer) return shown;
			this.#answering = undefined;
			return this.#twisted(peer, shown, answering.rule);
		}
		const rule = this.strike({ kind: "message", stream: peer.kind, topic, symbols: symbolsOf(topic, frame?.data) });
		const left = rule === undefined ? shown : this.#twisted(peer, shown, rule);
		if (left === undefined || !this.#overtaken.has(peer)) return left;
		this.#deliver(peer, left);
		this.#letOvertaken(peer);
		return undefined;
	}

	#twisted(peer: Peer, text: string, rule: Rule): string | undefined {
		const { effect } = rule.fault;
		if (isTwist(effect)) return this.#twist(peer, text, { rule, twist: effect });
		this.perform(rule);
		return peer.stalled ? undefined : text;
	}

	#twist(peer: Peer, text: string, { rule, twist }: { rule: Rule; twist: Twist }): string | undefined {
		const { clock } = this.#exchange;
		switch (twist.kind) {
			case "lose":
				if (twist.how === "reset") peer.terminate();
				return undefined;
			case "delay":
				this.agenda.add(clock.now() + twist.delay, () => this.#deliver(peer, text));
				return undefined;
			case "double":
				this.#deliver(peer, text);
				return text;
			case "reorder":
				this.#overtaken.set(peer, [...(this.#overtaken.get(peer) ?? []), text]);
				this.agenda.add(clock.now() + twist.within, () => this.#letOvertaken(peer));
				return undefined;
			case "corrupt":
				return corrupt(text, twist, rule.random);
			case "answer": {
				const frame = parseObject(text);
				return frame === undefined ? text : refused(peer, frame, twist);
			}
			case "empty":
				return text;
		}
	}

	#letOvertaken(peer: Peer): void {
		const texts = this.#overtaken.get(peer) ?? [];
		this.#overtaken.delete(peer);
		for (const text of texts) this.#deliver(peer, text);
	}

	/** Sends without asking again. */
	#deliver(peer: Peer, text: string): void {
		if (peer.stalled) return;
		const before = this.#letting;
		this.#letting = true;
		this.#exchange.hub.send(peer, text);
		this.#letting = before;
	}

	/** The exchange's own stamps, by its clock as it is. */
	#stamped(frame: Record<string, unknown>, text: string): string {
		const { clock } = this.#exchange;
		if (!clock.skewed) return text;
		showFrameTimes(frame, clock);
		return JSON.stringify(frame);
	}

	// ---- acts of themselves

	#occasion(rule: Rule): void {
		const { effect } = rule.fault;
		const { every } = rule.fault.when;
		const now = this.#exchange.clock.now();
		if (!this.#rules.includes(rule) || isTwist(effect) || now >= rule.until) return;
		if (!rule.spent && rule.draw()) this.#note(rule, this.#did(effect));
		if (every !== undefined && !rule.spent) this.agenda.add(now + every, () => this.#occasion(rule), "drop");
	}

	/** Does it, and says what came of it. */
	#did(act: Act): string {
		const about = [act.kind, "stream" in act ? (act.stream ?? "all sockets") : "symbol" in act ? (act.symbol ?? "all symbols") : ""];
		const problem = this.world.act(act);
		return [...about, problem === undefined ? "" : `(nothing: ${problem})`].filter((part) => part !== "").join(" ");
	}

	#note(rule: Rule, hit: string): void {
		const { name } = rule.fault;
		this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
		this.#log.push({ seq: ++this.#struck, at: this.#exchange.clock.now(), fault: name, id: rule.id, hit });
		if (this.#log.length > LOG_MAX) this.#log = this.#log.slice(-LOG_MAX / 2);
	}
}

/** A no in the shape of the socket's door. */
function refused(peer: Peer, frame: Record<string, unknown>, { code, message }: { code: number; message: string }): string {
	const { op, reqId, req_id } = frame;
	const id = { ...(reqId === undefined ? {} : { reqId }), ...(req_id === undefined ? {} : { req_id }) };
	if (peer.kind === "trade")
		return JSON.stringify({ ...id, retCode: code, retMsg: message, op, data: {}, retExtInfo: {}, connId: peer.connId });
	return JSON.stringify({ success: false, ret_msg: message, op, conn_id: peer.connId, ...id });
}

/** The symbols of a frame: those of its rows, or the topic's own. */
function symbolsOf(topic: string, data: unknown): string[] {
	const own = /\.([A-Z0-9]+)$/.exec(topic)?.[1];
	return own === undefined ? symbolsIn(data) : [own];
}

/** Symbols named in a request's fields, a batch's rows or a frame's data. */
export function symbolsIn(value: unknown): string[] {
	const rows = objectsOf(value);
	// A batch holds rows, and they hold no further ones.
	const inner = rows.flatMap(({ request }) => (Array.isArray(request) ? objectsOf(request) : []));
	const found = [...rows, ...inner].map(({ symbol }) => symbol);
	return [...new Set(found.filter((symbol) => typeof symbol === "string" && symbol !== ""))] as string[]; // filtered
}

function objectsOf(value: unknown): Record<string, unknown>[] {
	const rows: unknown[] = Array.isArray(value) ? value : [value];
	return rows.filter((row): row is Record<string, unknown> => typeof row === "object" && row !== null);
}
