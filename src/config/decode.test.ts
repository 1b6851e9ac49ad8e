import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Decoded, decodeConfig } from "./decode.ts";
import { printProblem } from "./problem.ts";

/** The problems of `text`, printed without the file's name; none for a sound one. */
function check(text: string, expected: readonly string[]): void {
	const decoded = decodeConfig(text, "c");
	assert.deepEqual(decoded.ok ? [] : decoded.error.map(printProblem), expected, text);
}

/** The same for a sound text's warnings. */
function checkWarnings(text: string, expected: readonly string[]): void {
	assert.deepEqual(sound(text).warnings.map(printProblem), expected, text);
}

function sound(text: string): Decoded {
	const decoded = decodeConfig(text, "c");
	assert.ok(decoded.ok, decoded.ok ? "" : decoded.error.map(printProblem).join("\n"));
	return decoded.value;
}

test("an empty file is a valid configuration for the testnet, with isolated margin and leverage 3 (I1) (A2) (B2)", () => {
	for (const text of ["", "\n", "# nothing\n", "---\n", "strategy:\nrisk:\nguard:\n", "symbols:\n  - symbol: BTCUSDT\n    strategy:\n"]) {
		const { config, warnings } = sound(text);
		assert.equal(config.environment, "testnet");
		assert.equal(config.margin_mode, "isolated");
		assert.equal(config.leverage, 3);
		assert.deepEqual(config.strategy.exit.long, { take_profit_pct: 3, take_profit_fraction: 0.5, stop_loss_pct: 1 });
		assert.equal(config.risk.max_drawdown_pct, 15);
		assert.deepEqual(warnings, []);
	}
});

test("every value of another type is refused, in words that say what was expected (I1)", () => {
	check("leverage: abc\n", ['c:1: leverage: expected a number from 1 to 100, got "abc"']);
	check('leverage: "3"\n', ['c:1: leverage: expected a number from 1 to 100, got "3"']);
	check("leverage: true\n", ["c:1: leverage: expected a number from 1 to 100, got true"]);
	check("leverage: [3]\n", ["c:1: leverage: expected a number from 1 to 100, got a list"]);
	check("leverage: {x: 3}\n", ["c:1: leverage: expected a number from 1 to 100, got a section of keys"]);
	check("leverage: null\n", ["c:1: leverage: expected a number from 1 to 100, got null"]);
	check("leverage: .nan\n", ["c:1: leverage: expected a number from 1 to 100, got NaN"]);
	check("leverage: .inf\n", ["c:1: leverage: expected a number from 1 to 100, got Infinity"]);
	check("environment: prod\n", ['c:1: environment: expected testnet, mainnet, demo, paper or sim, got "prod"']);
	check("environment: 3\n", ["c:1: environment: expected testnet, mainnet, demo, paper or sim, got 3"]);
	check("data: {allow_gaps: yes}\n", ['c:1: data.allow_gaps: expected true or false, got "yes"']);
	check("risk: 3\n", ["c:1: risk: expected a section of keys, got a number"]);
	check("risk: null\n", ["c:1: risk: expected a section of keys, got null"]);
	check("guard: []\n", ["c:1: guard: expected a section of keys, got an empty list"]);
	check("strategy:\n  interval: 45\n", [
		"c:2: strategy.interval: expected one of Bybit's intervals (1 3 5 15 30 60 120 240 360 720 D W M), got 45",
	]);
	check("log:\n  dir: ' '\n", ['c:2: log.dir: expected the path of a folder, got " "']);
	check("log: {level: loud}\n", ['c:1: log.level: expected trace, debug, info, warn or error, got "loud"']);
});

