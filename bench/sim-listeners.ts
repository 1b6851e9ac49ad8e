// The clients of `bench/sim.bench.ts`, in a process of their own: each is subscribed to all streams of all symbols, counts what comes, and
// of every hundredth or so reads its time. Of a frame they parse nothing else.

import { once } from "node:events";
import { WebSocket } from "ws";

export type Task = { readonly address: string; readonly clients: number; readonly topics: readonly string[] };
/** Market time `market` was at `wall` (ms since 1970) and runs `speed` times as fast; "measure" forgets what came before. */
export type Line = { readonly market: number; readonly wall: number; readonly speed: number };
export type Order = Task | Line | "measure" | "report";
export type Report = { readonly messages: number; readonly lags: readonly number[] };

/** Odd, so that no kind of frame is always the one that is read. */
const READ_EVERY = 97;

let messages = 0;
let lags: number[] = [];
let line: Line | undefined;

process.on("message", (order: Order) => void take(order));

async function take(order: Order): Promise<void> {
	if (order === "report") process.send?.({ messages, lags } satisfies Report);
	else if (order === "measure") {
		messages = 0;
		lags = [];
	} else if ("address" in order) {
		await Promise.all(Array.from({ length: order.clients }, () => listen(order)));
		process.send?.("ready");
	} else line = order;
}

async function listen({ address, topics }: Task): Promise<void> {
	const socket = new WebSocket(address);
	await once(socket, "open");
	socket.send(JSON.stringify({ op: "subscribe", args: topics }));
	await once(socket, "message");
	socket.on("message", (data: Buffer) => {
		if (++messages % READ_EVERY !== 0 || line === undefined) return;
		const ts = Number(/"ts":(\d+)/.exec(data.toString("latin1"))?.[1]);
		lags.push(performance.timeOrigin + performance.now() - (line.wall + (ts - line.market) / line.speed));
	});
}
