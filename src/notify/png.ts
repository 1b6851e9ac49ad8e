// A picture as PNG: RGB rows, deflated by Node's own zlib (https://www.w3.org/TR/png/). No more of the format than a drawing of ours needs.

import { crc32, deflateSync } from "node:zlib";

/** `pixels` are rows of red, green, blue. */
export function encodePng(width: number, height: number, pixels: Uint8Array): Uint8Array {
	const rows = Buffer.alloc(height * (1 + width * 3));
	for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width * 3, (y + 1) * width * 3), y * (1 + width * 3) + 1); // filter 0: as it is
	const head = Buffer.alloc(13);
	head.writeUInt32BE(width, 0);
	head.writeUInt32BE(height, 4);
	head.set([8, 2, 0, 0, 0], 8); // 8 bits, true colour
	const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
	return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(name: string, data: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(data.length);
	const check = Buffer.alloc(4);
	check.writeUInt32BE(crc32(body));
	return Buffer.concat([length, body, check]);
}