test("a value out of its range is refused with the range (I1) (F1) (F2) (F7)", () => {
	check("leverage: 200\n", ["c:1: leverage: expected a number from 1 to 100, got 200"]);
	check("leverage: 0.99\n", ["c:1: leverage: expected a number from 1 to 100, got 0.99"]);
	check("size: {value: -5}\n", ["c:1: size.value: expected a number above 0 and at most 80000000, got -5"]);
	check("size: {value: 0}\n", ["c:1: size.value: expected a number above 0 and at most 80000000, got 0"]);
	check("size: {value: 101}\n", ["c:1: size.value: expected at most 100 while size.mode is percent, got 101"]);
	check("size: {mode: fixed, value: 101}\n", []);
	check("risk: {max_loss_pct: 0}\n", ["c:1: risk.max_loss_pct: expected a percentage above 0 and at most 100, or null, got 0"]);
	check("risk: {max_errors: 2.5}\n", ["c:1: risk.max_errors: expected a whole number from 1 to 1000000, or null, got 2.5"]);
	check("strategy: {bands: {k: 0}}\n", ["c:1: strategy.bands.k: expected a number above 0, got 0"]);
	check("strategy: {bands: {length: 1}}\n", ["c:1: strategy.bands.length: expected a whole number from 2 to 10000, got 1"]);
	check("strategy: {anchor: {lookback: 1}}\n", ["c:1: strategy.anchor.lookback: expected a whole number from 2 to 10000, got 1"]);
	check("strategy: {momentum: {lookback: -1}}\n", ["c:1: strategy.momentum.lookback: expected a whole number from 0 to 10000, got -1"]);
	check("strategy: {cooldown: {candles: -1}}\n", ["c:1: strategy.cooldown.candles: expected a whole number from 0 to 10000, got -1"]);
	check("strategy: {exit: {long: {take_profit_fraction: 1.01}}}\n", [
		"c:1: strategy.exit.long.take_profit_fraction: expected a number above 0 and at most 1, got 1.01",
	]);
	check("strategy: {exit: {short: {stop_loss_pct: 0}}}\n", [
		"c:1: strategy.exit.short.stop_loss_pct: expected a percentage above 0 and below 100, got 0",
	]);
	check("sim: {initial_balance: 0}\n", ["c:1: sim.initial_balance: expected a number above 0 and at most 80000000, got 0"]);
	check("sim: {initial_balance: 80000001}\n", ["c:1: sim.initial_balance: expected a number above 0 and at most 80000000, got 80000001"]);
	check("sim: {taker_fee: 0.011}\n", ["c:1: sim.taker_fee: expected a number from 0 to 0.01, got 0.011"]);
	check("sim: {maker_fee: -0.0001}\n", ["c:1: sim.maker_fee: expected a number from 0 to 0.01, got -0.0001"]);
	check("strategy: {anchor: {session_start: 24:00}}\n", [
		'c:1: strategy.anchor.session_start: expected a time of day in quotes, such as "09:30", got "24:00"',
	]);
	check("backtest: {limit: 0}\n", ["c:1: backtest.limit: expected a whole number of at least 1, or null, got 0"]);
});

test("the edges of the ranges are inside (I1)", () => {
	check(
		"leverage: 1\nsim: {initial_balance: 80000000, taker_fee: 0, maker_fee: 0.01}\nsize: {value: 100}\nstrategy: {bands: {length: 2}, momentum: {lookback: 0}, cooldown: {candles: 0}, exit: {long: {take_profit_fraction: 1}}, anchor: {lookback: 2, session_start: 23:59}}\n",
		[],
	);
	check("leverage: 100\n", []);
});

test("null turns a limit off; a key with nothing behind it is not null (I1) (F3)", () => {
	const { config } = sound(
		"risk: {max_loss_pct: null, max_drawdown_pct: ~, max_errors: null}\nguard: {max_spread_pct: null, stale_s: null}\n",
	);
	assert.equal(config.risk.max_loss_pct, null);
	assert.equal(config.risk.max_drawdown_pct, null);
	assert.equal(config.guard.stale_s, null);
	assert.equal(config.guard.max_move_pct, 2);
	check("guard:\n  max_spread_pct:\n  stale_s: 10\n", [
		"c:2: guard.max_spread_pct: expected a percentage above 0 and at most 100, or null, got nothing",
	]);
});

