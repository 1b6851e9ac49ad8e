// What each question is answered with, from the view of the bot alone: a title and lines, in the operator's language.

import { isFlat } from "../account/position.ts";
import type { Engine } from "../engine/engine.ts";
import type { Machine } from "../engine/machine.ts";
import { duration, grouped, signedMoney } from "../report/figures.ts";
import type { Trade } from "../report/trade.ts";
import type { GuardState } from "../risk/guards.ts";
import { addUsdt, negate, usdtNumber } from "../units/grid.ts";
import { DAY, type Ms, type Usdt } from "../units/unit.ts";
import type { Offer } from "./message.ts";
import { GUARD_WORDS, PHASES, type Pick, reasonText, SIDES } from "./terms.ts";
import type { BotView } from "./view.ts";
import { gain, money, price, signedPct, timeText } from "./words.ts";

export type Answer = { readonly title: string; readonly lines: readonly string[]; readonly offers?: readonly Offer[] };
type Ask = { readonly view: BotView; readonly engine: Engine; readonly pick: Pick; readonly word: string };

/** Every question, with what it answers; each may be asked again with a button. */
export const QUESTIONS: Readonly<
	Record<string, { readonly about: readonly [ko: string, en: string]; readonly answer: (ask: Ask) => Answer }>
> = {
	status: { about: ["요약", "the bot at a glance"], answer: status },
	positions: { about: ["포지션", "what is held"], answer: positions },
	orders: { about: ["주문", "orders of the bot"], answer: orders },
	balance: { about: ["잔고와 자산", "wallet and equity"], answer: balance },
	pnl: { about: ["손익 [day|week|month]", "profit [day|week|month]"], answer: pnl },
	trades: { about: ["최근 거래", "latest trades"], answer: trades },
	signal: { about: ["최근 시그널", "latest signals"], answer: signal },
	risk: { about: ["한도와 사용량", "limits, and how much of them is used"], answer: risk },
	health: { about: ["연결·지연·알림 상태", "streams, latency, messages"], answer: health },
	why: { about: ["지금 진입하지 않는 이유", "why nothing is opened now, guard by guard"], answer: why },
	log: { about: ["로그 [n]", "latest log lines [n]"], answer: log },
};

function status({ view, engine, pick }: Ask): Answer {
	const state =
		engine.halted !== undefined ? `🛑 ${engine.halted}` : engine.paused ? pick("⏸️ 일시 중지", "⏸️ paused") : pick("▶️ 거래 중", "▶️ trading");
	return {
		title: `Anchorwatch · ${view.environment}`,
		lines: [
			state,
			`${pick("가동", "up for")} ${duration(view.upFor())}`,
			`${pick("자산", "equity")} ${grouped(engine.equity(), 2)} USDT`,
			`${pick("24시간", "24 h")}: ${spanLines(view, DAY, pick).slice(0, 2).join(", ")}`,
			...machines(engine).map(
				(machine) =>
					`${machine.symbol}: ${pick(...PHASES[machine.phase])}${machine.isHeldBack ? pick(" (중지됨)", " (held back)") : ""}, ${price(machine.last)}${heldText(engine, machine, pick)}`,
			),
		],
	};
}

function positions({ engine, pick }: Ask): Answer {
	const open = machines(engine).filter(({ position }) => !isFlat(position));
	const lines = open.flatMap((machine) => {
		const { grid } = gridOf(engine, machine);
		const { position, last, liquidation, stop, takeProfit } = machine;
		const qty = grid.qtyNumber(position.qty);
		const cost = usdtNumber(position.cost);
		const profit = machine.unrealised();
		return [
			`${machine.symbol} ${pick(...SIDES[position.direction])} ${qty}`,
			`  ${pick("평균가", "average")} ${price(cost / qty)} → ${price(last)}: ${signedMoney(profit)} USDT (${signedPct((100 * profit) / cost)})`,
			`  ${pick("손절", "stop")} ${price(stop && grid.priceNumber(stop))}, TP1 ${price(takeProfit && grid.priceNumber(takeProfit.price))}, ${pick("청산가", "liquidation")} ${price(liquidation)}`,
		];
	});
	return { title: pick("포지션", "Positions"), lines: lines.length > 0 ? lines : [pick("없음", "none")] };
}

