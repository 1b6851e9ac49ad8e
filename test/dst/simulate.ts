// One seed from its beginning to its verdict: half an hour of market under faults, then everything heals, then the books must agree; at last
// everything is closed, and the money must be explained to the cent.

import type { Position } from "../../src/account/position.ts";
import type { Event } from "../../src/engine/event.ts";
import type { TraderOptions } from "../../src/oms/trader.ts";
import type { Memory } from "../../src/oms/trader-port.ts";
import { Prng } from "../../src/std/prng.ts";
import { addUsdt, formatUsdt } from "../../src/units/grid.ts";
import { MINUTE, type Ms, type Price, type Qty, type Usdt } from "../../src/units/unit.ts";
import type { Disk } from "./disk.ts";
import { Exchange } from "./exchange.ts";
import { drawRates, type Happened } from "./faults.ts";
import { Judge } from "./judge.ts";
import { Life, type MakeTrader, realTrader } from "./life.ts";
import { Market } from "./market.ts";
import { ModelMemory } from "./memory.ts";
import { Network } from "./network.ts";
import { Person } from "./person.ts";
import { drawPlan, type Plan } from "./plan.ts";
import { Stream } from "./stream.ts";
import { Broken, World } from "./world.ts";

const START: Ms = Date.UTC(2026, 0, 5, 12);
/** What was drawn before, such as a line that is down, is over after so long. */
const CALMS_WITHIN: Ms = 65_000;
/** Beside the reading interval: how long the bot may take to agree with the venue once nothing goes wrong any more. */
const AGREES_WITHIN: Ms = 90_000;
const CLOSES_WITHIN: Ms = 90_000;
/** Beside the reading interval: agreement that lasts so long is the end of it. */
const LASTS: Ms = 15_000;

/** Notes that say that something is not as it should be. */
const WORRIES: readonly string[] = ["difference", "doubted", "unexplained", "transferred"];

export type SeedOptions = {
	readonly make?: MakeTrader;
	/** Wraps what a trader is given: for a test that breaks it. */
	readonly wrap?: (options: TraderOptions) => TraderOptions;
	readonly memory?: (memory: ModelMemory) => Memory;
	/** Keeps the transcript's text. */
	readonly writes?: boolean;
	readonly faultless?: boolean;
	/** The real journal as memory. */
	readonly disk?: Disk;
};

export type Verdict = {
	readonly seed: number;
	readonly hash: string;
	readonly broken: { readonly rule: string; readonly what: string } | undefined;
	readonly counts: ReadonlyMap<Happened, number>;
	readonly lines: readonly string[];
	readonly about: string;
};

export function simulate(seed: number, options: SeedOptions = {}): Verdict {
	const simulation = new Simulation(seed, options);
	let broken: Broken | undefined;
	try {
		simulation.run();
	} catch (cause) {
		broken = cause instanceof Broken ? cause : new Broken("the simulation itself is sound", (cause as Error).stack ?? String(cause));
	}
	const { transcript, faults } = simulation.world;
	if (broken !== undefined) transcript.line(simulation.world.now, `BROKEN: ${broken.message}`);
	return {
		seed,
		hash: transcript.hash,
		broken: broken && { rule: broken.rule, what: broken.message },
		counts: faults.counts,
		lines: transcript.lines,
		about: simulation.about,
	};
}

class Simulation {
	readonly world: World;
	readonly #random: Prng;
	readonly #plan: Plan;
	readonly #exchange: Exchange;
	readonly #judge: Judge;
	readonly #network: Network;
	readonly #stream: Stream;
	readonly #person: Person;
	readonly #markets: Market[];
	readonly #life: Life;
	/** The seed knows no faults. */
	readonly #isCalm: boolean;
	#gap: { until: Ms; tellsLater: boolean; waiting: Event[] } | undefined;

