import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { z } from "zod";
import { INTERVALS } from "../market/interval.ts";
import { decodeConfig } from "./decode.ts";
import { defaultConfig, interview } from "./interview.ts";
import { configJsonSchemaText } from "./json-schema.ts";
import { schemaAt, unwrapped } from "./lookup.ts";
import { type Path, pathText, printProblem } from "./problem.ts";
import { renderConfig, renderConfigFile, shown } from "./render.ts";
import type { Config } from "./schema.ts";

function decoded(text: string): Config {
	const result = decodeConfig(text, "c");
	assert.ok(result.ok, result.ok ? "" : `${result.error.map(printProblem).join("\n")}\n${text}`);
	return result.value.config;
}

/** Every key that holds a value, by its path. */
function leaves(value: unknown, path: Path = []): Path[] {
	const isSection = typeof value === "object" && value !== null && !Array.isArray(value);
	return isSection ? Object.entries(value).flatMap(([name, part]) => leaves(part, [...path, name])) : [path];
}

const PATHS = leaves(defaultConfig()).filter((path) => path[0] !== "symbols" && path[0] !== "secrets");

/** Values of all kinds; each key takes those that fit it. */
const anyValue: fc.Arbitrary<unknown> = fc.oneof(
	fc.constantFrom(
		null,
		true,
		false,
		...INTERVALS,
		"09:30",
		"2024-01-31T09:30Z",
		"2024-01-31",
		"https://a.b/",
		"wss://a.b/",
		"a: b",
		"#x",
		"it's",
		"é\u2028",
		[],
		[123456789, 5],
	),
	fc.constantFrom(
		"mainnet",
		"cross",
		"kline",
		"time",
		"price",
		"event",
		"atr",
		"tick",
		"limit",
		"breakeven",
		"fixed",
		"nearest",
		"debug",
		"anchored-vwap",
		"wait",
		"en",
	),
	fc.integer({ min: 0, max: 5000 }),
	fc.double({ min: 0, max: 100, noNaN: true }),
	fc.double({ min: 1e-9, max: 0.01, noNaN: true }),
);

const change = fc
	.constantFrom(...PATHS)
	.chain((path) => anyValue.filter((value) => schemaAt(path)?.safeParse(value).success === true).map((value) => ({ path, value })));

function changed(base: unknown, path: Path, value: unknown): unknown {
	const [part, ...rest] = path;
	if (part === undefined) return value;
	const section = base as Record<string, unknown>; // a section, since a path of the defaults leads on
	return { ...section, [part]: changed(section[part], rest, value) };
}

test("whatever valid changes are made to the defaults, the file written from them decodes to the same (I1)", () => {
	const property = fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.boolean(), (changes, comments) => {
		const file = changes.reduce<unknown>((base, { path, value }) => changed(base, path, value), defaultConfig());
		const first = decodeConfig(stringify(file), "c");
		fc.pre(first.ok); // rules between keys may refuse a mixture
		assert.deepEqual(decoded(renderConfig(first.value.config, { comments })), first.value.config);
		assert.deepEqual(decoded(stringify(shown(first.value.config))), first.value.config);
	});
	fc.assert(property, { numRuns: 300 });
});

test("what an entry of symbols overrides survives being written (E6) (I1)", () => {
	const text =
		"symbols: [{symbol: A1, leverage: 2, strategy: {anchor: {type: time, time: 2024-01-31T09:30Z}}}, {symbol: B2, size: {value: 5}}]\n";
	const config = decoded(text);
	assert.deepEqual(decoded(renderConfig(config, { comments: false })), config);
	assert.deepEqual(decoded(renderConfig(config, { comments: true })), config);
});

test("the example is what init writes, and decodes to the defaults (I1)", () => {
	const example = readFileSync(new URL("../../config.example.yaml", import.meta.url), "utf8");
	assert.equal(example, renderConfigFile(defaultConfig(), "./config.schema.json"));
	assert.deepEqual(decoded(example), defaultConfig());
});

test("the example holds every key, each with its description (I1)", () => {
	const example = readFileSync(new URL("../../config.example.yaml", import.meta.url), "utf8");
	for (const path of PATHS) {
		const description = schemaAt(path)?.description;
		assert.ok(description, pathText(path));
		assert.match(example, new RegExp(`^ *${path.at(-1)}: `, "m"), pathText(path));
		assert.ok(example.includes(`# ${description}`), pathText(path));
	}
});

