// A name for one life of the bot, never the same twice: the millisecond of its start in base 36. It is part of every order id of the run.

let latest = 0;

export function runName(): string {
	latest = Math.max(Date.now(), latest + 1); // one start looks at the journal and then opens it: within a millisecond these are two
	return latest.toString(36);
}
