// The files that run the bot as a service: what must hold for unit, image and compose file, read as what they are.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

type Service = {
	readonly image: string;
	readonly restart: string;
	readonly read_only: boolean;
	readonly user: string;
	readonly cap_drop: readonly string[];
	readonly security_opt: readonly string[];
	readonly profiles?: readonly string[];
	readonly ports?: readonly string[];
	readonly volumes: readonly string[];
	readonly secrets?: readonly string[];
	readonly environment?: Readonly<Record<string, string>>;
	readonly privileged?: boolean;
	readonly network_mode?: string;
};
type Compose = {
	readonly services: Readonly<Record<string, Service>>;
	readonly volumes: Readonly<Record<string, null>>;
	readonly secrets: Readonly<Record<string, { readonly file: string }>>;
};

const compose = parse(read("docker-compose.yml")) as Compose;
const services = Object.entries(compose.services);

/** Keys and values of a unit, comments aside; a key may come more than once. */
function unit(): Map<string, string[]> {
	const found = new Map<string, string[]>();
	for (const [, key = "", value = ""] of read("ops/systemd/anchorwatch.service").matchAll(/^(\w+)=(.*)$/gm))
		found.set(key, [...(found.get(key) ?? []), value]);
	return found;
}

test("the unit restarts the bot, with a brake, but not after a start that cannot succeed (I3)", () => {
	const keys = unit();
	const of = (key: string): string => keys.get(key)?.join() ?? "";
	assert.deepEqual([of("Type"), of("NotifyAccess"), of("Restart"), of("RestartPreventExitStatus")], ["notify", "all", "always", "2"]);
	assert.ok(Number(of("WatchdogSec")) >= 30);
	// Five starts must fit into the interval, or the brake never acts.
	assert.ok(Number(of("StartLimitBurst")) * Number(of("RestartSec")) < Number(of("StartLimitIntervalSec")));
	assert.match(of("ExecStart"), /^\/\S+\/node \/\S+\/bin\/anchorwatch\.js run --config \/\S+$/);
	assert.ok(!of("ExecStart").includes("--yes-mainnet"), "real money is the operator's own word");
});

test("the unit is nobody's root, writes in one folder, dumps no core, and takes the passphrase as a credential (A1, A3, I3)", () => {
	const keys = unit();
	const of = (key: string): string => keys.get(key)?.join() ?? "";
	assert.equal(of("User"), "anchorwatch");
	for (const key of ["NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectHome", "RestrictNamespaces"])
		assert.equal(of(key), "yes", key);
	assert.deepEqual(
		[of("ProtectSystem"), of("StateDirectory"), of("CapabilityBoundingSet"), of("LimitCORE")],
		["strict", "anchorwatch", "", "0"],
	);
	assert.ok(!keys.has("Environment") && !keys.has("SetCredential"), "no secret stands in the unit");
	const [name = "", path = ""] = of("LoadCredential").split(":");
	assert.match(path, /^\/etc\/anchorwatch\//);
	assert.ok(read("src/cli/passphrase.ts").includes(`"${name}"`), "the credential has the name that the program reads");
});

test("the image is pinned, runs as somebody else than root, and has a health check at the bot's own port (I4)", () => {
	const lines = read("Dockerfile").replaceAll("\\\n", " ").split("\n");
	const bases = lines.filter((line) => line.startsWith("FROM ")).map((line) => line.split(" ")[1] ?? "");
	assert.ok(bases.length > 0);
	for (const base of bases) assert.match(base, /^node:26\.\d+\.\d+-/, base);
	assert.equal(
		lines.findLast((line) => line.startsWith("USER ")),
		"USER node",
	);
	const check = lines.find((line) => line.startsWith("HEALTHCHECK ")) ?? "";
	const port = /^metrics:\n(?:[ #].*\n)*? {2}port: (\d+)/m.exec(read("config.example.yaml"))?.[1];
	assert.ok(port !== undefined && check.includes(`127.0.0.1:${port}/healthz`), "the port is the default of metrics.port");
	for (const line of lines) assert.doesNotMatch(line, /^ADD |curl|sudo|:latest/, line);
});

test("only what the image copies gets into its build, so no key or journal does (A1, I4)", () => {
	const ignored = read(".dockerignore")
		.split("\n")
		.filter((line) => line !== "" && !line.startsWith("#"));
	assert.equal(ignored[0], "*");
	const allowed = new Set(ignored.filter((line) => line.startsWith("!")).map((line) => line.slice(1)));
	const copied = [...read("Dockerfile").matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = ""]) => names.split(" "));
	assert.deepEqual([...allowed].sort(), [...new Set(copied)].sort());
	for (const name of allowed) assert.ok(statSync(join(ROOT, name)).size > 0, name);
	for (const folder of ["/conf/", "/secrets/"])
		assert.ok(read(".gitignore").split("\n").includes(folder), `${folder} is not committed either`);
});

test("every container restarts unless it was stopped, and has no privileges and nothing to write on but its volumes (I3, I4)", () => {
	assert.deepEqual(Object.keys(compose.services), ["bot", "prometheus", "grafana"]);
	for (const [name, service] of services) {
		assert.equal(service.restart, "unless-stopped", name);
		assert.equal(service.read_only, true, name);
		assert.match(service.user, /^(?!root$|0\b)\w+$/, name);
		assert.deepEqual(service.cap_drop, ["ALL"], name);
		assert.deepEqual(service.security_opt, ["no-new-privileges:true"], name);
		assert.ok(service.privileged === undefined && service.network_mode === undefined, name);
		assert.match(service.image, /:v?\d+\.\d+\.\d+$/, name);
		for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/, `${name} is shown to this machine alone`);
		assert.deepEqual(service.profiles, name === "bot" ? undefined : ["monitoring"], name);
	}
});

