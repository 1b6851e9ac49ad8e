// Every key of the one configuration file (spec §12): its name, kind, default and description, written once. The JSON schema, the commented
// example and every message are made from this table. Rules between two keys are in rules.ts.

import { z } from "zod";
import { MARGIN_MODES } from "../account/margin.ts";
import { LOG_LEVELS } from "../std/log-level.ts";
import { STRATEGIES } from "../strategy/registry.ts";
import { ANCHOR_TYPES, BAND_METHODS, VWAP_SOURCES } from "../strategy/settings.ts";
import { PATHS } from "../venue/path.ts";
import {
	address,
	CHAT,
	CRON,
	FILE,
	FLAG,
	FOLDER,
	HOST,
	INTERVAL,
	instant,
	KEY_NAME,
	key,
	NOTES,
	number,
	oneOf,
	orNull,
	percent,
	required,
	SECRET,
	SYMBOL,
	section,
	TIME_OF_DAY,
	USERS,
	WEBHOOK,
	whole,
} from "./kinds.ts";
import { overridesOf } from "./overrides.ts";

export const ENVIRONMENTS = ["testnet", "mainnet", "demo", "paper", "sim"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];
const COLD_STARTS = ["reconstruct", "wait"] as const;
const TRIGGERS = ["close", "tick"] as const;
const ENTRY_ORDERS = ["market", "limit"] as const;
const AFTER_TP1 = ["keep", "breakeven"] as const;
const LOCALES = ["ko", "en"] as const;
const SIZE_MODES = ["percent", "fixed"] as const;

/** Money is counted exactly up to about 90 million USDT; amounts in the file stay below that with room to grow. */
const MONEY_MAX = 80_000_000;
const CANDLES_MAX = 10_000;
const DAY_S = 86_400;
const LIMIT = { above: 0, to: MONEY_MAX } as const;
const LATENCY = { above: 0, to: 60_000 } as const;
const SECONDS = { above: 0, to: DAY_S } as const;
const SHARE = { above: 0, to: 100 } as const;
/** A price cannot fall by 100 %. */
const FALL = { above: 0, below: 100 } as const;

const LEVERAGE = key(number({ from: 1, to: 100 }), 3, "Position ÷ margin; above 5 is warned about, above the symbol's maximum refused");

