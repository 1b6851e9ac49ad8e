// Telegram's Bot API through grammY: every call ends in a value, never in an exception, and no text that comes out of here holds the token,
// which is part of every address and so of many errors.

import type { Agent } from "node:http";
import { Api, GrammyError, HttpError, InputFile } from "grammy";
import type { Ms } from "../units/unit.ts";
import { TEXT_MAX, telegramText } from "./markdown.ts";
import type { Message, Notifier, Offer, Sent, Timing } from "./message.ts";
import { Pace } from "./pace.ts";

export type TelegramOptions = {
	readonly token: { reveal(): string };
	readonly chat: number;
	readonly apiRoot: string;
	readonly timing: Timing;
	/** Somebody may press buttons. */
	readonly offers?: boolean | undefined;
	/** The way out, where it is not a direct one. */
	readonly agent?: Agent | undefined;
	/** Wall seconds that a call may take. */
	readonly timeoutS?: number | undefined;
};

/** An answer to a command: MarkdownV2 and the same plain, with buttons below. */
export type Reply = {
	readonly markdown: string;
	readonly plain: string;
	readonly buttons?: readonly Offer[] | undefined;
	readonly photo?: Uint8Array | undefined;
	readonly silent?: boolean | undefined;
};

export type Called<T> = { readonly ok: true; readonly value: T } | Exclude<Sent, { ok: true }>;

const TIMEOUT_S = 30;
/** Errors of a connection that never came about: nothing was sent. */
const NEVER_SENT = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"];
/** How long the long poll waits at the server, seconds. */
export const POLL_S = 25;

export class Telegram implements Notifier {
	readonly name = "telegram";
	readonly #api: Api;
	readonly #options: TelegramOptions;
	readonly #pace: Pace;

	constructor(options: TelegramOptions) {
		this.#options = options;
		this.#pace = new Pace(options.timing, options.chat);
		this.#api = new Api(options.token.reveal(), {
			apiRoot: options.apiRoot.replace(/\/+$/, ""),
			timeoutSeconds: options.timeoutS ?? TIMEOUT_S,
			...(options.agent === undefined ? {} : { baseFetchConfig: { agent: options.agent } }),
		});
	}

	async send(message: Message, signal: AbortSignal): Promise<Sent> {
		const offer = this.#options.offers === true && message.parts.length === 1 ? message.parts[0]?.words.offer : undefined;
		const buttons = offer === undefined ? [] : [offer];
		const sent = await this.reply({ ...telegramText(message), buttons, silent: message.importance === "quiet" }, signal);
		return sent.ok ? { ok: true } : sent;
	}

	/** A message of its own; where Telegram cannot read the markup, the same without any. Gives its id. */
	async reply(reply: Reply, signal: AbortSignal): Promise<Called<number>> {
		const first = await this.#post(reply, true, signal);
		if (first.ok || first.kind !== "refused" || !/entities|parse/i.test(first.why)) return first;
		return this.#post(reply, false, signal);
	}

	async #post(reply: Reply, marked: boolean, signal: AbortSignal): Promise<Called<number>> {
		const { chat } = this.#options;
		const text = marked ? reply.markdown : reply.plain.slice(0, TEXT_MAX);
		const { photo } = reply;
		await this.#pace.take(signal);
		return this.#call(async () => {
			const other = {
				...(marked ? { parse_mode: "MarkdownV2" as const } : {}),
				disable_notification: reply.silent === true,
				...keyboard(reply),
			};
			const sent =
				photo === undefined
					? await this.#api.sendMessage(chat, text, other, signal as never) // the global class and grammY's own name for it
					: await this.#api.sendPhoto(chat, new InputFile(photo, "chart.png"), { ...other, caption: text }, signal as never); // likewise
			return sent.message_id;
		});
	}

	/** Writes an answer anew in its place. */
	async edit(id: number, reply: Reply, signal: AbortSignal): Promise<Called<void>> {
		await this.#pace.take(signal);
		return this.#call(async () => {
			const other = { parse_mode: "MarkdownV2" as const, ...keyboard(reply) };
			await this.#api.editMessageText(this.#options.chat, id, reply.markdown, other, signal as never); // see `#post`
		});
	}

	/** Ends the waiting sign on a button. */
	async answered(callback: string, signal: AbortSignal): Promise<Called<void>> {
		return this.#call(async () => {
			await this.#api.answerCallbackQuery(callback, undefined, signal as never); // see `#post`
		});
	}

	/** What has come since `offset`; waits at the server until something does. Each update is still to be judged. */
	async updates(offset: number, signal: AbortSignal): Promise<Called<readonly unknown[]>> {
		const allowed = ["message", "callback_query"] as const;
		return this.#call(async () => {
			const found: unknown = await this.#api.getUpdates({ offset, timeout: POLL_S, allowed_updates: allowed }, signal as never); // see `#post`
			return Array.isArray(found) ? (found as readonly unknown[]) : [];
		});
	}

	/** Whether the token is one, and the chat one that the bot may write to: both by name. */
	async check(signal: AbortSignal): Promise<Called<string>> {
		return this.#call(async () => {
			const { username } = await this.#api.getMe(signal as never); // see `#post`
			const chat = await this.#api.getChat(this.#options.chat, signal as never); // see `#post`
			return `@${username} writes to ${chat.title ?? chat.username ?? chat.first_name ?? `chat ${chat.id}`}`;
		});
	}

	async #call<T>(call: () => Promise<T>): Promise<Called<T>> {
		try {
			return { ok: true, value: await call() };
		} catch (cause) {
			const failed = judged(cause);
			if (failed.retryAfter !== undefined) this.#pace.shut(failed.retryAfter);
			return { ...failed, why: this.#clean(failed.why) };
		}
	}

	#clean(text: string): string {
		const token = this.#options.token.reveal();
		return text
			.replaceAll(token, "***")
			.replaceAll(encodeURIComponent(token), "***")
			.replace(/\/bot[^/\s]+/g, "/bot***");
	}
}

