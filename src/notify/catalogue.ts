// Which notes the operator hears of, how loudly, and in what words: one table, each entry in both languages side by side.

import type { Note } from "../engine/command.ts";
import type { ExitReason } from "../report/trade.ts";
import { usdtNumber } from "../units/grid.ts";
import type { Usdt } from "../units/unit.ts";
import type { Importance, Locale, Row, Words } from "./message.ts";
import { differenceName, type Pick, pickOf, reasonText, SIDES, stopName } from "./terms.ts";
import { gain, money, price, signedPct } from "./words.ts";

/** What a note was taken with. */
export type Told = { readonly symbol: string; readonly note: Note; readonly cash: Usdt; readonly coin: number };

type Entry<T> = { readonly importance: Importance; readonly words: (note: T, pick: Pick, told: Told) => Words };
type NoteOf<What extends Note["what"]> = Extract<Note, { what: What }>;

const REASONS: Readonly<Record<ExitReason, readonly [string, string]>> = {
	take_profit: ["1차 익절 (TP1)", "take profit (TP1)"],
	stop_loss: ["손절 (SL)", "stop loss (SL)"],
	trailing_stop: ["트레일링 스톱", "trailing stop"],
	opposite_signal: ["반대 시그널", "opposite signal"],
	liquidation: ["강제 청산", "LIQUIDATION"],
	guard: ["보호 장치 또는 운용자", "guard or operator"],
	end_of_data: ["데이터 끝", "end of data"],
};

const PURPOSES = { entry: ["진입", "entry"], take_profit: ["익절", "take-profit"], exit: ["청산", "exit"] } as const;

