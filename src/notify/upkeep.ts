// Messages of the regular jobs: one that fails, and rules of the exchange that have changed.

import type { Importance, Row, Words } from "./message.ts";

export type Upkeep =
	/** A regular job has failed, or, without `problem`, succeeds again. */
	| { readonly event: "job"; readonly job: string; readonly problem: string | undefined }
	/** Rules of a symbol differ from those that were in force; `heldBack`: nothing is opened on it until the next start. */
	| { readonly event: "rules"; readonly symbol: string; readonly changes: readonly string[]; readonly heldBack: boolean };

type Pick = (ko: string, en: string) => string;
type Of<Event extends Upkeep["event"]> = Extract<Upkeep, { event: Event }>;
type Entry<T> = { readonly importance: (happening: T) => Importance; readonly words: (happening: T, pick: Pick) => Words };

const JOBS: Readonly<Record<string, string>> = {
	health: "상태 점검",
	reconcile: "계정 대조",
	clock: "시계 측정",
	instruments: "종목 규칙 확인",
	daily: "일일 보고",
	weekly: "주간 보고",
	backup: "기록 백업",
	forget: "오래된 입력 정리",
	year: "새해 로그 파일",
};

export const UPKEEP: { readonly [Event in Upkeep["event"]]: Entry<Of<Event>> } = {
	job: {
		importance: ({ problem }) => (problem === undefined ? "news" : "alarm"),
		words: ({ job, problem }, pick) => {
			const name = pick(JOBS[job] ?? job, job);
			if (problem === undefined)
				return { icon: "🧰", title: pick(`정기 작업 정상화: ${name}`, `Regular job succeeds again: ${name}`), rows: [] };
			return {
				icon: "🧰",
				title: pick(`정기 작업 실패: ${name}`, `Regular job failed: ${name}`),
				rows: [
					[pick("이유", "reason"), problem],
					["", pick("다음 시각에 다시 시도하며 거래는 계속합니다", "It is tried again at its next time; trading goes on")],
				],
			};
		},
	},
	rules: {
		importance: ({ heldBack }) => (heldBack ? "alarm" : "news"),
		words: ({ symbol, changes, heldBack }, pick) => {
			const rows: Row[] = changes.map((change) => ["", change]);
			if (heldBack)
				rows.push([
					"",
					pick(
						"다시 시작할 때까지 이 심볼은 새로 진입하지 않습니다. 보유 포지션의 손절은 유지됩니다",
						"Nothing is opened on it until the next start; what is held keeps its stop",
					),
				]);
			return { icon: "📜", title: pick(`${symbol} 거래소 규칙 변경`, `${symbol}: the exchange's rules have changed`), rows };
		},
	},
};
