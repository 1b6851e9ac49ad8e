// Which exchange public data come from, and the folder of the store that is its own: testnet's prices are not mainnet's.

import { join } from "node:path";
import { type Endpoints, resolveEndpoints } from "../bybit/endpoints.ts";
import type { Config, Environment } from "../config/schema.ts";
import { UsageError } from "../std/usage-error.ts";

const SOURCES = ["mainnet", "testnet"] as const;
export type SourceName = (typeof SOURCES)[number];

export type Source = {
	/** `mainnet`, `testnet`, or the host and port that the configuration names. */
	readonly name: string;
	readonly endpoints: Endpoints;
	/** Of the store: below `data.dir`, named after the source. */
	readonly folder: string;
};

/** Demo and paper trade on mainnet's prices; sim has no exchange. */
const SOURCE_OF: Readonly<Record<Environment, SourceName | undefined>> = {
	mainnet: "mainnet",
	demo: "mainnet",
	paper: "mainnet",
	testnet: "testnet",
	sim: undefined,
};

export type Choice = { readonly config: Config; readonly environment?: string | undefined };

/** The exchange of the configuration, or the one that `--environment` names instead; then `endpoints.rest` is not its address. */
export function sourceOf({ config, environment }: Choice): Source {
	const source = findSource({ config, environment });
	if (source === undefined)
		throw new UsageError("environment: sim has no exchange to ask; name one with --environment mainnet, or its address in endpoints.rest");
	return source;
}

/** Undefined where the configuration has no exchange at all. */
export function findSource({ config, environment }: Choice): Source | undefined {
	const named = SOURCES.find((each) => each === environment);
	if (environment !== undefined && named === undefined)
		throw new UsageError(`--environment ${environment}: choose one of ${SOURCES.join(", ")}`);
	const usual = SOURCE_OF[config.environment];
	const rest = named === undefined || named === usual ? (config.endpoints.rest ?? undefined) : undefined;
	const base = named ?? usual;
	if (base === undefined && rest === undefined) return undefined;
	const endpoints = resolveEndpoints(base ?? "testnet", { rest });
	if (!endpoints.ok) throw new UsageError(`endpoints: ${endpoints.error}`);
	const name = rest === undefined ? base! : hostOf(rest);
	return { name, endpoints: endpoints.value, folder: join(config.data.dir, name) };
}

/** Host and port as the name of a folder: `127.0.0.1_8765`. */
function hostOf(address: string): string {
	return new URL(address).host.replaceAll(/[^a-zA-Z0-9.-]/g, "_");
}
