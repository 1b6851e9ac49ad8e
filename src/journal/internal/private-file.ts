// Files and folders that only their owner may open, since they tell of an account. What is there already keeps the mode it has: it may be
// somebody's choice. SQLite gives what it writes beside a database the database's own mode.

import { closeSync, mkdirSync, openSync } from "node:fs";

export function makePrivateFolder(dir: string): void {
	mkdirSync(dir, { recursive: true, mode: 0o700 });
}

export function makePrivate(file: string): void {
	closeSync(openSync(file, "a", 0o600));
}
