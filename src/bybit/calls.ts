// The exchange's calls, named as the exchange names them, each with the page that describes it. Parameters are the wire's own;
// `category` is always linear. Lists of ours (orders, positions, executions) are all or nothing: a row that cannot be read makes
// the call a fault. Lists of the market's skip such a row and report it.

import type { Interval } from "../market/interval.ts";
import { err, ok, type Result } from "../std/result.ts";
import type { Ms } from "../units/unit.ts";
import {
	type AccountInfo,
	type ApiKeyInfo,
	type BybitWallet,
	decodeAccountInfo,
	decodeApiKey,
	decodeFeeRate,
	decodeTransaction,
	decodeWallet,
	type FeeRate,
	type Transaction,
} from "./decode/account.ts";
import { type BookSnapshot, decodeBook } from "./decode/book.ts";
import { decodeInstrument, decodeRiskLimit, type InstrumentInfo, type RiskLimit } from "./decode/instrument.ts";
import { type BybitExecution, type BybitOrder, decodeExecution, decodeOrder, decodeOrderAck, type OrderAck } from "./decode/order.ts";
import { type BybitPosition, type ClosedPnl, decodeClosedPnl, decodePosition } from "./decode/position.ts";
import { decodeFundingRate, decodeKlineRow, type FundingRate, type KlineRow } from "./decode/public.ts";
import { type Decoded, decodeAll, decodeEach, Row } from "./decode/row.ts";
import { decodeTicker, type TickerView } from "./decode/ticker.ts";
import { type Access, type Fault, malformedFault } from "./fault.ts";
import type { AmendOrder, CancelAll, CancelOrder, CreateOrder, Params, TradingStop } from "./requests.ts";
import { amendBody, cancelBody, createBody } from "./requests.ts";
import type { Envelope, RestTransport } from "./rest.ts";

export type Answer<T> = Promise<Result<T, Fault>>;
/** `nextPageCursor` is undefined on the last page. */
export type Page<T> = { readonly list: readonly T[]; readonly nextPageCursor: string | undefined };
export type Range = { readonly startTime?: Ms | undefined; readonly endTime?: Ms | undefined };
export type Paging = { readonly limit?: number | undefined; readonly cursor?: string | undefined };

const LINEAR = "linear";
/** More pages than any list of ours has: a cursor that leads in circles ends here. */
const PAGES_MAX = 100;

export class BybitRest {
	readonly #transport: RestTransport;
	readonly #report: (what: string, reason: string) => void;

	constructor(transport: RestTransport, report: (what: string, reason: string) => void = () => {}) {
		this.#transport = transport;
		this.#report = report;
	}

