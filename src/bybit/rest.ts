// One signed request to the REST interface and its answer: exactly these bytes are signed and sent, and every failure is a Fault.
// Source: docs/v5/guide. A GET carries no body: the exchange answers one with HTTP 403.

import { Pool } from "undici";
import { err, ok, type Result } from "../std/result.ts";
import type { Ms } from "../units/unit.ts";
import { asInteger, isObject } from "./decode/row.ts";
import {
	type Access,
	configFault,
	exchangeFault,
	type Fault,
	httpFault,
	isClockFault,
	malformedFault,
	networkFault,
	offlineFault,
	timeoutFault,
} from "./fault.ts";
import type { Pacer } from "./pacer.ts";
import type { Credentials, Timers } from "./ports.ts";
import type { Redact } from "./redact.ts";
import { signRest } from "./sign.ts";
import type { Work } from "./work.ts";

export type Params = Readonly<Record<string, string | number | boolean | undefined>>;
export type Envelope = { readonly result: unknown; readonly time: Ms | undefined };

/** The counters of one endpoint, as its last answer told them. */
export type RateLimit = { readonly limit: number; readonly remaining: number; readonly resetAt: Ms | undefined };

export type RestOptions = {
	/** Without a trailing slash. */
	readonly baseUrl: string;
	readonly credentials?: Credentials | undefined;
	readonly serverNow: () => Ms;
	readonly timers: Timers;
	readonly work: Work;
	readonly pacer: Pacer;
	readonly redact: Redact;
	readonly recvWindowMs: Ms;
	/** A request without an answer after this long is given up. */
	readonly deadlineMs: Ms;
	/** The exchange says that our clock is off. */
	readonly onClockRefused?: () => void;
};

type Request = { readonly method: "GET" | "POST"; readonly path: string; readonly payload: string; readonly signed: boolean };

export class RestTransport {
	readonly #options: RestOptions;
	readonly #pool: Pool;
	readonly #prefix: string;
	readonly #limits = new Map<string, RateLimit>();
	#pending = 0;
	#closed = false;
	/** The exchange has shut this address out; asking on would only lengthen it. */
	#bannedUntil: Ms = Number.NEGATIVE_INFINITY;

	constructor(options: RestOptions) {
		this.#options = options;
		const url = new URL(options.baseUrl);
		this.#prefix = url.pathname === "/" ? "" : url.pathname;
		// undici's own limits are off: one deadline, ours, covers connecting, waiting and reading.
		this.#pool = new Pool(url.origin, {
			connections: 8,
			pipelining: 1,
			keepAliveTimeout: 30_000,
			headersTimeout: 0,
			bodyTimeout: 0,
			allowH2: false,
		});
	}

	/** Requests asked for and not yet answered, those that wait for a rate limit included. */
	get pending(): number {
		return this.#pending;
	}

	get rateLimits(): ReadonlyMap<string, RateLimit> {
		return this.#limits;
	}

	get(path: string, params: Params, { signed }: { signed: boolean }): Promise<Result<Envelope, Fault>> {
		return this.#send({ method: "GET", path, payload: queryOf(params), signed });
	}

	/** Every POST is a write: without an answer its outcome is unknown. */
	post(path: string, body: Params): Promise<Result<Envelope, Fault>> {
		return this.#send({ method: "POST", path, payload: JSON.stringify(body), signed: true });
	}

	async close(): Promise<void> {
		this.#closed = true;
		await this.#pool.destroy();
	}

	#send(request: Request): Promise<Result<Envelope, Fault>> {
		this.#pending += 1;
		const done = this.#options.work.begin();
		return this.#options.pacer
			.run(request.path, () => this.#exchange(request))
			.finally(() => {
				this.#pending -= 1;
				done();
			});
	}

	async #exchange(request: Request): Promise<Result<Envelope, Fault>> {
		const { credentials, timers, deadlineMs, redact } = this.#options;
		const access: Access = request.method === "GET" ? "read" : "write";
		const asked = { what: `${request.method} ${request.path}`, access };
		if (this.#closed) return err(offlineFault(asked, "the client is closed"));
		const ban = this.#bannedUntil - this.#options.serverNow();
		if (ban > 0) return err({ ...offlineFault(asked, "the exchange has shut this address out for asking too often"), retryAfterMs: ban });
		if (request.signed && credentials === undefined) return err(configFault(asked, "there is no API key"));
		const abort = new AbortController();
		const cancel = timers.after(deadlineMs, () => abort.abort());
		try {
			const response = await this.#pool.request({
				method: request.method,
				path: this.#prefix + request.path + (request.method === "GET" && request.payload !== "" ? `?${request.payload}` : ""),
				headers: this.#headers(request),
				body: request.method === "POST" ? request.payload : null,
				signal: abort.signal,
			});
			const text = await response.body.text();
			const answer = this.#read(asked, request.path, { status: response.statusCode, headers: response.headers, text });
			if (!answer.ok) this.#noteBan(answer.error);
			return answer;
		} catch (error) {
			if (abort.signal.aborted) return err(timeoutFault(asked, deadlineMs));
			return err(faultOf(asked, error, redact));
		} finally {
			cancel();
		}
	}

	#headers(request: Request): Record<string, string> {
		const { credentials, recvWindowMs, serverNow } = this.#options;
		const headers: Record<string, string> = { accept: "application/json" };
		if (request.method === "POST") headers["content-type"] = "application/json";
		if (!request.signed || credentials === undefined) return headers;
		const timestamp = serverNow();
		headers["X-BAPI-API-KEY"] = credentials.key.reveal();
		headers["X-BAPI-TIMESTAMP"] = String(timestamp);
		headers["X-BAPI-RECV-WINDOW"] = String(recvWindowMs);
		headers["X-BAPI-SIGN"] = signRest(credentials, { timestamp, recvWindowMs, payload: request.payload });
		return headers;
	}

	#read(asked: { what: string; access: Access }, path: string, response: Response): Result<Envelope, Fault> {
		const { redact } = this.#options;
		this.#noteLimit(path, response.headers);
		const body = parseJson(response.text);
		const retCode = isObject(body) ? asInteger(body.retCode) : undefined;
		if (!isObject(body) || retCode === undefined) {
			if (response.status !== 200)
				return err(httpFault(asked, { status: response.status, message: redact(`HTTP ${response.status}: ${plain(response.text)}`) }));
			return err(malformedFault(asked, "the answer is no JSON object with a retCode"));
		}
		if (retCode !== 0) {
			const fault = exchangeFault(asked, {
				retCode,
				httpStatus: response.status,
				message: redact(messageOf(body)),
				retryAfterMs: retCode === 10006 ? this.#untilReset(path) : undefined,
			});
			if (isClockFault(fault)) this.#options.onClockRefused?.();
			if (fault.retryAfterMs !== undefined) this.#options.pacer.hold(path, fault.retryAfterMs);
			return err(fault);
		}
		if (response.status !== 200) return err(httpFault(asked, { status: response.status, message: `HTTP ${response.status}` }));
		return ok({ result: body.result, time: asInteger(body.time) });
	}

	#noteLimit(path: string, headers: Response["headers"]): void {
		const limit = asInteger(headers["x-bapi-limit"]);
		const remaining = asInteger(headers["x-bapi-limit-status"]);
		if (limit === undefined || remaining === undefined) return;
		this.#limits.set(path, { limit, remaining, resetAt: asInteger(headers["x-bapi-limit-reset-timestamp"]) });
	}

	#noteBan(fault: Fault): void {
		if (fault.class === "retry" && (fault.httpStatus === 403 || fault.retCode === 10018))
			this.#bannedUntil = this.#options.serverNow() + (fault.retryAfterMs ?? 0);
	}

	/** Until the exchange's own reset time; a second where its header is missing. */
	#untilReset(path: string): Ms {
		const resetAt = this.#limits.get(path)?.resetAt;
		return resetAt === undefined ? 1000 : Math.min(10_000, Math.max(50, resetAt - this.#options.serverNow()));
	}
}

