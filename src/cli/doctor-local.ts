// What the doctor looks at on this machine: runtime, folders, the port of the figures, and the way to the exchange's hosts.

import { lookup } from "node:dns/promises";
import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { connect as connectPlain, createServer, type Socket } from "node:net";
import { dirname, resolve } from "node:path";
import { connect as connectTls, TLSSocket } from "node:tls";
import { proxyFor } from "../bybit/proxy.ts";
import { InstanceLock } from "../journal/instance-lock.ts";
import { grouped } from "../report/figures.ts";
import { DAY, type Ms } from "../units/unit.ts";
import type { Finding } from "./doctor.ts";
import type { RunConfig } from "./run-config.ts";

const NODE_MAJOR_MIN = 26;
/** A busy symbol's inputs are a hundred megabytes a day. */
const SPACE_WARN = 2 ** 30;
const SPACE_FAIL = 100 * 2 ** 20;
const PATIENCE: Ms = 10_000;
const CERTIFICATE_NEAR: Ms = 7 * DAY;

export function runtimeFinding(): Finding {
	const { node } = process.versions;
	const text = `Node ${node} on ${process.platform} ${process.arch}`;
	if (Number(node.split(".")[0]) >= NODE_MAJOR_MIN) return { name: "runtime", verdict: "ok", text };
	return { name: "runtime", verdict: "warn", text, todo: `use Node ${NODE_MAJOR_MIN} or later, or start it by bin/anchorwatch.js` };
}

/** Where a folder is missing, what it would be made in is looked at. */
export function folderFinding(key: string, folder: string): Finding {
	const name = `folder ${key}`;
	let there = resolve(folder);
	while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
	const shown = existsSync(folder) ? folder : `${folder} (to be made in ${there})`;
	if (!statSync(there).isDirectory()) return { name, verdict: "fail", text: `${there} is no folder`, todo: `name another one in ${key}` };
	try {
		accessSync(there, constants.W_OK | constants.X_OK);
	} catch {
		return {
			name,
			verdict: "fail",
			text: `${shown}: cannot be written`,
			todo: `give this user the right to write there, or change ${key}`,
		};
	}
	const { bavail, bsize } = statfsSync(there);
	const free = bavail * bsize;
	const text = `${shown}: ${grouped(free / 2 ** 30, 1)} GB free`;
	if (free < SPACE_FAIL) return { name, verdict: "fail", text, todo: "free the disk: a bot that cannot write stops trading" };
	return free < SPACE_WARN ? { name, verdict: "warn", text, todo: "free the disk soon" } : { name, verdict: "ok", text };
}

/** Whether the port of the figures is free; where a bot runs on this folder, it may be its own. */
export async function metricsFinding({ config }: RunConfig): Promise<Finding> {
	const name = "metrics";
	const { enabled, host, port } = config.metrics;
	if (!enabled) return { name, verdict: "skipped", text: "metrics is not enabled" };
	if (InstanceLock.holder(config.journal.dir) !== undefined) return { name, verdict: "skipped", text: "a bot runs, and has the port" };
	const where = `${host}:${port}`;
	const code = await listening(host, port);
	if (code === undefined) return { name, verdict: "ok", text: `${where} is free` };
	const todo = code === "EADDRINUSE" ? "change metrics.port, or end what listens there" : "change metrics.host or metrics.port";
	return { name, verdict: "warn", text: `${where} cannot be listened on (${code}); the bot would trade without figures`, todo };
}

/** Why nobody can listen there; undefined when one can. */
function listening(host: string, port: number): Promise<string | undefined> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
		server.listen({ host, port }, () => server.close(() => resolve(undefined)));
	});
}

/** One for each host that the bot speaks to: its name, and where there is TLS its certificate. */
export async function hostFindings(addresses: readonly string[]): Promise<Finding[]> {
	const hosts = new Map(addresses.map((address) => [new URL(address).host, address]));
	return await Promise.all([...hosts].map(([host, address]) => hostFinding(host, address)));
}

async function hostFinding(host: string, address: string): Promise<Finding> {
	const name = `host ${host}`;
	const { hostname, port, protocol } = new URL(address);
	const proxy = proxyFor(address, process.env);
	if (!proxy.ok) return { name, verdict: "fail", text: proxy.error, todo: "mend the variable" };
	if (proxy.value !== undefined)
		return { name, verdict: "skipped", text: `goes through the proxy ${proxy.value.shown}; the clock's line says whether that works` };
	const secure = protocol === "https:" || protocol === "wss:";
	const bare = hostname.replace(/^\[|\]$/g, "");
	try {
		const { address: ip } = await lookup(bare);
		const left = await reach(bare, Number(port || (secure ? 443 : 80)), secure);
		if (left === undefined) return { name, verdict: "ok", text: `${ip}, reached without TLS` };
		const text = `${ip}, TLS, certificate good for ${Math.floor(left / DAY)} days`;
		if (left > CERTIFICATE_NEAR) return { name, verdict: "ok", text };
		return { name, verdict: "warn", text, todo: "look at this machine's date; else the host has to renew it" };
	} catch (cause) {
		const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
		return { name, verdict: "fail", text: `cannot be reached (${code})`, todo: "check DNS, the network, a firewall, and the endpoints" };
	}
}

/** How long the certificate is good for; undefined without TLS. */
function reach(host: string, port: number, secure: boolean): Promise<Ms | undefined> {
	return new Promise((resolve, reject) => {
		const socket: Socket = secure
			? connectTls({ host, port, servername: host, ALPNProtocols: ["http/1.1"] })
			: connectPlain({ host, port });
		const end = (done: () => void): void => {
			socket.destroy();
			done();
		};
		socket.setTimeout(PATIENCE, () => end(() => reject(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" }))));
		socket.once("error", (cause) => end(() => reject(cause)));
		socket.once(secure ? "secureConnect" : "connect", () => {
			const until = socket instanceof TLSSocket ? Date.parse(socket.getPeerCertificate().valid_to) - Date.now() : undefined;
			end(() => resolve(until));
		});
	});
}
