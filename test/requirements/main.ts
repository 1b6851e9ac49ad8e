// npm run requirements: for each row of docs/requirements.md the tests that name it; ends with 1 when a row has none.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { documentRows, judge, namedInRun, namedInSources } from "./rows.ts";

const { values } = parseArgs({ options: { run: { type: "string" } } });
const named = values.run === undefined ? namedInSources() : namedInRun(readFileSync(values.run, "utf8"));
const { lines, isHeld } = judge(documentRows(), named);
process.stdout.write(`${lines.join("\n").trimStart()}\n`);
process.exitCode = isHeld ? 0 : 1;
