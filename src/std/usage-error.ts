// The operator's input was wrong: one line on stderr that says what, where and what to do; exit code 2; no stack trace.

export class UsageError extends Error {
	override readonly name = "UsageError";
}
