// The summary of a backtest on the operator's phone: its figures, with the equity curve as a picture.

import { chartOf } from "../notify/chart.ts";
import { reply } from "../notify/commands.ts";
import { Telegram } from "../notify/telegram.ts";
import { WALL } from "../notify/timing.ts";
import { duration, percent, plain, signedMoney, signedPercent } from "../report/figures.ts";
import { measure, type RunRecord } from "../report/metrics.ts";
import { utcDate } from "../report/utc.ts";
import { warningText } from "../report/warning.ts";
import { RunFailure } from "../std/run-failure.ts";
import { UsageError } from "../std/usage-error.ts";
import { channelsOf } from "./live-notify.ts";
import type { RunConfig } from "./run-config.ts";

/** How often it is tried, and how long it may take in all. */
const TRIES = 3;
const PATIENCE = 60_000;
const PAUSE = 2000;

/** What is missing for it is said before the backtest begins. */
export function summaryChannel(config: RunConfig): Telegram {
	const { telegram } = channelsOf(config);
	if (telegram === undefined)
		throw new UsageError("--notify: set notify.telegram.enabled and notify.telegram.chat_id in the configuration");
	return new Telegram({ ...telegram, timing: WALL });
}

export async function notifySummary(telegram: Telegram, record: RunRecord, locale: "ko" | "en"): Promise<void> {
	const photo = chartOf(record, { title: record.symbols.join(" ") });
	const message = { ...reply(summaryOf(record, locale), []), photo, silent: false };
	const signal = AbortSignal.timeout(PATIENCE);
	for (let tried = 1; ; tried++) {
		const sent = await telegram.reply(message, signal);
		if (sent.ok) return;
		if (tried === TRIES || sent.kind === "barred" || sent.kind === "refused" || signal.aborted)
			throw new RunFailure(`--notify: ${sent.why}`);
		await WALL.sleep(PAUSE * tried, signal);
	}
}

function summaryOf(record: RunRecord, locale: "ko" | "en"): { title: string; lines: string[] } {
	const pick = (ko: string, en: string): string => (locale === "ko" ? ko : en);
	const figures = measure(record);
	return {
		title: `📊 ${pick("백테스트", "Backtest")} ${record.symbols.join(", ")}`,
		lines: [
			`${utcDate(record.start)} – ${utcDate(record.end)} (${duration(record.end - record.start)})${record.generated ? pick(", 생성된 시장", ", a generated market") : ""}`,
			`PnL ${signedMoney(figures.pnl)} USDT (${signedPercent(figures.returnPct)})`,
			`CAGR ${figures.cagr === undefined ? "–" : signedPercent(100 * figures.cagr)}`,
			`MDD ${plain(figures.mdd, 2)} USDT (${percent(figures.mddPct)})`,
			`${pick("거래", "trades")} ${figures.trades}, ${pick("승률", "win rate")} ${percent(figures.winRate)}`,
			`${pick("수수료", "fees")} ${plain(figures.fees, 2)}, ${pick("펀딩", "funding")} ${plain(figures.funding, 2)} USDT`,
			...record.warnings.slice(0, 3).map((warning) => `⚠️ ${warningText(warning, locale)}`),
		],
	};
}
