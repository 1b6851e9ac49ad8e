// Bybit v5 signatures: lowercase hex of HMAC-SHA256 over exactly what is sent. Source: docs/v5/guide, websocket/wss-authentication.

import { createHmac } from "node:crypto";
import type { Ms } from "../units/unit.ts";
import type { Credentials } from "./ports.ts";

function hmac(credentials: Credentials, text: string): string {
	return createHmac("sha256", credentials.secret.reveal()).update(text).digest("hex");
}

/** `payload` is the raw query string of a GET (URL-encoded, without "?") or the raw body of a POST, byte for byte as sent. */
export function signRest(credentials: Credentials, request: { timestamp: Ms; recvWindowMs: Ms; payload: string }): string {
	return hmac(credentials, `${request.timestamp}${credentials.key.reveal()}${request.recvWindowMs}${request.payload}`);
}

/** The signature of a socket's `auth` frame; `expires` must lie ahead of the server's clock. */
export function signSocket(credentials: Credentials, expires: Ms): string {
	return hmac(credentials, `GET/realtime${expires}`);
}

/** The `auth` frame of a private or trade socket. */
export function authFrame(credentials: Credentials, frame: { id: string; expires: Ms }): string {
	return JSON.stringify({
		req_id: frame.id,
		op: "auth",
		args: [credentials.key.reveal(), frame.expires, signSocket(credentials, frame.expires)],
	});
}
