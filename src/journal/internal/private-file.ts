// Files and folders that only their owner may open, since they tell of an account. What is there already keeps the mode it has: it may be
// somebody's choice. SQLite gives what it writes beside a database the database's own mode.

import { closeSync, mkdirSync, openSync } from "node:fs";

export function makePrivateFolder(dir: string): void {
	mkdirSync(dir, { recursive: true, mode: 0o700 });
}

/** An existing file is not even opened: to close it would let go the locks that this process holds on it. */
export function makePrivate(file: string): void {
	try {
		closeSync(openSync(file, "wx", 0o600));
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause; // what `openSync` throws
	}
}
