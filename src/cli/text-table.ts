// Aligned columns for a terminal: numbers to the right, words to the left.

export type TextColumn<Row> = { readonly title: string; readonly text: (row: Row) => string; readonly left?: true };

/** A heading and a line for each row; no end of line after the last. */
export function textTable<Row>(rows: readonly Row[], columns: readonly TextColumn<Row>[]): string {
	const aligned = columns.map(({ title, text, left }) => {
		const cells = [title, ...rows.map(text)];
		const width = Math.max(...cells.map((cell) => cell.length));
		return cells.map((cell) => (left === true ? cell.padEnd(width) : cell.padStart(width)));
	});
	return Array.from({ length: rows.length + 1 }, (_, i) =>
		aligned
			.map((cells) => cells[i])
			.join("  ")
			.trimEnd(),
	).join("\n");
}
