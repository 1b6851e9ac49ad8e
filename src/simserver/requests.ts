// What has come in and is not yet answered. In lockstep time stands still until nothing is under way.

export class Requests {
	#underWay = 0;
	#arrived = 0;
	#idle: (() => void) | undefined;
	readonly #onAnswered: () => void;

	/** `onAnswered` is called when a request has been answered and its answer has left. */
	constructor(onAnswered: () => void) {
		this.#onAnswered = onAnswered;
	}

	begin(): void {
		this.#arrived++;
		this.#underWay++;
	}

	end(): void {
		this.#underWay--;
		this.#onAnswered();
		if (this.#underWay > 0) return;
		this.#idle?.();
		this.#idle = undefined;
	}

	/** A socket's message has come: it is answered before the next one is read. */
	note(): void {
		this.#arrived++;
	}

	/** It has been answered. */
	noted(): void {
		this.#onAnswered();
	}

	get arrived(): boolean {
		return this.#arrived > 0;
	}

	/** Whether anything came in since the last call. */
	takeArrived(): boolean {
		const arrived = this.#arrived > 0;
		this.#arrived = 0;
		return arrived;
	}

	/** Resolves once every request under way has been answered. */
	async settled(): Promise<void> {
		while (this.#underWay > 0) {
			await new Promise<void>((resolve) => {
				this.#idle = resolve;
			});
		}
	}
}
