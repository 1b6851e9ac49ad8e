// One signed request to the REST interface and its answer: exactly these bytes are signed and sent, and every failure is a Fault.
// Source: docs/v5/guide. A GET carries no body: the exchange answers one with HTTP 403.

import type { Dispatcher } from "undici";
import { err, ok, type Result } from "../std/result.ts";
import type { Ms } from "../units/unit.ts";
import { asInteger, isObject } from "./decode/row.ts";
import type { Absent } from "./endpoints.ts";
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
	unavailableFault,
} from "./fault.ts";
import type { Errand, Pacer, RateLimit } from "./pacer.ts";
import type { Credentials, OnAsked, Stopwatch, Timers } from "./ports.ts";
import { httpPool, type ProxyEnv, proxyFor, type WebProxy } from "./proxy.ts";
import type { Redact } from "./redact.ts";
import { isRepeatable, type Params, urgencyOf } from "./requests.ts";
import { signRest } from "./sign.ts";
import { troubleOf } from "./trouble.ts";
import type { Work } from "./work.ts";

export type Envelope = { readonly result: unknown; readonly time: Ms | undefined };

export type RestOptions = {
	/** Without a trailing slash. */
	readonly baseUrl: string;
	readonly credentials?: Credentials | undefined;
	readonly serverNow: () => Ms;
	readonly timers: Timers;
	readonly stopwatch?: Stopwatch | undefined;
	readonly work: Work;
	readonly pacer: Pacer;
	readonly redact: Redact;
	readonly recvWindowMs: Ms;
	/** A request without an answer after this long is given up. */
	readonly deadlineMs: Ms;
	/** The exchange says that our clock is off: measures it again, and answers whether requests will now be stamped better. */
	readonly resyncClock?: () => Promise<boolean>;
	/** The exchange has shut this address out for so long. Told once. */
	readonly onShutOut?: (forMs: Ms, fault: Fault) => void;
	/** A request was answered, or given up. */
	readonly onAsked?: OnAsked | undefined;
	/** Names the proxy, if any. */
	readonly proxyEnv?: ProxyEnv;
	/** Endpoints that this environment does not have. */
	readonly absent?: Absent | undefined;
};

type Request = {
	readonly method: "GET" | "POST";
	readonly path: string;
	readonly payload: string;
	readonly signed: boolean;
	readonly errand: Errand;
	/** Sent once more when the clock was the reason for a refusal. */
	readonly repeatable: boolean;
};

export class RestTransport {
	readonly #options: RestOptions;
	readonly #pool: Dispatcher;
	readonly #origin: string;
	readonly #host: string;
	readonly #prefix: string;
	readonly #proxy: WebProxy | undefined;
	/** The environment names a proxy that cannot be used. */
	readonly #proxyProblem: string | undefined;
	readonly #limits = new Map<string, RateLimit>();
	#pending = 0;
	#closed = false;

	constructor(options: RestOptions) {
		this.#options = options;
		const url = new URL(options.baseUrl);
		this.#prefix = url.pathname === "/" ? "" : url.pathname;
		this.#origin = url.origin;
		this.#host = url.host;
		const proxy = proxyFor(options.baseUrl, options.proxyEnv ?? {});
		this.#proxy = proxy.ok ? proxy.value : undefined;
		this.#proxyProblem = proxy.ok ? undefined : proxy.error;
		this.#pool = httpPool(url.origin, this.#proxy);
	}

	/** Requests asked for and not yet answered, those that wait for a rate limit included. */
	get pending(): number {
		return this.#pending;
	}

	get rateLimits(): ReadonlyMap<string, RateLimit> {
		return this.#limits;
	}

	get(path: string, params: Params, { signed }: { signed: boolean }): Promise<Result<Envelope, Fault>> {
		const errand = { path, urgency: "adjust", road: "http" } as const;
		return this.#send({ method: "GET", path, payload: queryOf(params), signed, errand, repeatable: signed });
	}

	/** Every POST is a write: without an answer its outcome is unknown. */
	post(path: string, body: Params): Promise<Result<Envelope, Fault>> {
		const errand = { path, urgency: urgencyOf(path, body), road: "http" } as const;
		const repeatable = isRepeatable(path, body);
		return this.#send({ method: "POST", path, payload: JSON.stringify(body), signed: true, errand, repeatable });
	}

