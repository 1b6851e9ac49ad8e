// What v5 holds beside trading linear contracts, for a client that asks for everything: lists of what this account never did are empty, its
// USDT can be looked up, and what its key may not do is refused as Bybit refuses it. Source: docs/v5/asset, docs/v5/account, docs/v5/user.

import { NO_PERMISSION } from "../api-key.ts";
import { Refused } from "../envelope.ts";
import { type Exchange, USER_ID } from "../exchange.ts";
import { unsupported } from "../order-request.ts";
import { invalid, type Params } from "../params.ts";
import { estimateText, moneyText } from "../wire/text.ts";
import type { Route } from "./route.ts";

const LIMIT = 5;
const LIST = { list: [], nextPageCursor: "" };
const ROWS = { rows: [], nextPageCursor: "" };

/** Lists that are empty for whoever has one account and trades linear perpetuals with it. */
const EMPTY: readonly (readonly [string, object])[] = [
	["/v5/asset/delivery-record", LIST],
	["/v5/asset/settlement-record", LIST],
	["/v5/asset/coin-greeks", { list: [] }],
	["/v5/asset/deposit/query-record", ROWS],
	["/v5/asset/deposit/query-internal-record", ROWS],
	["/v5/asset/withdraw/query-record", ROWS],
	["/v5/asset/transfer/query-inter-transfer-list", LIST],
	["/v5/asset/transfer/query-universal-transfer-list", LIST],
	["/v5/asset/transfer/query-transfer-coin-list", { list: ["USDT"] }],
	["/v5/asset/transfer/query-asset-info", { spot: { status: "ACCOUNT_STATUS_NORMAL", assets: [] } }],
	["/v5/asset/exchange/order-record", { orderBody: [], nextPageCursor: "" }],
	["/v5/account/borrow-history", LIST],
	["/v5/account/mmp-state", { result: [] }],
	["/v5/position/move-history", LIST],
	["/v5/position/get-closed-positions", { category: "option", ...LIST }],
	["/v5/pre-upgrade/order/history", { category: "linear", ...LIST }],
	["/v5/pre-upgrade/execution/list", { category: "linear", ...LIST }],
	["/v5/pre-upgrade/position/closed-pnl", { category: "linear", ...LIST }],
	["/v5/pre-upgrade/account/transaction-log", LIST],
	["/v5/user/query-sub-members", { subMembers: [] }],
];

/** What a key that may trade and nothing else is denied: no money in or out, no loans, no accounts of others; and the wallet right it lacks. */
const DENIED: readonly (readonly ["GET" | "POST", string, string?])[] = [
	["POST", "/v5/asset/transfer/inter-transfer", "AccountTransfer"],
	["POST", "/v5/asset/transfer/universal-transfer", "SubMemberTransfer"],
	["GET", "/v5/asset/deposit/query-address"],
	["GET", "/v5/asset/withdraw/withdrawable-amount", "Withdraw"],
	["POST", "/v5/asset/withdraw/create", "Withdraw"],
	["POST", "/v5/asset/withdraw/cancel", "Withdraw"],
	["GET", "/v5/asset/exchange/query-coin-list"],
	["POST", "/v5/asset/exchange/quote-apply"],
	["POST", "/v5/asset/exchange/convert-execute"],
	["POST", "/v5/account/borrow"],
	["POST", "/v5/account/repay"],
	["POST", "/v5/account/quick-repayment"],
	["POST", "/v5/account/set-collateral-switch"],
	["POST", "/v5/account/set-collateral-switch-batch"],
	["POST", "/v5/account/set-hedging-mode"],
	["POST", "/v5/account/mmp-modify"],
	["POST", "/v5/account/mmp-reset"],
	["POST", "/v5/position/move-positions"],
	["GET", "/v5/order/spot-borrow-check"],
	["POST", "/v5/user/create-sub-member"],
	["POST", "/v5/user/create-sub-api"],
	["POST", "/v5/user/update-api"],
	["POST", "/v5/user/delete-api"],
	["POST", "/v5/spot-margin-trade/switch-mode"],
	["POST", "/v5/spot-margin-trade/set-leverage"],
	["GET", "/v5/spot-margin-trade/state"],
	["GET", "/v5/spot-cross-margin-trade/account"],
	["GET", "/v5/spot-cross-margin-trade/loan-info"],
];

