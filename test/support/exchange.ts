// A simulated exchange whose past is over, and a folder for a store: what the tests of the download share.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Timers } from "../../src/bybit/ports.ts";
import { decodeConfig } from "../../src/config/decode.ts";
import { Exchange } from "../../src/download/exchange.ts";
import { type Source, sourceOf } from "../../src/download/source.ts";
import type { Candle, Columns } from "../../src/market/candle.ts";
import { candleAt } from "../../src/market/candle.ts";
import type { FaultInput } from "../../src/simserver/faults/scenario.ts";
import type { SimulationOptions } from "../../src/simserver/simulation.ts";
import { afterwards, market, Rig } from "../../src/simserver/testing/rig.ts";

const FUNDING = "/v5/market/funding/history";
export const KLINE = "/v5/market/kline";

/** The exchange, and how many good answers it gave. */
export type Past = { readonly rig: Rig; readonly pages: () => number; readonly rates: () => number };

/** It has walked through its candles and stands at their end. */
export async function pastExchange(
	candles: Columns,
	options: { faults?: readonly FaultInput[]; symbols?: readonly string[]; port?: number } & Partial<SimulationOptions> = {},
): Promise<Past> {
	const { faults = [], symbols = ["BTCUSDT"], ...rest } = options;
	const rig = await Rig.open({ markets: symbols.map((symbol) => market(symbol, candles)), speed: "max", ...rest });
	if (rest.autostart !== false) await rig.sim.finished;
	for (const fault of faults) rig.sim.control.inject(fault);
	// Strikes every answer that no other fault strikes, harmlessly, and so counts them.
	const ids = new Map([KLINE, FUNDING].map((endpoint) => [endpoint, rig.sim.control.inject({ fault: "unknown-fields", endpoint })]));
	const count = (endpoint: string): number => rig.sim.control.log.filter(({ id }) => id === ids.get(endpoint)).length;
	return { rig, pages: () => count(KLINE), rates: () => count(FUNDING) };
}

export function freshFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), "anchorwatch-download-"));
	afterwards(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

/** The exchange of a configuration that names the rig's address, with a store in `folder`. */
export function sourceAt({ rig }: Past, folder: string): Source {
	const decoded = decodeConfig(JSON.stringify({ endpoints: { rest: rig.sim.addresses.rest }, data: { dir: folder } }), "test.yaml");
	if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
	// One folder, whatever port the rig has.
	return { ...sourceOf({ config: decoded.value.config }), name: "test", folder: join(folder, "test") };
}

/** Pauses end in the next turn of the event loop. */
const IMPATIENT: Timers = {
	after(_, run) {
		const handle = setImmediate(run);
		return () => clearImmediate(handle);
	},
};

/** Pauses that only a stop ends. */
export const ENDLESS: Timers = { after: () => () => {} };

export async function opened(source: Source, options: { signal?: AbortSignal; timers?: Timers } = {}): Promise<Exchange> {
	const exchange = await Exchange.open({ source, timers: IMPATIENT, random: () => 0.5, ...options });
	afterwards(() => exchange.close());
	return exchange;
}

export function rows(columns: Columns): Candle[] {
	return Array.from({ length: columns.length }, (_, i) => candleAt(columns, i));
}
