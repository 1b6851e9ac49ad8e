// The alerts as Prometheus reads them: its own check of the files, and a real Prometheus that scrapes a running bot and raises an alert when
// that bot is stopped by its operator.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { afterwards } from "../src/simserver/testing/rig.ts";
import { Running, trading } from "./support/running.ts";

const OPS = join(import.meta.dirname, "../ops/prometheus");
const ABSENT = spawnSync("promtool", ["--version"]).error === undefined ? false : "there is no prometheus here (Debian: prometheus)";

test("promtool finds nothing wrong with the alerts and the example (G4)", { skip: ABSENT }, () => {
	for (const args of [
		["check", "rules", join(OPS, "alerts.yml")],
		["check", "config", join(OPS, "prometheus.yml")],
	]) {
		const { status, stdout, stderr } = spawnSync("promtool", args, { encoding: "utf8" });
		assert.equal(status, 0, stdout + stderr);
	}
});

async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo; // it listens on TCP
	server.close();
	return port;
}

type Alerts = { data: { alerts: { labels: { alertname: string }; state: string }[] } };

/** Until the alert fires; what does not is ended by the test's own time limit. */
async function fires(url: string, name: string): Promise<void> {
	for (;;) {
		const answer = await fetch(`${url}/api/v1/alerts`).catch(() => undefined);
		const { alerts } = answer?.ok ? ((await answer.json()) as Alerts).data : { alerts: [] };
		if (alerts.some(({ labels, state }) => labels.alertname === name && state === "firing")) return;
		await pause(100);
	}
}

test("a Prometheus that scrapes a running bot raises the alert when it is stopped (G4)", { skip: ABSENT, timeout: 60_000 }, async () => {
	const { home, url } = await trading();
	const dir = mkdtempSync(join(tmpdir(), "anchorwatch-prometheus-"));
	afterwards(() => rmSync(dir, { recursive: true, force: true }));
	const rules = readFileSync(join(OPS, "alerts.yml"), "utf8").replace(/for: \w+/g, "for: 0s");
	writeFileSync(join(dir, "alerts.yml"), rules);
	const config = readFileSync(join(OPS, "prometheus.yml"), "utf8").replace("127.0.0.1:9464", new URL(url).host).replaceAll("5s", "200ms");
	writeFileSync(join(dir, "prometheus.yml"), config);
	const port = await freePort();
	const args = [`--config.file=${dir}/prometheus.yml`, `--storage.tsdb.path=${dir}/data`, `--web.listen-address=127.0.0.1:${port}`];
	new Running(dir, args, ["prometheus"]);
	const flatten = new Running(home, ["flatten"]);
	assert.equal(await flatten.ended, 0, flatten.text);
	await fires(`http://127.0.0.1:${port}`, "AnchorwatchHalted");
});
