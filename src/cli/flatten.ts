// `anchorwatch flatten`: cancels every order of the bot, closes every position of it at market, and says so only when the exchange shows it.
// A running bot is told by the journal; where none runs, this process takes its place for as long as it takes. Trading then stays stopped
// until `resume`.

import type { Command } from "commander";
import { configOption, examples, passphraseOption } from "./options.ts";
import type { RunConfig } from "./run-config.ts";

/** How long a running bot may take to heed the wish, and to finish. */
const HEED_MS = 10_000;
const FINISH_MS = 120_000;
const LOOK_MS = 250;

export function addFlatten(program: Command): void {
	const command = program
		.command("flatten")
		.description("close everything of the bot at the exchange, and stop trading until resume")
		.addOption(configOption())
		.addOption(passphraseOption())
		.action(flatten);
	examples(
		command,
		["flatten", "flatten --config mainnet.yaml"],
		"Works with or without a running bot. Orders and positions that are not the bot's are left alone.",
	);
}

async function flatten(options: { readonly config?: string; readonly passphraseFd?: string }): Promise<void> {
	const [{ loadConfig }, { InstanceLock }, { UsageError }] = await Promise.all([
		import("./run-config.ts"),
		import("../journal/instance-lock.ts"),
		import("../std/usage-error.ts"),
	]);
	const config = loadConfig(options.config);
	if (config.config.environment === "sim")
		throw new UsageError("environment: sim holds nothing between two runs: there is nothing to close");
	const lock = InstanceLock.tryTake(config.config.journal.dir);
	lock?.release();
	if (lock === undefined) return await askRunningBot(config);
	const { unlocked } = await import("./unlock.ts");
	return await takeItsPlace(await unlocked(config, options));
}

/** The bot that runs does it; this process waits until its journal says that the exchange has confirmed it. */
async function askRunningBot(config: RunConfig): Promise<void> {
	const [{ journalFile, lastNote }, { WishBox }, { RunFailure }, { journalKind }] = await Promise.all([
		import("../journal/journal.ts"),
		import("../journal/wishes.ts"),
		import("../std/run-failure.ts"),
		import("./live-bot.ts"),
	]);
	const { dir } = config.config.journal;
	const kind = journalKind(config);
	const box = new WishBox(journalFile(dir, kind));
	try {
		const before = lastNote(dir, "confirmedFlat", kind);
		const id = box.wish("flatten", Date.now());
		process.stdout.write("A bot is running: it was told to close everything.\n");
		if (!(await holds(() => box.isFulfilled(id), HEED_MS)))
			throw new RunFailure("the running bot does not answer: stop it (Ctrl-C, or kill its process), then run flatten again");
		if (!(await holds(() => lastNote(dir, "confirmedFlat", kind) !== before, FINISH_MS)))
			throw new RunFailure("the exchange has not confirmed yet that all is closed: look at the account, and at the bot's log");
	} finally {
		box.close();
	}
	process.stdout.write("Flat: the exchange shows no position and no order of the bot. It trades again after: anchorwatch resume\n");
}

async function holds(what: () => boolean, patience: number): Promise<boolean> {
	for (let waited = 0; waited < patience; waited += LOOK_MS) {
		if (what()) return true;
		await new Promise<void>((resolve) => {
			setTimeout(resolve, LOOK_MS);
		});
	}
	return what();
}

async function takeItsPlace(config: RunConfig): Promise<void> {
	const [{ openLive }, { RunFailure }] = await Promise.all([import("./live-bot.ts"), import("../std/run-failure.ts")]);
	let confirmed = false;
	const { bot, journal, close } = openLive(config, {
		regular: false,
		onNote: ({ note }) => {
			if (note.what === "confirmedFlat") confirmed = true;
		},
	});
	try {
		journal.wish("flatten", Date.now());
		await bot.start();
		if (!(await Promise.race([holds(() => confirmed, FINISH_MS), bot.failure])))
			throw new RunFailure("the exchange has not confirmed that all is closed: look at the account by hand");
	} finally {
		await close();
	}
	process.stdout.write("Flat: the exchange shows no position and no order of the bot. It trades again after: anchorwatch resume\n");
}
