// The account: docs/v5/account, docs/v5/user. One unified account, USDT alone.

import { plainDecimal } from "../../units/decimal.ts";
import { DAY } from "../../units/unit.ts";
import { Refused } from "../envelope.ts";
import { type Exchange, USER_ID } from "../exchange.ts";
import { unsupported } from "../order-request.ts";
import { pageOf } from "../page.ts";
import { invalid, type Params } from "../params.ts";
import { transactionRow } from "../wire/transaction.ts";
import { walletRow } from "../wire/wallet.ts";
import { instruments } from "./market.ts";
import { feedOf, linearOr, type Route, timeRange } from "./route.ts";

export const ACCOUNT_ROUTES: readonly Route[] = [
	{ method: "GET", path: "/v5/account/wallet-balance", handle: walletBalance, limit: 50 },
	{ method: "GET", path: "/v5/account/info", handle: info, limit: 50 },
	{ method: "GET", path: "/v5/account/fee-rate", handle: feeRate, limit: 5 },
	{ method: "POST", path: "/v5/account/set-margin-mode", handle: setMarginMode, limit: 5 },
	{ method: "GET", path: "/v5/account/transaction-log", handle: transactionLog, limit: 25 },
	{ method: "GET", path: "/v5/user/query-api", handle: queryApi, limit: 10 },
	{ method: "POST", path: "/v5/account/set-limit-px-action", handle: setLimitPriceAction, limit: 10 },
	{ method: "GET", path: "/v5/account/user-setting-config", handle: userSettings, limit: 50 },
	{ method: "GET", path: "/v5/account/instruments-info", handle: instruments, limit: 10 },
	{ method: "GET", path: "/v5/account/query-dcp-info", handle: (_, { deadMan }) => ({ dcpInfos: deadMan.rows() }), limit: 5 },
	{ method: "GET", path: "/v5/account/smp-group", handle: () => ({ smpGroup: 0 }), limit: 5 },
	{ method: "GET", path: "/v5/asset/coin/query-info", handle: coins, limit: 5 },
];

const MODES = { isolated: "ISOLATED_MARGIN", cross: "REGULAR_MARGIN" } as const;

function walletBalance(params: Params, { venue }: Exchange): object {
	if (params.need("accountType") !== "UNIFIED") invalid("accountType");
	const coins = params.text("coin")?.split(",");
	const row = walletRow(venue) as { coin: { coin: string }[] }; // walletRow lists its coins
	return { list: [coins === undefined ? row : { ...row, coin: row.coin.filter(({ coin }) => coins.includes(coin)) }] };
}

function info(_: Params, { venue, start }: Exchange): object {
	return {
		unifiedMarginStatus: 5,
		marginMode: MODES[venue.marginMode],
		isMasterTrader: false,
		spotHedgingStatus: "OFF",
		updatedTime: String(start),
		dcpStatus: "OFF",
		timeWindow: 0,
		smpGroup: 0,
	};
}

/** Without a category, which ccxt leaves out when it asks for all, those of linear contracts. */
function feeRate(params: Params, exchange: Exchange): object {
	return params.text("category") === undefined ? linearFees(params, exchange) : linearOr(params, () => linearFees(params, exchange));
}

function linearFees(params: Params, exchange: Exchange): object {
	const { takerFee, makerFee } = exchange.venue.terms;
	const symbols = params.text("symbol") === undefined ? exchange.venue.symbols() : [feedOf(params, exchange).symbol];
	const list = symbols.map((symbol) => ({ symbol, takerFeeRate: plainDecimal(takerFee), makerFeeRate: plainDecimal(makerFee) }));
	return { category: "linear", list };
}

function setMarginMode(params: Params, { venue }: Exchange): object {
	const wanted =
		params.oneOf("setMarginMode", ["ISOLATED_MARGIN", "REGULAR_MARGIN", "PORTFOLIO_MARGIN"], undefined) ?? invalid("setMarginMode");
	if (wanted === "PORTFOLIO_MARGIN") unsupported("portfolio margin");
	const set = venue.setMarginMode(wanted === "ISOLATED_MARGIN" ? "isolated" : "cross");
	if (set.ok) return { reasons: [] };
	const { code, message } = set.error;
	throw new Refused(set.error, { reasons: [{ reasonCode: String(code), reasonMsg: message }] });
}

/** Whether a limit price beyond the band is refused (true) or moved to its edge. Spot is not traded here. */
function setLimitPriceAction(params: Params, { settings }: Exchange): object {
	const category = params.need("category");
	const refuses = params.oneOf("modifyEnable", ["true", "false"], undefined) ?? invalid("modifyEnable");
	if (category === "linear") settings.refusesBeyondBand = refuses === "false";
	else if (category !== "spot" && category !== "inverse") invalid("category");
	return {};
}

function userSettings(_: Params, { settings }: Exchange): object {
	return { lpaSpot: false, lpaPerp: settings.refusesBeyondBand, smsef: false, fmsef: false, deltaEnable: false, smpType: "0" };
}

/** USDT on one chain, into which nothing can be paid and from which nothing can be withdrawn. */
function coins(params: Params): object {
	const chain = {
		chain: "ETH",
		chainType: "Ethereum (ERC20)",
		confirmation: "6",
		withdrawFee: "1",
		depositMin: "0",
		withdrawMin: "10",
		minAccuracy: "6",
		chainDeposit: "0",
		chainWithdraw: "0",
		withdrawPercentageFee: "0",
		contractAddress: "",
		safeConfirmNumber: "65",
	};
	const coin = params.text("coin");
	const row = { name: "USDT", coin: "USDT", remainAmount: "0", chains: [chain] };
	return { rows: coin === undefined || coin === "USDT" ? [row] : [] };
}

function transactionLog(params: Params, exchange: Exchange): object {
	const category = params.text("category");
	const currency = params.text("currency");
	const type = params.text("type");
	const { start, end } = timeRange(params, exchange, DAY);
	const rows = exchange.ledger.transactions
		.filter(({ entry }) => entry.at >= start && entry.at <= end)
		.filter(({ entry }) => type === undefined || entry.type === type)
		.filter(({ entry }) => category === undefined || (category === "linear" && entry.symbol !== ""))
		.filter(() => currency === undefined || currency === "USDT")
		.reverse();
	const page = pageOf(rows, params, { numberOf: ({ number }) => number, fallback: 20, max: 50 });
	const list = page.rows.map(({ entry }) => transactionRow(entry, exchange.venue.instrument(entry.symbol)));
	return { list, nextPageCursor: page.nextPageCursor };
}

function queryApi(_: Params, { keys, apiKey, clock }: Exchange): object {
	return {
		id: "1",
		note: "simulated exchange",
		apiKey: keys.key,
		secret: "",
		...apiKey.row(clock.now() + clock.skew),
		type: 1,
		unified: 0,
		uta: 1,
		userID: Number(USER_ID),
		inviterID: 0,
		vipLevel: "No VIP",
		mktMakerLevel: "0",
		affiliateID: 0,
		rsaPublicKey: "",
		isMaster: true,
		parentUid: "0",
		kycLevel: "LEVEL_DEFAULT",
		kycRegion: "",
		userIDInt64: USER_ID,
		inviterIDInt64: "0",
		affiliateIDInt64: "0",
	};
}
