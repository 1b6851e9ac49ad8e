// A real browser for tests of the page: Debian's Chromium, steered by playwright-core, which brings no browser of its own.

import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export const CHROMIUM = PATHS.find(existsSync);

/** For the `skip` of a test: false where the browser is there, else what is missing. */
export const NO_CHROMIUM = CHROMIUM === undefined ? "chromium is not installed (apt-get install chromium)" : false;

export function openChromium(): Promise<Browser> {
	return chromium.launch({ executablePath: CHROMIUM ?? "chromium", args: ["--no-sandbox"] });
}
