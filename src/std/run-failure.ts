// The world failed us while running (a network, an exchange, a disk): one line on stderr that says what and why; exit code 1, so that a
// service manager tries again.

export class RunFailure extends Error {
	override readonly name = "RunFailure";
}