const STRATEGY = section("When to trade, and how to get in and out", {
	name: key(oneOf(STRATEGIES), "anchored-vwap", "The strategy; there is this one"),
	interval: key(INTERVAL, "60", "Candles of bands and momentum, judged at their close: 1 3 5 15 30 60 120 240 360 720 D W M"),
	vwap: section("The volume-weighted average price", {
		source: key(
			oneOf(VWAP_SOURCES),
			"ticker",
			"ticker: the venue's own figure, frozen at the anchor; kline: over candles since the anchor",
		),
	}),
	anchor: section("The moment whose VWAP is the reference", {
		type: key(oneOf(ANCHOR_TYPES), "daily", "daily, time, price, extreme (new high or low) or event (volume or range)"),
		session_start: key(TIME_OF_DAY, "00:00", "daily: the day's open, UTC"),
		time: key(orNull(instant("required")), null, "time: the instant, with its zone or in milliseconds"),
		price: key(orNull(number({ above: 0 })), null, "price: the reference itself, in USDT"),
		lookback: key(whole({ from: 2, to: CANDLES_MAX }), 48, "extreme, event: how many candles are looked back on"),
		volume_multiple: key(number({ above: 0 }), 3, "event: volume of at least this many times the mean"),
		range_multiple: key(number({ above: 0 }), 3, "event: true range of at least this many times the ATR"),
		cold_start: key(oneOf(COLD_STARTS), "reconstruct", "reconstruct: an anchor already past is rebuilt from candles; wait: for the next"),
	}),
	bands: section("The distance from the reference that makes a signal", {
		method: key(oneOf(BAND_METHODS), "std", "std: standard deviation of closes; atr: Wilder's average true range"),
		length: key(whole({ from: 2, to: CANDLES_MAX }), 24, "Candles the method looks at"),
		k: key(number({ above: 0 }), 1, "Width of the bands, in deviations; wider means fewer signals"),
	}),
	momentum: section("A filter: the price must also move the signal's way", {
		lookback: key(whole({ from: 0, to: CANDLES_MAX }), 3, "Candles the move is measured over; 0 turns the filter off"),
	}),
	signal: section("When the signal is judged", {
		trigger: key(oneOf(TRIGGERS), "close", "close: at each candle's close; tick: at each ticker as well"),
	}),
	entry: section("The order that opens a position", {
		order: key(oneOf(ENTRY_ORDERS), "market", "market: filled at once; limit: rests at the best price, and may not fill"),
		post_only: key(FLAG, false, "limit: as maker only; an order that would fill at once is rejected instead"),
		reprice_ticks: key(whole({ from: 1, to: 1_000_000 }), 5, "limit: follow the best price once it has moved this many ticks"),
		timeout_s: key(number(SECONDS), 60, "limit: cancelled after this many seconds; what has filled is kept"),
	}),
	exit: section("Targets and stops, in percent of the entry price", {
		long: section("Of a long position", {
			take_profit_pct: key(percent({ above: 0, to: 1000 }), 3, "First target (TP1), above the entry"),
			take_profit_fraction: key(number({ above: 0, to: 1 }), 0.5, "Share of the position that the first target closes"),
			stop_loss_pct: key(percent(FALL), 1, "Stop of the whole position, below the entry; stands at the exchange from the entry on"),
		}),
		short: section("Of a short position", {
			take_profit_pct: key(percent(FALL), 3, "First target (TP1), below the entry"),
			take_profit_fraction: key(number({ above: 0, to: 1 }), 0.5, "Share of the position that the first target closes"),
			stop_loss_pct: key(percent(FALL), 1, "Stop of the whole position, above the entry; stands at the exchange from the entry on"),
		}),
		after_tp1: key(oneOf(AFTER_TP1), "keep", "keep: the stop stays after TP1; breakeven: it moves to the entry price"),
		trailing: section("A stop that follows the price", {
			activation_pct: key(
				orNull(percent({ from: 0, to: 1000 })),
				null,
				"Begins once the price has moved this far in favour; null: at once",
			),
			distance_pct: key(orNull(percent(FALL)), null, "Distance from the best price since; null: no trailing stop"),
		}),
	}),
	cooldown: section("The pause after a position", {
		candles: key(whole({ from: 0, to: CANDLES_MAX }), 1, "Evaluations before the next entry; 0: an opposite signal may turn at once"),
	}),
});

const SIZE = section("How much a position takes", {
	mode: key(oneOf(SIZE_MODES), "percent", "percent: margin as a share of the balance; fixed: margin in USDT; times leverage"),
	value: key(number(LIMIT), 20, "Percent, or USDT"),
});

const ENTRY = z.strictObject({
	symbol: required(SYMBOL, "A USDT perpetual of Bybit, in capitals"),
	strategy: overridesOf(STRATEGY),
	size: overridesOf(SIZE),
	leverage: overridesOf(LEVERAGE),
});

const SYMBOLS = z
	.array(ENTRY.register(NOTES, { expected: 'a section such as "symbol: BTCUSDT"' }))
	.min(1)
	.prefault([{ symbol: "BTCUSDT" }])
	.meta({ description: "The symbols to trade; an entry may override leverage, size and any part of strategy for itself" })
	.register(NOTES, { expected: 'a list of symbols such as "- symbol: BTCUSDT"' });

