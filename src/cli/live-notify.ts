// The operator's phone, as the configuration names it: which channels there are, with what secrets, and how they reach the bot's journal.

import { readSecrets } from "../config/load.ts";
import type { Journal } from "../journal/journal.ts";
import type { Bot } from "../live/bot.ts";
import { NotifyService, type ServiceOptions } from "../notify/service.ts";
import { WALL } from "../notify/timing.ts";
import type { Histogram } from "../std/histogram.ts";
import { UsageError } from "../std/usage-error.ts";
import type { RunConfig } from "./run-config.ts";

export type Channels = Pick<ServiceOptions, "telegram" | "webhook">;

/** The channels that are enabled; what is missing for one is the operator's to mend. */
export function channelsOf(config: RunConfig): Channels {
	const { telegram, webhook } = config.config.notify;
	const { secrets } = readSecrets(config, process.env);
	if (telegram.enabled && secrets.telegram_token === undefined)
		throw new UsageError("notify.telegram is enabled and has no token: set ANCHORWATCH_TELEGRAM_TOKEN in the environment or in .env");
	const token = secrets.telegram_token;
	return {
		telegram:
			telegram.enabled && token !== undefined && telegram.chat_id !== null
				? { token, chat: telegram.chat_id, users: telegram.user_ids, apiRoot: telegram.api_root }
				: undefined,
		webhook: webhook.enabled && webhook.url !== null ? { url: webhook.url, secret: secrets.webhook_secret } : undefined,
	};
}

type Parts = {
	readonly journal: Journal;
	readonly latency: Histogram;
	readonly bot: () => Bot;
	readonly onLine: ServiceOptions["onLine"];
};

/** Undefined where no channel is enabled: then nothing is written to the outbox either. */
export function openNotify(config: RunConfig, { journal, latency, bot, onLine }: Parts): NotifyService | undefined {
	const { notify, environment } = config.config;
	const channels = channelsOf(config);
	if (channels.telegram === undefined && channels.webhook === undefined) return undefined;
	return new NotifyService({
		...channels,
		ledger: {
			outbox: journal.outbox,
			tellTo: (names, tells) => journal.tellTo(names, tells),
			commit: () => journal.commit(),
			wish: (wish) => void journal.wish(wish.wish === "close" ? wish : wish.wish, Date.now()),
		},
		locale: notify.locale,
		environment,
		outageAfter: notify.outage_s === null ? undefined : notify.outage_s * 1000,
		timing: WALL,
		engine: () => engineOf(bot()),
		latency: () => (latency.count === 0 ? "–" : latency.text()),
		onLine,
	});
}

/** Undefined until the bot has begun. */
function engineOf(bot: Bot): ReturnType<ServiceOptions["engine"]> {
	try {
		return bot.engine;
	} catch (cause) {
		if (cause instanceof RangeError) return undefined; // so says `Bot.trader` before its start
		throw cause;
	}
}
