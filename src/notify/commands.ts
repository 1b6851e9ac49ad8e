// What the operator writes or presses, taken to its end: a question is answered, an action becomes a wish in the journal, and closing needs
// a second step. Pictures may have to wait for candles of the exchange. Who may say so is judged before (listener.ts).

import type { Ms } from "../units/unit.ts";
import { type Answer, closingLines, machines, QUESTIONS } from "./answers.ts";
import type { Confirmations, Judged } from "./confirm.ts";
import { bold, escaped, TEXT_MAX } from "./markdown.ts";
import type { Locale, Offer } from "./message.ts";
import { Pictures } from "./pictures.ts";
import type { Reply } from "./telegram.ts";
import { pickOf } from "./terms.ts";
import type { BotView, Wish } from "./view.ts";

export type CommandsOptions = {
	readonly view: BotView;
	/** Into the journal: from there the bot takes it. */
	readonly wish: (wish: Wish) => void;
	readonly confirmations: Confirmations;
	readonly locale: Locale;
	readonly onLine: (level: "info" | "warn" | "error", text: string) => void;
};

/** Older than this an action is not carried out any more: what it was meant for has passed. */
const TOO_OLD: Ms = 120_000;

export class Commands {
	readonly #options: CommandsOptions;
	readonly #pictures: Pictures;

	constructor(options: CommandsOptions) {
		this.#options = options;
		this.#pictures = new Pictures(options);
	}

	/** A message; `age` is how long ago it was written. */
	written(text: string, user: number, age: Ms): Reply | Promise<Reply> {
		const [head = "", word = "", more = ""] = text.slice(0, TEXT_MAX).trim().split(/\s+/);
		const name = head.replace(/^\//, "").replace(/@\w+$/, "").toLowerCase();
		if (name in QUESTIONS && Object.hasOwn(QUESTIONS, name)) return this.#question(name, word);
		if (/^\d{6}$/.test(head)) return this.#act(age, () => this.#confirm(user, head));
		switch (name) {
			case "pause":
			case "resume":
				return this.#act(age, () => this.#carryOut({ wish: name }, user));
			case "flatten":
				return this.#act(age, () => this.#askFirst({ wish: "flatten" }, user));
			case "close":
				return this.#act(age, () => this.#close(word.toUpperCase(), user));
			case "confirm":
				return this.#act(age, () => this.#confirm(user, word));
			case "chart":
				return this.#pictures.asked(word, more);
			case "":
			case "start":
			case "help":
				return this.#help(["명령", "Commands"]);
			default:
				return this.#help(["모르는 명령입니다. 쓸 수 있는 명령:", "That is no command of mine. There are:"]);
		}
	}

	/** A button: its data was written by this class. `edits` says that the answer takes the place of the message above the button. */
	pressed(data: string, user: number): { readonly reply: Reply | Promise<Reply>; readonly edits: boolean } {
		const [kind, rest = ""] = data.split(":");
		if (kind === "yes") return { reply: this.#confirm(user, rest), edits: false };
		if (kind === "no") {
			this.#options.confirmations.drop(user);
			return { reply: this.#said("취소했습니다: 아무것도 하지 않았습니다", "Cancelled: nothing was done"), edits: false };
		}
		const [name = "", word = ""] = rest.split(" ");
		if (kind === "again" && Object.hasOwn(QUESTIONS, name)) return { reply: this.#question(name, word), edits: true };
		if (kind === "chart") return { reply: this.#pictures.trade(name, Number(word)), edits: false };
		return { reply: this.#help(["명령", "Commands"]), edits: false };
	}

	#question(name: string, word: string): Reply {
		const { view, locale } = this.#options;
		const pick = pickOf(locale);
		const engine = view.engine();
		if (engine === undefined) return this.#said("봇이 아직 시작 중입니다", "The bot is still starting");
		const answer = QUESTIONS[name]?.answer({ view, engine, pick, word });
		const again = { text: pick("🔄 새로고침", "🔄 Refresh"), data: `again:${name} ${word}`.slice(0, 64) };
		return answer === undefined ? this.#help(["명령", "Commands"]) : reply(answer, [again, ...(answer.offers ?? [])]);
	}

	#act(age: Ms, act: () => Reply): Reply {
		if (age <= TOO_OLD) return act();
		return this.#said(
			`${Math.round(age / 1000)}초 전에 보낸 명령이라 실행하지 않았습니다. 다시 보내십시오`,
			`Written ${Math.round(age / 1000)} s ago: not carried out. Send it again`,
		);
	}

	#close(symbol: string, user: number): Reply {
		const engine = this.#options.view.engine();
		const symbols = engine === undefined ? [] : machines(engine).map((machine) => machine.symbol);
		if (symbols.includes(symbol)) return this.#askFirst({ wish: "close", symbol }, user);
		return this.#said(`어느 심볼을 닫습니까? /close ${symbols.join(" | ")}`, `Which symbol? /close ${symbols.join(" | ")}`);
	}

	#askFirst(wish: Wish, user: number): Reply {
		const { view, confirmations, locale } = this.#options;
		const pick = pickOf(locale);
		const symbol = wish.wish === "close" ? wish.symbol : undefined;
		const code = confirmations.ask(user, wish, view.now());
		const lines = [
			...closingLines(view, symbol, pick),
			pick(`실행하려면 1분 안에: /confirm ${code}`, `To do it, within a minute: /confirm ${code}`),
			pick("이후 /resume 할 때까지 진입하지 않습니다", "Nothing is opened afterwards until /resume"),
		];
		const buttons = [
			{ text: pick("✅ 실행", "✅ Do it"), data: `yes:${code}` },
			{ text: pick("✖️ 취소", "✖️ Cancel"), data: "no:" },
		];
		return reply(
			{ title: symbol === undefined ? pick("⚠️ 전부 청산", "⚠️ Close everything") : pick(`⚠️ ${symbol} 청산`, `⚠️ Close ${symbol}`), lines },
			buttons,
		);
	}

	#confirm(user: number, code: string): Reply {
		const judged: Judged = this.#options.confirmations.take(user, code, this.#options.view.now());
		if (judged.ok) return this.#carryOut(judged.wish, user);
		this.#options.onLine("warn", `telegram: a confirmation was refused (${judged.why})`);
		if (judged.why === "late") return this.#said("1분이 지나 실행하지 않았습니다", "More than a minute has passed: nothing was done");
		if (judged.why === "wrong") return this.#said("코드가 틀렸습니다: 실행하지 않았습니다", "Wrong code: nothing was done");
		return this.#said("확인할 것이 없습니다", "There is nothing to confirm");
	}

