// A curve in a few characters: bars of eighths, one column for a stretch of points, scaled from the lowest to the highest of them all.

export type SparklineOptions = {
	/** Columns; fewer points than columns take a column each. */
	readonly width: number;
	/** Lines, at least one. */
	readonly rows?: number | undefined;
	/** Block characters; else ASCII ones in three heights. */
	readonly unicode?: boolean | undefined;
};

export type Sparkline = {
	/** From top to bottom, all of one length. */
	readonly lines: readonly string[];
	readonly min: number;
	readonly max: number;
};

/** From empty to full. */
const BLOCKS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const ASCII = [" ", ".", ":", "|"];

/** Undefined without points. A column shows the last point of its stretch; the lowest level is still a mark, as a gap would read as no data. */
export function sparkline(values: Float64Array, { width, rows = 1, unicode = true }: SparklineOptions): Sparkline | undefined {
	if (values.length === 0) return undefined;
	const marks = unicode ? BLOCKS : ASCII;
	const steps = marks.length - 1;
	const { min, max } = range(values);
	const columns = Math.max(1, Math.min(width, values.length));
	const levels = Array.from({ length: columns }, (_, column) => {
		const value = values[Math.ceil(((column + 1) * values.length) / columns) - 1]!;
		return max === min ? 1 : 1 + Math.round(((value - min) / (max - min)) * (rows * steps - 1));
	});
	const lines = Array.from({ length: rows }, (_, row) => {
		const floor = (rows - 1 - row) * steps;
		return levels.map((level) => marks[Math.min(steps, Math.max(0, level - floor))]).join("");
	});
	return { lines, min, max };
}

function range(values: Float64Array): { min: number; max: number } {
	let [min, max] = [values[0]!, values[0]!];
	for (const value of values) {
		if (value < min) min = value;
		else if (value > max) max = value;
	}
	return { min, max };
}
