// The REST door: reads the raw bytes, checks who asks, calls the handler, wraps the answer. Business errors are HTTP 200; only what never
// reaches the business (no key, unknown path, broken HTTP) has a status of its own. Nothing that a client sends stops it.

import type { Socket } from "node:net";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Ms } from "../units/unit.ts";
import type { Refusal } from "../venue/refusal.ts";
import { checkRest } from "./auth.ts";
import { type Answer, answer, envelope } from "./envelope.ts";
import type { Exchange } from "./exchange.ts";
import { TOO_MANY } from "./limits.ts";
import { Params, parseObject } from "./params.ts";
import type { Requests } from "./requests.ts";
import { ACCOUNT_ROUTES } from "./rest/account.ts";
import { BEYOND_ROUTES } from "./rest/beyond.ts";
import { MARKET_ROUTES } from "./rest/market.ts";
import { POSITION_ROUTES } from "./rest/position.ts";
import type { Route } from "./rest/route.ts";
import { SYSTEM_ROUTES } from "./rest/system.ts";
import { TRADE_ROUTES } from "./rest/trade.ts";

const BODY_MAX = 256 * 1024;
/** A request that takes longer to arrive is cut off; whether one does is looked at every so often. */
const REQUEST_MS_MAX = 10_000;
const REQUEST_LOOK_MS = 1000;

export const ROUTES: readonly Route[] = [
	...MARKET_ROUTES,
	...TRADE_ROUTES,
	...POSITION_ROUTES,
	...ACCOUNT_ROUTES,
	...BEYOND_ROUTES,
	...SYSTEM_ROUTES,
];

export function buildHttp(exchange: Exchange, requests: Requests, warn: (text: string) => void): FastifyInstance {
	const app = fastify({
		bodyLimit: BODY_MAX,
		requestTimeout: REQUEST_MS_MAX,
		forceCloseConnections: true,
		exposeHeadRoutes: false,
		http: { connectionsCheckingInterval: REQUEST_LOOK_MS, headersTimeout: REQUEST_MS_MAX },
		clientErrorHandler: (error, socket) => refuseBytes(error, socket, exchange.clock.now()),
		routerOptions: { ignoreTrailingSlash: false },
		frameworkErrors: (_error, _request, reply) => {
			send(reply as FastifyReply, exchange, { result: {}, refusal: BROKEN }, { status: 400 }); // the same reply, typed more loosely
		},
	});
	app.removeAllContentTypeParsers();
	app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
	app.addHook("onRequest", (request, reply, done) => {
		// Whoever steps time from outside waits for it, and time does not wait for them.
		if (request.url.startsWith("/control/")) return done();
		requests.begin();
		reply.raw.once("close", () => requests.end());
		done();
	});
	for (const route of ROUTES) {
		const { method, path: url } = route;
		app.route({ method, url, handler: (request, reply) => serve(route, exchange, { request, reply }) });
	}
	app.setNotFoundHandler((request, reply) => {
		const known = ROUTES.some(({ path }) => path === pathOf(request));
		const refusal = known ? { code: 10001, message: "Request method is not supported." } : { code: 10017, message: "Route not found." };
		send(reply, exchange, { result: {}, refusal }, { status: known ? 400 : 404 });
	});
	app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
		const status = error.statusCode ?? 500;
		if (status >= 500) warn(`simulated exchange: ${error.stack ?? error.message}`);
		const refusal =
			status >= 500
				? { code: 10016, message: "Internal server error" }
				: { code: 10001, message: `Request parameter error: ${error.message}` };
		send(reply, exchange, { result: {}, refusal }, { status: status === 415 ? 200 : status }); // a content type that is none is a wrong one
	});
	return app;
}

