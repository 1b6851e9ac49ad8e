/** What was thrown, in words: an error's message, and whatever else it may be as text. */
export function messageOf(cause: unknown): string {
	return cause instanceof Error ? cause.message : String(cause);
}