function keyboard({ buttons }: Reply): { reply_markup?: { inline_keyboard: { text: string; callback_data: string }[][] } } {
	if (buttons === undefined || buttons.length === 0) return {};
	return { reply_markup: { inline_keyboard: [buttons.map(({ text, data }) => ({ text, callback_data: data }))] } };
}

function judged(cause: unknown): Exclude<Sent, { ok: true }> {
	if (cause instanceof GrammyError) return refused(cause.error_code, cause.description, cause.parameters?.retry_after);
	const inner: unknown = cause instanceof HttpError ? cause.error : cause;
	const code = codeOf(inner);
	const name = code ?? (inner instanceof Error ? inner.name : "unknown");
	const kind = code !== undefined && NEVER_SENT.includes(code) ? "later" : "lost";
	return { ok: false, kind, why: `Telegram does not answer (${name}): check the network, notify.telegram.api_root and a proxy` };
}

function refused(code: number, description: string, retryAfter: number | undefined): Exclude<Sent, { ok: true }> {
	const why = `Telegram says ${code} ${description}`;
	if (code === 429) return { ok: false, kind: "later", why, retryAfter: secondsOf(retryAfter) };
	if (code === 401 || code === 404)
		return {
			ok: false,
			kind: "barred",
			why: `${why}: the token is wrong or was revoked; get one from @BotFather and set ANCHORWATCH_TELEGRAM_TOKEN`,
		};
	if (code === 403 || /chat not found|group chat was upgraded|not enough rights/i.test(description))
		return { ok: false, kind: "barred", why: `${why}: open the chat and write /start to the bot, and check notify.telegram.chat_id` };
	if (code === 409) return { ok: false, kind: "barred", why: `${why}: another program takes this bot's updates; one bot, one token` };
	return { ok: false, kind: code >= 500 ? "lost" : "refused", why };
}

/** What the server asks for, within reason. */
function secondsOf(retryAfter: number | undefined): Ms {
	return Math.min(3600, Math.max(1, Number.isFinite(retryAfter) ? Number(retryAfter) : 1)) * 1000;
}

function codeOf(cause: unknown): string | undefined {
	return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
}