test("an unknown key names its line and the nearest known key (I1)", () => {
	check("guard:\n  stale_s: 5\n  max_spred_pct: 1\n", ["c:3: guard.max_spred_pct: unknown key, did you mean max_spread_pct?"]);
	check("enviroment: sim\n", ["c:1: enviroment: unknown key, did you mean environment?"]);
	check("marginMode: cross\n", ["c:1: marginMode: unknown key, did you mean margin_mode?"]);
	check("strategy: {bands: {lenght: 3}}\n", ["c:1: strategy.bands.lenght: unknown key, did you mean length?"]);
	check("take_profit_fraction: 1\n", [
		"c:1: take_profit_fraction: unknown key, did you mean strategy.exit.long.take_profit_fraction or strategy.exit.short.take_profit_fraction?",
	]);
	check("telepathy: 1\n", ["c:1: telepathy: unknown key, the nearest known key is leverage"]);
	check("symbols:\n  - symbol: BTCUSDT\n    leverge: 2\n", ["c:3: symbols[0].leverge: unknown key, did you mean leverage?"]);
	check("symbols:\n  - symbol: BTCUSDT\n    strategy:\n      bands: {q: 2}\n", [
		"c:4: symbols[0].strategy.bands.q: unknown key, did you mean k?",
	]);
	check("__proto__: 1\nconstructor: 2\ntoString: 3\n", [
		"c:1: __proto__: unknown key, the nearest known key is risk",
		"c:2: constructor: unknown key, the nearest known key is strategy",
		"c:3: toString: unknown key, the nearest known key is metrics",
	]);
});

test("symbols are capitals, at least one, each once (I1) (B1)", () => {
	check("symbols: []\n", ['c:1: symbols: expected a list of symbols such as "- symbol: BTCUSDT", got an empty list']);
	check("symbols: BTCUSDT\n", ['c:1: symbols: expected a list of symbols such as "- symbol: BTCUSDT", got a text']);
	check("symbols: [BTCUSDT]\n", ['c:1: symbols[0]: expected a section such as "symbol: BTCUSDT", got a text']);
	check("symbols:\n  -\n", ['c:2: symbols[0]: expected a section such as "symbol: BTCUSDT", got nothing']);
	check("symbols:\n  - leverage: 2\n", ["c:2: symbols[0].symbol: expected a symbol in capitals, such as BTCUSDT, got nothing"]);
	check("symbols: [{symbol: btcusdt}]\n", ['c:1: symbols[0].symbol: expected a symbol in capitals, such as BTCUSDT, got "btcusdt"']);
	check('symbols: [{symbol: ""}]\n', ['c:1: symbols[0].symbol: expected a symbol in capitals, such as BTCUSDT, got ""']);
	check("symbols:\n  - symbol: BTCUSDT\n  - symbol: ETHUSDT\n  - symbol: BTCUSDT\n", [
		"c:4: symbols[2].symbol: BTCUSDT is listed already, as symbols[0]",
	]);
});

test("text that is no YAML, or more than a configuration needs, is refused with its line (I1)", () => {
	check("guard:\n\tstale_s: 1\n", ["c:2: a tab indents this line: use spaces"]);
	check("leverage: 3\nleverage: 4\n", ["c:2: leverage: this key stands in line 1 already"]);
	check("guard:\n  stale_s: 1\n  stale_s: 1\n", ["c:3: guard.stale_s: this key stands in line 2 already"]);
	check("a: [1,\nb: 2\n", ["c:2: the indentation does not fit the lines above, or a bracket or brace is not closed"]);
	check("environment: 'sim\n", ["c:2: a colon, quote, comma, bracket or brace is missing here or just before"]);
	check("- BTCUSDT\n", ["c:1: expected a section of keys, got a list"]);
	check("hello\n", ["c:1: expected a section of keys, got a text"]);
	check("leverage: 3\n---\nleverage: 4\n", ['c:2: a second document begins at this "---": a configuration is one']);
	check("leverage: *high\n", ["c:1: leverage: an alias (*) is not followed here: write the value itself"]);
	check("symbols: &all [*all]\n", ["c:1: symbols[0]: an alias (*) is not followed here: write the value itself"]);
	check("leverage: !big 3\n", ["c:1: an unknown tag (!…): leave it out"]);
	check("? {a: 1}\n: 2\n", ["c:1: a key is a plain word"]);
	assert.equal(decodeConfig("[".repeat(100_000), "c").ok, false);
	assert.equal(decodeConfig("\0\0\0", "c").ok, false);
});

