// The account: wallet, margin mode, fee rates, the ledger, and what the API key may do.
// Source: docs/v5/account/{wallet-balance,account-info,fee-rate,transaction-log}, docs/v5/user/apikey-info, docs/v5/websocket/private/wallet.

import type { Side } from "../../orders/side.ts";
import { err } from "../../std/result.ts";
import { DAY, type Ms } from "../../units/unit.ts";
import type { Decimal } from "./decimal.ts";
import { type Decoded, decodeAll, isObject, Row } from "./row.ts";

export type CoinBalance = {
	readonly coin: string;
	readonly walletBalance: Decimal;
	readonly equity: Decimal;
	readonly usdValue: Decimal | undefined;
	readonly locked: Decimal | undefined;
	readonly bonus: Decimal | undefined;
	readonly totalOrderIM: Decimal | undefined;
	readonly totalPositionIM: Decimal | undefined;
	readonly totalPositionMM: Decimal | undefined;
	readonly unrealisedPnl: Decimal | undefined;
	readonly cumRealisedPnl: Decimal | undefined;
	readonly borrowAmount: Decimal | undefined;
	readonly accruedInterest: Decimal | undefined;
};

/** Account totals are in USD and mean nothing in isolated margin mode; the coins count. */
export type BybitWallet = {
	readonly accountType: string;
	readonly totalEquity: Decimal | undefined;
	readonly totalWalletBalance: Decimal | undefined;
	readonly totalMarginBalance: Decimal | undefined;
	readonly totalAvailableBalance: Decimal | undefined;
	readonly totalPerpUPL: Decimal | undefined;
	readonly totalInitialMargin: Decimal | undefined;
	readonly totalMaintenanceMargin: Decimal | undefined;
	readonly accountIMRate: Decimal | undefined;
	readonly accountMMRate: Decimal | undefined;
	readonly coins: readonly CoinBalance[];
};

export function decodeWallet(value: unknown): Decoded<BybitWallet> {
	const row = new Row(value, "a wallet");
	const coins = decodeAll(row.list("coin"), decodeCoin);
	if (!coins.ok) row.fail(`coin ${coins.error}`);
	return row.finish({
		accountType: row.text("accountType"),
		totalEquity: row.optionalDecimal("totalEquity"),
		totalWalletBalance: row.optionalDecimal("totalWalletBalance"),
		totalMarginBalance: row.optionalDecimal("totalMarginBalance"),
		totalAvailableBalance: row.optionalDecimal("totalAvailableBalance"),
		totalPerpUPL: row.optionalDecimal("totalPerpUPL"),
		totalInitialMargin: row.optionalDecimal("totalInitialMargin"),
		totalMaintenanceMargin: row.optionalDecimal("totalMaintenanceMargin"),
		accountIMRate: row.optionalDecimal("accountIMRate"),
		accountMMRate: row.optionalDecimal("accountMMRate"),
		coins: coins.ok ? coins.value : [],
	});
}

function decodeCoin(value: unknown): Decoded<CoinBalance> {
	const row = new Row(value, "a coin");
	return row.finish({
		coin: row.text("coin"),
		walletBalance: row.decimal("walletBalance"),
		equity: row.decimal("equity"),
		usdValue: row.optionalDecimal("usdValue"),
		locked: row.optionalDecimal("locked"),
		bonus: row.optionalDecimal("bonus"),
		totalOrderIM: row.optionalDecimal("totalOrderIM"),
		totalPositionIM: row.optionalDecimal("totalPositionIM"),
		totalPositionMM: row.optionalDecimal("totalPositionMM"),
		unrealisedPnl: row.optionalDecimal("unrealisedPnl"),
		cumRealisedPnl: row.optionalDecimal("cumRealisedPnl"),
		borrowAmount: row.optionalDecimal("borrowAmount"),
		accruedInterest: row.optionalDecimal("accruedInterest"),
	});
}

