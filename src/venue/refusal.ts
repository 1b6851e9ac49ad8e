// The venue's synchronous noes: Bybit's retCode and its own words (bybit-v5.md §11).

export type Refusal = { readonly code: number; readonly message: string };

export const REFUSALS = {
	symbol: { code: 10001, message: "Not supported symbols" },
	qtyMin: { code: 10001, message: "The number of contracts exceeds minimum limit allowed" },
	qtyMax: { code: 10001, message: "The number of contracts exceeds maximum limit allowed: too large" },
	priceNeeded: { code: 10001, message: "Price is invalid" },
	priceRange: { code: 110003, message: "Order price exceeds the allowable range." },
	duplicateLink: { code: 110072, message: "OrderLinkedID is duplicate" },
	reduceOnlyFlat: { code: 110017, message: "current position is zero, cannot fix reduce-only order qty" },
	reduceOnlySame: {
		code: 110017,
		message: "The order remains unfilled as the reduce-only order is on the same side with current position",
	},
	closeOnTriggerOnly: { code: 10001, message: "qty 0 needs reduceOnly and closeOnTrigger" },
	reduceOnlyStop: { code: 10001, message: "Reduce-only orders cannot carry takeProfit or stopLoss" },
	risesPast: { code: 110093, message: "expect Falling, but trigger_price is above the current price" },
	fallsPast: { code: 110092, message: "expect Rising, but trigger_price is below the current price" },
	notional: { code: 110094, message: "Order does not meet minimum order value 5USDT" },
	margin: { code: 110007, message: "ab not enough for new order" },
	notFound: { code: 110001, message: "order not exists or too late to cancel/replace" },
	notModified: { code: 10001, message: "order not modified" },
	qtyFilled: { code: 110064, message: "The modified order quantity is less than the executed quantity" },
	zeroPosition: { code: 10001, message: "can not set tp/sl/ts for zero position" },
	stopLong: { code: 10001, message: "StopLoss set for Buy position should lower than base_price" },
	stopShort: { code: 10001, message: "StopLoss set for Sell position should greater than base_price" },
	stopUnchanged: { code: 34040, message: "not modified" },
	leverageUnchanged: { code: 110043, message: "leverage not modified" },
	leverageMax: { code: 110013, message: "cannot set leverage gt maxLeverage by risk limit" },
	leverageMin: { code: 10001, message: "leverage invalid" },
	noPrice: { code: 110118, message: "There is no market price: the order cannot be placed now" },
	tooManyActive: { code: 110020, message: "You can't have more than 500 active orders" },
	tooManyConditional: { code: 110009, message: "The number of stop orders exceeds the maximum allowable limit" },
	modeBusy: { code: 3400045, message: "Set margin mode failed" },
} as const satisfies Record<string, Refusal>;
