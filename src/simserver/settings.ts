// What the account's owner has set beside leverage and margin mode. Source: docs/v5/account/set-price-limit, position/tpsl-mode.

import type { TpslMode } from "../orders/order.ts";

export class Settings {
	/** A limit price beyond the band is refused when true; by default it is moved to the band's edge (`lpaPerp`). */
	refusesBeyondBand = false;
	/** What an order without `tpslMode` means, symbol by symbol. */
	readonly #tpslModes = new Map<string, TpslMode>();

	tpslMode(symbol: string): TpslMode {
		return this.#tpslModes.get(symbol) ?? "Full";
	}

	setTpslMode(symbol: string, mode: TpslMode): void {
		this.#tpslModes.set(symbol, mode);
	}
}
