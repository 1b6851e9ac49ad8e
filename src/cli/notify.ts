// `anchorwatch notify test`: sends one message through every channel of the configuration, and says what is wrong when it does not arrive.

import type { Command } from "commander";
import type { Message, Notifier } from "../notify/message.ts";
import { configOption, examples, jsonOption } from "./options.ts";

export function addNotify(program: Command): void {
	const notify = program.command("notify").description("messages to the operator: test whether they arrive");
	const testing = notify
		.command("test")
		.description("send a test message through every enabled channel, and say what is wrong if it does not arrive")
		.addOption(configOption())
		.addOption(jsonOption())
		.action(test);
	examples(testing, ["notify test", "notify test --json"], "Exit code 1 when a channel did not take it.");
	examples(notify, ["notify test"]);
}

async function test(options: { readonly config?: string; readonly json?: true }): Promise<void> {
	const [{ loadConfig }, { channelsOf }, { Telegram }, { Webhook }, { WALL }, { happeningWords }, { UsageError }, { RunFailure }] =
		await Promise.all([
			import("./run-config.ts"),
			import("./live-notify.ts"),
			import("../notify/telegram.ts"),
			import("../notify/webhook.ts"),
			import("../notify/timing.ts"),
			import("../notify/happenings.ts"),
			import("../std/usage-error.ts"),
			import("../std/run-failure.ts"),
		]);
	const { unlocked } = await import("./unlock.ts");
	const config = await unlocked(loadConfig(options.config), {});
	const { telegram, webhook } = channelsOf(config);
	const notifiers: Notifier[] = [];
	if (telegram !== undefined) notifiers.push(new Telegram({ ...telegram, timing: WALL }));
	if (webhook !== undefined) notifiers.push(new Webhook({ ...webhook, now: Date.now }));
	if (notifiers.length === 0)
		throw new UsageError("no channel is enabled: set notify.telegram.enabled with a chat_id, or notify.webhook.enabled with a url");
	const { locale } = config.config.notify;
	const part = { at: Date.now(), number: 0, words: happeningWords({ event: "test" }, locale) };
	const message: Message = { numbers: [0], importance: "news", repeated: false, parts: [part], locale };
	const channels: { name: string; ok: boolean; why: string | null }[] = [];
	for (const notifier of notifiers) {
		const { name } = notifier;
		const sent = await notifier.send(message, AbortSignal.timeout(60_000));
		channels.push({ name, ok: sent.ok, why: sent.ok ? null : sent.why });
		if (sent.ok && options.json !== true) process.stdout.write(`${name}: sent\n`);
	}
	const failed = channels.flatMap(({ name, why }) => (why === null ? [] : [`${name}: ${why}`]));
	if (options.json === true) process.stdout.write(`${JSON.stringify({ ok: failed.length === 0, channels }, null, 2)}\n`);
	else if (telegram !== undefined && telegram.users.length === 0)
		process.stdout.write("telegram: notify.telegram.user_ids is empty: messages are sent, commands are taken from nobody\n");
	if (failed.length > 0) throw new RunFailure(failed.join("\n"));
}
