// The one API key: what it may do, from which addresses, and until when. `query-api` shows it, and what it may not do is refused. Which
// right an endpoint needs the documentation does not say: here orders need Order, positions Position, settings of the account one of both.

import { formatInstant, parseInstant } from "../config/instant.ts";
import { DAY, type Ms } from "../units/unit.ts";
import type { Refusal } from "../venue/refusal.ts";

/** What `query-api` says of the key; what is left out is as a trading key's. */
export type KeyTerms = {
	readonly readOnly?: boolean;
	/** By Bybit's names; a right that is not named is not granted. */
	readonly permissions?: Readonly<Record<string, readonly string[]>>;
	/** Where requests may come from; none, or "*": from anywhere. */
	readonly ips?: readonly string[];
	/** An ISO time; "", and what lies before 1970, is never. */
	readonly expiredAt?: string;
	readonly deadlineDay?: number;
};

/** What a request wants to do. */
export type Need = { readonly path: string; readonly writes: boolean };

export const NO_PERMISSION: Refusal = { code: 10005, message: "Permission denied, please check your API key permissions." };
export const EXPIRED: Refusal = { code: 33004, message: "Your api key has expired." };
const WRONG_ADDRESS: Refusal = { code: 10010, message: "Unmatched IP, please check your API key's bound IP addresses." };

/** May trade and nothing else: no withdrawal, no transfer. */
const TRADING: Readonly<Record<string, readonly string[]>> = {
	ContractTrade: ["Order", "Position"],
	Spot: [],
	Wallet: [],
	Options: [],
	Derivatives: ["DerivativesTrade"],
	CopyTrading: [],
	BlockTrade: [],
	Exchange: [],
	NFT: [],
	Affiliate: [],
	Earn: [],
	FiatP2P: [],
	FiatBitPay: [],
	FiatConvertBroker: [],
	BitCard: [],
	ByXPost: [],
};
const LIFE = 90 * DAY;

export class ApiKey {
	readonly #start: Ms;
	readonly #given: KeyTerms;
	#terms: KeyTerms;

	constructor(start: Ms, given: KeyTerms = {}) {
		this.#start = start;
		this.#given = given;
		this.#terms = given;
	}

	/** What is left out is as at the beginning. */
	change(terms: KeyTerms): void {
		this.#terms = { ...this.#given, ...terms };
	}

	/** Whether it holds one of a name's rights. */
	holds(name: string, ...rights: readonly string[]): boolean {
		const held = (this.#terms.permissions ?? TRADING)[name] ?? [];
		return rights.some((right) => held.includes(right));
	}

	/** Why the key does not open from there or any more; undefined when it does. */
	shut(address: string, now: Ms): Refusal | undefined {
		const { ips = [], expiredAt } = this.#terms;
		if (expiredAt !== undefined && now >= expiry(expiredAt)) return EXPIRED;
		const from = address.replace(/^::ffff:/, "");
		return ips.length === 0 || ips.includes("*") || ips.includes(from) ? undefined : WRONG_ADDRESS;
	}

	/** Why it may not; undefined when it may. */
	refuses({ path, writes }: Need): Refusal | undefined {
		if (writes && this.#terms.readOnly === true) return NO_PERMISSION;
		const allowed = /^\/v5\/(order|execution)\//.test(path)
			? this.holds("ContractTrade", "Order")
			: path.startsWith("/v5/position/")
				? this.holds("ContractTrade", "Position")
				: !writes || this.holds("ContractTrade", "Order", "Position") || !path.startsWith("/v5/account/");
		return allowed ? undefined : NO_PERMISSION;
	}

	/** The part of `query-api` that terms can change. */
	row(now: Ms): object {
		const { readOnly = false, permissions = TRADING, ips = ["127.0.0.1"], expiredAt = isoSecond(this.#start + LIFE) } = this.#terms;
		const left = Math.floor((expiry(expiredAt) - now) / DAY);
		const { deadlineDay = this.#terms.expiredAt === undefined ? LIFE / DAY : Number.isFinite(left) ? Math.max(0, left) : 0 } = this.#terms;
		return { readOnly: readOnly ? 1 : 0, permissions, ips, deadlineDay, expiredAt, createdAt: isoSecond(this.#start) };
	}
}

function isoSecond(at: Ms): string {
	return formatInstant(at).replace(/\.\d+Z$/, "Z");
}

/** Infinite where it never comes. */
function expiry(text: string): Ms {
	const at = parseInstant(text, "optional") ?? Number.POSITIVE_INFINITY;
	return at > 0 ? at : Number.POSITIVE_INFINITY;
}
