// Telegram's Bot API on the loopback, as much of it as the bot uses: it keeps what was sent, holds Telegram's limits against a clock of the
// test's, and fails in every way that a test asks for. The stand-in of `tools/telegram.ts` shows it to a person.

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Post = {
	readonly method: string;
	readonly at: number;
	readonly body: Record<string, unknown>;
	readonly bytes: number;
	/** The number it got; of an edit, that of the message that was edited. */
	readonly id: number;
	readonly raw: Buffer;
};
/** What a person who looks at it needs besides. */
export type Shown = {
	readonly port?: number;
	readonly onPost?: (post: Post) => void;
	/** Takes requests that are none of the Bot API. */
	readonly onOther?: (request: IncomingMessage, response: ServerResponse, raw: Buffer) => void;
};
/** What a call is answered with instead: a status with its description, or a connection that breaks before or after the work was done. */
export type Fault = { readonly status: number; readonly description: string; readonly retryAfter?: number } | "break" | "break after";

export class TelegramServer {
	/** What has arrived in the chat, in order. */
	readonly posts: Post[] = [];
	/** Every call that was made, refused ones included. */
	readonly calls: string[] = [];
	/** Calls that came faster than Telegram allows. */
	readonly violations: string[] = [];
	readonly #server: Server;
	readonly #token: string;
	readonly #now: () => number;
	#faults: Fault[] = [];
	#lasting: Fault | undefined;
	#updates: unknown[] = [];
	#parked: { readonly response: ServerResponse; readonly offset: number } | undefined;
	#nextId = 100;
	#heard = (): void => {};
	readonly #times: number[] = [];
	readonly #shown: Shown;

	private constructor(server: Server, token: string, now: () => number, shown: Shown) {
		this.#shown = shown;
		this.#server = server;
		this.#token = token;
		this.#now = now;
	}

