// `npm run docs`: writes the documents that are made of the program itself, and names those that changed.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DOCUMENTS } from "./documents.ts";
import { ROOT } from "./page.ts";

for (const { path, make } of DOCUMENTS) {
	const file = join(ROOT, path);
	const text = make();
	if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, text);
	process.stdout.write(`${path}: written\n`);
}