/** What is no HTTP, too much of it, or never ends, has Bybit's envelope all the same. */
function refuseBytes({ code }: { code?: string }, socket: Socket, now: Ms): void {
	if (code === "ECONNRESET" || !socket.writable) {
		socket.destroy();
		return;
	}
	const status =
		code === "HPE_HEADER_OVERFLOW"
			? "431 Request Header Fields Too Large"
			: code === "ERR_HTTP_REQUEST_TIMEOUT"
				? "408 Request Timeout"
				: "400 Bad Request";
	const body = envelope({ result: {}, refusal: BROKEN }, now);
	const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n`;
	socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

const TOO_FREQUENT: Refusal = { code: 403, message: "access too frequent" };
const BROKEN: Refusal = { code: 10001, message: "Request parameter error" };

function serve(route: Route, exchange: Exchange, { request, reply }: { request: FastifyRequest; reply: FastifyReply }): void {
	if (!exchange.limits.admitsAddress(request.ip)) {
		send(reply, exchange, { result: {}, refusal: TOO_FREQUENT }, { status: 403 });
		return;
	}
	const query = queryOf(request);
	const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
	if (route.method === "GET" && hasBody(request)) {
		send(reply, exchange, { result: {}, refusal: { code: 403, message: "A GET request has no body." } }, { status: 403, route });
		return;
	}
	if (route.open !== true) {
		const key = header(request, "x-bapi-api-key");
		const sent = {
			key,
			timestamp: header(request, "x-bapi-timestamp"),
			recvWindow: header(request, "x-bapi-recv-window"),
			sign: header(request, "x-bapi-sign"),
			payload: route.method === "GET" ? Buffer.from(query) : body,
		};
		const refusal = checkRest(sent, exchange.keys, exchange.clock);
		if (refusal !== undefined) {
			send(reply, exchange, { result: {}, refusal }, { status: key === undefined ? 401 : 200, route });
			return;
		}
		const denied = exchange.refusesKey({ path: route.path, writes: route.method === "POST" }, request.ip);
		if (denied !== undefined) {
			send(reply, exchange, { result: {}, refusal: denied }, { status: 200, route });
			return;
		}
		if (route.batch !== true && exchange.limits.take(route.path, route.limit) === 0) {
			send(reply, exchange, { result: {}, refusal: TOO_MANY }, { status: 200, route });
			return;
		}
	}
	send(reply, exchange, dispatch(route, exchange, { request, query, body }), { status: 200, route });
}

function dispatch(route: Route, exchange: Exchange, sent: { request: FastifyRequest; query: string; body: Buffer }): Answer {
	if (route.method === "GET") return answer(() => route.handle(Params.ofQuery(sent.query), exchange));
	const [type = ""] = (header(sent.request, "content-type") ?? "").toLowerCase().split(";");
	if (type.trim() !== "application/json")
		return { result: {}, refusal: { code: 10001, message: "Request parameter error: Content-Type must be application/json" } };
	const fields = parseObject(sent.body);
	return fields === undefined ? { result: {}, refusal: BROKEN } : answer(() => route.handle(new Params(fields), exchange));
}

function send(reply: FastifyReply, exchange: Exchange, content: Answer, { status, route }: { status: number; route?: Route }): void {
	const now = exchange.clock.now();
	if (route !== undefined) {
		reply.headers(exchange.limitHeaders(route.path, route.limit));
	}
	reply.code(status).header("Content-Type", "application/json; charset=utf-8").send(envelope(content, now));
}

/** The query as it stood on the wire; a bare "?" is an empty one. */
function queryOf(request: FastifyRequest): string {
	const url = request.raw.url ?? "";
	const at = url.indexOf("?");
	return at < 0 ? "" : url.slice(at + 1);
}

function pathOf(request: FastifyRequest): string {
	return (request.raw.url ?? "").split("?")[0] ?? "";
}

function hasBody(request: FastifyRequest): boolean {
	return request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
}

function header(request: FastifyRequest, name: string): string | undefined {
	const value = request.headers[name];
	return Array.isArray(value) ? value[0] : value;
}