test("the checked-in JSON schema is current and describes every key (I1)", () => {
	const text = configJsonSchemaText();
	assert.equal(readFileSync(new URL("../../config.schema.json", import.meta.url), "utf8"), text);
	const schema: unknown = JSON.parse(text);
	for (const path of PATHS) {
		let at = schema as { properties?: Record<string, unknown>; description?: string; default?: unknown }; // a JSON schema, as printed above
		for (const part of path) at = at.properties?.[part] as typeof at;
		assert.equal(at.description, schemaAt(path)?.description);
		assert.notEqual(at.default, undefined, pathText(path));
	}
});

test("the defaults written in the file are the specification's (I1)", () => {
	// spec §12, as it stands there
	const text = `
environment: testnet
symbols:
  - symbol: BTCUSDT
leverage: 3
margin_mode: isolated
strategy:
  name: anchored-vwap
  interval: "60"
  vwap: {source: ticker}
  anchor: {type: daily, session_start: "00:00", time: null, price: null, lookback: 48, volume_multiple: 3, range_multiple: 3, cold_start: reconstruct}
  bands: {method: std, length: 24, k: 1.0}
  momentum: {lookback: 3}
  signal: {trigger: close}
  entry: {order: market, post_only: false, reprice_ticks: 5, timeout_s: 60}
  exit:
    long:  {take_profit_pct: 3, take_profit_fraction: 0.5, stop_loss_pct: 1}
    short: {take_profit_pct: 3, take_profit_fraction: 0.5, stop_loss_pct: 1}
    after_tp1: keep
    trailing: {activation_pct: null, distance_pct: null}
  cooldown: {candles: 1}
size: {mode: percent, value: 20}
risk: {max_symbol_notional: 20000, max_total_notional: 50000, max_loss_pct: 1, max_drawdown_pct: 15, max_errors: 5}
guard: {max_spread_pct: 0.1, max_move_pct: 2, move_window_s: 60, stale_s: 10, max_divergence_pct: 2, min_liquidation_distance_pct: 5}
sim: {initial_balance: 10000, taker_fee: 0.00055, maker_fee: 0.0002, slippage_bps: 1, funding_rate: 0.0001, path: pessimistic}
data: {dir: data, allow_gaps: false, approximate_turnover: false}
backtest: {limit: null, start: null, end: null, base_interval: "1"}
`;
	assert.deepEqual(decoded(text), defaultConfig());
});

test("secrets are written as stars (A1)", () => {
	const text = renderConfig(decoded("secrets: {api_key: hunter2}\n"), { comments: true });
	assert.match(text, /api_key: "\*\*\*"/);
	assert.ok(!text.includes("hunter2"));
});

test("the interview asks again until an answer fits, and takes the default for none (A2)", async () => {
	const answers = ["prod", "demo", "ETHUSDT", "200", "8", "", "0.5"];
	const asked: string[] = [];
	const { config, warnings } = await interview(async (question) => {
		asked.push(question);
		return answers.shift() ?? "";
	});
	assert.equal(config.environment, "demo");
	assert.deepEqual(config.symbols, [{ symbol: "ETHUSDT" }]);
	assert.equal(config.leverage, 8);
	assert.equal(config.size.value, 20);
	assert.equal(config.strategy.exit.long.stop_loss_pct, 0.5);
	assert.equal(config.strategy.exit.short.stop_loss_pct, 0.5);
	assert.equal(asked.length, 7);
	assert.match(asked[1] ?? "", /expected testnet, mainnet, demo, paper or sim, got "prod"/);
	assert.equal(warnings.length, 1);
});

test("every section of the schema refuses what it does not know (I1)", () => {
	const sections = new Set(PATHS.map((path) => pathText(path.slice(0, -1))));
	assert.ok(sections.size > 15);
	for (const path of PATHS) {
		const schema = schemaAt(path.slice(0, -1));
		const bare = schema && unwrapped(schema);
		assert.ok(bare instanceof z.ZodObject && !bare.safeParse({ nothing_like_it: 1 }).success, pathText(path));
	}
});
