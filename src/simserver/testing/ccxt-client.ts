// npm ccxt, pointed at a simulated exchange as docs/sim.md says.

import { pro } from "ccxt";
import { afterwards, KEY, type Rig, SECRET } from "./rig.ts";

export type Ccxt = InstanceType<typeof pro.bybit>;

export const BTC = "BTC/USDT:USDT";
export const ETH = "ETH/USDT:USDT";

/** It is closed when the test is over. */
export async function ccxtOf(rig: Rig, { key = KEY, secret = SECRET } = {}): Promise<Ccxt> {
	const client = new pro.bybit({ apiKey: key, secret, enableRateLimit: false });
	const { rest, public: stream, private: account, trade } = rig.sim.addresses;
	afterwards(() => client.close());
	await client.loadHttpProxyAgent(); // it asks for this before it opens a ws:// address
	client.urls = {
		...client.urls,
		api: {
			...(client.urls.api as object),
			public: rest,
			private: rest,
			ws: {
				public: { spot: stream, inverse: stream, option: stream, linear: stream },
				private: { spot: { unified: account, nonUnified: account }, contract: account, usdc: account, trade },
			},
		},
	} as never; // the client types its addresses more narrowly than it reads them
	await client.loadMarkets();
	return client;
}
