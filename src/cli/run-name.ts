// A name for one life of the bot, never the same twice: the start in base 36 and a draw. It is part of every order id of the run.

import { randomInt } from "node:crypto";

export function runName(): string {
	return `${Math.floor(Date.now() / 1000).toString(36)}${randomInt(36 ** 2)
		.toString(36)
		.padStart(2, "0")}`;
}
