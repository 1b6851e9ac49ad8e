// Many orders in one request: docs/v5/order/batch-place, batch-amend, batch-cancel. Each row has its own code beside the result; the whole
// succeeds even when every row fails. Rows beyond the second's limit fail alone, those before them count.

import { answer, Extended } from "./envelope.ts";
import type { Exchange } from "./exchange.ts";
import { TOO_MANY } from "./limits.ts";
import { amendOrder, cancelOrder, createOrder, type OrderIds } from "./order-request.ts";
import { invalid, Params } from "./params.ts";
import { needLinear } from "./rest/route.ts";

const BATCH_MAX = 20;
export const ORDERS_A_SECOND = 10;

export const BATCHES = {
	create: { path: "/v5/order/create-batch", handle: createOrder },
	amend: { path: "/v5/order/amend-batch", handle: amendOrder },
	cancel: { path: "/v5/order/cancel-batch", handle: cancelOrder },
} as const;

export type BatchOp = keyof typeof BATCHES;

export function batch(op: BatchOp): (params: Params, exchange: Exchange) => Extended {
	return (params, exchange) => {
		needLinear(params);
		const rows = params.rows("request");
		if (rows.length === 0 || rows.length > BATCH_MAX) invalid("request");
		const { path, handle } = BATCHES[op];
		const granted = exchange.limits.take(path, ORDERS_A_SECOND, rows.length);
		const answers = rows.map((row, i) =>
			i < granted ? answer(() => handle(new Params({ ...row, category: "linear" }), exchange)) : { result: {}, refusal: TOO_MANY },
		);
		const list = answers.map(({ result, refusal }, i) => {
			const row = new Params(rows[i] ?? {});
			const asked = { orderId: plain(row, "orderId"), orderLinkId: plain(row, "orderLinkId") };
			const ids = refusal === undefined ? (result as OrderIds) : asked; // what the handlers return
			const created = op === "create" ? { createAt: refusal === undefined ? String(exchange.clock.now()) : "" } : {};
			return { category: "linear", symbol: plain(row, "symbol"), ...ids, ...created };
		});
		return new Extended({ list }, { list: answers.map(({ refusal }) => ({ code: refusal?.code ?? 0, msg: refusal?.message ?? "OK" })) });
	};
}

/** The text of a field, "" for none and for what is no text. */
function plain(row: Params, name: string): string {
	const { result, refusal } = answer(() => row.text(name) ?? "");
	return refusal === undefined ? String(result) : "";
}
