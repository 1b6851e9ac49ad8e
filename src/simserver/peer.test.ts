import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { test } from "node:test";
import type { WebSocket } from "ws";
import { BACKLOG_MAX, Peer } from "./peer.ts";
import { textFrame } from "./text-frame.ts";

test("a client that does not read is cut off once too much waits for it, released or not", () => {
	for (const released of [false, true]) {
		let cut = false;
		const socket = { OPEN: 1, readyState: 1, terminate: () => (cut = true) } as unknown as WebSocket; // all that a peer asks of it here
		const raw = new Duplex({ read() {}, write() {}, writev() {} }); // takes the first piece and is never done with it
		const peer = new Peer("public", "1", { socket, raw, address: "", gate: { armed: false, passing: (_, text) => text } });
		const frame = textFrame("x".repeat(BACKLOG_MAX / 16));
		for (let sent = 0; sent < 15; sent++) {
			peer.send(frame);
			if (released) peer.release();
		}
		assert.equal(cut, false, "just under");
		peer.send(frame);
		assert.equal(cut, true, "just over: the heads count, too");
		assert.equal(peer.overrun, true);
	}
});
