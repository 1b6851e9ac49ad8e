// The operator's phone, as the configuration names it: which channels there are, with what secrets and by what way, and how they reach the
// bot's journal.

import { Agent } from "node:https";
import type { BybitRest } from "../bybit/calls.ts";
import { candleOf } from "../bybit/decode/public.ts";
import { proxyFor } from "../bybit/proxy.ts";
import { readSecrets } from "../config/load.ts";
import { masked } from "../config/mask.ts";
import type { Journal, JournalKind } from "../journal/journal.ts";
import { Past } from "../journal/past.ts";
import type { Bot } from "../live/bot.ts";
import type { Candle } from "../market/candle.ts";
import { NotifyService, type ServiceOptions } from "../notify/service.ts";
import { WALL } from "../notify/timing.ts";
import type { Histogram } from "../std/histogram.ts";
import { UsageError } from "../std/usage-error.ts";
import type { Ms } from "../units/unit.ts";
import { type Asked, type CandlesOf, phonePast } from "./phone-past.ts";
import type { RunConfig } from "./run-config.ts";

/** Bybit's largest page. */
const CANDLES_PAGE = 1000;

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
				? { token, chat: telegram.chat_id, users: telegram.user_ids, apiRoot: telegram.api_root, agent: agentFor(telegram.api_root) }
				: undefined,
		webhook:
			webhook.enabled && webhook.url !== null
				? { url: webhook.url, secret: secrets.webhook_secret, agent: agentFor(webhook.url) }
				: undefined,
	};
}

/** Through the same proxy as the exchange's addresses; undefined for a direct way. */
function agentFor(address: string): Agent | undefined {
	const proxy = proxyFor(address, process.env);
	if (!proxy.ok) throw new UsageError(`${proxy.error}; messages go by it, too`);
	return proxy.value === undefined ? undefined : new Agent({ keepAlive: true, proxyEnv: { HTTPS_PROXY: proxy.value.url } });
}

/** As the exchange has them; none where it does not answer. */
export async function candlesAround(rest: Pick<BybitRest, "getKline">, { symbol, interval, from, to }: Asked): Promise<readonly Candle[]> {
	const answer = await rest.getKline({ symbol, interval, start: from, end: to, limit: CANDLES_PAGE });
	return answer.ok ? answer.value.map(candleOf) : [];
}

type Parts = {
	readonly journal: Journal;
	readonly kind: JournalKind;
	readonly run: string;
	readonly latency: Histogram;
	readonly bot: () => Bot;
	/** The exchange's time. */
	readonly now: () => Ms;
	readonly candles: CandlesOf;
	readonly onLine: ServiceOptions["onLine"];
};

/** Undefined where no channel is enabled: then nothing is written to the outbox either. */
export function openNotify(
	config: RunConfig,
	{ journal, kind, run, latency, bot, now, candles, onLine }: Parts,
): NotifyService | undefined {
	const { notify, environment, journal: keeping } = config.config;
	const channels = channelsOf(config);
	if (channels.telegram === undefined && channels.webhook === undefined) return undefined;
	const ask = <Answer>(question: (past: Past) => Answer): Answer => Past.ask(keeping.dir, kind, question);
	return new NotifyService({
		...channels,
		ledger: {
			outbox: journal.outbox,
			tellTo: (names, tells) => journal.tellTo(names, tells),
			commit: () => journal.commit(),
			wish: (wish) => void journal.wish(wish.wish === "close" ? wish : wish.wish, Date.now()),
		},
		past: phonePast(ask, candles),
		before: ask((past) => past.lifeBefore(run)),
		locale: notify.locale,
		environment,
		outageAfter: notify.outage_s * 1000,
		latencyLimit: notify.latency_ms ?? undefined,
		timing: WALL,
		now,
		engine: () => bot().view.trader?.engine,
		isBare: (symbol) => bot().view.trader?.oms.exposedSince(symbol) !== undefined,
		latency: () => (latency.count === 0 ? "–" : latency.text()),
		onLine,
		mask: masked,
	});
}