test("all problems come at once, in the file's order, and rules are judged between the sound keys (I1)", () => {
	check(
		"leverage: 200\nguard:\n  max_spred_pct: 1\nsize: {mode: percent, value: 120}\nsymbols:\n  - symbol: eth\n  - symbol: BTCUSDT\n  - symbol: BTCUSDT\nbacktest: {start: 2024-02-01, end: 2024-01-01}\nrisk: {max_errors: none}\n",
		[
			"c:1: leverage: expected a number from 1 to 100, got 200",
			"c:3: guard.max_spred_pct: unknown key, did you mean max_spread_pct?",
			"c:4: size.value: expected at most 100 while size.mode is percent, got 120",
			'c:6: symbols[0].symbol: expected a symbol in capitals, such as BTCUSDT, got "eth"',
			"c:8: symbols[2].symbol: BTCUSDT is listed already, as symbols[1]",
			"c:9: backtest.end: expected an instant after backtest.start",
			'c:10: risk.max_errors: expected a whole number from 1 to 1000000, or null, got "none"',
		],
	);
	check("size: {mode: much, value: 120}\n", ['c:1: size.mode: expected percent or fixed, got "much"']);
});

test("an anchor of type time or price needs its time or price (E1)", () => {
	check("strategy: {anchor: {type: time}}\n", [
		"c:1: strategy.anchor.time: needed when strategy.anchor.type is time: expected an instant with its zone, such as 2024-01-31T09:30Z, or milliseconds",
	]);
	check("strategy:\n  anchor:\n    type: price\n    price: null\n", [
		"c:4: strategy.anchor.price: needed when strategy.anchor.type is price: expected a number above 0",
	]);
	check("strategy: {anchor: {type: price, price: 0}}\n", ["c:1: strategy.anchor.price: expected a number above 0, or null, got 0"]);
	check("strategy: {anchor: {time: 2024-01-31T09:30}}\n", [
		'c:1: strategy.anchor.time: expected an instant with its zone, such as 2024-01-31T09:30Z, or milliseconds, or null, got "2024-01-31T09:30"',
	]);
	assert.equal(sound("strategy: {anchor: {type: time, time: 2024-01-31T09:30Z}}\n").config.strategy.anchor.time, 1706693400000);
	assert.equal(sound("strategy: {anchor: {type: time, time: 1706693400000}}\n").config.strategy.anchor.time, 1706693400000);
	check("strategy: {anchor: {type: price}}\nsymbols:\n  - {symbol: BTCUSDT, strategy: {anchor: {price: 50000}}}\n", []);
	check("symbols:\n  - symbol: BTCUSDT\n  - {symbol: ETHUSDT, strategy: {anchor: {type: price}}}\n", [
		"c:3: symbols[1].strategy.anchor.price: needed when symbols[1].strategy.anchor.type is price: expected a number above 0",
	]);
	check("strategy: {anchor: {type: price}}\nsymbols: [{symbol: BTCUSDT}, {symbol: ETHUSDT}]\n", [
		"c:1: strategy.anchor.price: needed when strategy.anchor.type is price: expected a number above 0",
	]);
});

test("backtest.start and end are dates, instants (UTC without a zone) or milliseconds, in order (H1)", () => {
	const { backtest } = sound("backtest: {limit: 500, start: 2024-01-01, end: 2024-01-01T12:00}\n").config;
	assert.deepEqual(backtest, { limit: 500, start: 1704067200000, end: 1704110400000, base_interval: "1" });
	check("backtest:\n  start: 2024-02-30\n", [
		'c:2: backtest.start: expected a date or an instant, such as 2024-01-31 or 2024-01-31T09:30Z, or milliseconds, or null, got "2024-02-30"',
	]);
	check("backtest:\n  start: 2024-01-02\n  end: 2024-01-02\n", ["c:3: backtest.end: expected an instant after backtest.start"]);
});

