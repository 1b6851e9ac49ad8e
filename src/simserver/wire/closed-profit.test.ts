// Each way in which a position ends, as closed-pnl, the execution list and the transaction log name it.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { OrderRequest } from "../../orders/order.ts";
import { SimClock } from "../clock.ts";
import { Exchange } from "../exchange.ts";
import { bundled, DAY_START, minutes, still } from "../testing/candles.ts";
import { KEY, market, SECRET, TERMS } from "../testing/rig.ts";
import { closedProfitRow } from "./closed-profit.ts";
import { listExecution } from "./execution.ts";
import { listPosition } from "./position.ts";

const BTC = bundled("BTCUSDT");
const { grid } = BTC;
const AT = DAY_START;

/** An exchange at 20000 that holds 0.1 long. */
function holding(): Exchange {
	const edge = { clock: new SimClock(AT, "max", () => 0), keys: { key: KEY, secret: SECRET } };
	const exchange = new Exchange([market("BTCUSDT", minutes(still(2, 20_000)))], { ...TERMS, slippage: 0 }, edge);
	exchange.venue.open("BTCUSDT", 20_000, AT);
	submit(exchange, { linkId: "entry", side: "buy" });
	return exchange;
}

function submit({ venue }: Exchange, over: Pick<OrderRequest, "linkId" | "side"> & Partial<OrderRequest>): void {
	const qty = grid.parseQty("0.1");
	assert.ok(qty !== undefined);
	const sent = venue.submit({ symbol: "BTCUSDT", type: "market", qty, timeInForce: "IOC", reduceOnly: false, ...over }, AT);
	assert.ok(sent.ok, JSON.stringify(sent));
}

function move({ venue }: Exchange, price: number): void {
	while (!venue.advance("BTCUSDT", price, AT + 1));
}

const at = (price: number) => grid.nearestTick(price);

type Way = { name: string; end(exchange: Exchange): unknown; createType: string; execType: string; type: string };
const WAYS: readonly Way[] = [
	{
		name: "an order of its owner",
		end: (exchange) => submit(exchange, { linkId: "exit", side: "sell", reduceOnly: true }),
		createType: "CreateByUser",
		execType: "Trade",
		type: "TRADE",
	},
	{
		name: "a stop",
		end: (exchange) => {
			exchange.venue.setTradingStop("BTCUSDT", { stopLoss: at(19_900) }, AT);
			move(exchange, 19_800);
		},
		createType: "CreateByStopLoss",
		execType: "Trade",
		type: "TRADE",
	},
	{
		name: "a take-profit",
		end: (exchange) => {
			exchange.venue.setTradingStop("BTCUSDT", { takeProfit: at(20_100) }, AT);
			move(exchange, 20_200);
		},
		createType: "CreateByTakeProfit",
		execType: "Trade",
		type: "TRADE",
	},
	{
		name: "a trailing stop",
		end: (exchange) => {
			exchange.venue.setTradingStop("BTCUSDT", { trailingStop: at(100) }, AT);
			move(exchange, 20_200);
			move(exchange, 20_000);
		},
		createType: "CreateByTrailingStop",
		execType: "Trade",
		type: "TRADE",
	},
	{
		name: "liquidation",
		end: (exchange) => move(exchange, 12_000),
		createType: "CreateByTakeOver_PassThrough",
		execType: "BustTrade",
		type: "LIQUIDATION",
	},
	{
		name: "auto-deleveraging",
		end: ({ venue }) => venue.deleverage("BTCUSDT", venue.position("BTCUSDT").qty, at(20_050), AT),
		createType: "CreateByAdl_PassThrough",
		execType: "AdlTrade",
		type: "ADL",
	},
];

for (const { name, end, createType, execType, type } of WAYS)
	test(`a position that ends by ${name} has a row of closed-pnl of type ${execType}`, () => {
		const exchange = holding();
		end(exchange);
		exchange.absorb();
		const rows = [...exchange.ledger.closedProfits].map(({ entry }) => ({ ...closedProfitRow(entry, BTC), made: entry.order.createType }));
		const [row] = rows as Record<string, unknown>[];
		assert.equal(rows.length, 1);
		assert.deepEqual(
			[row?.made, row?.execType, row?.side, row?.closedSize, row?.cumEntryValue],
			[createType, execType, "Sell", "0.1", "2000"],
		);
		const last = exchange.ledger.executions.at(-1)?.entry;
		assert.ok(last?.kind === "execution");
		assert.deepEqual(
			[(listExecution(last, BTC) as { execType: string }).execType, exchange.ledger.transactions.at(-1)?.entry.type],
			[execType, type],
		);
	});

test("a position is shown with its break-even price, its margins and what protects it", () => {
	const exchange = holding();
	exchange.venue.setTradingStop("BTCUSDT", { stopLoss: at(19_000), takeProfit: at(22_000), trailingStop: at(500) }, AT);
	exchange.venue.setMark("BTCUSDT", 20_010, AT);
	exchange.absorb();
	const shown = listPosition(exchange, "BTCUSDT");
	// (2000 + 1.1) / (0.1 − 0.1 · 0.00055); 2000 / 3 and the closing fee at 20000 · (1 − 1/3).
	assert.deepEqual(
		["breakEvenPrice", "positionIM", "markPrice", "unrealisedPnl", "stopLoss", "takeProfit", "trailingStop"].map((name) => shown[name]),
		["20022.01210666", "667.4", "20010", "1", "19000", "22000", "500"],
	);
});
