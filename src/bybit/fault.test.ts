import assert from "node:assert/strict";
import { test } from "node:test";
import { exchangeFault, type FaultClass, httpFault, offlineFault, timeoutFault } from "./fault.ts";
import { redactor } from "./redact.ts";
import { CREDENTIALS, KEY, SECRET } from "./testing/fixtures.ts";

const CREATE = { what: "POST /v5/order/create", access: "write" } as const;
const CANCEL = { what: "order.cancel", access: "write" } as const;
const AMEND = { what: "order.amend", access: "write" } as const;
const READ = { what: "GET /v5/position/list", access: "read" } as const;

const CODES: readonly (readonly [
	retCode: number,
	asked: typeof CREATE | typeof CANCEL | typeof AMEND | typeof READ,
	expected: FaultClass,
])[] = [
	[10003, CREATE, "fatal"],
	[10004, READ, "fatal"],
	[10005, READ, "fatal"],
	[10010, READ, "fatal"],
	[33004, READ, "fatal"],
	[10002, CREATE, "retry"],
	[10006, CREATE, "retry"],
	[10019, CREATE, "retry"],
	[10000, CREATE, "ambiguous"],
	[10000, READ, "retry"],
	[10016, CREATE, "ambiguous"],
	[429, CREATE, "ambiguous"],
	[429, READ, "retry"],
	[110072, CREATE, "ambiguous"],
	[10014, CREATE, "ambiguous"],
	[10001, CREATE, "refused"],
	[110007, CREATE, "refused"],
	[110094, CREATE, "refused"],
	[110043, CREATE, "benign"],
	[110025, CREATE, "benign"],
	[34040, CREATE, "benign"],
	[110001, CANCEL, "benign"],
	[110001, AMEND, "refused"],
	[110010, CANCEL, "benign"],
	[110017, CREATE, "refused"],
	[119999, CREATE, "refused"],
	[55555, CREATE, "ambiguous"],
	[55555, READ, "refused"],
];

for (const [retCode, asked, expected] of CODES)
	test(`retCode ${retCode} on ${asked.what} is ${expected} (D5, D6)`, () => {
		const fault = exchangeFault(asked, { retCode, message: "" });
		assert.equal(fault.class, expected);
		assert.equal(fault.ambiguous, expected === "ambiguous");
		assert.equal(fault.retry === "never", expected !== "retry");
	});

test("10001 that says nothing was modified is benign", () => {
	assert.equal(exchangeFault(AMEND, { retCode: 10001, message: "order not modified" }).class, "benign");
});

test("a status without a readable code: 403 waits ten minutes unless it is the country, 5xx leaves a write unknown (D5)", () => {
	const banned = httpFault(READ, { status: 403, message: "access too frequent" });
	assert.deepEqual([banned.class, banned.retryAfterMs], ["retry", 600_000]);
	assert.equal(httpFault(READ, { status: 403, message: "configured to block access from your country" }).class, "fatal");
	assert.equal(httpFault(CREATE, { status: 502, message: "" }).class, "ambiguous");
	assert.equal(httpFault(READ, { status: 502, message: "" }).class, "retry");
	assert.equal(httpFault(CREATE, { status: 429, message: "" }).class, "retry");
	assert.equal(httpFault(READ, { status: 404, message: "" }).class, "fatal");
});

test("no answer leaves a write unknown and a read to be repeated; what was never sent is neither (D5)", () => {
	assert.equal(timeoutFault(CREATE, 5).class, "ambiguous");
	assert.equal(timeoutFault(READ, 5).class, "retry");
	assert.deepEqual([offlineFault(CREATE, "").class, offlineFault(CREATE, "").ambiguous], ["retry", false]);
});

test("key, secret and signatures become stars, whole or not, before the text is cut (A1)", () => {
	const redact = redactor(CREDENTIALS);
	const long = "x".repeat(290);
	const text = `${long}${SECRET} error sign! origin_string[1784880000000${KEY}5000] ${"ab".repeat(32)}`;
	for (const shown of [redact(text), redact(text.slice(290)), redact(text.toUpperCase().slice(290))]) {
		assert.ok(!shown.includes(SECRET) && !shown.includes(KEY) && !/[0-9a-f]{64}/i.test(shown) && !shown.includes(SECRET.slice(0, 5)));
		assert.ok(shown.length <= 301);
	}
	const bytes = Buffer.from(SECRET);
	for (const encoding of ["base64", "base64url", "hex"] as const)
		assert.equal(redact(`is ${bytes.toString(encoding)}`).includes(bytes.toString(encoding).slice(0, -2)), false);
});
