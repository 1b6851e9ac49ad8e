// The exchange's rules in process: accept, match, charge, settle, liquidate (spec §9). One account, many symbols. It serves the
// backtest, the paper run and the simulated exchange; it knows nothing of wires, files or clocks: time comes with each call.
// A price is moved by `open` and `advance`; what follows is told through `drain`. Each rule is a file of `internal/`.

import { breakEvenPrice } from "../account/break-even.ts";
import { type MarginMode, maintenanceMargin } from "../account/margin.ts";
import { isFlat, type Position } from "../account/position.ts";
import type { Instrument } from "../market/instrument.ts";
import type { OrderRequest } from "../orders/order.ts";
import type { Side } from "../orders/side.ts";
import { err, ok, type Result } from "../std/result.ts";
import type { Ms, Price, Qty, Usdt } from "../units/unit.ts";
import type { VenueEvent, VenueOrder } from "./event.ts";
import { clipped, refusalOf } from "./internal/accept.ts";
import { type Account, type Market, marketOf, newMarket, type Order, type Rates } from "./internal/account.ts";
import { type Amendment, amendOrder } from "./internal/amend.ts";
import { changeTradingStop } from "./internal/change-stop.ts";
import { meetTrade } from "./internal/execute.ts";
import { settleFunding } from "./internal/funding.ts";
import { changeMargin } from "./internal/isolated-margin.ts";
import { legOf } from "./internal/legs.ts";
import { quietRange } from "./internal/levels.ts";
import { changeLeverage } from "./internal/leverage.ts";
import { refreshCross } from "./internal/liquidation.ts";
import { availableMargin, boundMargin, positionMargin, unrealisedTotal } from "./internal/margin-use.ts";
import { advancePrice, countAmbiguity, moveReference, openCandle, passOver } from "./internal/move.ts";
import { type CancelledBy, cancelWithPair } from "./internal/order-life.ts";
import { placeRequest } from "./internal/place.ts";
import { quoteOf } from "./internal/quote.ts";
import { referenceOf } from "./internal/reference.ts";
import { restoreAccount, type SavedVenue, saveAccount } from "./internal/saved.ts";
import { deleverage } from "./internal/take-over.ts";
import { transferFunds } from "./internal/wallet.ts";
import type { Liquidity } from "./liquidity.ts";
import { REFUSALS, type Refusal } from "./refusal.ts";
import type { Protection, TradingStop } from "./trading-stop.ts";

export type { Amendment } from "./internal/amend.ts";
export type { SavedVenue } from "./internal/saved.ts";

export type VenueTerms = Rates & {
	readonly marginMode: MarginMode;
	readonly balance: Usdt;
	/** Leverage of a symbol until set-leverage says otherwise. */
	readonly leverage: number;
	/** What orders find on the other side: `candle` (spec §9) when not given. */
	readonly liquidity?: Liquidity;
	/** How far from the mark price a market order may fill, as a fraction by symbol: 0.05 where nothing is said. */
	readonly marketBand?: Readonly<Record<string, number>>;
	/** Names this run in order and execution ids; digits and a–f. */
	readonly idPrefix?: string;
};

const NO_PRICE = 0 as Price; // not a price: "none"

/** A live order by either of its ids; orderId wins. */
type Target = { readonly symbol: string; readonly orderId?: string | undefined; readonly linkId?: string | undefined };

const NOTHING: readonly VenueEvent[] = [];

export class Venue {
	readonly #terms: VenueTerms;
	readonly #account: Account;

