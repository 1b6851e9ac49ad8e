// The Telegram that a person tries the bot with (`npm run telegram`): the bot's own client finds in it what Telegram would do.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Telegram } from "../src/notify/telegram.ts";
import { SleepingTime } from "../src/notify/testing/memory-store.ts";
import { StandIn, TOKEN } from "../tools/telegram/stand-in.ts";

test("the stand-in shows messages, buttons and pictures, and hands the bot what the person writes and presses (G1)", async (t) => {
	const standIn = await StandIn.open(0);
	t.after(() => standIn.close());
	const phone = new Telegram({ token: { reveal: () => TOKEN }, chat: 1, apiRoot: standIn.url, timing: new SleepingTime().timing });
	const { signal } = new AbortController();
	const picture = Buffer.from("\u0089PNG\r\n\u001a\nmade upIEND\u00aeB`\u0082", "latin1");
	await phone.reply({ markdown: "*Close everything*\nat 1\\.5", plain: "", buttons: [{ text: "Do it", data: "yes:7" }] }, signal);
	await phone.reply({ markdown: "*Equity*", plain: "", photo: picture }, signal);
	const [question, chart] = standIn.chat.bubbles;
	assert.deepEqual(question?.lines, [
		{ text: "Close everything", strong: true },
		{ text: "at 1.5", strong: false },
	]);
	assert.deepEqual(question.buttons, [{ text: "Do it", data: "yes:7" }]);
	assert.deepEqual(chart?.photo, picture);
	assert.deepEqual(standIn.chat.pressable?.id, question.id);

	await phone.edit(question.id, { markdown: "Closed", plain: "" }, signal);
	assert.deepEqual(
		standIn.chat.bubbles.map(({ lines: [first] }) => first?.text),
		["Closed", "Equity"],
	);

	const page = (path: string, init?: RequestInit): Promise<Response> => fetch(`${standIn.url}${path}`, init);
	const told = (path: string, body: object): Promise<Response> =>
		page(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
	assert.equal((await told("/say", { text: "/status" })).status, 204);
	assert.equal((await told("/press", { id: question.id, data: "yes:7" })).status, 204);
	const heard = await phone.updates(0, signal);
	assert.match(JSON.stringify(heard), /"text":"\/status".*"data":"yes:7","message":\{"message_id":100/);
	assert.match(await (await page("/")).text(), /stand-in/);
	assert.equal(((await (await page("/chat.json")).json()) as unknown[]).length, 3);
	assert.equal((await page(`/photo/${chart.id}`)).headers.get("content-type"), "image/png");
	assert.deepEqual([(await page("/photo/1")).status, (await told("/say", { text: 1 })).status], [404, 400]);
	// A page of elsewhere cannot write here: a form has another content type, and anything else is asked for leave first.
	assert.equal((await page("/say", { method: "POST", body: "{}" })).status, 415);
});
