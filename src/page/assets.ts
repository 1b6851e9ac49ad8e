// What the page carries beside its data: the chart library with its licence, as npm brought it, and our own scripts and styles.

import { readFileSync } from "node:fs";
import { UsageError } from "../std/usage-error.ts";

export type Assets = {
	readonly library: string;
	readonly libraryVersion: string;
	readonly libraryLicence: string;
	/** Ours, in the order in which they run. */
	readonly script: string;
	readonly style: string;
};

const SCRIPTS = ["unpack", "levels", "marks", "dress", "chart", "main"] as const;

export function readAssets(): Assets {
	const entry = libraryEntry();
	const of = (path: string): string => readFileSync(new URL(path, entry), "utf8");
	const { version } = JSON.parse(of("../package.json")) as { version: string }; // every npm package has one
	const own = (name: string): string => readFileSync(new URL(`./browser/${name}`, import.meta.url), "utf8");
	return {
		library: of("./lightweight-charts.standalone.production.js"),
		libraryVersion: version,
		libraryLicence: of("../LICENSE"),
		script: SCRIPTS.map((name) => own(`${name}.js`)).join("\n"),
		style: own("style.css"),
	};
}

function libraryEntry(): string {
	try {
		return import.meta.resolve("lightweight-charts");
	} catch (cause) {
		throw new UsageError("the chart library is not installed: run npm ci in Anchorwatch's folder", { cause });
	}
}
