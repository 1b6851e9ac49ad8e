// The faults of REST, as hooks around the handlers: before one runs a request may be lost, held up or answered in its place; when an
// answer is about to leave it may be changed, held up or lost. A request that is held is not under way for the lockstep, which goes on.

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Ms } from "../../units/unit.ts";
import { envelope } from "../envelope.ts";
import type { Exchange } from "../exchange.ts";
import { parseObject } from "../params.ts";
import type { Requests } from "../requests.ts";
import { corrupt } from "./corrupt.ts";
import { type Event, isTwist } from "./fault.ts";
import { type Faults, symbolsIn } from "./faults.ts";
import type { Rule } from "./rule.ts";
import { opOf } from "./scenario.ts";

type Line = { readonly request: FastifyRequest; readonly reply: FastifyReply };
type Answered = { readonly status: number; readonly code: number; readonly message: string };

export function attachFaults(
	app: FastifyInstance,
	faults: Faults,
	{ exchange, requests }: { exchange: Exchange; requests: Requests },
): void {
	const struck = new WeakMap<FastifyRequest, Rule>();
	const hold = holder(requests);
	const after = (delay: Ms, act: () => void): void => faults.agenda.add(exchange.clock.now() + delay, act);

	app.addHook("preHandler", (request, reply, done) => {
		if (!faults.armed || !isMarketPath(request)) return done();
		const line = { request, reply };
		const event = eventOf(request);
		const writes = request.method === "POST";
		const signed = request.headers["x-bapi-api-key"] !== undefined && !event.endpoint?.startsWith("/v5/market/");
		const refusal = faults.world.refuse(event, { signed, writes });
		if (refusal !== undefined) return put(line, { status: 200, ...refusal }, exchange);
		const rule = faults.strike(event);
		if (rule === undefined) return done();
		const { effect } = rule.fault;
		if (effect.kind === "answer" && !effect.done) return put(line, effect, exchange);
		if (effect.kind === "lose" && effect.what === "request") return lose(line, effect.how, hold);
		if (effect.kind === "delay" && effect.what === "request") {
			const resume = hold(line);
			return after(effect.delay, () => {
				resume();
				done();
			});
		}
		struck.set(request, rule);
		return done();
	});

	app.addHook("onSend", (request, reply, payload, done) => {
		const line = { request, reply };
		if (!faults.armed || !isMarketPath(request) || typeof payload !== "string") return done(null, payload);
		const body = parseObject(payload);
		const altered = body === undefined ? undefined : faults.world.alter(pathOf(request), body);
		const text = altered === undefined ? payload : JSON.stringify(altered);
		const rule = struck.get(request);
		if (rule === undefined) return done(null, text);
		struck.delete(request);
		const { effect } = rule.fault;
		if (!isTwist(effect)) {
			faults.perform(rule);
			return done(null, text);
		}
		switch (effect.kind) {
			case "lose":
				return lose(line, effect.how, hold);
			case "delay": {
				const resume = hold(line);
				return after(effect.delay, () => {
					resume();
					done(null, text);
				});
			}
			case "answer":
				return done(null, dress(reply, effect, { exchange, at: exchange.clock.now() + exchange.clock.skew }));
			case "corrupt":
				return done(null, corrupt(text, effect, rule.random));
			case "empty":
				return done(null, emptied(text));
			case "double":
			case "reorder":
				return done(null, text);
		}
	});
}

/** Takes a request out of those under way until it is resumed, or its client has gone. */
function holder(requests: Requests): (line: Line) => () => void {
	return ({ reply }) => {
		let held = true;
		const resume = (): void => {
			if (!held) return;
			held = false;
			requests.begin();
		};
		reply.raw.prependOnceListener("close", resume);
		requests.end();
		return resume;
	};
}

/** `silence` leaves the client waiting; `reset` breaks its connection. */
function lose(line: Line, how: "silence" | "reset", hold: (line: Line) => () => void): void {
	if (how === "reset") line.request.raw.socket.destroy();
	else hold(line);
}

function put(line: Line, answered: Answered, exchange: Exchange): void {
	line.reply.send(dress(line.reply, answered, { exchange, at: exchange.clock.now() })); // its stamp is altered on the way out
}

/** The answer's status and headers, and its text: an envelope, or with an HTTP error the page of whoever stands before the exchange. */
function dress(reply: FastifyReply, { status, code, message }: Answered, { exchange, at }: { exchange: Exchange; at: Ms }): string {
	reply.code(status);
	if (status !== 200) {
		reply.header("Content-Type", "text/html; charset=utf-8");
		return `<html><head><title>${status} ${message}</title></head><body>${message}</body></html>`;
	}
	reply.header("Content-Type", "application/json; charset=utf-8");
	const { clock } = exchange;
	if (code === 10006)
		reply.headers({ "X-Bapi-Limit-Status": "0", "X-Bapi-Limit-Reset-Timestamp": String(clock.now() + clock.skew + 1000) });
	return envelope({ result: {}, refusal: { code, message } }, at);
}

function emptied(text: string): string {
	const body = parseObject(text);
	const result = body?.result as Record<string, unknown> | undefined; // an answer's result is an object
	if (body === undefined || !Array.isArray(result?.list)) return text;
	return JSON.stringify({ ...body, result: { ...result, list: [], nextPageCursor: "" } });
}

function eventOf(request: FastifyRequest): Event {
	const endpoint = pathOf(request);
	const query = new URLSearchParams((request.raw.url ?? "").split("?")[1] ?? "");
	const body = Buffer.isBuffer(request.body) ? parseObject(request.body) : undefined;
	const symbol = query.get("symbol");
	const symbols = symbol === null ? symbolsIn(body) : [symbol];
	return { kind: "request", stream: "rest", endpoint, op: opOf(endpoint), symbols };
}

function isMarketPath(request: FastifyRequest): boolean {
	return pathOf(request).startsWith("/v5/");
}

function pathOf(request: FastifyRequest): string {
	return (request.raw.url ?? "").split("?")[0] ?? "";
}