test("every volume and secret that a container takes is there; what comes from this repository cannot be written (I4)", () => {
	for (const [name, { volumes, secrets = [] }] of services) {
		for (const volume of volumes) {
			const [from = "", , mode] = volume.split(":");
			if (!from.startsWith("./")) assert.ok(from in compose.volumes, `${name}: ${volume}`);
			else assert.equal(mode, "ro", `${name}: ${volume}`);
			if (from.startsWith("./ops/")) assert.ok(statSync(join(ROOT, from)), `${name}: ${volume}`);
		}
		for (const secret of secrets) assert.ok(secret in compose.secrets, `${name}: ${secret}`);
	}
	for (const { file } of Object.values(compose.secrets)) assert.match(file, /^\.\/secrets\//);
	assert.ok(read("src/cli/passphrase.ts").includes('"anchorwatch-passphrase"') && "anchorwatch-passphrase" in compose.secrets);
});

test("no file of ops, nor image or compose file, holds a secret (A1, I4)", () => {
	const names = readdirSync(join(ROOT, "ops"), { recursive: true, encoding: "utf8" }).map((name) => join("ops", name));
	const files = ["Dockerfile", "docker-compose.yml", ...names.filter((name) => statSync(join(ROOT, name)).isFile())];
	for (const file of files) assert.doesNotMatch(read(file), /(?:password|secret|token|api_?key)"?\s*[:=]\s*["']?[\w-]{8,}/i, file);
	for (const [name, { environment = {} }] of services)
		for (const [key, value] of Object.entries(environment))
			if (/PASS|SECRET|TOKEN|KEY/.test(key)) assert.match(value, /^\/run\/secrets\//, `${name}: ${key}`);
});

test("Prometheus of the compose file reads the bot under the name that the alarms know (G4, I4)", () => {
	const config = parse(read("ops/prometheus/compose.yml")) as {
		readonly scrape_configs: readonly {
			readonly job_name: string;
			readonly static_configs: readonly { readonly targets: readonly string[] }[];
		}[];
	};
	const [scrape] = config.scrape_configs;
	assert.deepEqual(scrape?.static_configs[0]?.targets, ["bot:9464"]);
	assert.ok(read("ops/prometheus/alerts.yml").includes(`job="${scrape?.job_name}"`));
});

test("the trial on testnet is written down: small, with alarms and logs looked at, and by commands that are there (J4)", () => {
	const trial = /^## The trial on testnet\n(.*?)^## /ms.exec(read("docs/operations.md"))?.[1] ?? "";
	for (const word of [/environment: testnet/, /size: \{mode: fixed/, /notify test/, /`warn`/, /kill -9/]) assert.match(trial, word);
	const commands = [...trial.matchAll(/npx anchorwatch ([a-z]+)/g)].map(([, name = ""]) => name);
	assert.ok(commands.length >= 6);
	for (const name of commands) assert.ok(statSync(join(ROOT, "src/cli", `${name}.ts`)).isFile(), name);
});
