// Addresses of an exchange: encrypted everywhere, except towards this very machine, where a simulated exchange listens.

export type Transport = "rest" | "stream";

const SCHEMES = {
	rest: { encrypted: "https:", open: "http:" },
	stream: { encrypted: "wss:", open: "ws:" },
} as const satisfies Record<Transport, { encrypted: string; open: string }>;

/** 127.0.0.0/8, ::1 or localhost, as `URL.hostname` spells them. */
export function isLoopback(hostname: string): boolean {
	return hostname === "localhost" || hostname === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

/** An address that a key may travel to: the right scheme, no user name, password, query or fragment in it. */
export function isAllowedAddress(text: string, transport: Transport): boolean {
	if (!URL.canParse(text)) return false;
	const { protocol, hostname, username, password, search, hash } = new URL(text);
	if (hostname === "" || username + password + search + hash !== "") return false;
	const { encrypted, open } = SCHEMES[transport];
	return protocol === encrypted || (protocol === open && isLoopback(hostname));
}

export function expectedAddress(transport: Transport): string {
	const { encrypted, open } = SCHEMES[transport];
	return `an address that begins with ${encrypted}//, or with ${open}// on this machine (127.0.0.1, ::1, localhost)`;
}

/** A shorter path is a word that others use, too. */
const TOKEN_MIN = 12;

/** What an address without its path says: services for webhooks put a token there. */
export function withoutPath(address: string): string {
	const { origin, pathname } = new URL(address);
	return pathname === "/" ? address : `${origin}/***`;
}

/** The path that may be such a token. */
export function hiddenPart(address: string | null): { reveal(): string } | undefined {
	if (address === null) return undefined;
	const { pathname } = new URL(address);
	return pathname.length < TOKEN_MIN ? undefined : { reveal: () => pathname };
}
