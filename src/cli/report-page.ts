// The HTML report as a file, in the language that was asked for.

import type { Config } from "../config/schema.ts";
import { readAssets } from "../page/assets.ts";
import { type ReportInput, reportPage } from "../page/page.ts";
import { LOCALES, type Locale } from "../page/texts.ts";
import { UsageError } from "../std/usage-error.ts";
import { writeTextFile } from "./write-text.ts";

/** The line that says so. */
export function writeReport(path: string, input: ReportInput): string {
	const page = reportPage(input, readAssets());
	writeTextFile(path, page);
	return `Report: ${path} (${(Buffer.byteLength(page) / 1e6).toFixed(1)} MB; opens in any browser, without a network)\n`;
}

/** What `--locale` says, else the language of the operator's messages. */
export function localeOf(named: string | undefined, config: Config): Locale {
	const wanted = named ?? config.notify.locale;
	const locale = LOCALES.find((each) => each === wanted);
	if (locale === undefined) throw new UsageError(`--locale ${wanted}: choose one of ${LOCALES.join(", ")}`);
	return locale;
}
