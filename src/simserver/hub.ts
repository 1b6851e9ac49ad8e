// Who listens to what. A frame is made once and goes to each listener of its topic; what a step sends to one socket leaves in one write,
// when `flush` says that the group of frames is complete.

import { type TextFrame, textFrame } from "./text-frame.ts";

export interface Listener {
	readonly topics: Set<string>;
	send(frame: TextFrame): void;
	/** Lets go of what `send` has gathered. */
	release(): void;
}

export class Hub {
	readonly #listeners = new Map<string, Set<Listener>>();
	readonly #holding = new Set<Listener>();
	/** Frames sent since the last `takeSent`. */
	#sent = 0;

	has(topic: string): boolean {
		return this.#listeners.has(topic);
	}

	subscribe(listener: Listener, topic: string): void {
		listener.topics.add(topic);
		const set = this.#listeners.get(topic) ?? new Set();
		this.#listeners.set(topic, set.add(listener));
	}

	unsubscribe(listener: Listener, topic: string): void {
		listener.topics.delete(topic);
		const set = this.#listeners.get(topic);
		set?.delete(listener);
		if (set?.size === 0) this.#listeners.delete(topic);
	}

	forget(listener: Listener): void {
		for (const topic of [...listener.topics]) this.unsubscribe(listener, topic);
		this.#holding.delete(listener);
	}

	publish(topic: string, frame: object): void {
		if (this.has(topic)) this.relay(topic, JSON.stringify(frame));
	}

	/** A message that is text already. */
	relay(topic: string, text: string): void {
		const listeners = this.#listeners.get(topic);
		if (listeners === undefined) return;
		const made = textFrame(text);
		for (const listener of listeners) this.#hand(listener, made);
	}

	send(listener: Listener, text: string): void {
		this.#hand(listener, textFrame(text));
	}

	flush(): void {
		for (const listener of this.#holding) listener.release();
		this.#holding.clear();
	}

	/** Whether anything was sent since the last call. */
	takeSent(): boolean {
		const sent = this.#sent > 0;
		this.#sent = 0;
		return sent;
	}

	#hand(listener: Listener, frame: TextFrame): void {
		this.#sent++;
		this.#holding.add(listener);
		listener.send(frame);
	}
}
