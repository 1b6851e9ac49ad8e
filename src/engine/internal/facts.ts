// What the venue tells about our orders and our money, and how the machine takes it.

import type { Fact } from "../../account/facts.ts";
import { isFlat } from "../../account/position.ts";
import { negate } from "../../units/grid.ts";
import type { Ms } from "../../units/unit.ts";
import type { Purpose } from "../command.ts";
import { grantWish } from "./evaluation.ts";
import { closeAll } from "./exit.ts";
import { onFill } from "./fills.ts";
import { liquidationOf } from "./liquidation.ts";
import { takeProfitNow } from "./protection.ts";
import { note } from "./send.ts";
import type { SymbolState } from "./state.ts";

type Told<Kind extends Fact["kind"]> = Extract<Fact, { kind: Kind }>;

/** Codes of a trigger price that was already passed when the order arrived. */
const ALREADY_PASSED = [110092, 110093];
const STOP_UNCHANGED = 34040;

export function onFact(state: SymbolState, fact: Extract<Fact, { symbol: string }>): void {
	switch (fact.kind) {
		case "filled":
			return onFill(state, fact.at, fact.fill);
		case "ended":
			return onEnded(state, fact.at, fact.linkId, fact.reason);
		case "refused":
			return onRefused(state, fact);
		case "funded":
			state.desk.credit(negate(fact.amount));
			state.recorder?.funded(fact.amount);
			state.liquidation = liquidationOf(state);
			return;
		case "protected":
			state.protection.venueStop = fact.stopLoss;
			return;
		case "unprotected":
			return onUnprotected(state, fact);
		case "amended":
			if (state.entry?.linkId === fact.linkId) state.entry.price = fact.price;
			return;
		case "accepted":
			return;
	}
}

/** Without a stop at the venue a position is not kept. */
function onUnprotected(state: SymbolState, { at, code, reason }: Told<"unprotected">): void {
	if (code === STOP_UNCHANGED || isFlat(state.position)) return;
	closeAll(state, at, { reason: "stop_loss", why: `the venue refused the stop (${code} ${reason})` });
}

/** An order of ours is over and something of it has not filled. */
function onEnded(state: SymbolState, at: Ms, linkId: string, reason: string): void {
	switch (purposeOf(state, linkId)) {
		case "entry":
			return entryEnded(state, at, reason);
		case "exit":
			return exitEnded(state, reason);
		case "take_profit":
			state.protection.takeProfit = undefined;
			return;
		case undefined:
			return;
	}
}

function entryEnded(state: SymbolState, at: Ms, why: string): void {
	state.entry = undefined;
	if (!isFlat(state.position)) return;
	note(state, at, { what: "unfilled", why });
	grantWish(state, at);
}

function exitEnded(state: SymbolState, reason: string): void {
	const { exit, position } = state;
	state.exit = undefined;
	if (exit !== undefined && !isFlat(position)) state.retryExit = { ...exit, why: `the closing order ended: ${reason}` };
}

function onRefused(state: SymbolState, { at, linkId, code, reason }: Told<"refused">): void {
	const purpose = purposeOf(state, linkId);
	if (purpose === undefined) return;
	const { takeProfit } = state.protection;
	note(state, at, { what: "refused", purpose, code, why: reason });
	onEnded(state, at, linkId, reason);
	if (purpose !== "take_profit" || takeProfit === undefined || isFlat(state.position)) return;
	if (ALREADY_PASSED.includes(code)) takeProfitNow(state, at, takeProfit);
}

function purposeOf({ entry, exit, protection }: SymbolState, linkId: string): Purpose | undefined {
	if (entry?.linkId === linkId) return "entry";
	if (exit?.linkId === linkId) return "exit";
	return protection.takeProfit?.linkId === linkId ? "take_profit" : undefined;
}
