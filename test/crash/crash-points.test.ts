// The real program, killed by SIGKILL at every boundary of a real run over sockets, started again with the same journal, run to the end
// of the data, and compared with the exchange. Market time stands while no bot listens, so each life finds the market where it was left.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { assertConsistent, type Kept } from "./checks.ts";
import { assertStoppedCleanly, type Life, Scene, STORIES, type Story } from "./scene.ts";

const open = new Set<Scene>();

async function scene(story: Story = STORIES.market): Promise<Scene> {
	const made = await Scene.open(story);
	open.add(made);
	return made;
}

async function close(made: Scene): Promise<void> {
	open.delete(made);
	await made.close();
}

after(async () => {
	for (const made of open) await made.close();
});

type Boundaries = {
	/** All, in order. */
	readonly names: readonly string[];
	/** Those that differ from the one before for somebody outside. */
	readonly points: readonly string[];
	readonly kinds: ReadonlyMap<string, { boundaries: number; points: number }>;
};

function readBoundaries(file: string): Boundaries {
	const names: string[] = [];
	const points: string[] = [];
	const kinds = new Map<string, { boundaries: number; points: number }>();
	for (const line of readFileSync(file, "utf8").trimEnd().split("\n")) {
		const same = line.startsWith("= ");
		const name = same ? line.slice(2) : line;
		names.push(name);
		const kind = name.replace(/ #\d+$/, "");
		const count = kinds.get(kind) ?? { boundaries: 0, points: 0 };
		kinds.set(kind, count);
		count.boundaries++;
		if (same) continue;
		count.points++;
		points.push(name);
	}
	return { names, points, kinds };
}

/** A run without interruption, once for all tests. */
let run: Promise<{ boundaries: Boundaries; kept: Kept }> | undefined;

function whole(): NonNullable<typeof run> {
	run ??= uninterrupted();
	return run;
}

async function uninterrupted(story?: Story): Promise<{ boundaries: Boundaries; kept: Kept }> {
	const made = await scene(story);
	const file = join(made.dir, "boundaries.txt");
	const life = made.start({ CRASH_LIST: file });
	assertStoppedCleanly(life, await made.toTheEnd(life));
	const kept = await assertConsistent(made);
	const boundaries = readBoundaries(file);
	await close(made);
	return { boundaries, kept };
}

/** Lives of the program end one after the other at these points; the last one goes on to the end. What is not well is the answer. */
async function crash(points: readonly string[], onReady: (life: Life) => void, story?: Story): Promise<string | undefined> {
	const made = await scene(story);
	try {
		for (const point of points) {
			const life = made.start({ CRASH_AT: point });
			const { signal } = await made.toTheEnd(life);
			assert.equal(signal, "SIGKILL", `${point} never came: ${life.output}${life.errors}`);
		}
		const last = made.start();
		assertStoppedCleanly(last, await made.toTheEnd(last));
		assert.ok(last.tradingAfter !== undefined, `reconciled and trading: ${last.output}`);
		onReady(last);
		await assertConsistent(made);
	} catch (cause) {
		return `${points.join(", then ")}: ${cause instanceof Error ? cause.message : String(cause)}`;
	} finally {
		await close(made);
	}
	return undefined;
}

/** Two at a time. */
async function all<T>(items: readonly T[], work: (item: T) => Promise<string | undefined>): Promise<string[]> {
	const queue = [...items];
	const failed: string[] = [];
	const worker = async (): Promise<void> => {
		for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
			const problem = await work(item);
			if (problem !== undefined) failed.push(problem);
		}
	};
	await Promise.all([worker(), worker()]);
	return failed;
}

function assertNone(failed: readonly string[]): void {
	assert.equal(failed.length, 0, failed.join("\n"));
}

function tell(t: TestContext, { kinds }: Boundaries, of: RegExp): void {
	const told = [...kinds].filter(([kind]) => of.test(kind));
	t.diagnostic("boundaries, points of their own, kind");
	for (const [kind, count] of told) t.diagnostic(`${String(count.boundaries).padStart(4)} ${String(count.points).padStart(4)}  ${kind}`);
	const sum = (of: "boundaries" | "points"): number => told.reduce((all, [, count]) => all + count[of], 0);
	t.diagnostic(`${sum("boundaries")} boundaries, ${sum("points")} points`);
}

/** For the reader; nothing is judged by the wall's clock. */
function tellTimes(t: TestContext, times: readonly number[]): void {
	const sorted = [...times].sort((a, b) => a - b);
	const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
	t.diagnostic(`from the start to reconciled and trading: median ${median.toFixed(0)} ms, at most ${(sorted.at(-1) ?? 0).toFixed(0)} ms`);
}

