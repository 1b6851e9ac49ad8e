// What must never be told: every secret this process has read, wherever it turns up on its way out, also as a URL, JSON or base64 spells it,
// and whatever looks like a signature. Those who write text use `masked`; a secret is known here from the moment it was read.

const STARS = "***";
/** HMAC-SHA256 as hex: the signature of a request. */
const SIGNATURE = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/gi;
/** What is shorter is no secret, and would blot out ordinary text. */
const LENGTH_MIN = 4;

const spellings = new Set<string>();
/** The longest first: a secret may hold another one. */
let ordered: readonly string[] = [];

/** From now on none of them is shown. */
export function hide(secrets: Iterable<{ reveal(): string } | undefined>): void {
	for (const secret of secrets) if (secret !== undefined) for (const spelling of spellingsOf(secret.reveal())) spellings.add(spelling);
	ordered = [...spellings].sort((a, b) => b.length - a.length);
}

/** `text` with stars where a secret was. */
export function masked(text: string): string {
	return withoutSecrets(text).replace(SIGNATURE, STARS);
}

/** The same for text that may hold a sum, which looks like a signature. */
export function withoutSecrets(text: string): string {
	let shown = text;
	for (const spelling of ordered) if (shown.includes(spelling)) shown = shown.replaceAll(spelling, STARS);
	return shown;
}

function spellingsOf(value: string): string[] {
	if (value.length < LENGTH_MIN) return [];
	const json = JSON.stringify(value).slice(1, -1);
	const bytes = Buffer.from(value);
	return [
		value,
		encodeURIComponent(value),
		json,
		JSON.stringify(json).slice(1, -1), // JSON in a string of JSON
		bytes.toString("base64"),
		bytes.toString("base64").replace(/=+$/, ""),
		bytes.toString("base64url"),
		bytes.toString("hex"),
	];
}
