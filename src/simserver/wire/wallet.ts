// The wallet on the wire, REST wallet-balance and the private topic alike: one account, one coin, USDT at one dollar.
// Source: docs/v5/account/wallet-balance. Account-wide margin rates do not apply in isolated mode, and are "" there.

import { addUsdt, roundUsdt, usdtNumber } from "../../units/grid.ts";
import type { Usdt } from "../../units/unit.ts";
import type { Venue } from "../../venue/venue.ts";
import { estimateText, moneyText } from "./text.ts";

/** `balance`: what the wallet held at the moment that is told. */
export function walletRow(venue: Venue, balance: Usdt = venue.wallet): object {
	const { positions, orders } = venue.bound();
	const open = venue.unrealised();
	const profit = estimateText(open);
	const maintenance = maintenanceOf(venue);
	const equity = usdtNumber(balance) + open;
	const bound = addUsdt(positions, orders);
	const cross = venue.marginMode === "cross";
	const imRate = cross ? rateText(usdtNumber(bound), equity) : "";
	const mmRate = cross ? rateText(maintenance, equity) : "";
	const im = cross ? moneyText(bound) : "";
	const mm = cross ? estimateText(maintenance) : "";
	return {
		accountType: "UNIFIED",
		accountLTV: "0",
		accountIMRate: imRate,
		accountIMRateByMp: imRate,
		accountMMRate: mmRate,
		accountMMRateByMp: mmRate,
		totalEquity: estimateText(equity),
		totalWalletBalance: moneyText(balance),
		totalMarginBalance: estimateText(equity),
		totalAvailableBalance: estimateText(venue.available()),
		totalPerpUPL: profit,
		totalInitialMargin: im,
		totalInitialMarginByMp: im,
		totalMaintenanceMargin: mm,
		totalMaintenanceMarginByMp: mm,
		coin: [
			{
				coin: "USDT",
				equity: estimateText(equity),
				usdValue: estimateText(equity),
				walletBalance: moneyText(balance),
				free: "",
				locked: "0",
				spotHedgingQty: "0",
				borrowAmount: "0.000000000000000000",
				spotBorrow: "0",
				accruedInterest: "0",
				totalOrderIM: moneyText(orders),
				totalPositionIM: moneyText(positions),
				totalPositionMM: moneyText(roundUsdt(maintenance)),
				unrealisedPnl: profit,
				cumRealisedPnl: moneyText(realisedOf(venue)),
				bonus: "0",
				collateralSwitch: true,
				marginCollateral: true,
				colRes: 0,
				availableToWithdraw: "",
				availableToBorrow: "",
			},
		],
	};
}

export function maintenanceOf(venue: Venue): number {
	let sum = 0;
	for (const symbol of venue.symbols()) sum += venue.margin(symbol).maintenance;
	return sum;
}

function realisedOf(venue: Venue): Usdt {
	return addUsdt(...venue.symbols().map((symbol) => venue.realised(symbol).ever));
}

/** Cut to four decimals: 0.40836 → "0.4083". */
function rateText(part: number, whole: number): string {
	return whole > 0 ? String(Math.floor((part / whole) * 10_000) / 10_000) : "0";
}
