// Every fault of the library reaches the wire: one and the same story of a client, told with the fault and without, reads differently.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WebSocket } from "ws";
import type { Json, Rig, Socket } from "../testing/rig.ts";
import { buy, CREATE, resting, standing, turns } from "../testing/standing.ts";
import { FAULT_NAMES, type FaultName } from "./library.ts";
import type { FaultInput } from "./scenario.ts";

const BTC = { category: "linear", symbol: "BTCUSDT" };
/** What a fault needs beside its name. A frame that is no JSON would stop this story's sockets. */
const WITH: Partial<Record<FaultName, Omit<FaultInput, "fault">>> = {
	"price-jump": { percent: 2 },
	"broken-json": { endpoint: "/v5/position/list" },
};

/** So many turns of the event loop without an answer are silence. */
const TURNS_MAX = 2000;

/** A request's status and text, or that nothing has come of it; what comes later is written down then. */
async function say(
	rig: Rig,
	{ story, turnsMax }: { story: string[]; turnsMax: number },
	[method, path, fields]: readonly ["GET" | "POST", string, Json],
): Promise<void> {
	const text = method === "POST" ? JSON.stringify(fields) : new URLSearchParams(fields as Record<string, string>).toString();
	const init = {
		method,
		headers: { ...rig.signed(text), "Content-Type": "application/json" },
		...(method === "POST" ? { body: text } : {}),
	};
	let answered = false;
	const url = `${rig.sim.addresses.rest}${path}${method === "GET" ? `?${text}` : ""}`;
	const asked = fetch(url, init)
		.then(async (response) => story.push(`${path} ${response.status} ${await response.text()}`))
		.catch(() => story.push(`${path} broken off`))
		.finally(() => {
			answered = true;
		});
	void asked;
	for (let i = 0; i < turnsMax && !answered; i++) await turns(1);
	if (!answered) story.push(`${path} silence`);
}

/** All that a socket has heard by now, without what is drawn anew for each connection. */
async function heard(socket: Socket, turnsMax = TURNS_MAX): Promise<string> {
	const before = socket.frames.length;
	if (socket.ws.readyState === WebSocket.OPEN) socket.send({ op: "ping", req_id: "last" });
	for (let i = 0; i < turnsMax && socket.frames.length === before && socket.ws.readyState === WebSocket.OPEN; i++) await turns(1);
	await turns(20);
	const frames = JSON.stringify(socket.frames).replaceAll(/"(conn_?[iI]d|Traceid)":"[^"]*"/g, "");
	return `${socket.ws.readyState === WebSocket.OPEN ? "open" : "cut"} ${frames}`;
}

async function story(fault: FaultInput | undefined): Promise<string[]> {
	const rig = await standing();
	await rig.done(CREATE, buy("held", { stopLoss: "19000" }));
	const sockets = [await rig.account(), await rig.authenticated("trade"), await rig.socket("public"), await rig.socket("status")];
	const [, trade, stream, status] = sockets as [Socket, Socket, Socket, Socket];
	stream.send({ op: "subscribe", args: ["tickers.BTCUSDT", "kline.1.BTCUSDT", "orderbook.50.BTCUSDT"] });
	await stream.next(({ topic }) => topic !== undefined);
	status.send({ op: "subscribe", args: ["system.status"] });
	await status.next();
	if (fault !== undefined) rig.sim.control.inject(fault);
	const told: string[] = [];
	// Without a fault every answer comes.
	const turnsMax = fault === undefined ? Number.POSITIVE_INFINITY : TURNS_MAX;
	const line = { story: told, turnsMax };
	await say(rig, line, ["POST", CREATE, resting("a")]);
	await say(rig, line, ["POST", "/v5/position/trading-stop", { ...BTC, stopLoss: "18900", tpslMode: "Full", positionIdx: 0 }]);
	await say(rig, line, ["POST", CREATE, buy("more")]);
	if (trade.ws.readyState === WebSocket.OPEN)
		trade.send({ op: "order.create", header: { "X-BAPI-TIMESTAMP": String(rig.sim.clock.now()) }, args: [resting("b")] });
	rig.sim.control.post({ title: "Upgrade" });
	await rig.sim.control.step({ ms: 60_000 });
	for (const path of ["/v5/order/realtime", "/v5/position/list", "/v5/execution/list", "/v5/market/instruments-info"])
		await say(rig, line, ["GET", path, BTC]);
	for (const kind of ["public", "private", "trade", "status"] as const)
		told.push(
			await rig.socket(kind).then(
				() => `${kind} opens`,
				() => `${kind} is refused`,
			),
		);
	for (const socket of sockets) told.push(await heard(socket, turnsMax));
	if (fault !== undefined) assert.ok(rig.sim.control.count(fault.fault) > 0, `${fault.fault} has struck`);
	await rig.close();
	return told;
}

let told: Promise<string[]> | undefined;

/** The story without a fault, told once. */
function usual(): Promise<string[]> {
	told ??= story(undefined);
	return told;
}

test("the story without a fault is the same each time", async () => {
	assert.deepEqual(await usual(), await story(undefined));
});

for (const name of FAULT_NAMES)
	test(`${name} is felt by a client`, async () => {
		assert.notDeepEqual(await story({ fault: name, ...WITH[name] }), await usual());
	});

const STATUS: readonly (readonly [FaultInput, (rig: Rig, status: Socket) => Promise<void>])[] = [
	[{ fault: "cut", stream: "status" }, async (_, { ws }) => assert.notEqual(ws.readyState, WebSocket.OPEN)],
	[{ fault: "stall", stream: "status" }, async (_, { frames }) => assert.equal(frames.length, 1)],
	[{ fault: "lost-message", topic: "system.status" }, async (_, { frames }) => assert.equal(frames.length, 2, "the pong alone")],
	[{ fault: "doubled-message", stream: "status" }, async (_, { frames }) => assert.equal(frames.length, 4)],
	[{ fault: "refused-connections", stream: "status" }, async (rig) => assert.rejects(rig.socket("status"), /503/)],
];

for (const [fault, holds] of STATUS)
	test(`the status stream is named in ${JSON.stringify(fault)}, and the others go on`, async () => {
		const rig = await standing();
		const [status, account] = [await rig.socket("status"), await rig.account()];
		status.send({ op: "subscribe", args: ["system.status"] });
		await status.next();
		rig.sim.control.inject(fault);
		await turns();
		rig.sim.control.post({ title: "Upgrade" });
		await heard(status);
		await holds(rig, status);
		assert.ok((await heard(account)).startsWith("open") && account.frames.at(-1)?.op === "pong");
	});
