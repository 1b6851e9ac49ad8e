// Branded integers for what an exchange counts. A branded number is a number at run time; the compiler keeps kinds apart.

declare const unit: unique symbol;
export type Unit<Name extends string> = number & { readonly [unit]: Name };

/** Whole ticks of one instrument. Source: instruments-info `priceFilter.tickSize`. */
export type Price = Unit<"Price">;
/** Whole quantity steps, never negative; direction lives in `Side`. Source: `lotSizeFilter.qtyStep`. */
export type Qty = Unit<"Qty">;
/** Money in units of 1e-8 USDT, signed. Exact up to about 90 million USDT. */
export type Usdt = Unit<"Usdt">;
/** UTC milliseconds. A plain number: times come from everywhere and are only compared and subtracted. */
export type Ms = number;

export const MINUTE: Ms = 60_000;
export const HOUR: Ms = 3_600_000;
export const DAY: Ms = 86_400_000;
