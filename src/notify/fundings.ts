// Funding of open positions, as it changes the balance: seen in the trades that are under way, whoever keeps the account.

import type { Engine } from "../engine/engine.ts";
import { addUsdt, NO_USDT, negate } from "../units/grid.ts";
import type { Ms, Usdt } from "../units/unit.ts";
import { machines } from "./answers.ts";
import type { Happening } from "./happenings.ts";

type Paid = { readonly trade: Ms; readonly funding: Usdt };

export class Fundings {
	readonly #tell: (happening: Happening) => void;
	/** What the trade of each symbol has paid so far; undefined until the first look, before which all was told or is past. */
	#paid: Map<string, Paid> | undefined;

	constructor(tell: (happening: Happening) => void) {
		this.#tell = tell;
	}

	look(engine: Engine): void {
		const before = this.#paid;
		this.#paid = new Map();
		for (const { symbol, recorder } of machines(engine)) {
			if (recorder === undefined) continue;
			const { signalAt: trade, funding } = recorder.saved();
			this.#paid.set(symbol, { trade, funding });
			const known = before?.get(symbol);
			const told = before === undefined ? funding : known?.trade === trade ? known.funding : NO_USDT;
			const amount = addUsdt(funding, negate(told));
			if (amount !== 0) this.#tell({ event: "funded", symbol, amount, total: funding, balance: engine.balance });
		}
	}
}
