// The configuration's JSON schema, for editors: completion, descriptions and most mistakes while typing. Made from the same table as the checks.

import { z } from "zod";
import { CONFIG } from "./schema.ts";

const WIDTH = 140;

function configJsonSchema(): unknown {
	return z.toJSONSchema(CONFIG, { io: "input", target: "draft-7" });
}

/** The text of `config.schema.json`, short lists on one line as the formatter has them. */
export function configJsonSchemaText(): string {
	return `${layout(configJsonSchema(), "", 0)}\n`;
}

/** `before` counts the columns that the line holds already. */
function layout(value: unknown, indent: string, before: number): string {
	if (typeof value !== "object" || value === null) return JSON.stringify(value);
	const inner = `${indent}\t`;
	const wrap = (open: string, parts: readonly string[], close: string): string =>
		parts.length === 0 ? open + close : `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${indent}${close}`;
	if (Array.isArray(value)) {
		const flat = `[${value.map((item) => JSON.stringify(item)).join(", ")}]`;
		const fits = indent.length * 2 + before + flat.length < WIDTH;
		const scalars = value.every((item) => typeof item !== "object" || item === null);
		return scalars && fits
			? flat
			: wrap(
					"[",
					value.map((item) => layout(item, inner, 0)),
					"]",
				);
	}
	const parts = Object.entries(value).map(([name, part]) => {
		const head = `${JSON.stringify(name)}: `;
		return head + layout(part, inner, head.length);
	});
	return wrap("{", parts, "}");
}