	constructor(instruments: readonly Instrument[], terms: VenueTerms) {
		this.#terms = terms;
		this.#account = {
			rates: terms,
			liquidity: terms.liquidity ?? "candle",
			bands: terms.marketBand ?? {},
			markets: new Map(instruments.map((instrument) => [instrument.symbol, newMarket(instrument, terms.leverage)])),
			linkIds: new Set(),
			wallet: terms.balance,
			marginMode: terms.marginMode,
			idPrefix: terms.idPrefix ?? "0",
			sequence: 0,
			events: [],
		};
	}

	// ---- what is

	get wallet(): Usdt {
		return this.#account.wallet;
	}

	get marginMode(): MarginMode {
		return this.#account.marginMode;
	}

	get terms(): VenueTerms {
		return this.#terms;
	}

	symbols(): string[] {
		return [...this.#account.markets.keys()];
	}

	instrument(symbol: string): Instrument | undefined {
		return this.#account.markets.get(symbol)?.instrument;
	}

	last(symbol: string): number {
		return this.#market(symbol).last;
	}

	mark(symbol: string): number {
		return referenceOf(this.#market(symbol), "mark");
	}

	index(symbol: string): number {
		return referenceOf(this.#market(symbol), "index");
	}

	position(symbol: string): Position {
		return this.#market(symbol).position;
	}

	leverage(symbol: string): number {
		return this.#market(symbol).leverage;
	}

	/** Whether the position would take margin from what is free before it is liquidated. */
	autoAddMargin(symbol: string): boolean {
		return this.#account.marginMode === "isolated" && this.#market(symbol).autoAdd;
	}

	liquidationPrice(symbol: string): number {
		refreshCross(this.#account);
		return this.#market(symbol).liquidation;
	}

	/** What the position binds, and what it must not fall below, closing fee included; `added` is the part that came by hand. */
	margin(symbol: string): { initial: Usdt; maintenance: number; added: Usdt } {
		const market = this.#market(symbol);
		const { position, instrument, leverage, added } = market;
		const terms = { mark: referenceOf(market, "mark"), leverage, feeRate: this.#account.rates.takerFee };
		return { initial: positionMargin(this.#account, market), maintenance: maintenanceMargin(position, instrument, terms), added };
	}

	/** NaN when flat. */
	breakEven(symbol: string): number {
		const { position, instrument, realised } = this.#market(symbol);
		return breakEvenPrice(position, instrument.grid, { realised, feeRate: this.#account.rates.takerFee });
	}

	/** Net profit realised by the position that is open now, and by all of the symbol's so far. */
	realised(symbol: string): { current: Usdt; ever: Usdt; openedAt: Ms } {
		const { realised, realisedEver, openedAt } = this.#market(symbol);
		return { current: realised, ever: realisedEver, openedAt };
	}

	/** Live orders, oldest first: snapshots. */
	openOrders(symbol: string): VenueOrder[] {
		return this.#market(symbol).orders.map((order) => ({ ...order }));
	}

	stopOf(symbol: string): Price | undefined {
		return legOf(this.#market(symbol), "StopLoss")?.trigger?.price;
	}

	/** What protects the whole position: the legs of Full mode. Partial legs are among the open orders. */
	protection(symbol: string): Protection {
		const market = this.#market(symbol);
		const trailing = legOf(market, "TrailingStop")?.trailing;
		return {
			takeProfit: legOf(market, "TakeProfit")?.trigger?.price,
			stopLoss: legOf(market, "StopLoss")?.trigger?.price,
			trailingStop: trailing?.distance,
			activePrice: trailing?.activePrice,
		};
	}

	/** Candles so far in which both a stop and a target lay within reach, so that the assumed path decided. */
	ambiguousCandles(): number {
		let sum = 0;
		for (const market of this.#account.markets.values()) sum += market.ambiguous;
		return sum;
	}

	/** Best bid and ask; without a book one tick apart, the bid at the last price or just below it. */
	quote(symbol: string): { bid: Price; ask: Price } | undefined {
		return quoteOf(this.#account, this.#market(symbol));
	}

	/** Profit of all open positions at mark prices, USDT. */
	unrealised(): number {
		return unrealisedTotal(this.#account);
	}

	/** What margin is bound by positions and by resting orders. */
	bound(): { positions: Usdt; orders: Usdt } {
		return boundMargin(this.#account);
	}

	/** What a new order may bind: the wallet less what is bound; in cross mode the open profit or loss counts too. */
	available(): number {
		return availableMargin(this.#account);
	}

	/** The events since the last call, in order. */
	drain(): readonly VenueEvent[] {
		const { events } = this.#account;
		if (events.length === 0) return NOTHING;
		this.#account.events = [];
		return events;
	}

	/** What outlives the process: everything but prices. */
	saved(): SavedVenue {
		return saveAccount(this.#account);
	}

	/** Takes over what was saved, before the first price; says why when it does not fit. */
	restore(saved: SavedVenue): string | undefined {
		return restoreAccount(this.#account, saved);
	}

	// ---- what is asked

	/** Accepts an order or says why not, by a ladder in the exchange's own order. Fills, if any, are told by `drain`. */
	submit(request: OrderRequest, at: Ms): Result<string, Refusal> {
		const market = this.#account.markets.get(request.symbol);
		if (market === undefined) return err(REFUSALS.symbol);
		const asked = clipped(market, request);
		const refusal = refusalOf(this.#account, market, asked);
		if (refusal !== undefined) return err(refusal);
		if (request.linkId !== "") this.#account.linkIds.add(request.linkId);
		return ok(placeRequest(this.#account, market, asked, at));
	}

	/** Changes what a live order asks. */
	amend(target: Target, change: Amendment, at: Ms): Result<VenueOrder, Refusal> {
		const found = this.#find(target);
		if (found === undefined) return err(REFUSALS.notFound);
		const refusal = amendOrder(this.#account, found.market, found.order, change, at);
		return refusal === undefined ? ok({ ...found.order }) : err(refusal);
	}

	/** Cancels a live order; a leg of a pair that nobody has changed one-sidedly goes with the other. */
	cancel(target: Target, at: Ms): Result<VenueOrder, Refusal> {
		const found = this.#find(target);
		if (found === undefined) return err(REFUSALS.notFound);
		cancelWithPair(this.#account, found.market, found.order, at);
		return ok({ ...found.order });
	}

	/** Cancels the symbol's live orders that `which` picks (all of them by default, the position's stop included). */
	cancelAll(symbol: string, at: Ms, which: (order: VenueOrder) => boolean = () => true, by: CancelledBy = "CancelByUser"): VenueOrder[] {
		const market = this.#market(symbol);
		const picked = market.orders.filter(which);
		for (const order of picked) if (market.orders.includes(order)) cancelWithPair(this.#account, market, order, at, by);
		return picked.map((order) => ({ ...order }));
	}

	/** Sets, moves or (with undefined) removes the stop of the whole position: trading-stop in Full mode. */
	setStop(symbol: string, stopLoss: Price | undefined, at: Ms): Result<void, Refusal> {
		return this.setTradingStop(symbol, { stopLoss: stopLoss ?? NO_PRICE }, at);
	}

	/** Edits the position's stop, target and trailing stop (Full mode), or adds a pair of partial legs. Zero removes. */
	setTradingStop(symbol: string, stop: TradingStop, at: Ms): Result<void, Refusal> {
		const market = this.#account.markets.get(symbol);
		if (market === undefined) return err(REFUSALS.symbol);
		const refusal = changeTradingStop(this.#account, market, stop, at);
		if (refusal !== undefined) return err(refusal);
		this.#account.events.push({ kind: "position", at, symbol });
		return ok(undefined);
	}

	setLeverage(symbol: string, leverage: number, at: Ms): Result<void, Refusal> {
		const market = this.#account.markets.get(symbol);
		if (market === undefined) return err(REFUSALS.symbol);
		const refusal = changeLeverage(this.#account, market, leverage, at);
		return refusal === undefined ? ok(undefined) : err(refusal);
	}

	/** Adds margin to an isolated position, or takes some of what was added back (negative): at most four decimals. */
	addMargin(symbol: string, amount: Usdt, at: Ms): Result<void, Refusal> {
		const market = this.#account.markets.get(symbol);
		if (market === undefined) return err(REFUSALS.symbol);
		const refusal = changeMargin(this.#account, market, amount, at);
		return refusal === undefined ? ok(undefined) : err(refusal);
	}

	/** Says whether it does; in isolated mode only. */
	setAutoAddMargin(symbol: string, on: boolean, at: Ms): Result<void, Refusal> {
		const market = this.#account.markets.get(symbol);
		if (market === undefined) return err(REFUSALS.symbol);
		if (this.#account.marginMode !== "isolated") return err(REFUSALS.marginMode);
		market.autoAdd = on;
		this.#account.events.push({ kind: "position", at, symbol });
		return ok(undefined);
	}

	/** Money comes into the wallet, or goes out of it (negative): no more than is free. */
	transfer(amount: Usdt, at: Ms): Result<void, Refusal> {
		const refusal = transferFunds(this.#account, amount, at);
		return refusal === undefined ? ok(undefined) : err(refusal);
	}

	/** The account's margin mode; refused while a position or an order is open (docs silent: the cautious reading). */
	setMarginMode(mode: MarginMode): Result<void, Refusal> {
		const account = this.#account;
		if (mode === account.marginMode) return ok(undefined);
		for (const { position, orders } of account.markets.values()) if (!isFlat(position) || orders.length > 0) return err(REFUSALS.modeBusy);
		account.marginMode = mode;
		return ok(undefined);
	}

	// ---- what the market does

	/** Funding of the position held before the first price at that time: longs pay `qty × price × rate` when the rate is positive. */
	fund(symbol: string, funding: { price: number; rate: number }, at: Ms): void {
		settleFunding(this.#account, this.#market(symbol), funding, at);
	}

	/** A candle opens: the price jumps there, and the market orders that waited fill at it (spec §9, order of things). */
	open(symbol: string, price: number, at: Ms): void {
		openCandle(this.#account, this.#market(symbol), price, at);
	}

	/** The candle has ended; until the next open nothing trades. */
	close(symbol: string): void {
		this.#market(symbol).trading = false;
	}

	/** The price has moved to `price` without meeting anything: time that was passed over (see `levels`). */
	passTo(symbol: string, price: number): void {
		passOver(this.#market(symbol), price);
	}

	/** Auto-deleveraging takes up to `qty` of the position at `price`. */
	deleverage(symbol: string, qty: Qty, price: Price, at: Ms): Result<void, Refusal> {
		const market = this.#account.markets.get(symbol);
		if (market === undefined) return err(REFUSALS.symbol);
		if (isFlat(market.position)) return err(REFUSALS.reduceOnlyFlat);
		deleverage(this.#account, market, { qty, price }, at);
		return ok(undefined);
	}

	/** The mark price: until this is first called it follows the last one. What waits for it acts at once, the liquidation first. */
	setMark(symbol: string, price: number, at: Ms): void {
		moveReference(this.#account, this.#market(symbol), "mark", price, at);
	}

	/** The index price, likewise. */
	setIndex(symbol: string, price: number, at: Ms): void {
		moveReference(this.#account, this.#market(symbol), "index", price, at);
	}

	/** A public trade: with a book, it fills the resting orders that it meets, up to its size; `side` is that of its taker. */
	trade(symbol: string, trade: { price: Price; qty: Qty; side?: Side }, at: Ms): void {
		if (this.#account.liquidity !== "candle") meetTrade(this.#account, this.#market(symbol), trade, at);
	}

	/** Counts a candle whose assumed path decides: a level below and a level above the open are both within its range. */
	noteAmbiguity(symbol: string, candle: { low: number; high: number }): void {
		countAmbiguity(this.#account, this.#market(symbol), candle);
	}

	/**
	 * Moves the price continuously towards `target`, up to and including the next thing it meets. True when it has arrived with nothing
	 * left to meet; false after something happened: drain, let the other side react, and call again.
	 */
	advance(symbol: string, target: number, at: Ms): boolean {
		return advancePrice(this.#account, this.#market(symbol), target, at);
	}

	/** The nearest levels on either side at which something would happen: the price may move strictly between them unheeded. */
	levels(symbol: string): { below: number; above: number } {
		return quietRange(this.#account, this.#market(symbol));
	}

	#market(symbol: string): Market {
		return marketOf(this.#account, symbol);
	}

	#find({ symbol, orderId, linkId }: Target): { market: Market; order: Order } | undefined {
		const market = this.#account.markets.get(symbol);
		const order = market?.orders.find((candidate) =>
			orderId !== undefined ? candidate.orderId === orderId : linkId !== undefined && candidate.linkId === linkId,
		);
		return market === undefined || order === undefined ? undefined : { market, order };
	}
}