	/** https://bybit-exchange.github.io/docs/v5/market/time */
	async getServerTime(): Answer<Ms> {
		const path = "/v5/market/time";
		const answer = await this.#transport.get(path, {}, { signed: false });
		if (!answer.ok) return answer;
		if (answer.value.time !== undefined) return ok(answer.value.time);
		return this.#decode(path, answer, (result) => {
			const row = new Row(result, "result");
			return row.finish(row.time("timeSecond") * 1000);
		});
	}

	/** All pages, USDT-settled perpetuals alone. https://bybit-exchange.github.io/docs/v5/market/instrument */
	async getInstruments(filter: { symbol?: string; status?: string; risks?: readonly RiskLimit[] } = {}): Answer<readonly InstrumentInfo[]> {
		const path = "/v5/market/instruments-info";
		const { risks = [], ...rest } = filter;
		const all: InstrumentInfo[] = [];
		const paged = await everyPage((cursor) =>
			this.#market(path, { ...rest, limit: 1000, cursor }, (row) => decodeInstrument(row, risks), isUsdtPerpetual),
		);
		if (!paged.ok) return paged;
		for (const info of paged.value) if (info.contractType === "LinearPerpetual" && info.settleCoin === "USDT") all.push(info);
		return ok(all);
	}

	/** Ascending: the exchange's newest-first turned around; the last row may still be open. https://bybit-exchange.github.io/docs/v5/market/kline */
	async getKline(params: { symbol: string; interval: Interval; start?: Ms; end?: Ms; limit?: number }): Answer<readonly KlineRow[]> {
		const path = "/v5/market/kline";
		const answer = await this.#transport.get(path, { category: LINEAR, ...params }, { signed: false });
		return this.#decode(path, answer, (result) => {
			const rows = decodeAll(new Row(result, "result").list("list"), decodeKlineRow);
			return rows.ok ? inOrder(rows.value.toReversed()) : rows;
		});
	}

	/** One symbol's, or all. https://bybit-exchange.github.io/docs/v5/market/tickers */
	async getTickers(symbol?: string): Answer<readonly TickerView[]> {
		const answer = await this.#market("/v5/market/tickers", { symbol }, decodeTicker);
		return answer.ok ? ok(answer.value.list) : answer;
	}

	/** https://bybit-exchange.github.io/docs/v5/market/orderbook */
	async getOrderbook(symbol: string, limit = 50): Answer<BookSnapshot> {
		const path = "/v5/market/orderbook";
		return this.#decode(path, await this.#transport.get(path, { category: LINEAR, symbol, limit }, { signed: false }), decodeBook);
	}

	/** All pages of one symbol, or of every one (15 symbols a page). https://bybit-exchange.github.io/docs/v5/market/risk-limit */
	getRiskLimit(symbol?: string): Answer<readonly RiskLimit[]> {
		return everyPage((cursor) => this.#market("/v5/market/risk-limit", { symbol, cursor }, decodeRiskLimit));
	}

	/** Newest first; `startTime` needs `endTime`. https://bybit-exchange.github.io/docs/v5/market/history-fund-rate */
	async getFundingHistory(params: { symbol: string; limit?: number } & Range): Answer<readonly FundingRate[]> {
		const path = "/v5/market/funding/history";
		const answer = await this.#transport.get(path, { category: LINEAR, ...params }, { signed: false });
		return this.#decode(path, answer, (result) => decodeAll(new Row(result, "result").list("list"), decodeFundingRate));
	}

	/** One symbol (a row even when flat), or all that are open. https://bybit-exchange.github.io/docs/v5/position */
	getPositions(params: { symbol?: string } & Paging = {}): Answer<Page<BybitPosition>> {
		return this.#own("/v5/position/list", { ...scope(params.symbol), limit: 200, ...params }, decodePosition);
	}

	/** order/realtime: open orders, or with an id also the last closed ones. https://bybit-exchange.github.io/docs/v5/order/open-order */
	getOpenOrders(
		params: { symbol?: string; orderId?: string; orderLinkId?: string; openOnly?: 0 | 1 } & Paging = {},
	): Answer<Page<BybitOrder>> {
		return this.#own("/v5/order/realtime", { ...scope(params.symbol), limit: 50, ...params }, decodeOrder);
	}

	/** At most 7 days at a time; may lag. https://bybit-exchange.github.io/docs/v5/order/order-list */
	getOrderHistory(params: { symbol?: string; orderId?: string; orderLinkId?: string } & Range & Paging = {}): Answer<Page<BybitOrder>> {
		return this.#own("/v5/order/history", { ...scope(params.symbol), limit: 50, ...params }, decodeOrder);
	}

	/** Funding is among them. At most 7 days at a time. https://bybit-exchange.github.io/docs/v5/order/execution */
	getExecutions(
		params: { symbol?: string; orderId?: string; orderLinkId?: string; execType?: string } & Range & Paging = {},
	): Answer<Page<BybitExecution>> {
		return this.#own("/v5/execution/list", { ...scope(params.symbol), limit: 100, ...params }, decodeExecution);
	}

	/** https://bybit-exchange.github.io/docs/v5/position/close-pnl */
	getClosedPnl(params: { symbol?: string } & Range & Paging = {}): Answer<Page<ClosedPnl>> {
		return this.#own("/v5/position/closed-pnl", { limit: 100, ...params }, decodeClosedPnl);
	}

	/** The unified account. https://bybit-exchange.github.io/docs/v5/account/wallet-balance */
	async getWallet(coin?: string): Answer<BybitWallet> {
		const path = "/v5/account/wallet-balance";
		const answer = await this.#transport.get(path, { accountType: "UNIFIED", coin }, { signed: true });
		return this.#decode(path, answer, (result) => decodeWallet(new Row(result, "result").list("list")[0]));
	}

	/** https://bybit-exchange.github.io/docs/v5/account/account-info */
	async getAccountInfo(): Answer<AccountInfo> {
		const path = "/v5/account/info";
		return this.#decode(path, await this.#transport.get(path, {}, { signed: true }), decodeAccountInfo);
	}

	/** Not on demo. https://bybit-exchange.github.io/docs/v5/account/fee-rate */
	async getFeeRate(symbol?: string): Answer<readonly FeeRate[]> {
		const answer = await this.#own("/v5/account/fee-rate", { symbol }, decodeFeeRate);
		return answer.ok ? ok(answer.value.list) : answer;
	}

	/** Every category, transfers too; the last 24 h unless a range of at most 7 days says otherwise. https://bybit-exchange.github.io/docs/v5/account/transaction-log */
	getTransactionLog(params: { currency?: string; type?: string } & Range & Paging = {}): Answer<Page<Transaction>> {
		return this.#own(
			"/v5/account/transaction-log",
			{ category: undefined, accountType: "UNIFIED", limit: 50, ...params },
			decodeTransaction,
		);
	}

	/** user/query-api: what this key may do. https://bybit-exchange.github.io/docs/v5/user/apikey-info */
	async getApiKey(): Answer<ApiKeyInfo> {
		const path = "/v5/user/query-api";
		return this.#decode(path, await this.#transport.get(path, {}, { signed: true }), decodeApiKey);
	}

	/** Unchanged leverage is a benign fault (110043). https://bybit-exchange.github.io/docs/v5/position/leverage */
	setLeverage(params: { symbol: string; leverage: string }): Answer<void> {
		const { symbol, leverage } = params;
		return this.#write("/v5/position/set-leverage", { category: LINEAR, symbol, buyLeverage: leverage, sellLeverage: leverage });
	}

	/** For the whole account: there is no margin mode per symbol. https://bybit-exchange.github.io/docs/v5/account/set-margin-mode */
	setMarginMode(mode: "ISOLATED_MARGIN" | "REGULAR_MARGIN" | "PORTFOLIO_MARGIN"): Answer<void> {
		return this.#write("/v5/account/set-margin-mode", { setMarginMode: mode });
	}

	/** One-way (0) or hedge (3); unchanged is a benign fault (110025). https://bybit-exchange.github.io/docs/v5/position/position-mode */
	switchMode(params: { symbol?: string; coin?: string; mode: 0 | 3 }): Answer<void> {
		return this.#write("/v5/position/switch-mode", { category: LINEAR, ...params });
	}

	/** Accepted, not executed. https://bybit-exchange.github.io/docs/v5/order/create-order */
	placeOrder(order: CreateOrder): Answer<OrderAck> {
		return this.#order("/v5/order/create", createBody(order));
	}

	/** `qty` is the total. https://bybit-exchange.github.io/docs/v5/order/amend-order */
	amendOrder(change: AmendOrder): Answer<OrderAck> {
		return this.#order("/v5/order/amend", amendBody(change));
	}

	/** https://bybit-exchange.github.io/docs/v5/order/cancel-order */
	cancelOrder(order: CancelOrder): Answer<OrderAck> {
		return this.#order("/v5/order/cancel", cancelBody(order));
	}

	/** Without `orderFilter` stops and take-profits go too. https://bybit-exchange.github.io/docs/v5/order/cancel-all */
	async cancelAll(params: CancelAll): Answer<readonly OrderAck[]> {
		const path = "/v5/order/cancel-all";
		const answer = await this.#transport.post(path, { category: LINEAR, ...scope(params.symbol), ...params });
		return this.#decode(path, answer, (result) => decodeAll(new Row(result, "result").list("list"), decodeOrderAck), "write");
	}

	/** Full edits the position's one stop; "0" removes. Unchanged is a benign fault (34040). https://bybit-exchange.github.io/docs/v5/position/trading-stop */
	setTradingStop(stop: TradingStop): Answer<void> {
		return this.#write("/v5/position/trading-stop", { category: LINEAR, positionIdx: 0, ...stop });
	}

	async #write(path: string, body: Params): Answer<void> {
		const answer = await this.#transport.post(path, body);
		return answer.ok ? ok(undefined) : answer;
	}

	async #order(path: string, body: Params): Answer<OrderAck> {
		return this.#decode(path, await this.#transport.post(path, body), decodeOrderAck, "write");
	}

	#own<T>(path: string, params: Params, decode: (row: unknown) => Decoded<T>): Answer<Page<T>> {
		return this.#transport.get(path, { category: LINEAR, ...params }, { signed: true }).then((answer) =>
			this.#decode(path, answer, (result) => {
				const row = new Row(result, "result");
				const rows = decodeAll(row.list("list"), decode);
				return rows.ok ? row.finish({ list: rows.value, nextPageCursor: row.optionalText("nextPageCursor") }) : rows;
			}),
		);
	}

	async #market<T>(
		path: string,
		params: Params,
		decode: (row: unknown) => Decoded<T>,
		wanted: (row: unknown) => boolean = () => true,
	): Answer<Page<T>> {
		const answer = await this.#transport.get(path, { category: LINEAR, ...params }, { signed: false });
		return this.#decode(path, answer, (result) => {
			const row = new Row(result, "result");
			const list = decodeEach(row.list("list").filter(wanted), decode, (reason) => this.#report(path, reason));
			return row.finish({ list, nextPageCursor: row.optionalText("nextPageCursor") });
		});
	}

	#decode<T>(
		path: string,
		answer: Result<Envelope, Fault>,
		decode: (result: unknown) => Decoded<T>,
		access: Access = "read",
	): Result<T, Fault> {
		if (!answer.ok) return answer;
		const decoded = decode(answer.value.result);
		if (decoded.ok) return decoded;
		return err(malformedFault({ what: `${access === "read" ? "GET" : "POST"} ${path}`, access }, decoded.error));
	}
}