	async close(): Promise<void> {
		this.#closed = true;
		await this.#pool.destroy();
	}

	async #send(request: Request): Promise<Result<Envelope, Fault>> {
		this.#pending += 1;
		const done = this.#options.work.begin();
		try {
			const answer = await this.#paced(request);
			if (answer.ok || !isClockFault(answer.error)) return answer;
			// A refused stamp is refused before anything else is looked at: nothing happened, whatever the request was.
			const better = (await this.#options.resyncClock?.()) === true;
			return better && request.repeatable ? await this.#paced(request) : answer;
		} finally {
			this.#pending -= 1;
			done();
		}
	}

	#paced(request: Request): Promise<Result<Envelope, Fault>> {
		return this.#options.pacer.run(request.errand, () => this.#timed(request));
	}

	async #timed(request: Request): Promise<Result<Envelope, Fault>> {
		const { onAsked, stopwatch } = this.#options;
		if (onAsked === undefined || stopwatch === undefined) return this.#exchange(request);
		const began = stopwatch();
		const answer = await this.#exchange(request);
		onAsked({ what: `${request.method} ${request.path}`, ms: stopwatch() - began, fault: answer.ok ? undefined : answer.error });
		return answer;
	}

	async #exchange(request: Request): Promise<Result<Envelope, Fault>> {
		const { credentials, timers, deadlineMs, redact, pacer, absent } = this.#options;
		const access: Access = request.method === "GET" ? "read" : "write";
		const asked = { what: `${request.method} ${request.path}`, access };
		if (this.#closed) return err(offlineFault(asked, "the client is closed"));
		if (absent?.paths.includes(request.path) === true) return err(unavailableFault(asked, `${absent.why}: ${request.path} was not asked`));
		if (this.#proxyProblem !== undefined) return err(configFault(asked, this.#proxyProblem));
		const ban = pacer.shutOutFor("http");
		if (ban > 0) return err({ ...offlineFault(asked, SHUT_OUT), retryAfterMs: ban });
		if (request.signed && credentials === undefined) return err(configFault(asked, "there is no API key"));
		const abort = new AbortController();
		const cancel = timers.after(deadlineMs, () => abort.abort());
		try {
			const response = await this.#pool.request({
				origin: this.#origin,
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
			const { kind, text } = troubleOf(error, { host: this.#host, proxy: this.#proxy });
			return err(TROUBLES[kind](asked, redact(text)));
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
		const limit = this.#noteLimit(path, response.headers);
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
				retryAfterMs: retCode === 10006 ? this.#options.pacer.hold(path, this.#until(limit?.resetAt)) : undefined,
			});
			return err(fault);
		}
		if (response.status !== 200) return err(httpFault(asked, { status: response.status, message: `HTTP ${response.status}` }));
		return ok({ result: body.result, time: asInteger(body.time) });
	}

	#noteLimit(path: string, headers: Response["headers"]): RateLimit | undefined {
		const limit = asInteger(headers["x-bapi-limit"]);
		const remaining = asInteger(headers["x-bapi-limit-status"]);
		if (limit === undefined || remaining === undefined) return undefined;
		const noted = { limit, remaining, resetAt: asInteger(headers["x-bapi-limit-reset-timestamp"]) };
		this.#limits.set(path, noted);
		this.#options.pacer.learn(path, { limit, remaining, resetInMs: this.#until(noted.resetAt) });
		return noted;
	}

	#noteBan(fault: Fault): void {
		if (fault.class !== "retry" || fault.retryAfterMs === undefined || (fault.httpStatus !== 403 && fault.retCode !== 10018)) return;
		if (this.#options.pacer.shutOut("http", fault.retryAfterMs)) this.#options.onShutOut?.(fault.retryAfterMs, fault);
	}

	#until(serverTime: Ms | undefined): Ms | undefined {
		return serverTime === undefined ? undefined : serverTime - this.#options.serverNow();
	}
}

const SHUT_OUT = "the exchange has shut this address out for asking too often";
const TROUBLES = { config: configFault, offline: offlineFault, broken: networkFault } as const;

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
