// The way back from `pack.ts`: base64, inflated by the browser, numbers of as few bytes as they need.

/**
 * @param {string} text
 * @returns {Promise<Uint8Array>}
 */
async function inflate(text) {
	const binary = atob(text);
	const bytes = new Uint8Array(binary.length);
	for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
	const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
	return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * @param {string} text
 * @param {readonly number[]} lengths numbers in each row
 * @returns {Promise<Float64Array[]>}
 */
async function unpack(text, lengths) {
	const bytes = await inflate(text);
	let at = 0;
	return lengths.map((length) => {
		const row = new Float64Array(length);
		for (let i = 0; i < length; i++) {
			let byte = bytes[at++] ?? 0;
			let value = byte & 127;
			for (let scale = 128; byte > 127; scale *= 128) {
				byte = bytes[at++] ?? 0;
				value += (byte & 127) * scale;
			}
			row[i] = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
		}
		return row;
	});
}

/**
 * What distances add up to, in place.
 * @param {Float64Array} row
 */
function sums(row) {
	for (let i = 1; i < row.length; i++) row[i] += row[i - 1];
	return row;
}