	static async open(token: string, now: () => number = Date.now, shown: Shown = {}): Promise<TelegramServer> {
		const server = createServer();
		const self = new TelegramServer(server, token, now, shown);
		server.on("request", (request, response) => void self.#take(request, response));
		server.listen(shown.port ?? 0, "127.0.0.1");
		await once(server, "listening");
		return self;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	/** The texts that arrived, without the markup's backslashes. */
	get texts(): string[] {
		return this.posts.map(({ body }) => String(body.text ?? body.caption ?? "").replace(/\\(.)/g, "$1"));
	}

	/** The first text that fits, after so many others, as soon as it is there. */
	async says(pattern: RegExp, after = 0): Promise<string> {
		for (;;) {
			const found = this.texts.slice(after).find((text) => pattern.test(text));
			if (found !== undefined) return found;
			await new Promise<void>((resolve) => {
				this.#heard = resolve;
			});
		}
	}

	/** The next calls that write fail so, in order. */
	fail(...faults: Fault[]): void {
		this.#faults.push(...faults);
	}

	/** All calls fail so, until undefined. */
	failAll(fault: Fault | undefined): void {
		this.#lasting = fault;
	}

	/** Something comes from a chat: at the next poll, or at once where one waits. */
	push(...updates: unknown[]): void {
		this.#updates.push(...updates);
		const parked = this.#parked;
		if (parked === undefined) return;
		this.#parked = undefined;
		this.#answerUpdates(parked.response, parked.offset);
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		this.#server.close();
		await once(this.#server, "close");
	}

	async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer); // a request's chunks
		const raw = Buffer.concat(chunks);
		const [, token, method = ""] = /^\/bot([^/]+)\/(\w+)/.exec(request.url ?? "") ?? [];
		if (token === undefined && this.#shown.onOther !== undefined) return this.#shown.onOther(request, response, raw);
		this.calls.push(method);
		if (token !== this.#token) return refuse(response, { status: 401, description: "Unauthorized" });
		const fault = this.#lasting ?? (method === "getUpdates" ? undefined : this.#faults.shift());
		if (fault === "break") return void response.destroy();
		if (typeof fault === "object") return refuse(response, fault);
		const body = bodyOf(request, raw);
		if (method === "getUpdates") return this.#poll(response, Number(body.offset ?? 0), Number(body.timeout ?? 0));
		if (method === "getMe") return answer(response, { id: 1, is_bot: true, first_name: "bot", username: "anchorwatch_bot" });
		if (method === "getChat") return answer(response, { id: Number(body.chat_id), type: "private", first_name: "Operator" });
		const at = this.#now();
		if (method.startsWith("send") || method.startsWith("edit")) this.#judge(at);
		const post = { method, at, body, bytes: raw.length, id: Number(body.message_id ?? this.#nextId), raw };
		this.posts.push(post);
		this.#heard();
		this.#shown.onPost?.(post);
		if (fault === "break after") return void response.destroy();
		return answer(
			response,
			method === "answerCallbackQuery"
				? true
				: { message_id: this.#nextId++, date: Math.floor(at / 1000), chat: { id: 1, type: "private" } },
		);
	}

	#judge(at: number): void {
		const last = this.#times.at(-1);
		if (last !== undefined && at - last < 1000) this.violations.push(`${at - last} ms after the one before`);
		this.#times.push(at);
	}

	#poll(response: ServerResponse, offset: number, timeoutS: number): void {
		if (this.#updates.length > 0) return this.#answerUpdates(response, offset);
		if (response.destroyed || response.socket?.destroyed !== false) return; // who asked has gone
		this.#parked = { response, offset };
		const over = setTimeout(() => this.push(), timeoutS * 1000);
		response.once("close", () => {
			clearTimeout(over);
			if (this.#parked?.response === response) this.#parked = undefined;
		});
	}

	/** As they were pushed, doubled and malformed ones too. */
	#answerUpdates(response: ServerResponse, _offset: number): void {
		answer(response, this.#updates);
		this.#updates = [];
	}
}

/** A message of that chat and user. */
export function said(id: number, from: { readonly chat: number; readonly user: number; readonly at: number }, text: string): unknown {
	const { chat, user, at } = from;
	return {
		update_id: id,
		message: {
			message_id: id,
			date: Math.floor(at / 1000),
			chat: { id: chat, type: "private" },
			from: { id: user, is_bot: false, first_name: "u" },
			text,
		},
	};
}

/** A button pressed under a message. */
export function pressed(
	id: number,
	from: { readonly chat: number; readonly user: number; readonly message?: number },
	data: string,
): unknown {
	const { chat, user, message = 100 } = from;
	return {
		update_id: id,
		callback_query: {
			id: `q${id}`,
			from: { id: user, is_bot: false, first_name: "u" },
			data,
			message: { message_id: message, date: 1, chat: { id: chat, type: "private" } },
		},
	};
}

function bodyOf(request: IncomingMessage, raw: Buffer): Record<string, unknown> {
	if (request.headers["content-type"]?.startsWith("application/json") === true)
		return JSON.parse(raw.toString()) as Record<string, unknown>;
	const fields: Record<string, unknown> = {};
	for (const [, name = "", value = ""] of raw.toString("latin1").matchAll(/name="(\w+)"\r\n(?:[^\r\n]+\r\n)*\r\n([^\r]*)\r\n/g))
		fields[name] = Buffer.from(value, "latin1").toString();
	return fields;
}

function answer(response: ServerResponse, result: unknown): void {
	response.setHeader("content-type", "application/json");
	response.end(JSON.stringify({ ok: true, result }));
}

function refuse(response: ServerResponse, fault: Exclude<Fault, string>): void {
	response.statusCode = fault.status;
	response.setHeader("content-type", "application/json");
	const parameters = fault.retryAfter === undefined ? {} : { parameters: { retry_after: fault.retryAfter } };
	response.end(JSON.stringify({ ok: false, error_code: fault.status, description: fault.description, ...parameters }));
}
