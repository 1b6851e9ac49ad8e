// The money in recorded Bybit messages, recomputed: fees and values through this exchange's wire, margins by its formulas. Without
// ANCHORWATCH_DATA these tests are skipped, visibly.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { initialMargin, maintenanceMargin } from "../account/margin.ts";
import { type Position, unrealised } from "../account/position.ts";
import { makeInstrument } from "../market/instrument.ts";
import { roundUsdt, scaleUsdt, usdtNumber } from "../units/grid.ts";
import { minutes, still } from "./testing/candles.ts";
import { type Json, market, TERMS } from "./testing/rig.ts";
import { standing } from "./testing/standing.ts";

const folder = process.env.ANCHORWATCH_DATA;
const RECORDED = { skip: folder === undefined ? "ANCHORWATCH_DATA names no folder with recordings" : false };

function rowsOf(file: string, name: string): Json[] {
	const all = JSON.parse(readFileSync(join(folder ?? "", "bybit-recorded", file), "utf8")) as Record<string, Json>;
	const entry = all[name] ?? {};
	return ((entry.result ?? entry) as { list: Json[] }).list;
}

/** Fields that the same trade must leave in the same text. */
const SAME = [
	"side",
	"qty",
	"avgPrice",
	"cumExecQty",
	"cumExecValue",
	"cumExecFee",
	"cumFeeDetail",
	"timeInForce",
	"orderStatus",
	"leavesQty",
];

test("a recorded round trip, traded here at its prices, has its values and fees to the last digit (D4)", RECORDED, async () => {
	const [sell, buy] = rowsOf("rest-responses-ccxt.json", "order-history.two-market-orders");
	assert.ok(buy !== undefined && sell !== undefined);
	for (const recorded of [buy, sell]) {
		const candles = minutes(still(3, Number(recorded.avgPrice)));
		const rig = await standing([], { markets: [market("BTCUSDT", candles)], terms: { ...TERMS, slippage: 0, leverage: 10 } });
		const { side, qty, orderType } = recorded;
		await rig.done("/v5/order/create", { category: "linear", symbol: "BTCUSDT", side, qty, orderType });
		const [ours] = await rig.list("/v5/order/history", { category: "linear", symbol: "BTCUSDT" });
		const pick = (row: Json | undefined): unknown[] => SAME.map((name) => row?.[name]);
		assert.deepEqual(pick(ours), pick(recorded));
		await rig.close();
	}
});

test("the recorded executions' and funding's money is value times rate, closed profit is net of both fees (D4)", RECORDED, () => {
	const rows = [
		...rowsOf("rest-results-testnet-2023.json", "execution-list"),
		...rowsOf("rest-responses-ccxt.json", "execution-list.funding"),
	];
	assert.ok(rows.length >= 2);
	for (const { execValue, feeRate, execFee } of rows)
		assert.equal(usdtNumber(scaleUsdt(roundUsdt(Number(execValue)), Number(feeRate))), Number(execFee));
	for (const { cumEntryValue, cumExitValue, closedPnl, side } of rowsOf("rest-results-testnet-2023.json", "closed-pnl")) {
		const [entry, exit] = [Number(cumEntryValue), Number(cumExitValue)];
		const fees = 0.0006 * (entry + exit); // of that year
		assert.equal(roundUsdt((side === "Sell" ? exit - entry : entry - exit) - fees), roundUsdt(Number(closedPnl)));
	}
	for (const { tradePrice, qty, feeRate, funding, change, cashFlow, fee } of rowsOf(
		"rest-responses-ccxt.json",
		"transaction-log.settlement",
	)) {
		assert.equal(roundUsdt(-Number(tradePrice) * Number(qty) * Number(feeRate)), roundUsdt(Number(funding)));
		assert.equal(Number(change), Number(cashFlow) + Number(funding) - Number(fee));
	}
});

test("a recorded position's profit and margins follow from its entry, mark price and leverage (D3)", RECORDED, () => {
	const [row] = rowsOf("rest-responses-ccxt.json", "position-list.long");
	assert.ok(row !== undefined);
	const instrument = makeInstrument({
		...{ symbol: "LTCUSDT", baseCoin: "LTC", tick: "0.01", step: "0.1", minQty: "0.1", minNotional: 5, maxLeverage: 50, fundingHours: 8 },
		tiers: [{ limit: Number(row.riskLimitValue), maintenance: 0.01, maxLeverage: 50 }],
	});
	const qty = instrument?.grid.parseQty(String(row.size));
	assert.ok(instrument !== undefined && qty !== undefined);
	const position: Position = { direction: "long", qty, cost: roundUsdt(Number(row.positionValue)) };
	const [leverage, feeRate] = [Number(row.leverage), TERMS.takerFee];
	// It was built of parts at a leverage that was changed meanwhile: the recorded margin keeps their rounding.
	const close = (ours: number, theirs: unknown): void => assert.ok(Math.abs(ours - Number(theirs)) < 2e-6, `${ours} against ${theirs}`);
	close(unrealised(position, instrument.grid, Number(row.markPrice)), row.unrealisedPnl);
	close(usdtNumber(initialMargin(position, leverage, feeRate)), row.positionIM);
	// Recorded in 2023, when the maintenance margin followed the entry; since 2025-09-02 it follows the mark price, as here.
	close(maintenanceMargin(position, instrument, { mark: Number(row.avgPrice), leverage, feeRate }), row.positionMM);
});