test("the base interval divides the strategy's, for every symbol (H1) (C3)", () => {
	check("backtest: {base_interval: 240}\n", ["c:1: backtest.base_interval: candles of 240 do not fill those of strategy.interval, 60"]);
	check("backtest: {base_interval: 15}\nsymbols:\n  - symbol: BTCUSDT\n  - {symbol: ETHUSDT, strategy: {interval: 5}}\n", [
		"c:1: backtest.base_interval: candles of 15 do not fill those of symbols[1].strategy.interval, 5",
	]);
	check("backtest: {base_interval: W}\nstrategy: {interval: M}\n", [
		"c:1: backtest.base_interval: candles of W do not fill those of strategy.interval, M",
	]);
	check("backtest: {base_interval: null}\nstrategy: {interval: D}\n", []);
	assert.equal(sound("strategy: {interval: 240}\n").config.strategy.interval, "240");
});

test("an entry of symbols overrides parts of strategy, size and leverage for itself alone (E6)", () => {
	const { config, resolved } = sound(
		"leverage: 4\nstrategy: {bands: {length: 30}, exit: {long: {stop_loss_pct: 2}}}\nsymbols:\n  - symbol: BTCUSDT\n  - symbol: ETHUSDT\n    leverage: 2\n    size: {mode: fixed, value: 500}\n    strategy: {interval: 15, bands: {k: 2}, exit: {long: {stop_loss_pct: 0.5}}}\n",
	);
	const [btc, eth] = resolved.symbols;
	assert.deepEqual(btc, { symbol: "BTCUSDT", strategy: config.strategy, size: config.size, leverage: 4 });
	assert.deepEqual(eth?.size, { mode: "fixed", value: 500 });
	assert.equal(eth?.leverage, 2);
	assert.equal(eth?.strategy.interval, "15");
	assert.deepEqual(eth?.strategy.bands, { method: "std", length: 30, k: 2 });
	assert.deepEqual(eth?.strategy.exit.long, { take_profit_pct: 3, take_profit_fraction: 0.5, stop_loss_pct: 0.5 });
	assert.deepEqual(eth?.strategy.exit.short, config.strategy.exit.short);
	check("symbols:\n  - {symbol: BTCUSDT, leverage: 0, size: {value: x}, margin_mode: cross}\n", [
		"c:2: symbols[0].leverage: expected a number from 1 to 100, got 0",
		'c:2: symbols[0].size.value: expected a number above 0 and at most 80000000, got "x"',
		"c:2: symbols[0].margin_mode: unknown key, did you mean margin_mode?",
	]);
	check("symbols: [{symbol: BTCUSDT, size: {value: 150}}]\n", [
		"c:1: symbols[0].size.value: expected at most 100 while size.mode is percent, got 150",
	]);
});

test("plain text leaves this machine only encrypted: http and ws are for the loopback (A3)", () => {
	const rest = (url: string) => `endpoints: {rest: '${url}'}\n`;
	for (const url of ["https://api.bybit.com", "http://127.0.0.1:8080", "http://127.9.9.9", "http://localhost:1", "http://[::1]:80"])
		check(rest(url), []);
	check("endpoints: {public: 'ws://127.0.0.1:1/x', private: 'wss://stream.bybit.com/v5/private', trade: null}\n", []);
	for (const url of [
		"http://api.bybit.com",
		"http://127.0.0.1.evil.com",
		"http://localhost.evil.com",
		"http://10.0.0.1",
		"http://0.0.0.0",
		"wss://api.bybit.com",
		"ftp://localhost",
		"api.bybit.com",
		"",
	]) {
		check(rest(url), [
			`c:1: endpoints.rest: expected an address that begins with https://, or with http:// on this machine (127.0.0.1, ::1, localhost), or null, got "${url}"`,
		]);
	}
	check("endpoints: {trade: 'http://localhost'}\n", [
		'c:1: endpoints.trade: expected an address that begins with wss://, or with ws:// on this machine (127.0.0.1, ::1, localhost), or null, got "http://localhost"',
	]);
	check(rest("https://user:pw@api.bybit.com"), [
		"c:1: endpoints.rest: expected an address that begins with https://, or with http:// on this machine (127.0.0.1, ::1, localhost), or null, got an address with a user name or password in it",
	]);
});

