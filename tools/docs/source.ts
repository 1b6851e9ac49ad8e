// The program's source as a syntax tree, read with the compiler that checks its types.

import { join, relative } from "node:path";
import { type Node, type SourceFile, SyntaxKind } from "typescript/unstable/ast";
import { API } from "typescript/unstable/sync";
import { ROOT } from "./page.ts";

export type File = { readonly path: string; readonly tree: SourceFile };

/** What `look` makes of the program's own files, tests and their helpers aside; `path` is seen from the root of the repository. */
export function readSource<T>(look: (files: readonly File[]) => T): T {
	const api = new API({ cwd: ROOT });
	try {
		const [project] = api.updateSnapshot({ openProject: join(import.meta.dirname, "tsconfig.json") }).getProjects();
		if (project === undefined) throw new RangeError("tools/docs/tsconfig.json is a project");
		const names = project.program.getSourceFileNames().filter((name) => isOwn(relative(ROOT, name)));
		const files = names.sort().map((name) => ({ path: relative(ROOT, name), tree: project.program.getSourceFile(name) as SourceFile })); // just named
		return look(files);
	} finally {
		api.close();
	}
}

export function walk(node: Node, visit: (node: Node) => void): void {
	visit(node);
	node.forEachChild((child) => walk(child, visit));
}

export function lineOf({ tree }: File, node: Node): number {
	return tree.text.slice(0, node.getStart(tree)).split("\n").length;
}

function isOwn(path: string): boolean {
	return /^src\/.*\.ts$/.test(path) && !/\.test\.ts$|\/testing\/|^src\/page\/browser\//.test(path);
}

export { SyntaxKind };
