// Somebody who sees what goes by between the bot and its exchange, and changes nothing of it.

import type { BybitEvent } from "../bybit/events.ts";
import type { Answer, Call } from "../oms/call.ts";
import type { AccountSide, Tools } from "./account-side.ts";

export type Onlooker = {
	readonly onEvent: (event: BybitEvent) => void;
	/** It is on disk, and leaves now. */
	readonly onCall: (call: Call) => void;
	/** Before the bot takes it. */
	readonly onAnswer: (answer: Answer) => void;
};

/** The account that `open` makes, with somebody who sees its calls and answers. */
export function seenBy(onlooker: Onlooker, open: (tools: Tools) => AccountSide): (tools: Tools) => AccountSide {
	return (tools) => {
		const account = open({
			...tools,
			onInput: (input) => {
				if (input.kind === "answer") onlooker.onAnswer(input.answer);
				tools.onInput(input);
			},
		});
		const carry = account.carry.bind(account);
		account.carry = (call) => {
			onlooker.onCall(call);
			carry(call);
		};
		return account;
	};
}
