// An account that goes on in another process: what it held and what was open, and nothing that does not fit.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bundledInstrument, type Instrument } from "../market/instrument.ts";
import { Grid, NO_USDT, roundUsdt } from "../units/grid.ts";
import type { Price, Qty } from "../units/unit.ts";
import { type SavedVenue, Venue, type VenueTerms } from "./venue.ts";

const [BTC, ETH] = ["BTCUSDT", "ETHUSDT"].map((symbol) => bundledInstrument(symbol)) as [Instrument, Instrument];
const TERMS: VenueTerms = {
	takerFee: 0.00055,
	makerFee: 0.0002,
	slippage: 0,
	marginMode: "isolated",
	balance: roundUsdt(10_000),
	leverage: 3,
};

function held(): Venue {
	const venue = new Venue([BTC, ETH], TERMS);
	for (const symbol of venue.symbols()) venue.open(symbol, 20_000, 0);
	const entry = {
		linkId: "a",
		symbol: "BTCUSDT",
		side: "buy",
		type: "market",
		qty: 100 as Qty,
		timeInForce: "IOC",
		reduceOnly: false,
	} as const;
	assert.ok(venue.submit({ ...entry, stopLoss: 198_000 as Price }, 1).ok);
	const rest = { ...entry, linkId: "b", type: "limit", price: 190_000 as Price, timeInForce: "GTC" } as const;
	assert.ok(venue.submit(rest, 2).ok);
	return venue;
}

function copied(venue: Venue): SavedVenue {
	return JSON.parse(JSON.stringify(venue.saved())) as SavedVenue; // as a journal keeps it
}

test("position, stop, resting orders, wallet and used ids go on in another venue, and a gap beyond the stop fills it", () => {
	const before = held();
	const venue = new Venue([BTC, ETH], { ...TERMS, balance: NO_USDT });
	assert.equal(venue.restore(copied(before)), undefined);
	assert.deepEqual(copied(venue), copied(before));
	assert.equal(venue.liquidationPrice("BTCUSDT"), before.liquidationPrice("BTCUSDT"));
	venue.open("BTCUSDT", 19_500, 3);
	for (let i = 0; i < 10 && !venue.advance("BTCUSDT", 19_500, 3); i++);
	assert.equal(venue.position("BTCUSDT").qty, 0);
	const again = venue.submit(
		{ linkId: "a", symbol: "BTCUSDT", side: "buy", type: "market", qty: 1 as Qty, timeInForce: "IOC", reduceOnly: false },
		4,
	);
	assert.equal(again.ok, false, "an id is good once, over restarts too");
	const ids = venue.drain().flatMap((event) => (event.kind === "execution" ? [event.fill.execId] : []));
	const earlier = before.drain().flatMap((event) => (event.kind === "execution" ? [event.fill.execId] : []));
	assert.deepEqual(
		ids.filter((id) => earlier.includes(id)),
		[],
		"execution ids are never given twice",
	);
});

test("what is held must be traded still, on the same grid; what is flat may go", () => {
	assert.match(new Venue([ETH], TERMS).restore(copied(held())) ?? "", /position on BTCUSDT, which is not traded/);
	assert.equal(new Venue([BTC], TERMS).restore(copied(held())), undefined);
	const finer = { ...BTC, grid: new Grid({ tick: "0.01", step: BTC.grid.step }) };
	assert.match(new Venue([finer, ETH], TERMS).restore(copied(held())) ?? "", /BTCUSDT have changed/);
});
