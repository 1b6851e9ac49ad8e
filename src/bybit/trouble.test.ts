import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import tls from "node:tls";
import type { Fault } from "./fault.ts";
import { Pacer } from "./pacer.ts";
import { type ProxyEnv, proxyFor } from "./proxy.ts";
import { redactor } from "./redact.ts";
import { RestTransport } from "./rest.ts";
import { Socket } from "./socket.ts";
import { CREDENTIALS } from "./testing/fixtures.ts";
import { ManualTime } from "./testing/manual-time.ts";
import { troubleOf } from "./trouble.ts";
import { Work } from "./work.ts";

const HOST = "api.bybit.com";

function failure(code: string, more: object = {}): Error {
	return Object.assign(new Error(`said ${code}`), { code, ...more });
}

const ROWS: readonly (readonly [code: string, kind: string, says: RegExp])[] = [
	["ENOTFOUND", "offline", /the name api\.bybit\.com is not known to DNS \(ENOTFOUND\): check the endpoint's spelling/],
	["EAI_AGAIN", "offline", /DNS gives no answer for api\.bybit\.com/],
	["ECONNREFUSED", "offline", /api\.bybit\.com refuses the connection \(ECONNREFUSED\): .*firewall/],
	["EHOSTUNREACH", "offline", /no way to api\.bybit\.com/],
	["UND_ERR_CONNECT_TIMEOUT", "offline", /does not take the connection in time/],
	["ECONNRESET", "broken", /the connection to api\.bybit\.com was reset/],
	["UND_ERR_SOCKET", "broken", /was closed/],
	["ETIMEDOUT", "broken", /does not answer/],
	["CERT_HAS_EXPIRED", "config", /certificate of api\.bybit\.com has expired .*: check this machine's date and time/],
	["DEPTH_ZERO_SELF_SIGNED_CERT", "config", /signed by itself .*NODE_EXTRA_CA_CERTS/],
	["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "config", /an authority unknown here/],
	["ERR_TLS_CERT_ALTNAME_INVALID", "config", /belongs to another name/],
	["ERR_SSL_WRONG_VERSION_NUMBER", "config", /does not speak TLS/],
	["CERT_REVOKED", "config", /^CERT_REVOKED: /],
	["ESOMETHING", "broken", /^ESOMETHING: /],
];

for (const [code, kind, says] of ROWS)
	test(`${code} is ${kind}, and its sentence says what to do (D5)`, () => {
		for (const error of [failure(code), new Error("fetch failed", { cause: failure(code) })]) {
			const trouble = troubleOf(error, { host: HOST });
			assert.equal(trouble.kind, kind);
			assert.match(trouble.text, says);
		}
	});

test("a connection that was never made carried nothing, whatever its code (D5)", () => {
	assert.equal(troubleOf(failure("ETIMEDOUT", { syscall: "connect" }), { host: HOST }).kind, "offline");
	assert.equal(troubleOf(failure("ETIMEDOUT", { syscall: "read" }), { host: HOST }).kind, "broken");
	assert.equal(troubleOf(Object.assign(new AggregateError([]), { code: "ETIMEDOUT" }), { host: HOST }).kind, "offline");
	assert.equal(troubleOf("text", { host: HOST }).kind, "broken");
});

const PROXIES: readonly (readonly [address: string, env: ProxyEnv, expected: string | undefined | RegExp])[] = [
	["https://api.bybit.com", {}, undefined],
	["https://api.bybit.com", { HTTPS_PROXY: "" }, undefined],
	["https://api.bybit.com", { HTTPS_PROXY: "http://u:pw@proxy.lan:3128" }, "proxy.lan:3128"],
	["wss://stream.bybit.com/v5/private", { https_proxy: "http://proxy.lan:3128" }, "proxy.lan:3128"],
	["http://127.0.0.1:80", { HTTPS_PROXY: "http://proxy.lan:3128" }, undefined],
	["https://api.bybit.com", { HTTPS_PROXY: "http://p", NO_PROXY: "localhost, .bybit.com" }, undefined],
	["https://api.bybit.com", { HTTPS_PROXY: "http://p", NO_PROXY: "bybit.com:443" }, undefined],
	["https://api.bybit.com", { HTTPS_PROXY: "http://p", NO_PROXY: "bybit.com:8443,notbybit.com,it.com" }, "p"],
	["https://api.bybit.com", { HTTPS_PROXY: "http://p", no_proxy: "*" }, undefined],
	["https://api.bybit.com", { HTTPS_PROXY: "socks5://u:pw@p:1080" }, /^HTTPS_PROXY names a proxy of the kind socks5:\/\//],
	["https://api.bybit.com", { HTTPS_PROXY: "proxy.lan:3128" }, /^HTTPS_PROXY is no address/],
];

for (const [address, env, expected] of PROXIES)
	test(`${address} with ${JSON.stringify(env)}: ${expected ?? "directly"}`, () => {
		const proxy = proxyFor(address, env);
		if (expected instanceof RegExp) assert.ok(!proxy.ok && expected.test(proxy.error) && !proxy.error.includes("pw"));
		else assert.ok(proxy.ok && proxy.value?.shown === expected);
	});

type Close = () => Promise<void>;

async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<[port: number, close: Close]> {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const close = async (): Promise<void> => {
		if ("closeAllConnections" in server) server.closeAllConnections();
		server.close();
		await once(server, "close");
	};
	return [(server.address() as AddressInfo).port, close];
}

/** The fault of one signed write, and the reason and refusal of one socket, at the same port. */
async function bothFaults(port: number, proxyEnv: ProxyEnv = {}): Promise<{ rest: Fault; line: string; distrusted: boolean }> {
	const time = new ManualTime();
	const common = { timers: time, redact: redactor(CREDENTIALS) };
	const transport = new RestTransport({
		...common,
		baseUrl: `https://127.0.0.1:${port}`,
		credentials: CREDENTIALS,
		serverNow: () => time.now(),
		work: new Work(time),
		pacer: new Pacer({ clock: time, timers: time }),
		recvWindowMs: 5000,
		deadlineMs: 3000,
		proxyEnv,
	});
	const answer = await transport.post("/v5/order/create", {});
	await transport.close();
	assert.ok(!answer.ok);
	const proxy = proxyFor(`wss://127.0.0.1:${port}`, proxyEnv);
	return await new Promise((resolve) => {
		const socket = new Socket({
			...common,
			stream: "public",
			url: `wss://127.0.0.1:${port}/v5/public/linear`,
			proxy: proxy.ok ? proxy.value : undefined,
			clock: time,
			random: () => 0.5,
			ids: () => "id",
			whenIdle: (callback) => callback(),
			onFrame: () => {},
			onUp: () => {},
			onTopic: () => {},
			onMalformed: () => {},
			onDown: (line, refusal) => void socket.close().then(() => resolve({ rest: answer.error, line, distrusted: refusal?.by === "us" })),
		});
		socket.start();
	});
}

/** A key and a certificate for this name and these dates, made here, or why there is none. */
function certificate(
	altName: string,
	dates: readonly [from: string, to: string] | undefined,
): { key: string; cert: string } | { skip: string } {
	const folder = mkdtempSync(join(tmpdir(), "anchorwatch-tls-"));
	const openssl = (...words: string[]): void => void execFileSync("openssl", words, { cwd: folder, stdio: "ignore" });
	const subject = ["-subj", "/CN=test", "-addext", `subjectAltName=${altName}`];
	const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem"];
	try {
		if (dates === undefined) openssl("req", "-x509", "-days", "2", ...key, ...subject, "-out", "cert.pem");
		else {
			// Dates in the past are given by the `ca` command alone, which wants its books.
			const books = "database = index\nnew_certs_dir = .\nserial = serial\ndefault_md = sha256\npolicy = any\ncopy_extensions = copy";
			writeFileSync(join(folder, "ca.cnf"), `[ca]\ndefault_ca = own\n[own]\n${books}\n[any]\ncommonName = supplied\n`);
			writeFileSync(join(folder, "index"), "");
			writeFileSync(join(folder, "serial"), "01\n");
			openssl("req", ...key, ...subject, "-out", "request.pem");
			const [from, to] = dates;
			const terms = ["-startdate", from, "-enddate", to, "-in", "request.pem", "-out", "cert.pem"];
			openssl("ca", "-batch", "-config", "ca.cnf", "-selfsign", "-notext", "-keyfile", "key.pem", ...terms);
		}
		return { key: readFileSync(join(folder, "key.pem"), "utf8"), cert: readFileSync(join(folder, "cert.pem"), "utf8") };
	} catch (error) {
		return { skip: `openssl cannot make the certificate here: ${String(error)}` };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

const PAST = ["20200101000000Z", "20210101000000Z"] as const;
const CERTIFICATES: readonly (readonly [string, altName: string, dates: typeof PAST | undefined, trusted: boolean, code: string])[] = [
	["signed by itself", "IP:127.0.0.1", undefined, false, "DEPTH_ZERO_SELF_SIGNED_CERT"],
	["of another name", "DNS:other.test", undefined, true, "ERR_TLS_CERT_ALTNAME_INVALID"],
	["that has expired", "IP:127.0.0.1", PAST, true, "CERT_HAS_EXPIRED"],
];

for (const [name, altName, dates, trusted, code] of CERTIFICATES)
	test(`a certificate ${name} is fatal by REST and by socket, and named (A3, D5, D6)`, async (t) => {
		const made = certificate(altName, dates);
		if ("skip" in made) return t.skip(made.skip);
		const before = tls.getCACertificates();
		if (trusted) tls.setDefaultCACertificates([...before, made.cert]);
		const [port, close] = await listening(createTlsServer(made));
		try {
			const { rest, line, distrusted } = await bothFaults(port);
			assert.deepEqual([rest.class, rest.ambiguous, rest.kind], ["fatal", false, "offline"]);
			assert.ok(rest.message.includes(code) && line.includes(code), `${rest.message} / ${line}`);
			assert.equal(distrusted, true);
		} finally {
			if (trusted) tls.setDefaultCACertificates(before);
			await close();
		}
	});

test("a port without TLS is fatal by REST and by socket (A3, D6)", async () => {
	const over = new EventEmitter();
	const plain = createTcpServer(
		(socket) => void socket.on("error", () => {}).once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
	);
	plain.on("connection", (socket) => over.once("over", () => socket.destroy()));
	const [port, close] = await listening(plain);
	const { rest, line, distrusted } = await bothFaults(port);
	assert.equal(rest.class, "fatal");
	assert.match(rest.message, /does not speak TLS/);
	assert.match(line, /does not speak TLS/);
	assert.equal(distrusted, true);
	over.emit("over");
	await close();
});

test("a closed port is named, and nothing was sent to it (D5)", async () => {
	const [port, close] = await listening(createTcpServer());
	await close();
	const { rest, line, distrusted } = await bothFaults(port);
	assert.deepEqual([rest.kind, rest.class, distrusted], ["offline", "retry", false]);
	for (const text of [rest.message, line]) assert.ok(text.includes(`127.0.0.1:${port} refuses the connection (ECONNREFUSED)`), text);
});

const REFUSALS: readonly (readonly [status: number | undefined, faultClass: string, says: RegExp])[] = [
	[407, "fatal", /wants a user name and password: put them into HTTPS_PROXY/],
	[403, "retry", /does not open a connection to 127\.0\.0\.1:9 \(HTTP 403\): check HTTPS_PROXY, or .*NO_PROXY/],
	[undefined, "retry", /does not open a connection to 127\.0\.0\.1:9 \(it ended the connection\)/],
];

for (const [status, faultClass, says] of REFUSALS)
	test(`a proxy that answers ${status ?? "nothing"} is named, REST and socket both go by it, and its password is not told (A1, D5)`, async () => {
		const asked: (string | undefined)[] = [];
		const server = createServer();
		server.on("connect", (request, socket) => {
			asked.push(`${request.url} ${request.headers["proxy-authorization"]}`);
			if (status === undefined) socket.destroy();
			else socket.end(`HTTP/1.1 ${status} no\r\n\r\n`);
		});
		const [port, close] = await listening(server);
		const { rest, line } = await bothFaults(9, { HTTPS_PROXY: `http://me:hush@127.0.0.1:${port}` });
		assert.deepEqual([rest.class, rest.ambiguous], [faultClass, false]);
		for (const text of [rest.message, line]) {
			assert.match(text, says);
			assert.ok(text.includes(`the proxy 127.0.0.1:${port} `) && !text.includes("hush"), text);
		}
		assert.deepEqual([...new Set(asked)], [`127.0.0.1:9 Basic ${btoa("me:hush")}`]);
		assert.ok(asked.length >= 2);
		await close();
	});

test("a variable that names no usable proxy is a fatal fault, before anything is sent (D6)", async () => {
	const { rest } = await bothFaults(9, { HTTPS_PROXY: "socks5://me:hush@p:1" });
	assert.deepEqual([rest.class, rest.kind], ["fatal", "offline"]);
	assert.match(rest.message, /^HTTPS_PROXY names a proxy of the kind socks5:\/\//);
});
