// The known word that a typo most likely meant.

/** Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b` (optimal string alignment). */
export function editDistance(a: string, b: string): number {
	let before: number[] = [];
	let last = Array.from({ length: b.length + 1 }, (_, j) => j);
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			const same = a[i - 1] === b[j - 1];
			let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, at(before, j - 2) + 1);
			row.push(cost);
		}
		before = last;
		last = row;
	}
	return at(last, b.length);
}

/** The candidate nearest to `word`, capitals and separators aside; the first of equals. */
export function nearest(word: string, candidates: readonly string[]): { readonly word: string; readonly distance: number } | undefined {
	let best: { word: string; distance: number } | undefined;
	for (const candidate of candidates) {
		const distance = editDistance(plain(word), plain(candidate));
		if (best === undefined || distance < best.distance) best = { word: candidate, distance };
	}
	return best;
}

/** Close enough to ask "did you mean": one slip in three letters. */
export function isSlip(word: string, distance: number): boolean {
	return distance <= Math.max(1, Math.floor(word.length / 3));
}

function plain(word: string): string {
	return word.slice(0, 64).toLowerCase().replaceAll(/[-_ ]/g, "");
}

function at(row: readonly number[], i: number): number {
	return row[i] ?? 0;
}
