// Every word of the page, in both languages, in one table.

import { type Interval, intervalName } from "../market/interval.ts";
import { koreanInterval } from "../report/warning.ts";

export const LOCALES = ["ko", "en"] as const;
export type Locale = (typeof LOCALES)[number];

const TEXTS = {
	backtest: ["백테스트 보고서", "Backtest report"],
	live: ["실거래 보고서", "Live trading report"],
	paper: ["모의 거래 보고서", "Paper trading report"],
	simulated: ["내장 거래소 실행 보고서", "Report of a run on the embedded exchange"],
	generated: ["생성된 시장 — 실제 시세가 아님", "Generated market, not history"],
	utc: ["모든 시각은 UTC, 금액은 USDT", "All times are UTC, all amounts USDT"],
	candlesOf: ["{interval}봉 {count}개", "Candles of {interval}, {count}"],
	theme: ["밝게/어둡게", "Light or dark"],

	chartTitle: ["가격, 자산, 낙폭", "Price, equity and drawdown"],
	price: ["가격", "Price"],
	equity: ["자산", "Equity"],
	open_price: ["시", "O"],
	high_price: ["고", "H"],
	low_price: ["저", "L"],
	close_price: ["종", "C"],
	upper: ["상단", "▲"],
	lower: ["하단", "▼"],
	drawdown: ["낙폭", "Drawdown"],
	reference: ["기준가 (VWAP)", "Reference (VWAP)"],
	bands: ["밴드", "Bands"],
	longEntry: ["롱 진입", "Long entry"],
	shortEntry: ["숏 진입", "Short entry"],
	exit: ["청산", "Exit"],
	openAtEnd: ["끝에 열린 포지션", "Open at the end"],
	winLine: ["이익 거래", "Winning trade"],
	lossLine: ["손실 거래", "Losing trade"],
	shownAs: ["표시", "Shown"],
	perBar: ["막대 하나", "one bar"],
	baseBars: ["기록된 봉 그대로", "candles as recorded"],
	wholeRun: ["전체", "All"],
	previousTrade: ["이전 거래", "Previous trade"],
	nextTrade: ["다음 거래", "Next trade"],
	chartHelp: [
		"끌어서 이동, 휠이나 두 손가락으로 확대합니다. 화면이 담을 수 있는 만큼 봉을 합쳐 보이며, 합친 봉도 그 구간의 최고가와 최저가를 그대로 지닙니다. 확대하면 원래 봉이 나옵니다.",
		"Drag to move, wheel or pinch to zoom. Candles are joined to as many bars as the screen has room for; a joined bar keeps the highest high and the lowest low of all it covers, and zooming in brings the recorded candles back.",
	],
	bandsHelp: [
		"기준가와 밴드는 시그널 봉이 닫힐 때마다 전략이 실제로 판단에 쓴 값이며, 다음 판단까지 이어 그립니다.",
		"Reference and bands are what the strategy itself judged by at each signal candle's close, drawn on until the next judgement.",
	],
	noScript: [
		"차트를 보려면 JavaScript가 필요합니다. 숫자와 표는 그대로 볼 수 있습니다.",
		"The chart needs JavaScript; figures and tables are here without it.",
	],
	oldBrowser: [
		"이 브라우저는 차트 데이터를 풀 수 없습니다 (DecompressionStream 없음). 숫자와 표는 그대로 볼 수 있습니다.",
		"This browser cannot unpack the chart's data (no DecompressionStream). Figures and tables are not affected.",
	],
	minutes: ["분", " m"],
	hours: ["시간", " h"],
	days: ["일", " d"],
	weeks: ["주", " w"],
	noCandles: ["기록된 봉이 없어 가격은 그리지 않습니다.", "No candles were recorded: the price is not drawn."],

	result: ["결과", "Result"],
	risk: ["위험", "Risk"],
	activity: ["거래 활동", "Activity"],
	pnl: ["손익", "PnL"],
	return_pct: ["수익률", "Return"],
	cagr: ["연복리 수익률 (CAGR)", "CAGR"],
	initial_balance: ["시작 잔고", "Balance at the start"],
	final_balance: ["마지막 잔고", "Balance at the end"],
	mdd: ["최대 낙폭 (금액)", "Max drawdown, amount"],
	mdd_pct: ["최대 낙폭 (MDD)", "Max drawdown"],
	mdd_from: ["최대 낙폭의 고점", "Peak of that drawdown"],
	mdd_to: ["최대 낙폭의 저점", "Low of that drawdown"],
	sharpe: ["샤프 지수", "Sharpe"],
	sortino: ["소르티노 지수", "Sortino"],
	calmar: ["칼마 지수", "Calmar"],
	worst_trade_pct: ["최악의 거래 (진입 때 잔고 대비)", "Worst trade (of the balance at its entry)"],
	worst_trade_index: ["최악의 거래 번호 (0부터)", "Worst trade's number (from 0)"],
	trades: ["거래 수", "Trades"],
	wins: ["이익 거래 수", "Winning trades"],
	win_rate: ["승률", "Win rate"],
	profit_factor: ["손익비 (Profit factor)", "Profit factor"],
	expectancy: ["거래당 기대손익", "Expectancy"],
	average_win: ["평균 이익", "Average win"],
	average_loss: ["평균 손실", "Average loss"],
	win_streak: ["최다 연속 이익", "Wins in a row"],
	loss_streak: ["최다 연속 손실", "Losses in a row"],
	average_holding_ms: ["평균 보유 시간", "Average holding"],
	longest_holding_ms: ["최장 보유 시간", "Longest holding"],
	exposure_pct: ["시장 노출 시간", "Time in the market"],
	ambiguous_candles: ["고가·저가 순서가 결과를 정한 봉", "Candles whose order of high and low decided a trade"],

	costs: ["비용", "Costs"],
	costsHelp: [
		"비용 전 손익에서 남은 손익까지. 양수 비용은 낸 것, 음수 비용은 받은 것입니다.",
		"From the gross result to the net. A positive cost was paid, a negative one received.",
	],
	gross: ["비용 전 손익", "Gross result"],
	fees: ["수수료", "Fees"],
	funding: ["펀딩", "Funding"],
	slippage: ["슬리피지", "Slippage"],
	net: ["남은 손익", "Net result"],
	ofGross: ["비용 전 손익의 {share}", "{share} of gross"],
	perTrade: ["거래당 {amount}", "{amount} per trade"],

	distribution: ["거래 손익의 분포", "PnL of a trade: distribution"],
	distributionHelp: ["막대는 그 구간의 거래 수입니다.", "Each bar is the number of trades in its range."],
	min: ["최저", "worst"],
	p5: ["5 %", "5 %"],
	p25: ["25 %", "25 %"],
	p50: ["중앙값", "median"],
	p75: ["75 %", "75 %"],
	p95: ["95 %", "95 %"],
	max: ["최고", "best"],

	byDirection: ["방향별", "By direction"],
	byReason: ["청산 이유별", "By exit"],
	long: ["롱", "Long"],
	short: ["숏", "Short"],
	take_profit: ["익절 (TP1)", "take profit (TP1)"],
	stop_loss: ["손절", "stop loss"],
	trailing_stop: ["추적 손절", "trailing stop"],
	opposite_signal: ["반대 시그널", "opposite signal"],
	liquidation: ["강제 청산", "liquidation"],
	guard: ["보호 장치", "guard"],
	end_of_data: ["데이터 끝", "end of data"],
	take_profit_short: ["익절", "TP1"],
	stop_loss_short: ["손절", "SL"],
	trailing_stop_short: ["추적", "trail"],
	opposite_signal_short: ["반대", "opposite"],
	liquidation_short: ["강제", "LIQ"],
	guard_short: ["보호", "guard"],
	end_of_data_short: ["끝까지 보유", "open at the end"],
	still_open: ["보유 중", "still open"],

	tradesTitle: ["거래 내역", "Trades"],
	tradesHelp: [
		"행을 누르면 차트가 그 거래로 갑니다. 숫자 위에 머물면 반올림하지 않은 값이 보입니다.",
		"A row takes the chart to its trade. Rest on a number to see it unrounded.",
	],
	number: ["번호", "No."],
	side: ["방향", "Side"],
	symbol: ["종목", "Symbol"],
	signal_time: ["시그널", "Signal"],
	entry_time: ["진입", "Entry"],
	entry_price: ["진입가", "Entry price"],
	qty: ["수량", "Quantity"],
	exits: ["청산 (시각, 가격, 수량, 이유)", "Exits (time, price, quantity, reason)"],
	balance_after: ["이후 잔고", "Balance after"],
	more: ["더 보기", "Show more"],
	noTrades: ["거래가 없습니다.", "There were no trades."],

	balances: ["현금과 코인 잔고", "Cash and coins"],
	balancesHelp: [
		"체결 뒤의 값. 현금이 비어 있으면 그 순간의 값이 기록되지 않은 것입니다. 음수 코인은 숏입니다.",
		"After each fill. Where cash is empty it was not recorded at that moment. Negative coins are a short position.",
	],
	time: ["시각", "Time"],
	cash: ["현금", "Cash"],
	coin: ["코인", "Coins"],

	openHelp: [
		"기록이 끝날 때 들고 있던 것입니다. 거래 수와 손익에는 들지 않으며, 미실현 손익은 마지막으로 본 가격으로 셈합니다.",
		"Held when the record ended. It counts neither as a trade nor in the PnL; its unrealised PnL is at the last price seen.",
	],
	valuedAtEnd: [
		"데이터가 끝날 때 포지션이 열려 있었습니다. 마지막 가격으로 청산한 것으로 셈했고, 거래 내역에서 '데이터 끝'이라고 적힌 거래입니다.",
		"A position was open at the end of the data: it is counted as closed at the last price, the trade that is marked “end of data”.",
	],
	opened: ["진입", "Entry"],
	averageEntry: ["평균 진입가", "Average entry"],
	lastPrice: ["마지막 가격", "Last price"],
	unrealised: ["미실현 손익", "Unrealised PnL"],

	configuration: ["설정 (비밀 값 제외)", "Configuration (without secrets)"],
	warnings: ["알아 둘 것", "To know"],
	unknown: ["이 보고서가 모르는 것", "What this report does not know"],
	unknownCandles: [
		"저널에도 저장소에도 봉이 없는 구간이 있어 그 구간의 가격은 그리지 않았습니다.",
		"For part of the run neither the journal nor the store has candles: the price is not drawn there.",
	],
	unknownBeats: [
		"봉이 없는 구간의 자산은 봇이 5분마다 스스로 적은 값과 그사이의 최고와 최저입니다. 최고가 먼저였다고 보므로 낙폭이 실제보다 작게 나오지 않습니다.",
		"Where there are no candles, equity is what the bot wrote of itself every five minutes, with the highest and the lowest since the time before. The highest is taken to have come first, so that no fall is understated.",
	],
	unknownGaps: [
		"봉도 봇의 기록도 없는 구간이 있어 그 구간의 자산과 낙폭은 알 수 없습니다.",
		"For part of the run there are neither candles nor the bot's own record: equity and drawdown are not known there.",
	],
	unknownEquity: [
		"자산은 기록된 봉의 종가와 기록된 현금으로 계산했습니다. 펀딩은 그 뒤의 첫 기록에서 반영됩니다.",
		"Equity is worked out from recorded closes and recorded cash; funding shows from the first record after it.",
	],
	unknownPath: [
		"고가와 저가의 순서가 결과를 정한 봉의 수는 이 기록에 없습니다. 거기 적힌 0은 센 값이 아닙니다.",
		"The record does not tell in how many candles the order of high and low decided a trade: the 0 given there is not a count.",
	],
	unknownOpen: [
		"끝에 열린 포지션이 있습니다. 손익과 잔고는 실현된 것만이고, 자산 곡선은 미실현을 포함합니다.",
		"A position was open at the end: PnL and balance are realised only, the equity curve includes what was not.",
	],
	unknownTransfers: [
		"사람이 옮긴 돈은 손익이 아니므로 곡선과 잔고에서 뺐습니다.",
		"Money that a person moved is no profit: it is taken out of the curve and the balances.",
	],
	unknownBands: [
		"판단 기록이 없는 구간에는 기준가와 밴드를 그리지 않았습니다.",
		"Where no judgements were recorded, reference and bands are not drawn.",
	],

	disclaimer: [
		"과거의 성과나 생성된 시장의 결과는 미래를 말해 주지 않습니다. 투자 조언이 아닙니다.",
		"Neither a past nor an invention tells the future. Nothing here is advice.",
	],
	selfContained: ["이 파일은 스스로 완결되어 있고 네트워크를 쓰지 않습니다.", "This file is complete in itself and uses no network."],
	size: ["크기", "size"],
	chartsBy: ["차트", "Charts"],
	licence: ["라이선스 전문", "Licence in full"],
} as const satisfies Record<string, readonly [ko: string, en: string]>;