type Response = {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly text: string;
};

/** `a=1&b=x%20y`, in the order given; what is undefined is left out. */
export function queryOf(params: Params): string {
	const parts: string[] = [];
	for (const [name, value] of Object.entries(params)) if (value !== undefined) parts.push(`${name}=${encodeURIComponent(value)}`);
	return parts.join("&");
}

export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		// Not JSON: the caller finds no object, and says so.
		return undefined;
	}
}

/** A body that is no answer of the exchange's (a proxy's page) as one line. */
function plain(text: string): string {
	return text
		.replace(/<[^>]*>/g, " ")
		.replace(/\s+/g, " ")
		.trim();
}

/** `retMsg`, and the reasons that set-margin-mode adds. */
function messageOf(body: Readonly<Record<string, unknown>>): string {
	const message = typeof body.retMsg === "string" ? body.retMsg : "";
	const reasons = isObject(body.result) && Array.isArray(body.result.reasons) ? body.result.reasons : [];
	return [message, ...reasons.map((reason: unknown) => (isObject(reason) ? String(reason.reasonMsg ?? "") : ""))]
		.filter((text) => text !== "")
		.join("; ");
}

/** These say that no connection came about, so nothing was sent. */
const NEVER_SENT = new Set([
	"ECONNREFUSED",
	"ENOTFOUND",
	"EAI_AGAIN",
	"EHOSTUNREACH",
	"ENETUNREACH",
	"UND_ERR_CONNECT_TIMEOUT",
	"UND_ERR_CLOSED",
]);

function faultOf(asked: { what: string; access: Access }, error: unknown, redact: Redact): Fault {
	const code = codeOf(error);
	const message = redact(`${code ?? "error"}: ${error instanceof Error ? error.message : "unknown"}`);
	if (code === "UND_ERR_INVALID_ARG" || (code !== undefined && /CERT|SELF_SIGNED|^ERR_TLS|^ERR_SSL|^ERR_INVALID/.test(code)))
		return configFault(asked, message);
	if (code !== undefined && NEVER_SENT.has(code)) return offlineFault(asked, message);
	return networkFault(asked, message);
}

/** The code of an error or of its cause; several addresses tried give an AggregateError with the first one's code. */
function codeOf(error: unknown): string | undefined {
	if (!(error instanceof Error)) return undefined;
	if ("code" in error && typeof error.code === "string") return error.code;
	return codeOf(error.cause);
}
