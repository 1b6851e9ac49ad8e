// The second channel: each message as JSON to an address of the operator's. With a secret each body is signed, so that the receiver can tell
// who wrote it: X-Anchorwatch-Signature is sha256=HMAC-SHA256(secret, timestamp + "." + body), with the timestamp in its own header.

import { createHmac } from "node:crypto";
import type { Message, Notifier, Sent } from "./message.ts";

export type WebhookOptions = {
	readonly url: string;
	readonly secret: { reveal(): string } | undefined;
	readonly now: () => number;
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
			const response = await fetch(url, {
				method: "POST",
				headers,
				body,
				redirect: "error",
				signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
			});
			await response.body?.cancel();
			return judged(response);
		} catch (cause) {
			return { ok: false, kind: "lost", why: `the webhook does not answer (${nameOf(cause)})` };
		}
	}
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

function judged(response: Response): Sent {
	const { status } = response;
	if (response.ok) return { ok: true };
	const why = `the webhook answers ${status}`;
	if (status === 429)
		return { ok: false, kind: "later", why, retryAfter: Math.min(3600, Number(response.headers.get("retry-after")) || 1) * 1000 };
	if ([401, 403, 404, 410].includes(status)) return { ok: false, kind: "barred", why: `${why}: check notify.webhook.url and the secret` };
	return { ok: false, kind: status >= 500 ? "lost" : "refused", why };
}

/** Never the address, which may be a secret itself. */
function nameOf(cause: unknown): string {
	const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
	if (inner instanceof Error && "code" in inner && typeof inner.code === "string") return inner.code;
	return inner instanceof Error ? inner.name : "unknown";
}