export type TextKey = keyof typeof TEXTS;
export type Texts = (key: TextKey) => string;

export function textsOf(locale: Locale): Texts {
	const column = LOCALES.indexOf(locale);
	return (key) => TEXTS[key][column]!;
}

export const TEXT_KEYS = Object.keys(TEXTS) as TextKey[]; // the table's own keys

/** An interval as candles are called by it: "1 m", "1분". */
export function intervalText(locale: Locale, interval: Interval): string {
	return locale === "ko" ? koreanInterval(interval) : intervalName(interval);
}

const UNITS: Readonly<Record<Locale, readonly [day: string, hour: string, minute: string, second: string]>> = {
	ko: ["일", "시간", "분", "초"],
	en: ["d", "h", "m", "s"],
};

/** The two largest units: "3 d 4 h", "5시간 12분". */
export function durationText(locale: Locale, time: number): string {
	const seconds = Math.round(time / 1000);
	const parts = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
	const first = parts.findIndex((part) => part > 0);
	if (first < 0) return `0 ${UNITS[locale][3]}`;
	const glue = locale === "ko" ? "" : " ";
	const shown = [first, first + 1].filter((i) => (parts[i] ?? 0) > 0);
	return shown.map((i) => `${parts[i]}${glue}${UNITS[locale][i]}`).join(" ");
}
