// The exchange's REST side with a key and without any stream, for commands that only ask.

import { BybitClient } from "../bybit/client.ts";
import type { Credentials } from "../bybit/ports.ts";
import { must } from "../live/start-up.ts";
import { addressesOf } from "./live-bot.ts";
import type { RunConfig } from "./run-config.ts";

/** Calls `use` once the clock was measured, and leaves nothing open. */
export async function withExchange<Value>(
	config: RunConfig,
	credentials: Credentials | undefined,
	use: (client: BybitClient) => Promise<Value>,
): Promise<Value> {
	const client = new BybitClient({
		endpoints: addressesOf(config),
		credentials,
		clock: { now: Date.now },
		random: Math.random,
		onEvent: () => {},
	});
	try {
		must(await client.syncClock(), "the exchange does not answer");
		return await use(client);
	} finally {
		await client.close();
	}
}
