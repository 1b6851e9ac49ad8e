// What the order management is told at its birth.

import type { Ms } from "../units/unit.ts";

export type OmsTerms = {
	/** How long after it was sent a request may still take effect: the receive window and a margin. */
	readonly late: Ms;
	/** How often the whole account is read although nothing seems wrong. */
	readonly every: Ms;
	/** Names of earlier runs of this bot, whose orders are ours. */
	readonly runs: readonly string[];
};
