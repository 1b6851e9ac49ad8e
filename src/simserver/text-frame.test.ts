import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { textFrame } from "./text-frame.ts";

test("a client reads the text again: at each length of the head, and counted in bytes, not in letters", async () => {
	const texts = [...[0, 1, 125, 126, 127, 65_535, 65_536, 65_537].map((length) => "x".repeat(length)), "é€😀".repeat(20)];
	const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
	server.on("connection", (_, { socket }) => {
		for (const text of texts) socket.write(textFrame(text).bytes);
	});
	await once(server, "listening");
	const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`); // listening on TCP
	const heard: string[] = [];
	await new Promise<void>((resolve) => {
		client.on("message", (data: Buffer) => {
			if (heard.push(data.toString()) === texts.length) resolve();
		});
	});
	client.terminate();
	server.close();
	assert.deepEqual(heard, texts);
});