export const CONFIG = z
	.strictObject({
		environment: key(oneOf(ENVIRONMENTS), "testnet", "testnet, mainnet, demo, paper (mainnet's data, simulated fills) or sim (no network)"),
		symbols: SYMBOLS,
		leverage: LEVERAGE,
		margin_mode: key(oneOf(MARGIN_MODES), "isolated", "isolated or cross; for the whole account"),
		strategy: STRATEGY,
		size: SIZE,
		risk: section("Limits of the account; null turns one off", {
			max_symbol_notional: key(orNull(number(LIMIT)), 20_000, "Largest position of one symbol, USDT; a larger entry is cut down to it"),
			max_total_notional: key(
				orNull(number(LIMIT)),
				50_000,
				"Largest total of all positions and resting entries, USDT; an entry is cut down to fit",
			),
			max_loss_pct: key(orNull(percent(SHARE)), 1, "Loss of one position at its stop, percent of the balance; a larger entry is cut down"),
			max_drawdown_pct: key(orNull(percent(SHARE)), 15, "Equity so far below its peak, percent: all is closed, until a person resumes"),
			max_errors: key(orNull(whole({ from: 1, to: 1_000_000 })), 5, "So many failed calls in a row: all is closed, until a person resumes"),
		}),
		guard: section("Conditions under which the bot stays out or gets out; null turns one off", {
			max_spread_pct: key(orNull(percent(SHARE)), 0.1, "No entry while bid and ask are further apart, percent of their middle"),
			max_move_pct: key(orNull(percent({ above: 0, to: 1000 })), 2, "No entry after the price moved by more within the window, percent"),
			move_window_s: key(orNull(number(SECONDS)), 60, "That window, seconds; null turns max_move_pct off"),
			stale_s: key(orNull(number(SECONDS)), 10, "Seconds without market data until REST stands in; no entry till the stream is back"),
			max_divergence_pct: key(orNull(percent(SHARE)), 2, "Close at market when last and mark price are further apart, percent"),
			min_liquidation_distance_pct: key(orNull(percent(SHARE)), 5, "Close at market when liquidation is nearer to the mark price, percent"),
		}),
		sim: section("Simulated fills: backtest, paper and sim", {
			initial_balance: key(number(LIMIT), 10_000, "Balance at the start, USDT"),
			taker_fee: key(number({ from: 0, to: 0.01 }), 0.00055, "Fee of an order that fills at once, as a fraction of its value"),
			maker_fee: key(number({ from: 0, to: 0.01 }), 0.0002, "Fee of an order that rested, as a fraction of its value"),
			slippage_bps: key(number({ from: 0, to: 1000 }), 1, "Market orders fill worse by this many hundredths of a percent"),
			funding_rate: key(number({ from: -0.05, to: 0.05 }), 0.0001, "Funding rate where none is recorded, a fraction; above 0 longs pay"),
			path: key(oneOf(PATHS), "pessimistic", "What comes first in a candle: the pessimistic, nearest or optimistic extreme"),
		}),
		data: section("Candle files", {
			dir: key(FOLDER, "data", "Folder of downloaded candles"),
			allow_gaps: key(FLAG, false, "Run across missing candles; otherwise the backtest is refused"),
			approximate_turnover: key(FLAG, false, "Estimate a turnover that was not recorded; otherwise the backtest is refused"),
		}),
		backtest: section("The part of history to run", {
			limit: key(orNull(whole({ from: 1 })), null, "The last so many base candles; null: all"),
			start: key(orNull(instant("optional")), null, "First evaluation: a date, an instant (UTC without a zone) or milliseconds"),
			end: key(orNull(instant("optional")), null, "End: a date, an instant (UTC without a zone) or milliseconds"),
			base_interval: key(orNull(INTERVAL), "1", "Candles the simulation walks through; null: those of the strategy"),
		}),
		endpoints: section("Addresses other than the environment's own; http and ws on this machine only", {
			rest: key(orNull(address("rest")), null, "Questions and answers (REST); null: the environment's own"),
			public: key(orNull(address("stream")), null, "Stream of market data; null: the environment's own"),
			private: key(orNull(address("stream")), null, "Stream of orders and positions; null: the environment's own"),
			trade: key(orNull(address("stream")), null, "Stream that takes orders; null: the environment's own"),
		}),
		log: section("Log files", {
			level: key(oneOf(LOG_LEVELS), "info", "What the files tell: trace, debug, info, warn or error, and all above it"),
			dir: key(FOLDER, "logs", "Folder of log files; nothing in it is ever deleted"),
		}),
		journal: section("Durable state", {
			dir: key(FOLDER, "state", "Folder of journals and saved state; each environment needs one of its own"),
		}),
		backup: section("Copies of the journal, made while the bot runs", {
			dir: key(orNull(FOLDER), "backups", "Their folder; a relative one lies in journal.dir; null: none are made"),
			keep: key(whole({ from: 1, to: 10_000 }), 14, "How many of them stay"),
		}),
		schedule: section("When the regular jobs come: cron patterns, UTC; null turns one off", {
			health: key(orNull(CRON), "* * * * *", "Streams, clock, account, market data, journal and log are checked"),
			reconcile: key(orNull(CRON), "* * * * *", "The whole account is read; without it every two minutes"),
			clock: key(orNull(CRON), "*/10 * * * *", "The exchange's clock is measured"),
			instruments: key(orNull(CRON), "23 * * * *", "The exchange's rules of each symbol are compared with those in use"),
			daily: key(orNull(CRON), "5 0 * * *", "The day's summary goes to the phone"),
			weekly: key(orNull(CRON), "10 0 * * MON", "The week's figures go to the phone"),
			backup: key(orNull(CRON), "30 3 * * *", "The journal is copied"),
			forget: key(orNull(CRON), "45 * * * *", "Inputs older than a week leave the journal"),
			year: key(orNull(CRON), "1 0 1 1 *", "The log files of a new year begin"),
		}),
		metrics: section("Figures for Prometheus at /metrics, with /healthz and /readyz", {
			enabled: key(FLAG, false, "Serve them while the bot runs"),
			host: key(HOST, "127.0.0.1", "Where to listen; they tell the account's state to whoever may connect"),
			port: key(whole({ from: 0, to: 65_535 }), 9464, "The port; 0: any free one, named in the log"),
		}),
		notify: section("Messages to the operator, and commands from there", {
			locale: key(oneOf(LOCALES), "ko", "Their language: ko (Korean) or en"),
			outage_s: key(number(SECONDS), 30, "Tell of a stream that is down for longer than this many seconds"),
			latency_ms: key(
				orNull(number(LATENCY)),
				1000,
				"Tell when the exchange's answers, or the bot itself, take longer for a while; null: never",
			),
			telegram: section("Telegram; its token is a secret", {
				enabled: key(FLAG, false, "Send messages, and take commands"),
				chat_id: key(orNull(CHAT), null, "The one chat to write to and to hear"),
				user_ids: key(USERS, [], "Who may give commands there; empty: nobody"),
				api_root: key(address("rest"), "https://api.telegram.org", "Address of the Bot API, or of a proxy of it"),
			}),
			webhook: section("A second channel: each message as JSON", {
				enabled: key(FLAG, false, "Send messages"),
				url: key(orNull(WEBHOOK), null, "Where to; signed where there is a secret webhook_secret"),
			}),
		}),
		keys: section('Encrypted keys, made with "anchorwatch keys add"; the environment and .env come before them', {
			file: key(orNull(FILE), null, "The key file; null: there is none"),
			name: key(KEY_NAME, "default", "Which of the keys in it"),
		}),
		secrets: section(
			"Better in the environment or in .env, as ANCHORWATCH_API_KEY, ANCHORWATCH_API_SECRET, ANCHORWATCH_TELEGRAM_TOKEN, ANCHORWATCH_WEBHOOK_SECRET",
			{
				api_key: key(orNull(SECRET), null, "Only in a file that nobody else can read (chmod 600)"),
				api_secret: key(orNull(SECRET), null, "Only in a file that nobody else can read (chmod 600)"),
				telegram_token: key(orNull(SECRET), null, "Only in a file that nobody else can read (chmod 600)"),
				webhook_secret: key(orNull(SECRET), null, "Only in a file that nobody else can read (chmod 600)"),
			},
		),
	})
	.meta({ title: "Anchorwatch configuration", description: "The single configuration file of Anchorwatch." })
	.register(NOTES, { expected: "a section of keys" });

export type Config = z.output<typeof CONFIG>;
export type StrategyConfig = Config["strategy"];
export type SizeConfig = Config["size"];
