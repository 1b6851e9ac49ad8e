// An exchange whose time stands until a test moves it: prices exist, a candle is under way, and every request is answered at once.

import { MINUTE } from "../../units/unit.ts";
import type { FaultInput } from "../faults/scenario.ts";
import type { SimulationOptions } from "../simulation.ts";
import { DAY_START, minutes, still } from "./candles.ts";
import { type Json, market, Rig } from "./rig.ts";

/** Ten hours at 20000, so that funding is due once on the way. */
export async function standing(faults: readonly FaultInput[] = [], options: Partial<SimulationOptions> = {}): Promise<Rig> {
	const candles = minutes(still(600, 20_000), DAY_START + MINUTE);
	const rig = await Rig.open({ markets: [market("BTCUSDT", candles)], autostart: false, ...options });
	await rig.sim.control.step({ to: "point" });
	await rig.sim.control.step({ to: "point" });
	for (const fault of faults) rig.sim.control.inject(fault);
	return rig;
}

export const CREATE = "/v5/order/create";
export const REALTIME = "/v5/order/realtime";

export function buy(id: string, more: Json = {}): Json {
	return { category: "linear", symbol: "BTCUSDT", side: "Buy", orderType: "Market", qty: "0.1", orderLinkId: id, ...more };
}

export function resting(id: string): Json {
	return buy(id, { orderType: "Limit", price: "19000" });
}

/** The client ids of the orders that are open by REST. */
export async function openIds(rig: Rig): Promise<unknown[]> {
	return (await rig.list(REALTIME, { category: "linear", symbol: "BTCUSDT" })).map((order) => order.orderLinkId);
}

/** A signed POST as it comes: status, headers, text; it may be given up. */
export async function rawPost(
	rig: Rig,
	path: string,
	body: Json,
	signal?: AbortSignal,
): Promise<{ status: number; text: string; headers: Headers }> {
	const text = JSON.stringify(body);
	const headers = { ...rig.signed(text), "Content-Type": "application/json" };
	const response = await fetch(`${rig.sim.addresses.rest}${path}`, { method: "POST", headers, body: text, signal: signal ?? null });
	return { status: response.status, text: await response.text(), headers: response.headers };
}

/** Lets the event loop turn so often that anything that could happen without an outside event has happened. */
export async function turns(count = 50): Promise<void> {
	for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** A wait that never ends would keep the whole run alive: after so many turns it fails. */
const TURNS_MAX = 200_000;

/** Turns the event loop until something holds. */
export async function until(holds: () => boolean): Promise<void> {
	for (let turn = 0; !holds(); turn++) {
		if (turn >= TURNS_MAX) throw new Error(`waited in vain for: ${String(holds).slice(0, 200)}`);
		await turns(1);
	}
}