/** `unifiedMarginStatus` 5 and 6 are UTA 2.0, the one kind of account this client is written for. */
export type AccountInfo = { readonly unifiedMarginStatus: number; readonly marginMode: string; readonly updatedTime: Ms | undefined };

export function decodeAccountInfo(value: unknown): Decoded<AccountInfo> {
	const row = new Row(value, "the account");
	return row.finish({
		unifiedMarginStatus: row.integer("unifiedMarginStatus"),
		marginMode: row.text("marginMode"),
		updatedTime: row.optionalTime("updatedTime"),
	});
}

export type FeeRate = { readonly symbol: string; readonly takerFeeRate: Decimal; readonly makerFeeRate: Decimal };

export function decodeFeeRate(value: unknown): Decoded<FeeRate> {
	const row = new Row(value, "a fee rate");
	return row.finish({ symbol: row.text("symbol"), takerFeeRate: row.decimal("takerFeeRate"), makerFeeRate: row.decimal("makerFeeRate") });
}

/** One ledger row: `change` = `cashFlow` + `funding` − `fee`; `funding` positive is received, `fee` positive is paid. */
export type Transaction = {
	readonly id: string;
	readonly symbol: string | undefined;
	readonly category: string | undefined;
	readonly type: string;
	readonly transSubType: string | undefined;
	readonly side: Side | undefined;
	readonly transactionTime: Ms;
	readonly currency: string;
	readonly qty: Decimal | undefined;
	/** The position left afterwards, signed. */
	readonly size: Decimal | undefined;
	readonly tradePrice: Decimal | undefined;
	readonly funding: Decimal | undefined;
	readonly fee: Decimal | undefined;
	readonly cashFlow: Decimal | undefined;
	readonly change: Decimal;
	readonly cashBalance: Decimal;
	readonly feeRate: Decimal | undefined;
	readonly bonusChange: Decimal | undefined;
	readonly tradeId: string | undefined;
	readonly orderId: string | undefined;
	readonly orderLinkId: string | undefined;
};

export function decodeTransaction(value: unknown): Decoded<Transaction> {
	const row = new Row(value, "a ledger row");
	return row.finish({
		id: row.text("id"),
		symbol: row.optionalText("symbol"),
		category: row.optionalText("category"),
		type: row.text("type"),
		transSubType: row.optionalText("transSubType"),
		side: row.optionalSide("side"),
		transactionTime: row.time("transactionTime"),
		currency: row.text("currency"),
		qty: row.optionalDecimal("qty"),
		size: row.optionalDecimal("size"),
		tradePrice: row.optionalPrice("tradePrice"),
		funding: row.optionalDecimal("funding"),
		fee: row.optionalDecimal("fee"),
		cashFlow: row.optionalDecimal("cashFlow"),
		change: row.decimal("change"),
		cashBalance: row.decimal("cashBalance"),
		feeRate: row.optionalDecimal("feeRate"),
		bonusChange: row.optionalDecimal("bonusChange"),
		tradeId: row.optionalText("tradeId"),
		orderId: row.optionalText("orderId"),
		orderLinkId: row.optionalText("orderLinkId"),
	});
}

/** What a key may do. Neither the key nor its note is kept. */
export type ApiKeyInfo = {
	readonly readOnly: boolean;
	readonly permissions: Readonly<Record<string, readonly string[]>>;
	readonly ips: readonly string[];
	/** Days left of a key without an address binding. */
	readonly deadlineDay: number | undefined;
	readonly expiredAt: string | undefined;
	readonly uta: number | undefined;
	readonly isMaster: boolean | undefined;
};

