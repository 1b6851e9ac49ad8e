// A Telegram of one chat on this machine, for trying the bot without an account: the testing server, with what arrives shown to a person and
// what the person writes or presses handed to the bot.

import type { IncomingMessage, ServerResponse } from "node:http";
import { TelegramServer } from "../../src/notify/testing/telegram-server.ts";
import { type Bubble, Chat } from "./chat.ts";
import { PAGE } from "./page.ts";

/** Not a secret: it opens nothing but this stand-in. */
export const TOKEN = "123456:stand-in";

export class StandIn {
	readonly chat = new Chat();
	readonly #server: TelegramServer;

	private constructor(server: TelegramServer) {
		this.#server = server;
	}

	static async open(port: number, onBubble: (bubble: Bubble) => void = () => {}): Promise<StandIn> {
		const server = await TelegramServer.open(TOKEN, Date.now, {
			port,
			onPost: (post) => {
				const bubble = self.chat.take(post);
				if (bubble !== undefined) onBubble(bubble);
			},
			onOther: (request, response, raw) => self.#serve(request, response, raw),
		});
		const self = new StandIn(server);
		return self;
	}

	get url(): string {
		return this.#server.url;
	}

	write(text: string): void {
		this.#server.push(this.chat.write(text, Date.now()));
	}

	press(id: number, data: string): void {
		this.#server.push(this.chat.press(id, data));
	}

	close(): Promise<void> {
		return this.#server.close();
	}

	/** For the browser on this machine; pages of elsewhere can neither write here nor read. */
	#serve(request: IncomingMessage, response: ServerResponse, raw: Buffer): void {
		const { method, url = "/", headers } = request;
		if (!/^(?:127\.0\.0\.1|localhost):\d+$/.test(headers.host ?? "")) return end(response, 403);
		if (method === "POST") {
			if (headers["content-type"] !== "application/json") return end(response, 415);
			const told = parsed(raw);
			if (url === "/say" && typeof told?.text === "string") this.write(told.text);
			else if (url === "/press" && typeof told?.id === "number" && typeof told.data === "string") this.press(told.id, told.data);
			else return end(response, 400);
			return end(response, 204);
		}
		if (url === "/") return end(response, 200, "text/html; charset=utf-8", PAGE);
		if (url === "/chat.json") {
			const shown = this.chat.bubbles.map(({ photo, ...bubble }) => ({ ...bubble, photo: photo !== undefined }));
			return end(response, 200, "application/json", JSON.stringify(shown));
		}
		const id = /^\/photo\/(\d+)$/.exec(url)?.[1];
		const photo = this.chat.bubbles.find((bubble) => bubble.id === Number(id))?.photo;
		return photo === undefined ? end(response, 404) : end(response, 200, "image/png", photo);
	}
}

function parsed(raw: Buffer): { text?: unknown; id?: unknown; data?: unknown } | undefined {
	try {
		return JSON.parse(raw.toString()) as { text?: unknown }; // each field is looked at before it is used
	} catch {
		return undefined;
	}
}

function end(response: ServerResponse, status: number, type?: string, body?: string | Buffer): void {
	response.statusCode = status;
	if (type !== undefined) response.setHeader("content-type", type);
	response.end(body);
}