	#carryOut(wish: Wish, user: number): Reply {
		const { wish: put, onLine } = this.#options;
		const words = `${wish.wish}${wish.wish === "close" ? ` ${wish.symbol}` : ""}`;
		onLine("warn", `telegram: ${words}, by user ${user}`);
		put(wish);
		return this.#said(`접수: ${words}. 결과는 알림으로 옵니다`, `Taken: ${words}. What comes of it follows as a message`);
	}

	#help(title: readonly [ko: string, en: string]): Reply {
		const pick = pickOf(this.#options.locale);
		const lines = [
			...Object.entries(QUESTIONS).map(([name, { about }]) => `/${name} – ${pick(...(about as [string, string]))}`), // a pair, as declared
			`/chart – ${pick("자산 곡선 그림 [day|week|month]", "the equity curve as a picture [day|week|month]")}`,
			`/chart trade – ${pick("지난 거래 그림 [n]: 1은 마지막", "a trade as a picture [n]: 1 is the last one")}`,
			`/pause – ${pick("신규 진입 중지", "open nothing new")}`,
			`/resume – ${pick("거래 재개", "trade again")}`,
			`/close SYMBOL – ${pick("한 심볼 청산 (두 단계)", "close one symbol (two steps)")}`,
			`/flatten – ${pick("전부 청산하고 중지 (두 단계)", "close everything and stop (two steps)")}`,
		];
		return reply({ title: pick(...title), lines }, []);
	}

	#said(ko: string, en: string): Reply {
		return reply({ title: pickOf(this.#options.locale)(ko, en), lines: [] }, []);
	}
}

/** Cut so that no markup is cut: whole lines, newest last ones first to go. */
export function reply({ title, lines }: Answer, buttons: readonly Offer[]): Reply {
	const kept: string[] = [];
	let room = TEXT_MAX - escaped(title).length - 10;
	for (const line of lines) {
		const text = line.length > 400 ? `${line.slice(0, 399)}…` : line;
		room -= escaped(text).length + 1;
		if (room < 0) break;
		kept.push(text);
	}
	return { markdown: [bold(title), ...kept.map(escaped)].join("\n"), plain: [title, ...kept].join("\n"), buttons, silent: true };
}