	constructor(seed: number, options: SeedOptions) {
		const root = new Prng(`dst/${seed}`);
		this.#random = root.fork("steps");
		const rates = options.faultless ? new Map() : drawRates(root.fork("rates"));
		this.#isCalm = rates.size === 0;
		this.world = new World({ start: START, random: root.fork("faults"), rates, writes: options.writes ?? false });
		this.#plan = drawPlan(root.fork("plan"), this.#isCalm);
		const plan = this.#plan;
		this.#judge = new Judge(this.world, plan);
		this.#stream = new Stream(this.world, root.fork("stream"), plan.network);
		this.#exchange = new Exchange(
			plan,
			{
				stated: (statement) => this.#stream.say(statement),
				filled: (fill) => this.#judge.filled(fill),
				ended: (order) => {
					if (order.rejectReason === "EC_PostOnlyWillTakeLiquidity") this.world.faults.note("post-only turned away");
				},
			},
			START,
		);
		this.#network = new Network(this.world, root.fork("network"), this.#exchange, plan.network, {
			arrives: () => {},
			accepted: (call) => this.#judge.accepted(call),
		});
		this.#person = new Person(this.world, root.fork("person"), this.#exchange);
		const market = root.fork("market");
		this.#markets = plan.instruments.map(
			(instrument) =>
				new Market(this.world, market.fork(instrument.symbol), this.#exchange, {
					instrument,
					volatility: plan.volatility,
					openTime: START,
				}),
		);
		this.#life = this.#newLife(options, root.fork("life"));
		this.#judge.attach(this.#exchange, this.#life.memory, (symbol) => this.#life.trader?.engine.machine(symbol).last);
	}

	get about(): string {
		const { instruments, engine, network, minutes } = this.#plan;
		const [first] = engine.symbols;
		return `${instruments.map(({ symbol }) => symbol).join(" ")}, ${first?.trade.entry.order} entries on ${first?.trade.trigger}, ${engine.marginMode}, ${minutes} min, window ${network.window}, deadline ${network.deadline}, every ${network.every}`;
	}

	#newLife(options: SeedOptions, random: Prng): Life {
		const make = options.make ?? realTrader;
		const wrap = options.wrap ?? ((given: TraderOptions) => given);
		return new Life({
			world: this.world,
			plan: this.#plan,
			random,
			make: (given) => {
				const memory = options.memory?.(this.#life.memory) ?? given.memory;
				return make(wrap({ ...given, memory }));
			},
			memory: (fate) => new ModelMemory(fate, { copies: this.#plan.memoryCopies, disk: options.disk }),
			witness: {
				sent: (call, memory) => this.#judge.sent(call, memory),
				noted: ({ symbol, note }) => {
					this.world.transcript.line(this.world.now, `# ${note.what}`, () => `${symbol} ${JSON.stringify(note)}`);
					if (note.what === "tripped") this.world.faults.note("tripped");
					if (note.what === "exiting" && note.reason === "opposite_signal") this.world.faults.note("reversed");
					if (note.what === "refused" && (note.code === 110092 || note.code === 110093))
						this.world.faults.note("target in passed territory");
				},
				stopped: () => {
					this.world.faults.note("ended by stop");
					if (!this.#person.botPlaced) throw new Broken("it stops for another bot only", "there was none");
				},
				born: (life) => this.#born(life),
				died: () => this.#died(),
			},
			ask: (call, caller) => this.#network.ask(call, caller),
			wallet: () => this.#exchange.venue.wallet,
		});
	}

	#born(life: Life): void {
		this.#stream.attach({ hear: (statement) => life.give(statement), line: (up) => life.give({ kind: "line", up }) });
		for (const market of this.#markets) {
			life.give({ kind: "event", event: market.history() });
			life.give({ kind: "event", event: market.ticker() });
		}
	}

	#died(): void {
		this.#stream.detach();
		if (this.#life.stopped !== undefined) return;
		this.world.after(200 + this.#random.below(this.#random.chance(1, 4) ? 60_000 : 5000), () => this.#life.start());
	}

	// ---- the course of things

	run(): void {
		this.#life.start();
		const { minutes, ticksPerMinute } = this.#plan;
		for (let minute = 0; minute < minutes; minute++) {
			for (let tick = 0; tick < ticksPerMinute; tick++) {
				this.world.advance(
					START + minute * MINUTE + Math.floor((tick * MINUTE) / ticksPerMinute) + (tick === 0 ? 0 : this.#random.below(2000)),
				);
				for (const market of this.#markets) this.#trade(market, minute > 0 && tick === 0);
				if (minute + tick > 0) this.#disturb();
				this.#watch();
				if (this.#life.stopped !== undefined) return;
			}
		}
		this.#heal();
		this.#settle();
		this.#close();
	}

	/** What is promised in calm, is promised while there is a bot and a line. */
	#watch(): void {
		if (!this.#life.alive || !this.#stream.up) this.world.disturb();
		this.#judge.watch();
	}

	#trade(market: Market, closes: boolean): void {
		if (closes) for (const event of market.close()) this.#publish(event);
		market.step();
		this.#publish(market.ticker());
	}

	/** Market data is shown a little later, unless the public line is silent. */
	#publish(event: Event): void {
		const { faults } = this.world;
		const gap = this.#gap;
		if (gap !== undefined) {
			if (event.kind !== "ticker" && gap.tellsLater) gap.waiting.push(event);
			return;
		}
		if (event.kind === "ticker" && faults.hits("ticker lost")) return;
		const late = event.kind === "candles" && faults.hits("candle late") ? 1500 : 0;
		this.world.after(this.#plan.network.latency + late, () => this.#life.give({ kind: "event", event }));
	}

	#tell(event: Event): void {
		this.#life.give({ kind: "event", event });
	}

	#disturb(): void {
		const { world } = this;
		const { faults } = world;
		const random = this.#random;
		const market = this.#markets[random.below(this.#markets.length)]!;
		const { symbol } = market;
		this.#disturbLines();
		this.#disturbProcess();
		if (faults.hits("adl")) this.#deleverage(symbol);
		if (faults.hits("delisted")) this.#delist(symbol);
		if (faults.hits("price crash")) {
			market.goTo(market.price * (random.chance(1, 2) ? 0.75 + random.unit() * 0.22 : 1.03 + random.unit() * 0.25));
			this.#publish(market.ticker());
		}
		if (faults.hits("funding"))
			this.#exchange.venue.fund(symbol, { price: market.price, rate: (random.below(20) - 10) / 10_000 }, world.now);
		if (faults.hits("volatile minute")) {
			market.shake(4);
			world.after(MINUTE, () => market.shake(0.25));
		}
		this.#exchange.pump(world.now);
		this.#person.act(symbol, { elsewhere: this.#plan.elsewhere.symbol, isKnown: this.#life.memory.isBegun });
		if (faults.hits("operator pauses")) {
			this.#tell({ kind: "operator", at: world.now, wish: "pause" });
			world.after(60_000, () => this.#tell({ kind: "operator", at: this.world.now, wish: "resume" }));
		}
		if (!faults.hits("operator flattens")) return;
		this.#tell({ kind: "operator", at: world.now, wish: "flatten" });
		world.after(60_000, () => this.#tell({ kind: "operator", at: this.world.now, wish: "resume" }));
	}

	#disturbLines(): void {
		const { faults } = this.world;
		const random = this.#random;
		if (faults.hits("line down, noticed")) this.#stream.cut(500 + random.below(20_000), random.below(200), false);
		if (faults.hits("line down, noticed late")) this.#stream.cut(5000 + random.below(60_000), 1000 + random.below(20_000), false);
		if (faults.hits("line silent")) this.#stream.hush(1000 + random.below(60_000));
		if (faults.hits("line blinks")) this.#stream.cut(100 + random.below(400), 50 + random.below(100), true);
		if (faults.hits("public data gap")) this.#silence(2000 + random.below(50_000));
		if (faults.hits("key refused")) this.#network.estrange(500 + random.below(20_000));
		if (!faults.hits("exchange restart")) return;
		const duration = 2000 + random.below(60_000);
		this.#network.away(duration);
		this.#stream.cut(duration, random.below(500), false);
		this.#silence(duration);
	}

	#disturbProcess(): void {
		const { world } = this;
		const { faults } = world;
		const random = this.#random;
		const life = this.#life;
		if (faults.hits("crash at rest")) life.die("killed");
		if (faults.hits("crash at a write")) life.doom(1 + random.below(10));
		if (faults.hits("disk full")) life.fillDisk();
		if (faults.hits("clock steps")) life.setClock(random.below(1600) - 800);
		if (faults.hits("clock jumps")) {
			life.setClock(random.below(16_000) - 8000);
			const until = 1000 + random.below(30_000);
			world.disturb(world.now + until + 1000);
			world.after(until, () => life.setClock(0));
		}
		if (faults.hits("clock said to be off")) {
			this.#tell({ kind: "clock", at: world.now, off: true });
			world.after(20_000, () => this.#tell({ kind: "clock", at: this.world.now, off: false }));
		}
	}

	#silence(duration: Ms): void {
		if (this.#gap !== undefined) return;
		const { world } = this;
		const gap = { until: world.now + duration, tellsLater: this.#random.chance(1, 2), waiting: [] as Event[] };
		this.#gap = gap;
		world.disturb(gap.until);
		const stale = (is: boolean): void => {
			for (const { symbol } of this.#markets) this.#tell({ kind: "feed", at: world.now, symbol, stale: is });
		};
		world.after(5000, () => {
			if (this.#gap === gap) stale(true);
		});
		world.after(duration, () => {
			this.#gap = undefined;
			stale(false);
			for (const event of gap.waiting) this.#tell(event);
		});
	}

	/** The contract ends: orders go, the position is settled at the last price, and nothing is taken on it any more. */
	#delist(symbol: string): void {
		const { venue } = this.#exchange;
		const { now } = this.world;
		this.#network.delist(symbol);
		venue.cancelAll(symbol, now);
		const { qty } = venue.position(symbol);
		if (qty > 0) venue.deleverage(symbol, qty, venue.instrument(symbol)!.grid.nearestTick(venue.last(symbol)) as Price, now);
		this.#exchange.pump(now);
	}

	#deleverage(symbol: string): void {
		const { venue } = this.#exchange;
		const { qty } = venue.position(symbol);
		if (qty === 0) return;
		const price = venue.instrument(symbol)!.grid.nearestTick(venue.last(symbol)) as Price;
		venue.deleverage(symbol, Math.max(1, Math.floor(qty * (0.2 + this.#random.unit()))) as Qty, price, this.world.now);
		this.#exchange.pump(this.world.now);
	}

	// ---- the end

	/** Nothing goes wrong any more, and nothing new is begun. */
	#heal(): void {
		const { world } = this;
		world.transcript.line(world.now, "--- healed");
		world.faults.healed = true;
		this.#network.heal();
		this.#stream.heal();
		this.#life.setClock(0);
		this.#life.doom(Number.POSITIVE_INFINITY);
		if (this.#random.chance(2, 3)) this.#person.tidy(this.#judge.foreign);
		world.disturb(world.now + 10_000);
	}

	/** Prices stand still, time goes on; the bot must come to agree with the venue, and stay so. */
	#settle(): void {
		const { every, late, deadline } = this.#plan.network;
		this.#wait(CALMS_WITHIN, () => false);
		if (this.#life.stopped !== undefined) return;
		if (!this.#life.alive) this.#life.start();
		this.#tell({ kind: "operator", at: this.world.now, wish: "pause" });
		let agreedAt = Number.POSITIVE_INFINITY;
		this.#wait(every + late + deadline + AGREES_WITHIN, () => {
			agreedAt = this.#life.trader?.agreed === true ? Math.min(agreedAt, this.world.now) : Number.POSITIVE_INFINITY;
			return this.world.now >= agreedAt + every + LASTS;
		});
		if (this.#life.stopped === undefined) this.#checkAgreement();
	}

	/** Tickers every few seconds, until the time is over or it is `done`. */
	#wait(duration: Ms, done: () => boolean): void {
		const end = this.world.now + duration;
		while (this.world.now < end && !done()) {
			this.world.advance(Math.min(end, this.world.now + 6000));
			for (const market of this.#markets) this.#publish(market.ticker());
			this.#watch();
			if (this.#life.stopped !== undefined) return;
		}
		this.world.advance(this.world.now + 1000);
	}

	#checkAgreement(): void {
		const { trader } = this.#life;
		if (trader === undefined) throw new Broken("it comes back", "the bot is dead at the end");
		const { venue } = this.#exchange;
		const others = trader.saved().oms.foreign;
		for (const [symbol, { own, foreign, mixed }] of this.#judge.shares) {
			const believed = signed(trader.engine.machine(symbol).position);
			const right = mixed
				? believed + (others[symbol] ?? 0) === signed(venue.position(symbol))
				: believed === own && (others[symbol] ?? 0) === 0;
			if (!right)
				throw new Broken(
					"the position is the venue's",
					`${symbol}: ${believed} steps believed and ${others[symbol] ?? 0} others', ${own} are ours and ${foreign} others'`,
				);
		}
		if (!trader.agreed && Object.values(others).every((steps) => steps === 0))
			throw new Broken("it agrees again", `after ${(this.world.now - this.world.disturbedAt) / 1000} s without a fault it does not`);
		if (trader.engine.balance !== venue.wallet)
			throw new Broken("the wallet is the venue's", `${formatUsdt(trader.engine.balance)} believed, ${formatUsdt(venue.wallet)} is there`);
		this.#checkOrders();
	}

	/** Live orders of ours are those that are wanted: with new entries paused, the stop and the target of an open position. */
	#checkOrders(): void {
		const { venue } = this.#exchange;
		for (const { symbol } of this.#plan.instruments) {
			const machine = this.#life.trader!.engine.machine(symbol);
			const orders = venue.openOrders(symbol).filter(({ linkId }) => /^aw-r[0-9]/.test(linkId));
			const wanted = machine.takeProfit;
			for (const { linkId, qty, trigger } of orders) {
				if (wanted?.linkId !== linkId) throw new Broken("live orders are those that are meant", `${linkId} is open and nothing wants it`);
				if (qty !== wanted.qty || trigger?.price !== wanted.price)
					throw new Broken(
						"live orders are those that are meant",
						`${linkId}: ${qty} at ${trigger?.price}, meant ${wanted.qty} at ${wanted.price}`,
					);
			}
			if (wanted !== undefined && orders.length === 0)
				throw new Broken("live orders are those that are meant", `${wanted.linkId} is not there`);
			if (machine.position.qty === 0 || this.#judge.share(symbol).mixed) continue;
			if (venue.stopOf(symbol) !== machine.stop)
				throw new Broken("live orders are those that are meant", `stop ${venue.stopOf(symbol)}, meant ${machine.stop}`);
		}
	}

	/** Everything is closed, and every cent has its reason. */
	#close(): void {
		if (this.#life.stopped !== undefined) return;
		this.#tell({ kind: "operator", at: this.world.now, wish: "flatten" });
		this.#wait(CLOSES_WITHIN, () => this.#isFlat);
		if (this.#life.stopped !== undefined) return;
		const { engine } = this.#life.trader!;
		for (const [symbol, { own, foreign, mixed }] of this.#judge.shares) {
			if (mixed && foreign !== 0) return; // netted, the venue holds less than is ours, and cannot close it
			if (own !== 0 && !mixed) throw new Broken("what is to be closed is closed", `${symbol}: ${own} steps of ours are left`);
			if (engine.machine(symbol).phase === "exiting") throw new Broken("what is to be closed is closed", `${symbol} is still being closed`);
		}
		this.#judge.checkNotes(this.#life.memory.notes);
		this.#checkDisk();
		this.#checkCalm();
		this.#checkMoney(engine.balance);
	}

	/** Where nothing went wrong, nothing is found wrong; only an entry that fills on after its stop did is truly bare for a moment. */
	#checkCalm(): void {
		if (!this.#isCalm) return;
		for (const { note } of this.#life.memory.notes)
			if (WORRIES.includes(note.what) && !(note.what === "difference" && note.name === "no stop"))
				throw new Broken("no alarm without a cause", JSON.stringify(note));
	}

	/** The journal on disk tells what the model of it does. */
	#checkDisk(): void {
		const { notes, disk } = this.#life.memory;
		if (disk === undefined) return;
		disk.commit();
		const told = disk.notes();
		if (told.join() === notes.map(({ note }) => note.what).join()) return;
		throw new Broken("the journal holds what was committed", `${told.length} notes on disk, ${notes.length} were committed`);
	}

	/** Nothing is held or on its way, and the latest statements have been heard. */
	get #isFlat(): boolean {
		const { trader } = this.#life;
		const { wallet } = this.#exchange.venue;
		if (trader?.agreed !== true || trader.engine.balance !== wallet) return false;
		return [...this.#judge.shares].every(([symbol, { own }]) => own === 0 && trader.engine.machine(symbol).position.qty === 0);
	}

	#checkMoney(balance: Usdt): void {
		const { wallet } = this.#exchange.venue;
		if (balance !== wallet)
			throw new Broken("the wallet is the venue's", `${formatUsdt(balance)} believed, ${formatUsdt(wallet)} is there at the end`);
		if (this.world.faults.counts.has("foreign share")) return;
		let sum = addUsdt(this.#plan.venue.balance);
		for (const { note } of this.#life.memory.notes) {
			if (note.what === "flat") sum = addUsdt(sum, note.trade.pnl);
			if (note.what === "lateFunding") sum = addUsdt(sum, -note.amount as Usdt);
			if (note.what === "transferred") sum = addUsdt(sum, note.amount);
		}
		const elsewhere = this.#exchange.transactions.filter(({ symbol }) => symbol === this.#plan.elsewhere.symbol);
		sum = addUsdt(sum, ...elsewhere.map(({ change }) => change));
		const rest = addUsdt(wallet, -sum as Usdt);
		if (!sumsTo(this.#lateFundings, rest))
			throw new Broken("every cent is explained", `${formatUsdt(rest)} of ${formatUsdt(wallet)} is not`);
	}

	/** What is heard of only after the trade has ended belongs to none: only with messages lost or late can that be. */
	get #lateFundings(): number[] {
		return this.#exchange.transactions.filter(({ type }) => type === "SETTLEMENT").map(({ change }) => change);
	}
}

function signed({ direction, qty }: Position): number {
	return direction === "long" ? qty : -qty;
}

/** Whether some of the amounts make up that sum; none of them make up nothing. */
function sumsTo(amounts: readonly number[], sum: number): boolean {
	let sums = new Set([0]);
	for (const amount of amounts.slice(0, 12)) sums = new Set([...sums, ...[...sums].map((one) => one + amount)]);
	return sums.has(sum);
}
