// Makes docs/img/trade.png again: what `/chart trade` draws, of a trade on a generated market, by the same way that a running bot takes, from
// the notes in a journal and the candles of an exchange.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backtestRecord } from "../src/cli/backtest-run.ts";
import { generatedMarket } from "../src/cli/generated-market.ts";
import { phonePast } from "../src/cli/phone-past.ts";
import { loadConfig } from "../src/cli/run-config.ts";
import { Journal } from "../src/journal/journal.ts";
import { Past } from "../src/journal/past.ts";
import { aggregate } from "../src/market/aggregate.ts";
import { candleAt } from "../src/market/candle.ts";
import { tradePicture } from "../src/notify/trade-picture.ts";
import type { Usdt } from "../src/units/unit.ts";

const FILE = join(import.meta.dirname, "../docs/img/trade.png");
const MARKET = { seed: "anchorwatch", days: 60 } as const;

const dir = mkdtempSync(join(tmpdir(), "anchorwatch-trade-"));
const config = loadConfig(undefined);
const [entry] = config.resolved.symbols;
if (entry === undefined) throw new RangeError("the defaults trade a symbol");
const market = generatedMarket(entry, config.config, MARKET);
const journal = new Journal(dir, { name: "picture", started: 0, about: {} }, "simulated");
const { trades } = backtestRecord({
	config,
	market,
	onNote: (at, symbol, note) => journal.command({ kind: "note", at, symbol, note, cash: 0 as Usdt, coin: 0 }), // nobody asks for cash here
});
journal.commit();
const past = phonePast(
	(question) => Past.ask(dir, "simulated", question),
	async ({ interval, from, to }) => {
		const { columns } = aggregate(market.columns, market.interval, interval);
		return Array.from({ length: columns.length }, (_, i) => candleAt(columns, i)).filter(
			({ openTime }) => openTime >= from && openTime < to,
		);
	},
);
/** One that took its target and was ended by something else. */
const telling = trades.filter(({ exits, pnl }) => pnl > 0 && exits[0]?.reason === "take_profit" && exits.at(-1)?.reason !== "take_profit");
const trade = telling.toSorted((a, b) => b.exitAt - b.entryAt - (a.exitAt - a.entryAt))[0];
if (trade === undefined) throw new RangeError("no trade of that market took its target");
writeFileSync(FILE, tradePicture(await past.story(trade)));
journal.close();
rmSync(dir, { recursive: true });
process.stdout.write("docs/img/trade.png\n");