export function decodeApiKey(value: unknown): Decoded<ApiKeyInfo> {
	const row = new Row(value, "the key");
	const readOnly = row.integer("readOnly");
	if (readOnly !== 0 && readOnly !== 1) row.fail("readOnly is neither 0 nor 1");
	const permissions = permissionsOf(row.raw("permissions"));
	if (!permissions.ok) row.fail(permissions.error);
	return row.finish({
		readOnly: readOnly === 1,
		permissions: permissions.ok ? permissions.value : {},
		ips: texts(row.raw("ips")) ?? [],
		deadlineDay: row.optionalInteger("deadlineDay"),
		expiredAt: row.optionalText("expiredAt"),
		uta: row.optionalInteger("uta"),
		isMaster: row.optionalFlag("isMaster"),
	});
}

/** Unreadable permissions are an error: a right that cannot be seen cannot be refused. */
function permissionsOf(value: unknown): Decoded<Readonly<Record<string, readonly string[]>>> {
	if (!isObject(value)) return err("permissions is missing or no object");
	const entries: [string, readonly string[]][] = [];
	for (const [area, rights] of Object.entries(value)) {
		const list = rights === null ? [] : texts(rights);
		if (list === undefined) return err(`permissions of ${area.slice(0, 40)} are no list of texts`);
		entries.push([area, list]);
	}
	return { ok: true, value: Object.fromEntries(entries) };
}

function texts(value: unknown): readonly string[] | undefined {
	return Array.isArray(value) && value.every((item) => typeof item === "string") ? (value as readonly string[]) : undefined;
}

/** Why a key is refused, and what about it is only worth a warning (A3: the least rights that trade). */
export type KeyReview = { readonly refusals: readonly string[]; readonly warnings: readonly string[] };

const NEEDED: readonly (readonly [area: string, right: string])[] = [
	["ContractTrade", "Order"],
	["ContractTrade", "Position"],
];
/** Deprecated areas that keys still carry without meaning. */
const IGNORED = new Set(["ContractTrade", "Derivatives", "NFT", "CopyTrading"]);

/** So many days before its end a key is warned about. */
const EXPIRY_WARNING = 14;

export function reviewKey(key: ApiKeyInfo, now: Ms): KeyReview {
	const refusals: string[] = [];
	const warnings: string[] = [];
	if (key.readOnly) refusals.push("the API key is read-only: it cannot trade");
	for (const [area, right] of NEEDED)
		if (key.permissions[area]?.includes(right) !== true) refusals.push(`the API key lacks the permission ${area}/${right}`);
	if (!key.readOnly && refusals.length === 0 && key.permissions.Derivatives?.includes("DerivativesTrade") !== true)
		warnings.push("the API key lacks the permission Derivatives/DerivativesTrade: some calls may be refused");
	for (const [area, rights] of Object.entries(key.permissions)) {
		if (rights.includes("Withdraw")) refusals.push("the API key may withdraw: use one that cannot");
		else if (rights.some((right) => right.endsWith("Transfer"))) refusals.push("the API key may transfer money: use one that cannot");
		else if (rights.length > 0 && !IGNORED.has(area))
			warnings.push(`the API key has more rights than it needs: ${area} (${rights.join(", ")})`);
	}
	if (key.ips.length === 0 || key.ips.includes("*"))
		warnings.push(`the API key is bound to no address${key.expiredAt === undefined ? "" : ` and expires at ${key.expiredAt}`}`);
	const days = daysLeft(key, now);
	if (days !== undefined && days <= 0) refusals.push(`the API key has expired (${key.expiredAt ?? "its days are over"}): make a new one`);
	else if (days !== undefined && days <= EXPIRY_WARNING)
		warnings.push(`the API key expires in ${Math.ceil(days)} day${days > 1 ? "s" : ""}: renew it in time`);
	return { refusals, warnings };
}

/** Until the key ends, as its date says, else its count of days; undefined for one that lasts. */
function daysLeft({ expiredAt, deadlineDay }: ApiKeyInfo, now: Ms): number | undefined {
	const at = expiredAt === undefined ? Number.NaN : Date.parse(expiredAt);
	if (!Number.isNaN(at) && at > 0) return (at - now) / DAY;
	return deadlineDay === undefined || deadlineDay < 0 ? undefined : deadlineDay;
}
