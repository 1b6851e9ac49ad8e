// A text message as a server writes it to a WebSocket: one unmasked, final frame (RFC 6455 §5.2). It is written once, and the same bytes
// go to everybody who hears it.

export type TextFrame = { readonly text: string; readonly bytes: Buffer };

/** FIN, and the opcode of text. */
const FINAL_TEXT = 0x81;
/** The longest payload whose length fits the second byte; then come two bytes of length, or eight. */
const SHORT_MAX = 125;
const MEDIUM_MAX = 0xffff;

export function textFrame(text: string): TextFrame {
	const length = Buffer.byteLength(text);
	const head = length <= SHORT_MAX ? 2 : length <= MEDIUM_MAX ? 4 : 10;
	const bytes = Buffer.allocUnsafe(head + length);
	bytes[0] = FINAL_TEXT;
	if (head === 2) bytes[1] = length;
	else if (head === 4) {
		bytes[1] = 126;
		bytes.writeUInt16BE(length, 2);
	} else {
		bytes[1] = 127;
		bytes.writeBigUInt64BE(BigInt(length), 2);
	}
	bytes.write(text, head);
	return { text, bytes };
}
