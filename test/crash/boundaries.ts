// Loaded into the real program before it starts (`node --import`): names each boundary at which a process can die with another thing on
// disk or at the exchange than just before, and kills the process at the one that CRASH_AT names. The program knows nothing of it.
// Boundaries between which nothing outside the process can change are one point, under the first one's name.

import { appendFileSync } from "node:fs";
import { DatabaseSync, StatementSync } from "node:sqlite";
import { RestTransport } from "../../src/bybit/rest.ts";
import { TradeSocket } from "../../src/bybit/trade-socket.ts";
import { Trader } from "../../src/oms/trader.ts";
import type { Input } from "../../src/oms/trader-port.ts";

/** In the list: the disk was full. */
const FAILED_WRITE = "a write fails";
/** Where to die, where all boundaries are listed, and from where on the disk is full. */
const { CRASH_AT, CRASH_LIST, CRASH_DISK_FULL } = process.env;

const counts = new Map<string, number>();
/** Something outside may be other than at the boundary before. */
let moved = true;
let isFull = false;

function boundary(what: string): void {
	const count = (counts.get(what) ?? 0) + 1;
	counts.set(what, count);
	const name = `${what} #${count}`;
	isFull ||= name === CRASH_DISK_FULL;
	if (name === CRASH_AT) process.kill(process.pid, "SIGKILL");
	list(moved ? name : `= ${name}`);
	moved = false;
}

function list(line: string): void {
	if (CRASH_LIST !== undefined) appendFileSync(CRASH_LIST, `${line}\n`);
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Puts `wrap` around a method of a class. */
function around(
	type: { readonly prototype: object },
	name: string,
	wrap: (this: unknown, run: () => unknown, args: readonly unknown[]) => unknown,
): void {
	const inner = Reflect.get(type.prototype, name) as Method; // a method, as named below
	Reflect.set(type.prototype, name, function (this: unknown, ...args: unknown[]) {
		return wrap.call(this, () => inner.apply(this, args), args);
	});
}

// ---- the disk

const prepared = new WeakMap<StatementSync, { database: DatabaseSync; sql: string }>();

function write(what: string, run: () => unknown): unknown {
	boundary(`before the write ${what}`);
	const result = onDisk(run);
	moved = true;
	boundary(`after the write ${what}`);
	return result;
}

function onDisk(run: () => unknown): unknown {
	if (!isFull) return run();
	list(FAILED_WRITE);
	throw new Error("database or disk is full"); // SQLite's own words
}

around(DatabaseSync, "exec", (run, [sql]) => (sql === "COMMIT" ? write("of a batch", run) : run()));

around(DatabaseSync, "prepare", function (run, [sql]) {
	const statement = run() as StatementSync; // what `prepare` makes
	prepared.set(statement, { database: this as DatabaseSync, sql: String(sql) });
	return statement;
});

/** What stands between BEGIN and COMMIT is written by the latter. */
around(StatementSync, "run", function (run) {
	const statement = prepared.get(this as StatementSync);
	if (statement === undefined || statement.database.isTransaction) return onDisk(run);
	return write(`"${statement.sql.split(" ").slice(0, 3).join(" ")}"`, run);
});

// ---- requests; what only reads changes nothing outside

function request(what: string, writes: boolean, run: () => unknown): unknown {
	boundary(`before ${what} leaves`);
	const answer = run() as Promise<unknown>;
	moved ||= writes;
	boundary(`after ${what} left`);
	return answer.finally(() => {
		moved ||= writes;
		boundary(`before the answer to ${what}`);
	});
}

around(RestTransport, "get", (run, [path]) => request(`GET ${String(path)}`, false, run));
around(RestTransport, "post", (run, [path]) => request(`POST ${String(path)}`, true, run));
for (const name of ["create", "amend", "cancel"]) around(TradeSocket, name, (run) => request(`order.${name}`, true, run));

// ---- what is told

around(Trader, "take", (run, [given]) => {
	const input = given as Input; // as `take` declares it
	moved ||= input.kind !== "answer"; // what an answer may have changed is said above
	if (input.kind === "event" || input.kind === "time") {
		run();
		if (input.kind === "event" && input.event.kind === "candles") setImmediate(look);
		return;
	}
	const what = input.kind === "answer" ? "an answer" : `the statement of ${input.kind}`;
	boundary(`before ${what} is taken`);
	run();
	boundary(`after ${what} was taken`);
});

// ---- the bot's looking round, which flushes what waits: at each candle instead of every half second, so that each run does it alike

const LOOK_ROUND = 500;
let look = (): void => {};
const { setInterval: inner } = globalThis;
globalThis.setInterval = ((run: () => void, delay?: number) => {
	if (delay !== LOOK_ROUND) return inner(run, delay);
	look = run;
	return inner(() => {}, 60_000);
}) as typeof setInterval;
