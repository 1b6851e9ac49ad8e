// What the key may do, from where and until when: as given at the start, and as changed while clients are connected.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MINUTE } from "../units/unit.ts";
import type { KeyTerms } from "./api-key.ts";
import { readKeyTerms } from "./key-terms.ts";
import { authArgs, type Rig } from "./testing/rig.ts";
import { buy, CREATE, resting, standing } from "./testing/standing.ts";

const BTC = { category: "linear", symbol: "BTCUSDT" };

let ids = 0;

async function codes(rig: Rig): Promise<Record<string, number>> {
	const code = async (answer: Promise<{ retCode: number }>): Promise<number> => (await answer).retCode;
	return {
		create: await code(rig.post(CREATE, resting(`a${++ids}`))),
		orders: await code(rig.get("/v5/order/realtime", BTC)),
		leverage: await code(rig.post("/v5/position/set-leverage", { ...BTC, buyLeverage: "4", sellLeverage: "4" })),
		positions: await code(rig.get("/v5/position/list", BTC)),
		wallet: await code(rig.get("/v5/account/wallet-balance", { accountType: "UNIFIED" })),
		mode: await code(rig.post("/v5/account/set-limit-px-action", { category: "linear", modifyEnable: "true" })),
		transfer: await code(rig.post("/v5/asset/transfer/inter-transfer", {})),
		withdraw: await code(rig.post("/v5/asset/withdraw/create", {})),
	};
}

const ORDERS_ALONE = { permissions: { ContractTrade: ["Order"] } };
const CASES: readonly (readonly [string, KeyTerms, Record<string, number>])[] = [
	["trades and no more", {}, { create: 0, orders: 0, leverage: 0, positions: 0, wallet: 0, mode: 0, transfer: 10005, withdraw: 10005 }],
	[
		"may only read",
		{ readOnly: true },
		{ create: 10005, orders: 0, leverage: 10005, positions: 0, wallet: 0, mode: 10005, transfer: 10005, withdraw: 10005 },
	],
	[
		"has orders alone",
		ORDERS_ALONE,
		{ create: 0, orders: 0, leverage: 10005, positions: 10005, wallet: 0, mode: 0, transfer: 10005, withdraw: 10005 },
	],
	[
		"has the wallet alone",
		{ permissions: { Wallet: ["AccountTransfer", "Withdraw"] } },
		{ create: 10005, orders: 10005, leverage: 10005, positions: 10005, wallet: 0, mode: 10005, transfer: 10001, withdraw: 10001 },
	],
	["is bound elsewhere", { ips: ["10.1.2.3"] }, everything(10010)],
	["has expired", { expiredAt: "2001-01-01T00:00:00Z" }, everything(33004)],
];

function everything(code: number): Record<string, number> {
	const calls = ["create", "orders", "leverage", "positions", "wallet", "mode", "transfer", "withdraw"];
	return Object.fromEntries(calls.map((name) => [name, code]));
}

for (const [name, keyTerms, expected] of CASES)
	test(`a key that ${name} is answered so, given at the start or changed later (A3)`, async () => {
		assert.deepEqual(await codes(await standing([], { keyTerms })), expected);
		const rig = await standing();
		rig.sim.control.setKey(keyTerms);
		assert.deepEqual(await codes(rig), expected);
		rig.sim.control.heal();
		assert.equal((await rig.get("/v5/position/list", BTC)).retCode, 0);
	});

test("query-api shows the key's terms, those of the start where none were changed (A3)", async () => {
	const expiredAt = "2090-01-01T00:00:00Z";
	const rig = await standing([], { keyTerms: { ...ORDERS_ALONE, readOnly: true, ips: ["*"], expiredAt } });
	const shown = async (): Promise<unknown[]> => {
		const { permissions, readOnly, ips, expiredAt } = (await rig.get("/v5/user/query-api")).result;
		return [permissions, readOnly, ips, expiredAt];
	};
	assert.deepEqual(await shown(), [ORDERS_ALONE.permissions, 1, ["*"], expiredAt]);
	rig.sim.control.setKey({ readOnly: false });
	assert.deepEqual(await shown(), [ORDERS_ALONE.permissions, 0, ["*"], expiredAt]);
});

test("the sockets ask the same: a key bound elsewhere does not sign in, one without orders sends none (A3)", async () => {
	const rig = await standing();
	const trade = await rig.authenticated("trade");
	rig.sim.control.setKey({ permissions: { ContractTrade: ["Position"] } });
	const header = { "X-BAPI-TIMESTAMP": String(rig.sim.clock.now()) };
	trade.send({ reqId: "1", header, op: "order.create", args: [buy("a")] });
	assert.equal((await trade.next()).retCode, 10005);
	rig.sim.control.setKey({ ips: ["10.1.2.3"] });
	const args = authArgs(rig.sim.clock.now() + 5000);
	for (const kind of ["private", "trade"] as const) {
		const socket = await rig.socket(kind);
		socket.send({ op: "auth", args });
		const { success, retCode } = await socket.next();
		assert.deepEqual([success, retCode], kind === "private" ? [false, undefined] : [undefined, 10010]);
	}
});

test("a key expires when its time has come (A3)", async () => {
	const rig = await standing();
	const at = rig.sim.clock.now();
	rig.sim.control.setKey({ expiredAt: new Date(at + MINUTE).toISOString() });
	await rig.sim.control.step({ ms: MINUTE - 1 });
	assert.equal((await rig.get("/v5/position/list", BTC)).retCode, 0);
	await rig.sim.control.step({ ms: 1 });
	assert.equal((await rig.get("/v5/position/list", BTC)).retCode, 33004);
});

test("a file of terms is YAML or JSON, and what it cannot say is one line (A3)", () => {
	const terms = { readOnly: true, ips: ["*"], permissions: { Wallet: ["Withdraw"] }, expiredAt: "2027-01-31T00:00:00Z", deadlineDay: 9 };
	assert.deepEqual(readKeyTerms(JSON.stringify(terms), "k"), terms);
	assert.deepEqual(readKeyTerms("readOnly: 1\npermissions:\n  Wallet: [Withdraw]\n", "k"), {
		readOnly: true,
		permissions: { Wallet: ["Withdraw"] },
	});
	for (const [text, words] of [
		["[1]", /k: expected some of the keys readOnly, /],
		["ip: [a]", /k: unknown key ip: there is/],
		["readOnly: yes please", /k: readOnly: expected true or false/],
		["ips: 7", /k: ips: /],
		["permissions: [Order]", /k: permissions: /],
		["expiredAt: soon", /k: expiredAt: /],
		["deadlineDay: many", /k: deadlineDay: /],
		["a: [", /k:1: /],
	] as const)
		assert.throws(() => readKeyTerms(text, "k"), words);
});