function orders({ engine, pick }: Ask): Answer {
	const lines = machines(engine).flatMap((machine) => {
		const { grid } = gridOf(engine, machine);
		const { entry, takeProfit, stop, position } = machine;
		const found: string[] = [];
		if (entry !== undefined)
			found.push(
				`${machine.symbol} ${pick("진입", "entry")} ${pick(...SIDES[entry.direction])} ${grid.qtyNumber(entry.filled)}/${grid.qtyNumber(entry.qty)} @ ${entry.price === undefined ? pick("시장가", "market") : price(grid.priceNumber(entry.price))}`,
			);
		if (takeProfit !== undefined)
			found.push(`${machine.symbol} TP1 ${grid.qtyNumber(takeProfit.qty)} @ ${price(grid.priceNumber(takeProfit.price))}`);
		if (!isFlat(position) && stop !== undefined)
			found.push(`${machine.symbol} ${pick("손절 (거래소)", "stop, at the exchange")} @ ${price(grid.priceNumber(stop))}`);
		if (machine.exiting) found.push(`${machine.symbol} ${pick("청산 주문 진행 중", "closing order under way")}`);
		return found;
	});
	return { title: pick("주문", "Orders"), lines: lines.length > 0 ? lines : [pick("없음", "none")] };
}

function balance({ engine, pick }: Ask): Answer {
	const equity = engine.equity();
	return {
		title: pick("잔고", "Balance"),
		lines: [
			`${pick("지갑", "wallet")} ${money(engine.balance)}`,
			`${pick("미실현 손익", "unrealised")} ${signedMoney(equity - usdtNumber(engine.balance))} USDT`,
			`${pick("자산", "equity")} ${grouped(equity, 2)} USDT`,
			`${pick("최고 자산", "peak")} ${grouped(engine.peak, 2)} USDT (${signedPct((100 * (equity - engine.peak)) / engine.peak)})`,
			...machines(engine).map((machine) => `${machine.symbol} ${signedCoins(engine, machine)}`),
		],
	};
}

export const SPANS: Readonly<Record<string, { readonly time: Ms; readonly words: readonly [ko: string, en: string] }>> = {
	day: { time: DAY, words: ["최근 24시간", "last 24 hours"] },
	week: { time: 7 * DAY, words: ["최근 7일", "last 7 days"] },
	month: { time: 30 * DAY, words: ["최근 30일", "last 30 days"] },
};

function pnl({ view, pick, word }: Ask): Answer {
	const span = (Object.hasOwn(SPANS, word) ? SPANS[word] : SPANS.day)!;
	return { title: `${pick("손익", "Profit")} · ${pick(...span.words)}`, lines: spanLines(view, span.time, pick) };
}

/** The net first, then how it came about. */
function spanLines(view: BotView, span: Ms, pick: Pick): string[] {
	const since = view.now() - span;
	const closed = view.past.trades(since);
	const late = view.past.lateFunding(since);
	const sum = (of: (trade: Trade) => Usdt): Usdt => addUsdt(...closed.map(of));
	const wins = closed.filter((trade) => trade.pnl > 0).length;
	return [
		`${pick("순손익", "net")} ${gain(
			addUsdt(
				sum((trade) => trade.pnl),
				negate(late),
			),
		)}`,
		pick(`거래 ${closed.length}건, 이익 ${wins}건`, `trades ${closed.length}, won ${wins}`),
		`${pick("수수료", "fees")} ${money(sum(({ fees }) => fees))}, ${pick("펀딩", "funding")} ${money(sum(({ funding }) => funding))}`,
		...(late === 0 ? [] : [`${pick("거래 뒤에 온 펀딩 (순손익에 포함)", "funding after a trade was over (in the net)")} ${money(late)}`]),
	];
}

/** Of the `/trades` list. */
const LISTED = 10;