/** Follows `nextPageCursor` to the last page, or to the first that comes again. */
export async function everyPage<T>(page: (cursor: string | undefined) => Answer<Page<T>>): Answer<readonly T[]> {
	const all: T[] = [];
	const seen = new Set<string>();
	let cursor: string | undefined;
	while (seen.size < PAGES_MAX) {
		const answer = await page(cursor);
		if (!answer.ok) return answer;
		all.push(...answer.value.list);
		cursor = answer.value.nextPageCursor;
		if (cursor === undefined || seen.has(cursor)) return ok(all);
		seen.add(cursor);
	}
	return err(malformedFault({ what: "paging", access: "read" }, `more than ${PAGES_MAX} pages`));
}

/** Linear lists want a symbol or the coin that settles. */
function scope(symbol: string | undefined): { settleCoin: string } | Record<string, never> {
	return symbol === undefined ? { settleCoin: "USDT" } : {};
}

/** Futures with a date and USDC contracts share the category; they are not ours, and odd rows among them none of our business. */
function isUsdtPerpetual(value: unknown): boolean {
	const row = new Row(value, "an instrument");
	const contractType = row.raw("contractType");
	const settleCoin = row.raw("settleCoin");
	return (contractType === undefined || contractType === "LinearPerpetual") && (settleCoin === undefined || settleCoin === "USDT");
}

function inOrder(rows: readonly KlineRow[]): Decoded<readonly KlineRow[]> {
	const wrong = rows.findIndex((row, i) => i > 0 && row.start <= rows[i - 1]!.start);
	return wrong < 0 ? ok(rows) : err(`candles are out of order at ${rows[wrong]!.start}`);
}
