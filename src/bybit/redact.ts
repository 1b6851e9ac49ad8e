// Text from outside (exchange messages, library errors) on its way into a fault or a log: secrets and signatures become stars.
// The exchange's own texts can carry them: "error sign! origin_string[1784880000000<the key>5000…]".

import type { Credentials } from "./ports.ts";

export type Redact = (text: string) => string;

const SIGNATURE = /[0-9a-f]{64}/gi;
const LENGTH_MAX = 300;

/** A function that hides these credentials, as they are and as URL, JSON, base64 and hex spell them. Hides first, cuts afterwards. */
export function redactor(credentials: Credentials | undefined): Redact {
	return (text) => {
		let shown = text;
		if (credentials !== undefined)
			for (const secret of [credentials.secret, credentials.key])
				for (const spelling of spellings(secret.reveal())) shown = shown.replaceAll(spelling, "***");
		shown = shown.replace(SIGNATURE, "***");
		return shown.length > LENGTH_MAX ? `${shown.slice(0, LENGTH_MAX)}…` : shown;
	};
}

function spellings(secret: string): string[] {
	if (secret === "") return [];
	const bytes = Buffer.from(secret);
	const encoded = [bytes.toString("base64"), bytes.toString("base64url"), bytes.toString("hex")];
	return [...new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...encoded])];
}
