// What a key takes, in plain words of both languages, with its unit: made of the words that its complaint uses ("expected …").

import type { Language } from "./page.ts";

type Rule = readonly [pattern: RegExp, ko: (match: RegExpExecArray) => string];

const RANGES: readonly Rule[] = [
	[/^from (\S+) to (\S+)$/, ([, from, to]) => `${from} 이상 ${to} 이하`],
	[/^above (\S+) and below (\S+)$/, ([, above, below]) => `${above} 초과 ${below} 미만`],
	[/^above (\S+) and at most (\S+)$/, ([, above, to]) => `${above} 초과 ${to} 이하`],
	[/^above (\S+)$/, ([, above]) => `${above} 초과`],
	[/^of at least (\S+)$/, ([, from]) => `${from} 이상`],
];

const TYPES: readonly Rule[] = [
	[/^a number (.*)$/, ([, range = ""]) => `수: ${rangeText(range)}`],
	[/^a percentage (.*)$/, ([, range = ""]) => `퍼센트: ${rangeText(range)}`],
	[/^a whole number (.*)$/, ([, range = ""]) => `정수: ${rangeText(range)}`],
	[/^true or false$/, () => "`true` 또는 `false`"],
	[/^the path of a folder$/, () => "폴더 경로"],
	[/^the path of a file$/, () => "파일 경로"],
	[/^a name of small letters, digits, - and _, such as (.*)$/, ([, name]) => `소문자·숫자·\`-\`·\`_\`로 된 이름 (예: ${name})`],
	[/^a symbol in capitals, such as (.*)$/, ([, name]) => `대문자 심볼 (예: ${name})`],
	[/^a time of day in quotes, such as (.*)$/, ([, time]) => `따옴표로 묶은 시각 (예: ${time})`],
	[/^a cron pattern in quotes that comes some day, such as (.*)$/, ([, cron]) => `따옴표로 묶은 cron 표현식 (예: ${cron})`],
	[/^one of Bybit's intervals \((.*)\)$/, ([, names]) => `Bybit의 캔들 간격: ${names}`],
	[/^an instant with its zone, such as (\S+), or milliseconds$/, ([, at]) => `시간대가 붙은 시각 (예: ${at}) 또는 밀리초`],
	[/^a date or an instant, such as (\S+) or (\S+), or milliseconds$/, ([, day, at]) => `날짜나 시각 (예: ${day}, ${at}) 또는 밀리초`],
	[
		/^an address that begins with (\S+), or with (\S+) on this machine \((.*)\)$/,
		([, secure, open, hosts]) => `${secure}로 시작하는 주소; ${open}는 이 기기(${hosts})에만`,
	],
	[/^a key without spaces, in plain ASCII and in quotes$/, () => "공백 없는 ASCII 키, 따옴표로 묶음"],
	[/^a name or address of this machine, such as (.*)$/, ([, host]) => `이 기기의 이름이나 주소 (예: ${host})`],
	[/^the number of a chat, below zero for a group$/, () => "채팅 번호, 그룹은 음수"],
	[/^a list of users' numbers, such as (.*)$/, ([, list]) => `사용자 번호 목록 (예: ${list})`],
	[/^a list of symbols such as (.*)$/, ([, entry]) => `심볼 목록 (예: ${entry})`],
	[/^a section of keys$/, () => "아래 절과 같은 구조"],
];

const UNITS: readonly (readonly [pattern: RegExp, en: string, ko: string])[] = [
	[/_s$/, "seconds", "초"],
	[/_ms$/, "milliseconds", "밀리초"],
	[/_bps$/, "hundredths of a percent", "0.01 % 단위"],
	[/_fee$|_rate$|_fraction$/, "a fraction: 0.01 is 1 %", "비율: 0.01이 1 %"],
	[/notional$|_balance$|^price$/, "USDT", "USDT"],
	[/^lookback$|^length$|^limit$|^candles$/, "candles", "캔들"],
	[/_ticks$/, "ticks", "틱"],
	[/_multiple$|^k$|^leverage$/, "times", "배"],
];

export function typeText(expected: string, key: string, language: Language): string {
	const nullable = expected.endsWith(", or null");
	const bare = expected.replace(/, or null$/, "");
	const unit = /number|percentage/.test(bare) ? UNITS.find(([pattern]) => pattern.test(key)) : undefined;
	if (language === "en") return marked(bare) + (unit === undefined ? "" : `; ${unit[1]}`) + (nullable ? "; or `null`" : "");
	return korean(bare) + (unit === undefined ? "" : `; ${unit[2]}`) + (nullable ? "; 또는 `null`" : "");
}

function korean(expected: string): string {
	for (const [pattern, ko] of TYPES) {
		const match = pattern.exec(expected);
		if (match !== null) return ko(match);
	}
	const choice = choices(expected);
	if (choice === undefined) throw new RangeError(`no Korean words for what a key takes: ${expected}`);
	return choice.map((word) => `\`${word}\``).join(" · ");
}

function marked(expected: string): string {
	if (expected === "true or false") return "`true` or `false`";
	return (
		choices(expected)
			?.map((word) => `\`${word}\``)
			.join(" · ") ?? expected
	);
}

/** `a, b or c`: words that can be chosen. */
function choices(expected: string): string[] | undefined {
	return /^[\w-]+(?:, [\w-]+)*(?: or [\w-]+)?$/.test(expected) ? expected.split(/, | or /) : undefined;
}

function rangeText(range: string): string {
	for (const [pattern, ko] of RANGES) {
		const match = pattern.exec(range);
		if (match !== null) return ko(match);
	}
	throw new RangeError(`no Korean words for the range: ${range}`);
}