/** With the right it would be allowed, and is not there all the same: one account has nowhere to send its money. */
function deny(path: string, right: string | undefined): Route["handle"] {
	return (_, { apiKey }) => {
		if (right === undefined || !apiKey.holds("Wallet", right)) throw new Refused(NO_PERMISSION);
		return unsupported(path.replace("/v5/", ""));
	};
}

export const BEYOND_ROUTES: readonly Route[] = [
	...EMPTY.map(([path, result]): Route => ({ method: "GET", path, handle: () => result, limit: LIMIT })),
	...DENIED.map(([method, path, right]): Route => ({ method, path, handle: deny(path, right), limit: LIMIT })),
	{ method: "GET", path: "/v5/spot-margin-trade/data", handle: () => ({ vipCoinList: [] }), open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/asset/transfer/query-account-coins-balance", handle: coinsBalance, limit: LIMIT },
	{ method: "GET", path: "/v5/asset/transfer/query-account-coin-balance", handle: coinBalance, limit: LIMIT },
	{ method: "GET", path: "/v5/account/withdrawal", handle: transferable, limit: LIMIT },
	{ method: "GET", path: "/v5/account/collateral-info", handle: collateral, limit: LIMIT },
	{ method: "GET", path: "/v5/user/get-member-type", handle: memberType, limit: LIMIT },
];

/** The unified account holds USDT, every other one nothing. */
function balanceOf(accountType: string, coin: string, { venue }: Exchange): Record<string, string> {
	const holds = accountType === "UNIFIED" && coin === "USDT";
	const transferBalance = holds ? estimateText(Math.max(0, venue.available())) : "0";
	return { coin, transferBalance, walletBalance: holds ? moneyText(venue.wallet) : "0", bonus: "0" };
}

const ACCOUNT_TYPES = ["UNIFIED", "FUND", "CONTRACT", "SPOT"] as const;

function accountTypeOf(params: Params): string {
	return params.oneOf("accountType", ACCOUNT_TYPES, undefined) ?? invalid("accountType");
}

function coinsBalance(params: Params, exchange: Exchange): object {
	const accountType = accountTypeOf(params);
	const coins = params.text("coin")?.split(",") ?? ["USDT"];
	return { memberId: USER_ID, accountType, balance: coins.map((coin) => balanceOf(accountType, coin, exchange)) };
}

function coinBalance(params: Params, exchange: Exchange): object {
	const accountType = accountTypeOf(params);
	const balance = balanceOf(accountType, params.need("coin"), exchange);
	return {
		accountType,
		bizType: 1,
		accountId: USER_ID,
		memberId: USER_ID,
		balance: { ...balance, transferSafeAmount: "", ltvTransferSafeAmount: "" },
	};
}

function transferable(params: Params, exchange: Exchange): object {
	const coins = params.need("coinName").split(",");
	const amounts = coins.map((coin) => [coin, balanceOf("UNIFIED", coin, exchange).transferBalance ?? "0"] as const);
	return { availableWithdrawal: amounts[0]?.[1] ?? "0", availableWithdrawalMap: Object.fromEntries(amounts) };
}

/** USDT counts in full; nothing can be borrowed. */
function collateral(params: Params): object {
	const row = {
		currency: "USDT",
		hourlyBorrowRate: "0",
		maxBorrowingAmount: "0",
		freeBorrowingLimit: "0",
		freeBorrowAmount: "0",
		borrowAmount: "0",
		otherBorrowAmount: "0",
		availableToBorrow: "0",
		borrowable: false,
		borrowUsageRate: "0",
		marginCollateral: true,
		collateralSwitch: true,
		collateralRatio: "1",
		freeBorrowingAmount: "",
	};
	const currency = params.text("currency");
	return { list: currency === undefined || currency.split(",").includes("USDT") ? [row] : [] };
}

function memberType(): object {
	return { accounts: [{ uid: USER_ID, accountType: ["UNIFIED", "FUND"] }] };
}
