// What a systemd unit of Type=notify is told: that the bot trades, that its event loop still turns, that it stops. Node has no datagram
// sockets of the local kind, so the helper `systemd-notify` says it. Without NOTIFY_SOCKET nobody is told anything.

import { spawn } from "node:child_process";

type Timer = { readonly every: (ms: number, beat: () => void) => () => void };

const TIMER: Timer = {
	every: (ms, beat) => {
		const timer = setInterval(beat, ms);
		timer.unref();
		return () => clearInterval(timer);
	},
};

export type ServiceNotice = {
	/** Start-up is over; from here on the watchdog is fed, three times in each of its periods. */
	readonly ready: () => void;
	readonly stopping: () => void;
};

/** `onLine` hears, once, that the helper cannot be run: systemd will then end the bot, and its log should say why. */
export function serviceNotice(onLine: (text: string) => void, env: NodeJS.ProcessEnv = process.env, timer: Timer = TIMER): ServiceNotice {
	if ((env.NOTIFY_SOCKET ?? "") === "") return { ready: () => {}, stopping: () => {} };
	let complained = false;
	let stop = (): void => {};
	const complain = (why: string): void => {
		if (!complained) onLine(`systemd asked to be told how it goes, but systemd-notify does not run (${why})`);
		complained = true;
	};
	const tell = (...words: string[]): void => {
		const helper = spawn("systemd-notify", words, { stdio: "ignore", env: { PATH: env.PATH, NOTIFY_SOCKET: env.NOTIFY_SOCKET } });
		helper.on("error", (error: NodeJS.ErrnoException) => complain(error.code ?? error.message));
		helper.on("exit", (code) => {
			if (code !== 0 && code !== null) complain(`exit code ${code}`);
		});
		helper.unref();
	};
	const period = Number(env.WATCHDOG_USEC ?? 0) / 1000;
	return {
		ready: () => {
			tell("--ready", "--status=trading");
			if (period > 0) stop = timer.every(period / 3, () => tell("WATCHDOG=1"));
		},
		stopping: () => {
			stop();
			tell("STOPPING=1");
		},
	};
}
