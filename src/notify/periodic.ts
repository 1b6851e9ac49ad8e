// What is told at regular times: the day, the week against its limits, and health that fails or is back. The figures come from outside.

import { duration, money, signedMoney } from "../report/figures.ts";
import { cannotTrade } from "../report/heartbeat.ts";
import { anyMissed, type KpiRow, type Kpis, type KpiVerdict } from "../report/kpi.ts";
import { changeText, contextWords, kpiWords, type Pick } from "../report/kpi-text.ts";
import { utcDate } from "../report/utc.ts";
import { plainDecimal } from "../units/decimal.ts";
import type { Ms } from "../units/unit.ts";
import type { Importance, Row, Words } from "./message.ts";
import { price } from "./words.ts";

/** Quantities in coins, prices in USDT per coin. */
export type HeldNow = {
	readonly symbol: string;
	readonly direction: "long" | "short";
	readonly qty: number;
	readonly entry: number;
	readonly unrealised: number;
};

export type Failing = { readonly name: string; readonly detail: string };

/** Plain data: they wait in the outbox as JSON. */
export type Periodic =
	/** `kpis` over the day. */
	| {
			readonly event: "daily";
			readonly kpis: Kpis;
			readonly positions: readonly HeldNow[];
			/** The guard that stopped trading, and why. */
			readonly halted?: string | undefined;
			readonly paused: boolean;
	  }
	| { readonly event: "weekly"; readonly kpis: Kpis }
	/** What fails now, and for how long something has been failing. */
	| { readonly event: "health"; readonly failing: readonly Failing[]; readonly lasting: Ms }
	/** Nothing fails any more; `failed` are the names of what did. */
	| { readonly event: "healthy"; readonly failed: readonly string[]; readonly lasted: Ms };

export const MARKS: Readonly<Record<KpiVerdict, string>> = { held: "✅", missed: "❌", unknown: "❔" };

type Of<Event extends Periodic["event"]> = Extract<Periodic, { event: Event }>;
type Entry<T> = { readonly importance: Importance | ((told: T) => Importance); readonly words: (told: T, pick: Pick) => Words };

export const PERIODIC: { readonly [Event in Periodic["event"]]: Entry<Of<Event>> } = {
	daily: { importance: "quiet", words: dailyWords },
	weekly: { importance: ({ kpis }) => (anyMissed(kpis) ? "alarm" : "news"), words: ({ kpis }, pick) => weeklyWords(kpis, pick) },
	health: {
		importance: "alarm",
		words: ({ failing, lasting }, pick) => ({
			icon: "🩺",
			title: cannotTrade(failing.map(({ name }) => name))
				? pick("점검 실패: 지금은 거래할 수 없습니다", "Health check fails: the bot cannot trade now")
				: pick("점검 실패: 거래는 계속됩니다", "Health check fails: trading goes on"),
			rows: [...failing.map(({ name, detail }): Row => [name, detail]), [pick("지속", "for"), duration(lasting)]],
		}),
	},
	healthy: {
		importance: "news",
		words: ({ failed, lasted }, pick) => ({
			icon: "💚",
			title: pick("점검 정상", "Healthy again"),
			rows: [
				[pick("실패했던 점검", "what failed"), failed.join(", ")],
				[pick("지속", "for"), duration(lasted)],
			],
		}),
	},
};

function dailyWords({ kpis, positions, halted, paused }: Of<"daily">, pick: Pick): Words {
	const { equity, trades, wins, net, fees, funding, transferred } = kpis.context;
	const uptime = kpis.rows.find(({ name }) => name === "uptime");
	const rows: Row[] = [];
	if (equity !== undefined) {
		rows.push([pick("자산", "equity"), `${money(equity.last)} USDT`]);
		rows.push([pick("어제 대비", "since yesterday"), changeText(equity)]);
	}
	if (transferred !== 0) rows.push([pick("입출금", "moved by a person"), `${signedMoney(transferred)} USDT`]);
	rows.push([pick("거래", "trades"), pick(`${trades}건, 이익 ${wins}건`, `${trades}, of which ${wins} won`)]);
	rows.push([pick("순손익", "net profit"), `${signedMoney(net)} USDT`]);
	rows.push([pick("수수료 · 펀딩", "fees · funding"), `${money(fees)} · ${money(funding)} USDT`]);
	rows.push(
		...(positions.length === 0 ? [[pick("보유", "held"), pick("없음", "nothing")] as const] : positions.map((held) => heldRow(held, pick))),
	);
	if (uptime !== undefined)
		rows.push([kpiWords(uptime, pick).name, `${kpiWords(uptime, pick).value} (${kpiWords(uptime, pick).evidence})`]);
	rows.push([pick("보호 장치", "guards"), guardText(halted, paused, pick)]);
	return { icon: "🗓️", title: `${pick("일일 보고", "Daily report")} ${utcDate(kpis.from)}`, rows };
}

function heldRow({ symbol, direction, qty, entry, unrealised }: HeldNow, pick: Pick): Row {
	const side = direction === "long" ? pick("롱", "long") : pick("숏", "short");
	return [symbol, `${side} ${plainDecimal(qty)} @ ${price(entry)}, ${signedMoney(unrealised)} USDT`];
}

function guardText(halted: string | undefined, paused: boolean, pick: Pick): string {
	if (halted !== undefined) return pick(`거래 중단됨: ${halted}`, `trading is stopped: ${halted}`);
	return paused ? pick("운용자가 신규 진입을 중지함", "paused by the operator") : pick("작동한 것 없음", "none has tripped");
}

/** Every row with its limit, the worst news in the title. */
function weeklyWords(kpis: Kpis, pick: Pick): Words {
	const missed = anyMissed(kpis);
	return {
		icon: missed ? "❌" : "📋",
		title: `${pick("주간 보고", "Weekly report")} ${utcDate(kpis.from)} – ${utcDate(kpis.to)}${missed ? pick(": 한도를 벗어난 지표가 있습니다", ": a limit was missed") : ""}`,
		rows: [...kpis.rows.map((row) => kpiLine(row, pick)), ...contextWords(kpis.context, pick)],
	};
}

function kpiLine(row: KpiRow, pick: Pick): Row {
	const { name, value, limit, evidence } = kpiWords(row, pick);
	return [`${MARKS[row.verdict]} ${name}`, `${value} (${limit})${evidence === "" ? "" : ` · ${evidence}`}`];
}
