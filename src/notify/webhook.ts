// The second channel: each message as JSON to an address of the operator's. With a secret each body is signed, so that the receiver can tell
// who wrote it: X-Anchorwatch-Signature is sha256=HMAC-SHA256(secret, timestamp + "." + body), with the timestamp in its own header.

import { createHmac } from "node:crypto";
import { type Agent, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import type { Message, Notifier, Sent } from "./message.ts";

export type WebhookOptions = {
	readonly url: string;
	readonly secret: { reveal(): string } | undefined;
	readonly now: () => number;
	/** The way out, where it is not a direct one. */
	readonly agent?: Agent | undefined;
	readonly timeout?: number | undefined;
};

const TIMEOUT = 10_000;

export class Webhook implements Notifier {
	readonly name = "webhook";
	readonly #options: WebhookOptions;

	constructor(options: WebhookOptions) {
		this.#options = options;
	}

	async send(message: Message, signal: AbortSignal): Promise<Sent> {
		const { url, secret, now, timeout = TIMEOUT } = this.#options;
		const body = JSON.stringify(bodyOf(message));
		const timestamp = String(now());
		const headers: Record<string, string> = { "content-type": "application/json", "x-anchorwatch-timestamp": timestamp };
		if (secret !== undefined) headers["x-anchorwatch-signature"] = signature(secret.reveal(), timestamp, body);
		try {
			const ends = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
			return judged(await post(url, { headers, agent: this.#options.agent, signal: ends }, body));
		} catch (cause) {
			return { ok: false, kind: "lost", why: `the webhook does not answer (${nameOf(cause)})` };
		}
	}
}

type Answered = { readonly status: number; readonly retryAfter: string | undefined };
type Way = { readonly headers: Record<string, string>; readonly agent: Agent | undefined; readonly signal: AbortSignal };

/** Rejects when no answer comes; redirects are not followed, and what the answer holds is not read. */
function post(url: string, { headers, agent, signal }: Way, body: string): Promise<Answered> {
	const open = url.startsWith("https:") ? secureRequest : plainRequest;
	return new Promise((resolve, reject) => {
		const request = open(url, { method: "POST", headers: { ...headers, "content-length": Buffer.byteLength(body) }, agent, signal });
		request.once("error", reject);
		request.once("response", (response) => {
			response.resume();
			resolve({ status: response.statusCode ?? 0, retryAfter: response.headers["retry-after"] });
		});
		request.end(body);
	});
}

export function signature(secret: string, timestamp: string, body: string): string {
	return `sha256=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`;
}

function bodyOf({ numbers, importance, repeated, locale, parts }: Message): unknown {
	return {
		numbers,
		importance,
		repeated,
		locale,
		messages: parts.map(({ at, number, words }) => ({
			number,
			at: new Date(at).toISOString(),
			title: words.title,
			fields: words.rows.map(([name, value]) => ({ name, value })),
		})),
	};
}

function judged({ status, retryAfter }: Answered): Sent {
	if (status >= 200 && status < 300) return { ok: true };
	const why = `the webhook answers ${status}`;
	if (status === 429) return { ok: false, kind: "later", why, retryAfter: Math.min(3600, Number(retryAfter) || 1) * 1000 };
	if ((status >= 300 && status < 400) || [401, 403, 404, 410].includes(status))
		return { ok: false, kind: "barred", why: `${why}: check notify.webhook.url and the secret` };
	return { ok: false, kind: status >= 500 ? "lost" : "refused", why };
}

/** Never the address, which may be a secret itself. */
function nameOf(cause: unknown): string {
	const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
	if (inner instanceof Error && "code" in inner && typeof inner.code === "string") return inner.code;
	return inner instanceof Error ? inner.name : "unknown";
}
