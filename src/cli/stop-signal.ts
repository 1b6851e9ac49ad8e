// Ctrl-C and SIGTERM as an AbortSignal: the first asks for a clean stop, the second leaves at once.

import { EXIT } from "./exit-code.ts";

export function stopSignal(): { signal: AbortSignal; release: () => void } {
	const controller = new AbortController();
	const onSignal = (name: NodeJS.Signals): void => {
		if (controller.signal.aborted) process.exit(name === "SIGINT" ? EXIT.interrupted : EXIT.terminated);
		controller.abort(name);
	};
	process.on("SIGINT", onSignal);
	process.on("SIGTERM", onSignal);
	return {
		signal: controller.signal,
		release: () => {
			process.off("SIGINT", onSignal);
			process.off("SIGTERM", onSignal);
		},
	};
}

/** Resolves once the signal asks to stop. */
export function stopped(signal: AbortSignal | undefined): Promise<void> {
	return new Promise((resolve) => {
		if (signal?.aborted) resolve();
		signal?.addEventListener("abort", () => resolve(), { once: true });
	});
}