const REQUESTS = /^(before|after) (GET|POST|order\.)|answer/;
const KINDS: readonly (readonly [what: string, kind: RegExp])[] = [
	["before every write to the disk", /^before the write /],
	["after every write to the disk", /^after the write /],
	["before and after every request, and at its answer", REQUESTS],
	["at every message of the account", / statement of /],
];

for (const [what, kind] of KINDS)
	test(`killed ${what}, the bot goes on where it was: nothing twice, nothing bare, nothing lost (I3)`, async (t) => {
		const { boundaries } = await whole();
		tell(t, boundaries, kind);
		const times: number[] = [];
		const points = boundaries.points.filter((point) => kind.test(point));
		assertNone(await all(points, (point) => crash([point], ({ tradingAfter = Number.NaN }) => times.push(tradingAfter))));
		tellTimes(t, times);
	});

test("these are all boundaries, and the run between them enters, takes its target, is stopped and turns", async () => {
	const { boundaries, kept } = await whole();
	for (const point of boundaries.points) assert.equal(KINDS.filter(([, kind]) => kind.test(point)).length, 1, point);
	const reasons = new Set(kept.notes.flatMap((note) => (note.what === "exited" ? [note.reason] : [])));
	assert.deepEqual([...reasons].sort(), ["opposite_signal", "stop_loss", "take_profit"]);
});

test("killed at every request of a run whose entries rest, follow the price and are given up, the bot goes on all the same (D3, I3)", async (t) => {
	const { boundaries, kept } = await uninterrupted(STORIES.limits);
	assert.ok(kept.notes.some(({ what }) => what === "unfilled") && kept.notes.some(({ what }) => what === "flat"));
	const points = boundaries.points.filter((point) => REQUESTS.test(point));
	assert.ok(points.some((point) => point.includes("order.amend")));
	t.diagnostic(`${points.length} points`);
	assertNone(await all(points, (point) => crash([point], () => {}, STORIES.limits)));
});

test("killed again at every point of its reconciliation, with an entry that nobody has heard of, the bot goes on all the same (I3)", async (t) => {
	const first = "before the answer to order.create #1";
	const made = await scene();
	await made.toTheEnd(made.start({ CRASH_AT: first }));
	const file = join(made.dir, "boundaries.txt");
	const life = made.start({ CRASH_LIST: file });
	await life.ready;
	life.signal("SIGKILL");
	await life.ended;
	const boundaries = readBoundaries(file);
	await close(made);
	const points = boundaries.points.filter((point) => !point.includes("statement of"));
	t.diagnostic(`${points.length} points`);
	assertNone(await all(points, (point) => crash([first, point], () => {})));
});

test("with the disk full at any order or change of a stop nothing leaves, one line says so, and freed it goes on (F4, I3)", async (t) => {
	const { boundaries } = await whole();
	const { names } = boundaries;
	const orders = names.flatMap((name, i) => (/^before (order\.|POST \/v5\/position\/trading-stop).* leaves/.test(name) ? [i] : []));
	// At COMMIT, and at the first INSERT of what is to be committed.
	const last = (i: number, what: string): string => names.slice(0, i).findLast((name) => name.startsWith(what)) ?? "";
	const committed = orders.map((i) => names.slice(0, i).findLastIndex((name) => name.startsWith("before the write of a batch")));
	const points = new Set(committed.flatMap((i) => [names[i] ?? "", last(i, "after the write of a batch")]));
	t.diagnostic(`${points.size} points`);
	const failed = await all([...points], async (point) => {
		const made = await scene();
		try {
			const file = join(made.dir, "boundaries.txt");
			const life = made.start({ CRASH_DISK_FULL: point, CRASH_LIST: file });
			const { code } = await made.toTheEnd(life);
			assert.match(
				life.errors,
				/^anchorwatch: the journal cannot be written \(database or disk is full\): .*free the disk and start again\n$/,
			);
			assert.equal(code, 1);
			const after = readBoundaries(file).names;
			assert.ok(after.includes("a write fails"));
			const left = after.slice(after.indexOf("a write fails")).filter((name) => /^after (order|POST)/.test(name));
			assert.deepEqual(left, [], "nothing leaves");
			const next = made.start();
			assertStoppedCleanly(next, await made.toTheEnd(next));
			await assertConsistent(made);
		} catch (cause) {
			return `${point}: ${cause instanceof Error ? cause.message : String(cause)}`;
		} finally {
			await close(made);
		}
		return undefined;
	});
	assertNone(failed);
});