function trades({ view, pick }: Ask): Answer {
	const latest = view.past.trades(0, LISTED).toReversed();
	const offers = latest.slice(0, 1).map((trade) => chartOffer(trade, pick));
	return {
		title: pick("최근 거래", "Latest trades"),
		lines: latest.length > 0 ? latest.map((trade) => tradeLine(trade, pick)) : [pick("없음", "none")],
		offers,
	};
}

/** A button that draws it. */
function chartOffer({ symbol, exitAt }: Trade, pick: Pick): Offer {
	return { text: pick("📈 마지막 거래", "📈 The last one"), data: `chart:${symbol} ${exitAt}` };
}

function tradeLine({ symbol, direction, exitAt, qty, entryPrice, exits, pnl: net }: Trade, pick: Pick): string {
	return `${timeText(exitAt)} ${symbol} ${pick(...SIDES[direction])} ${qty} ${price(entryPrice)} → ${price(exits.at(-1)?.price)} ${gain(net)}`;
}

function signal({ view, engine, pick }: Ask): Answer {
	const lines = machines(engine).map(({ symbol }) => {
		const found = view.signalOf(symbol);
		if (found === undefined) return `${symbol}: ${pick("아직 없음", "none yet")}`;
		const { direction, why: reason, price: at, reference } = found.signal;
		return `${symbol} ${direction === 0 ? "·" : direction > 0 ? "▲" : "▼"} ${timeText(found.at)}: ${reasonText(reason, pick)}, ${price(at)} / VWAP ${price(reference)}${found.skipped === undefined ? "" : ` (${reasonText(found.skipped, pick)})`}`;
	});
	return { title: pick("시그널", "Signals"), lines };
}

function risk({ engine, pick }: Ask): Answer {
	const { risk: limits } = engine.settings;
	const total = machines(engine).reduce((sum, machine) => sum + machine.held, 0);
	const limit = (value: number | undefined, unit: string): string =>
		value === undefined ? pick("꺼짐", "off") : `${grouped(value, decimalsOf(value))}${unit}`;
	const fall = (100 * (engine.peak - engine.equity())) / engine.peak;
	return {
		title: pick("위험", "Risk"),
		lines: [
			`${pick("총 노출", "total exposure")} ${grouped(total, 2)} / ${limit(engine.settings.risk.maxTotalNotional, " USDT")}`,
			...machines(engine).map((machine) => `${machine.symbol} ${grouped(machine.held, 2)} / ${limit(limits.maxSymbolNotional, " USDT")}`),
			`${pick("낙폭", "drawdown")} ${fall.toFixed(2)} % / ${limit(limits.maxDrawdownPct, " %")}`,
			`${pick("포지션당 손실 한도", "loss of one position at most")} ${limit(limits.maxLossPct, " %")}`,
			`${pick("연속 오류 한도", "errors in a row at most")} ${limit(limits.maxErrors, "")}`,
		],
	};
}

function health({ view, pick }: Ask): Answer {
	const now = view.now();
	return {
		title: pick("상태", "Health"),
		lines: [
			...view.streams().map(({ name, up, since }) => `${up ? "✅" : "❌"} ${name} ${duration(now - since)}`),
			`${pick("지연", "latency")} ${reasonText(view.latency(), pick)}`,
			...view.deliveries().map(({ channel, counts }) => {
				const missed = counts.written === 0 ? 0 : (100 * counts.failed) / counts.written;
				return `${channel}: ${counts.sent}/${counts.written} ${pick("전송", "sent")}, ${counts.waiting} ${pick("대기", "waiting")}, ${counts.late} ${pick("지연", "late")}, ${counts.failed} ${pick("실패", "failed")} (${missed.toFixed(2)} %)`;
			}),
		],
	};
}

/** As many as the configured figure has. */
function decimalsOf(value: number): number {
	return String(value).split(".")[1]?.length ?? 0;
}

