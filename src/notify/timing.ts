// The machine's own time and chance.

import type { Timing } from "./message.ts";

export const WALL: Timing = {
	now: Date.now,
	sleep: (time, signal) =>
		new Promise((resolve) => {
			const done = (): void => {
				clearTimeout(timer);
				signal.removeEventListener("abort", done);
				resolve();
			};
			const timer = setTimeout(done, time);
			signal.addEventListener("abort", done, { once: true });
			if (signal.aborted) done();
		}),
	random: Math.random, // spreads attempts
};
