// Messages of the regular jobs, in both languages.

import assert from "node:assert/strict";
import { test } from "node:test";
import { happeningImportance, happeningWords } from "./happenings.ts";
import type { Upkeep } from "./upkeep.ts";

const TOLD: readonly { told: Upkeep; importance: string; ko: string; en: string; rows: number }[] = [
	{
		told: { event: "job", job: "backup", problem: "no room" },
		importance: "alarm",
		ko: "정기 작업 실패: 기록 백업",
		en: "Regular job failed: backup",
		rows: 2,
	},
	{
		told: { event: "job", job: "backup", problem: undefined },
		importance: "news",
		ko: "정기 작업 정상화: 기록 백업",
		en: "Regular job succeeds again: backup",
		rows: 0,
	},
	{
		told: { event: "rules", symbol: "BTCUSDT", changes: ["price step 0.1 → 0.5", "risk limits"], heldBack: true },
		importance: "alarm",
		ko: "BTCUSDT 거래소 규칙 변경",
		en: "BTCUSDT: the exchange's rules have changed",
		rows: 3,
	},
	{
		told: { event: "rules", symbol: "BTCUSDT", changes: ["least value 5 USDT → 10 USDT"], heldBack: false },
		importance: "news",
		ko: "BTCUSDT 거래소 규칙 변경",
		en: "BTCUSDT: the exchange's rules have changed",
		rows: 1,
	},
];

for (const { told, importance, ko, en, rows } of TOLD)
	test(`"${en}" is ${importance}, in both languages, and survives the outbox (G1, I7)`, () => {
		const kept = JSON.parse(JSON.stringify(told)) as Upkeep; // as it comes out again
		assert.equal(happeningImportance(kept), importance);
		assert.deepEqual([happeningWords(kept, "ko").title, happeningWords(kept, "en").title], [ko, en]);
		for (const locale of ["ko", "en"] as const) assert.equal(happeningWords(kept, locale).rows.length, rows);
	});