/** Guard by guard, then what else an entry needs. */
function why({ view, engine, pick }: Ask): Answer {
	const lines = machines(engine).flatMap((machine) => {
		const found = view.signalOf(machine.symbol);
		const guards = machine.guards(view.now());
		const needs = [machine.phase === "flat", machine.isHeldBack !== true, found !== undefined && found.signal.direction !== 0];
		const ready = needs.every((need) => need) && !guards.some(({ closed }) => closed);
		return [
			`${machine.symbol}: ${ready ? pick("막는 것이 없음", "nothing is in the way") : pick("지금은 진입하지 않음", "nothing is opened now")}`,
			...guards.map((guard) => `  ${guardLine(guard, pick)}`),
			`  ${mark(machine.phase === "flat")} ${pick("상태", "phase")}: ${pick(...PHASES[machine.phase])}`,
			...(machine.isHeldBack ? [`  ❌ ${pick("운용자가 이 심볼을 막음: /resume", "held back by the operator: /resume")}`] : []),
			`  ${signalLine(found, pick)}`,
			...(found?.skipped === undefined
				? []
				: [`  ❌ ${pick("지난 시그널을 건너뜀", "the last signal was passed over")}: ${reasonText(found.skipped, pick)}`]),
		];
	});
	return { title: pick("진입 조건", "Why (not)"), lines };
}

function guardLine({ name, closed, why: text }: GuardState, pick: Pick): string {
	const words = pick(...GUARD_WORDS[name][closed ? "closed" : "open"]);
	return `${mark(!closed)} ${words}${text === "" ? "" : `: ${reasonText(text, pick)}`}`;
}

function signalLine(found: ReturnType<BotView["signalOf"]>, pick: Pick): string {
	if (found === undefined) return `❌ ${pick("시그널: 아직 없음", "signal: none yet")}`;
	const { direction, why: reason } = found.signal;
	return `${mark(direction !== 0)} ${pick("시그널", "signal")}: ${reasonText(reason, pick)}`;
}

function mark(holds: boolean): string {
	return holds ? "✅" : "❌";
}

function log({ view, word, pick }: Ask): Answer {
	const count = Math.min(50, Math.max(1, Number.parseInt(word, 10) || 15));
	const lines = view.log(count);
	return { title: pick("로그", "Log"), lines: lines.length > 0 ? lines : [pick("없음", "none")] };
}

/** What closing would do, and what it would cost about. */
export function closingLines(view: BotView, symbol: string | undefined, pick: Pick): string[] {
	const engine = view.engine();
	if (engine === undefined) return [];
	const { takerFee, slippage } = engine.settings.costs;
	const open = machines(engine).filter((machine) => !isFlat(machine.position) && (symbol === undefined || machine.symbol === symbol));
	if (open.length === 0)
		return [pick("열린 포지션 없음: 주문 취소와 중지만 합니다", "nothing is held: orders are cancelled, and nothing is opened")];
	return open.map((machine) => {
		const cost = (takerFee + slippage) * coinsHeld(engine, machine) * machine.last;
		return `${machine.symbol} ${pick(...SIDES[machine.position.direction])} ${coinsHeld(engine, machine)} @ ≈${price(machine.last)}: ${signedMoney(machine.unrealised())} USDT, ${pick("예상 비용", "estimated cost")} ${grouped(cost, 2)} USDT`;
	});
}

export function machines(engine: Engine): Machine[] {
	return [...engine.machines()];
}

function gridOf(engine: Engine, { symbol }: Machine): Engine["settings"]["symbols"][number]["instrument"] {
	const found = engine.settings.symbols.find(({ instrument }) => instrument.symbol === symbol);
	if (found === undefined) throw new RangeError(`${symbol} is traded`);
	return found.instrument;
}

function coinsHeld(engine: Engine, machine: Machine): number {
	return gridOf(engine, machine).grid.qtyNumber(machine.position.qty);
}

/** Coins held; below zero for a short. */
export function signedCoins(engine: Engine, machine: Machine): number {
	const coins = coinsHeld(engine, machine);
	return coins === 0 || machine.position.direction === "long" ? coins : -coins;
}

function heldText(engine: Engine, machine: Machine, pick: Pick): string {
	if (isFlat(machine.position)) return "";
	return `, ${pick(...SIDES[machine.position.direction])} ${coinsHeld(engine, machine)} (${signedMoney(machine.unrealised())} USDT)`;
}
