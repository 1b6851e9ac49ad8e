// Every document that is made of the program itself: its path, and what it must hold.

import { commandsPage } from "./commands.ts";
import { configurationPage } from "./configuration.ts";
import { helpTexts } from "./help.ts";
import { messagesPage } from "./messages.ts";
import { LANGUAGES, type Language } from "./page.ts";

export type Document = { readonly path: string; readonly make: () => string };

const PAGES: readonly (readonly [name: string, make: (language: Language) => string])[] = [
	["configuration.md", configurationPage],
	["commands.md", commandsPage],
	["messages.md", messagesPage],
];

export const DOCUMENTS: readonly Document[] = [
	{ path: "bin/help.json", make: helpTexts },
	...PAGES.flatMap(([name, make]) =>
		LANGUAGES.map((language) => ({ path: language === "en" ? `docs/${name}` : `docs/${language}/${name}`, make: () => make(language) })),
	),
];