test("figures for more than this machine are warned about, once they are shown at all (G4)", () => {
	for (const host of ["127.0.0.1", "127.1.2.3", "localhost", '"::1"']) checkWarnings(`metrics: {enabled: true, host: ${host}}\n`, []);
	checkWarnings("metrics: {host: 0.0.0.0}\n", []);
	checkWarnings("metrics: {enabled: true, host: 0.0.0.0}\n", [
		"c:1: metrics.host: whoever reaches this address sees balance, positions and orders, without a password: better 127.0.0.1",
	]);
});

test("what is allowed and yet unwise is a warning (B2)", () => {
	checkWarnings("leverage: 5\n", []);
	checkWarnings("leverage: 8\n", ["c:1: leverage: 8 is more than the usual 5: liquidation is about 12.5 % away"]);
	checkWarnings("leverage: 4\nstrategy: {exit: {long: {stop_loss_pct: 25}, short: {stop_loss_pct: 24.9}}}\n", [
		"c:2: strategy.exit.long.stop_loss_pct: a stop 25 % away lies beyond the liquidation at leverage 4 (about 25 %)",
	]);
	checkWarnings("symbols:\n  - symbol: BTCUSDT\n  - {symbol: ETHUSDT, leverage: 6}\n", [
		"c:3: symbols[1].leverage: 6 is more than the usual 5: liquidation is about 16.7 % away",
	]);
	checkWarnings("strategy: {entry: {post_only: true}, exit: {trailing: {activation_pct: 1}}}\n", [
		"c:1: strategy.entry.post_only: has no effect while strategy.entry.order is market",
		"c:1: strategy.exit.trailing.activation_pct: has no effect without distance_pct",
	]);
});

test("a secret appears in no problem, whatever is wrong with it (A1)", () => {
	const secret = "hunter2-hunter2";
	const texts = [
		`secrets: ${secret}\n`,
		`secrets: [${secret}]\n`,
		`secrets: {${secret}: null}\n`,
		`secrets: {${secret}}\n`,
		`secrets:\n  api_key: "${secret} x"\n`,
		`secrets:\n  api_key: {${secret}: 1}\n`,
		`secrets:\n  api_key: "${secret}" ${secret}\n`,
		`secrets:\n  api_key: '${secret}\n`,
		`secrets:\n  api_key: !${secret} x\n`,
		`secrets:\n  api_key: *${secret}\n`,
		`secrets: {${secret}: 1, ${secret}: 2}\n`,
		`secrets: {api_key: {${secret}: 1, ${secret}: *x}}\n`,
		`api_key: ${secret}\n`,
		`api_secret=${secret}\n`,
		`leverage: 3\napi_secret=${secret}\n`,
		`secrets:\n  api_key: ${secret}\n  api_key: ${secret}\n`,
		`endpoints: {rest: "https://x:${secret}@y.z"}\n`,
	];
	for (const text of texts) {
		const decoded = decodeConfig(text, "c");
		assert.ok(!decoded.ok, text);
		const said = decoded.error.map(printProblem).join("\n");
		assert.ok(!said.includes("hunter2"), said);
	}
	check("secrets: {api_key: 12345678}\n", [
		"c:1: secrets.api_key: expected a key without spaces, in plain ASCII and in quotes, or null, got a number",
	]);
});

test("no text at all crashes the decoder (I1)", () => {
	const line = fc.oneof(
		fc.string(),
		fc.constantFrom(
			"leverage: 3",
			"symbols:",
			"  - symbol: X1",
			"guard: {",
			"}",
			"  stale_s: ",
			"? a",
			"&a",
			"*a",
			"!t",
			"---",
			"\t",
			"'",
			'"',
		),
	);
	fc.assert(
		fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
			const decoded = decodeConfig(lines.join("\n"), "c");
			if (!decoded.ok) assert.ok(decoded.error.length > 0 && decoded.error.every(({ line }) => line !== undefined && line >= 1));
		}),
		{ numRuns: 500 },
	);
});