/** Notes that are not here are for log and journal only. */
const NOTES: { readonly [What in Note["what"]]?: Entry<NoteOf<What>> } = {
	entering: {
		importance: "quiet",
		words: (note, pick, { symbol, cash }) => ({
			icon: "🎯",
			title: pick(`${symbol} ${SIDES[note.direction][0]} 진입 주문`, `${symbol} ${note.direction} entry order`),
			rows: [
				[pick("수량", "quantity"), `${note.qty}`],
				[pick("가격", "price"), price(note.price)],
				[pick("손절", "stop"), price(note.stop)],
				[pick("기대", "expected"), `${signedUsdt(note.gain)} / ${signedUsdt(-note.loss)}`],
				[pick("잔고", "balance"), money(cash)],
				[pick("이유", "reason"), reasonText(note.signal.why, pick)],
			],
		}),
	},
	entered: {
		importance: "news",
		words: (note, pick, told) => ({
			icon: note.direction === "long" ? "🟢" : "🔴",
			title: pick(`${told.symbol} ${SIDES[note.direction][0]} 진입`, `${told.symbol} ${note.direction} entered`),
			rows: [[pick("가격", "price"), price(note.price)], [pick("수량", "quantity"), `${note.qty}`], ...balances(note.balance, told, pick)],
		}),
	},
	exited: {
		importance: "news",
		words: (note, pick, told) => ({
			icon: note.reason === "liquidation" ? "💥" : note.realised >= 0 ? "✅" : "🔻",
			title: pick(`${told.symbol} 청산: ${REASONS[note.reason][0]}`, `${told.symbol} closed: ${REASONS[note.reason][1]}`),
			rows: [
				[pick("가격", "price"), price(note.price)],
				[pick("수량", "quantity"), `${note.qty}${note.left > 0 ? pick(` (잔량 ${note.left})`, ` (${note.left} left)`) : ""}`],
				[pick("손익", "profit"), `${gain(note.realised)} (${signedPct(note.returnPct)})`],
				...balances(note.balance, told, pick),
			],
		}),
	},
	flat: {
		importance: "news",
		words: ({ trade }, pick, told) => ({
			icon: trade.pnl > 0 ? "🏁" : "🏳️",
			title: pick(`${told.symbol} ${SIDES[trade.direction][0]} 거래 종료`, `${told.symbol} ${trade.direction} trade over`),
			rows: [
				[pick("순손익", "net"), `${gain(trade.pnl)} (${signedPct((100 * usdtNumber(trade.pnl)) / usdtNumber(trade.balanceBefore))})`],
				[pick("진입 → 청산", "entry → exit"), `${price(trade.entryPrice)} → ${price(trade.exits.at(-1)?.price)}`],
				[pick("수량", "quantity"), `${trade.qty}`],
				[pick("수수료", "fees"), money(trade.fees)],
				[pick("펀딩", "funding"), money(trade.funding)],
				...balances(trade.balanceAfter, told, pick),
				[pick("이유", "reason"), trade.exits.map(({ reason }) => pick(...REASONS[reason])).join(" → ")],
			],
			offer: { text: pick("📈 차트", "📈 Chart"), data: `chart:${trade.symbol} ${trade.exitAt}` },
		}),
	},
	unfilled: plain("quiet", "⌛", "진입 미체결", "entry did not fill"),
	refused: {
		importance: "alarm",
		words: (note, pick, { symbol }) => ({
			icon: "⛔",
			title: pick(`${symbol} ${PURPOSES[note.purpose][0]} 주문 거절`, `${symbol} ${PURPOSES[note.purpose][1]} order refused`),
			rows: [[pick("이유", "reason"), note.code === 0 ? reasonText(note.why, pick) : `${note.code} ${note.why}`]],
		}),
	},
	noTp1: plain("news", "⚠️", "1차 익절 주문 없음", "has no TP1"),
	tripped: {
		importance: "alarm",
		words: ({ guard, why }, pick, { cash }) => ({
			icon: "🛑",
			title: pick("거래 중단: 모두 청산합니다", "Trading stopped: everything is being closed"),
			rows: [
				[pick("보호 장치", "guard"), stopName(guard, pick)],
				[pick("이유", "reason"), reasonText(why, pick)],
				[pick("잔고", "balance"), money(cash)],
				["", pick("사람이 /resume 할 때까지 진입하지 않습니다", "Nothing is opened until a person sends /resume")],
			],
		}),
	},
	resumed: {
		importance: "news",
		words: (_note, pick) => ({ icon: "▶️", title: pick("운용자가 거래를 재개", "Resumed by the operator"), rows: [] }),
	},
	paused: {
		importance: "news",
		words: ({ only }, pick) => ({
			icon: "⏸️",
			title:
				only === undefined
					? pick("운용자가 신규 진입을 중지", "Paused by the operator")
					: pick(`${only}: 운용자가 청산하고 중지`, `${only}: closed and held back by the operator`),
			rows: [],
		}),
	},
	difference: {
		importance: "news",
		words: ({ name, text }, pick, { symbol }) => ({
			icon: "🔀",
			title: pick(`${symbol} 거래소와 차이: ${differenceName(name, pick)}`, `${symbol} differs from the exchange: ${name}`),
			rows: [["", reasonText(text, pick)]],
		}),
	},
	doubted: plain("alarm", "❓", "신규 진입 중지: 계정 불일치", "no new entries: the account is in doubt"),
	agreed: {
		importance: "news",
		words: (_note, pick, { symbol }) => ({
			icon: "🤝",
			title: pick(`${symbol} 거래소와 일치: 진입 가능`, `${symbol} agrees with the exchange: entries are allowed`),
			rows: [],
		}),
	},
	unprotected: {
		importance: "alarm",
		words: ({ seconds }, pick, { symbol }) => ({
			icon: "🚨",
			title: pick(`${symbol} 거래소에 손절 없음`, `${symbol} without a stop at the exchange`),
			rows: [[pick("시간", "for"), `${seconds.toFixed(1)} s`]],
		}),
	},
	transferred: {
		importance: "news",
		words: ({ type, amount }, pick, { cash }) => ({
			icon: "💱",
			title: pick("입출금", "Money moved"),
			rows: [
				[pick("금액", "amount"), gain(amount)],
				[pick("종류", "type"), type],
				[pick("잔고", "balance"), money(cash)],
			],
		}),
	},
	unexplained: {
		importance: "alarm",
		words: ({ amount }, pick, { cash }) => ({
			icon: "❗",
			title: pick("설명되지 않는 잔고 변화", "Unexplained change of the balance"),
			rows: [
				[pick("금액", "amount"), gain(amount)],
				[pick("잔고", "balance"), money(cash)],
			],
		}),
	},
	lateFunding: {
		importance: "quiet",
		words: ({ amount }, pick, { symbol }) => ({
			icon: "💸",
			title: pick(`${symbol} 늦은 펀딩`, `${symbol} late funding`),
			rows: [[pick("금액", "amount"), gain(-amount as Usdt)]], // a sign only
		}),
	},
	confirmedFlat: {
		importance: "news",
		words: (_note, pick) => ({
			icon: "☑️",
			title: pick("거래소 확인: 봇의 포지션·주문 없음", "Confirmed: the exchange shows no position and no order of the bot"),
			rows: [],
		}),
	},
};

/** Worth a message. */
export function isTold(note: Note): boolean {
	return NOTES[note.what] !== undefined;
}

export function importanceOf(note: Note): Importance {
	return NOTES[note.what]?.importance ?? "quiet";
}

export function noteWords(told: Told, locale: Locale): Words {
	const entry = NOTES[told.note.what] as Entry<Note> | undefined; // the entry of that very kind
	if (entry === undefined) return { icon: "•", title: `${told.symbol} ${told.note.what}`, rows: [] };
	return entry.words(told.note, pickOf(locale), told);
}

function plain(importance: Importance, icon: string, ko: string, en: string): Entry<NoteOf<"unfilled" | "noTp1" | "doubted">> {
	return {
		importance,
		words: ({ why }, pick, { symbol }) => ({
			icon,
			title: pick(`${symbol} ${ko}`, `${symbol} ${en}`),
			rows: [[pick("이유", "reason"), reasonText(why, pick)]],
		}),
	};
}

function balances(balance: Usdt, { coin }: Told, pick: Pick): Row[] {
	return [
		[pick("잔고", "balance"), money(balance)],
		[pick("보유 코인", "coins held"), `${coin}`],
	];
}

function signedUsdt(amount: number): string {
	return `${amount >= 0 ? "+" : ""}${amount.toFixed(2)} USDT`;
}
