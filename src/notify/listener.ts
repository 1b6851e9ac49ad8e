// Hears what comes from Telegram. Only the configured users in the configured chat are heard; everybody else is counted, named in the log
// once, and never answered. An update that cannot be read is counted, too, and one that comes twice is taken once.

import { messageOf } from "../std/message-of.ts";
import type { Ms } from "../units/unit.ts";
import type { Commands } from "./commands.ts";
import { backoff, Loop } from "./loop.ts";
import type { Timing } from "./message.ts";
import type { Telegram } from "./telegram.ts";

export type ListenerOptions = {
	readonly telegram: Telegram;
	readonly chat: number;
	readonly users: readonly number[];
	readonly commands: Commands;
	readonly timing: Timing;
	/** The right time, whatever this machine's clock shows: by it the age of a command is judged. */
	readonly now: () => Ms;
	readonly onLine: (level: "info" | "warn" | "error", text: string) => void;
};

const BACKOFF = { first: 1000, most: 60_000 } as const;
const BARRED_PAUSE: Ms = 600_000;
/** So many strangers are named in the log. */
const NAMED_MOST = 10;

type Heard =
	| { readonly kind: "text"; readonly text: string; readonly user: number; readonly writtenAt: Ms }
	| { readonly kind: "button"; readonly data: string; readonly user: number; readonly id: string; readonly message: number };

export class Listener {
	readonly #options: ListenerOptions;
	readonly #loop: Loop;
	readonly #strangers = new Set<string>();
	#offset = 0;
	#failures = 0;
	/** Of this failure, in the log. */
	#said = false;
	/** Of strangers; unreadable; taken. */
	readonly counts = { ignored: 0, malformed: 0, taken: 0 };

	constructor(options: ListenerOptions) {
		this.#options = options;
		const { timing, onLine } = options;
		this.#loop = new Loop({
			round: (signal) => this.#round(signal),
			timing,
			onBreak: (why) => onLine("error", `telegram: no more commands (${why})`),
		});
	}

	start(): void {
		this.#loop.start();
	}

	async stop(): Promise<void> {
		await this.#loop.stop();
	}

	/** Waits for what comes next, and takes it; gives how long to wait after it. */
	async #round(signal: AbortSignal): Promise<Ms> {
		const { telegram, timing, onLine } = this.#options;
		const found = await telegram.updates(this.#offset, signal);
		if (signal.aborted) return 0;
		if (found.ok) {
			this.#failures = 0;
			this.#said = false;
			for (const update of found.value) await this.#take(update);
			return 0;
		}
		this.#failures++;
		if (!this.#said && (this.#failures >= 3 || found.kind === "barred")) {
			this.#said = true;
			onLine("warn", `telegram: no commands: ${found.why}`);
		}
		return found.kind === "barred" ? BARRED_PAUSE : Math.max(found.retryAfter ?? 0, backoff(this.#failures, BACKOFF, timing));
	}

	async #take(update: unknown): Promise<void> {
		const id = fieldOf(update, "update_id");
		if (typeof id !== "number" || !Number.isSafeInteger(id)) {
			this.counts.malformed++;
			return;
		}
		if (id < this.#offset) return; // it came before
		this.#offset = id + 1;
		const heard = this.#judge(update);
		if (heard === undefined) return;
		this.counts.taken++;
		try {
			await this.#answer(heard);
		} catch (cause) {
			this.#options.onLine("error", `telegram: a command failed: ${messageOf(cause)}`);
		}
	}

	/** Undefined for strangers and for what cannot be read. */
	#judge(update: unknown): Heard | undefined {
		const callback = fieldOf(update, "callback_query");
		const source = callback ?? fieldOf(update, "message");
		const message = callback === undefined ? source : fieldOf(callback, "message");
		const [chat, user] = [fieldOf(fieldOf(message, "chat"), "id"), fieldOf(fieldOf(source, "from"), "id")];
		if (typeof chat !== "number" || typeof user !== "number") {
			this.counts.malformed++;
			return undefined;
		}
		if (chat !== this.#options.chat || !this.#options.users.includes(user)) {
			this.counts.ignored++;
			this.#name(chat, user);
			return undefined;
		}
		const heard = callback === undefined ? textOf(message, user) : buttonOf(callback, message, user);
		if (heard === undefined) this.counts.malformed++;
		return heard;
	}

	/** Whoever sets it up finds the numbers here. */
	#name(chat: number, user: number): void {
		const { chat: own, onLine } = this.#options;
		const stranger = `${chat} ${user}`;
		if (this.#strangers.has(stranger) || this.#strangers.size >= NAMED_MOST) return;
		this.#strangers.add(stranger);
		onLine(
			"warn",
			chat === own
				? `telegram: user ${user} is not heard; if that is you, add the number to notify.telegram.user_ids`
				: `telegram: user ${user} in chat ${chat} is not heard: the one chat is notify.telegram.chat_id, ${own}`,
		);
	}

	async #answer(heard: Heard): Promise<void> {
		const { commands, telegram, now } = this.#options;
		const { signal } = this.#loop;
		if (heard.kind === "text")
			return void (await telegram.reply(await commands.written(heard.text, heard.user, now() - heard.writtenAt), signal));
		const { reply, edits } = commands.pressed(heard.data, heard.user);
		await telegram.answered(heard.id, signal);
		if (edits) await telegram.edit(heard.message, await reply, signal);
		else await telegram.reply(await reply, signal);
	}
}

function textOf(message: unknown, user: number): Heard | undefined {
	const [text, date] = [fieldOf(message, "text"), fieldOf(message, "date")];
	if (typeof text !== "string" || typeof date !== "number") return undefined;
	return { kind: "text", text, user, writtenAt: date * 1000 };
}

function buttonOf(callback: unknown, message: unknown, user: number): Heard | undefined {
	const [id, data, number] = [fieldOf(callback, "id"), fieldOf(callback, "data"), fieldOf(message, "message_id")];
	if (typeof id !== "string" || typeof data !== "string" || typeof number !== "number") return undefined;
	return { kind: "button", data, user, id, message: number };
}

function fieldOf(value: unknown, name: string): unknown {
	return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}
