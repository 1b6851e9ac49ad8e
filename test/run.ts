// `npm test`: every test file in a process of its own, as many at a time as there are cores (Node's own default leaves one idle).

import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

const { status } = spawnSync(
	process.execPath,
	[
		"--test",
		"--test-timeout=300000",
		`--test-concurrency=${Math.max(2, availableParallelism())}`,
		...(process.argv.length > 2 ? process.argv.slice(2) : ["src/**/*.test.ts", "test/**/*.test.ts"]),
	],
	{ stdio: "inherit" },
);
process.exitCode = status ?? 1;
