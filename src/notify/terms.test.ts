import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { differenceName, pickOf, reasonText, stopName } from "./terms.ts";

const [KO, EN] = [pickOf("ko"), pickOf("en")];

/** As they come, and as a Korean reads them. */
const ROWS = [
	["above the upper band", "상단 밴드 위"],
	["momentum disagrees", "밴드를 벗어났지만 모멘텀이 반대"],
	["warm-up: 3 of 20 closed candles", "준비 중: 캔들 3/20개"],
	["0.0004 is below the minimum quantity 0.001; bound by size", "수량 0.0004: 최소 0.001보다 적음"],
	["0.0004 is below the minimum quantity 0.001", "수량 0.0004: 최소 0.001보다 적음"],
	["spread 0.203 % above 0.1 %", "0.203 %, 한도 0.1 %"],
	["0.050 of 0.1 %", "0.050 %, 한도 0.1 %"],
	["the price moved 2.40 % within 60 s, more than 2 %", "60초 동안 2.40 %, 한도 2 %"],
	["equity 8499.00 is 15 % or more below its peak 10000.00", "자산 8499.00 USDT가 최고 10000.00 USDT보다 15 % 이상 낮음"],
	["5 failed calls in a row, the last: order.create: timeout", "호출 5회 연속 실패, 마지막: order.create: timeout"],
	["the position has none at the exchange: set at 19900.5", "거래소에 손절이 없어 19900.5에 설정함"],
	["19000 instead of 19900.5: moved", "19900.5이어야 할 손절이 19000: 옮김"],
	["0.05 at 20600 instead of 0.1 at 20700: changed", "0.1 @ 20700이어야 할 익절이 0.05 @ 20600: 고침"],
	["long 0.5 is not of this bot: left alone", "long 0.5: 봇의 것이 아니라 그대로 둠"],
	["order aw-1 of another symbol: left alone", "order aw-1 of another symbol: 그대로 둠"],
	["something that nobody foresaw", "something that nobody foresaw"],
] as const;

test("reasons are read in the operator's language; in English, and where they are not known, they stay as they came (G1)", () => {
	for (const [came, korean] of ROWS) {
		assert.equal(reasonText(came, KO), korean);
		assert.equal(reasonText(came, EN), came);
	}
	assert.deepEqual([stopName("drawdown", KO), stopName("drawdown", EN), stopName("new", KO)], ["낙폭 한도", "drawdown", "new"]);
});

test("every difference that the order management names has a Korean name (G1)", () => {
	const dir = join(import.meta.dirname, "../oms/internal");
	const text = readdirSync(dir)
		.map((name) => readFileSync(join(dir, name), "utf8"))
		.join("\n");
	const names = [...text.matchAll(/differ\(\s*book,\s*[\w.?" ]+,\s*"([a-z ]+)"/g)].map(([, name = ""]) => name);
	assert.ok(names.length >= 9, names.join());
	for (const name of names) assert.match(differenceName(name, KO), /[가-힣]/, name);
});
