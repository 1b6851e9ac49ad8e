// One message to the operator, whatever carries it: parts that each channel sets in its own way, and what became of sending it.

import type { Ms } from "../units/unit.ts";

export const LOCALES = ["ko", "en"] as const;
export type Locale = (typeof LOCALES)[number];

/** An alarm needs a person; news is read when there is time; quiet makes no sound. */
export type Importance = "alarm" | "news" | "quiet";

/** A name and its figure; without a name a line of its own. */
export type Row = readonly [name: string, value: string];

/** Something more to be had of it, by a button where the channel has any. */
export type Offer = { readonly text: string; readonly data: string };

/** What a note says in one language: a headline, and the figures below it. */
export type Words = { readonly icon: string; readonly title: string; readonly rows: readonly Row[]; readonly offer?: Offer };

export type Message = {
	/** Ascending in the outbox; several when messages that had to wait were merged. */
	readonly numbers: readonly number[];
	readonly importance: Importance;
	/** It was under way before and its answer was lost: it may be there already. */
	readonly repeated: boolean;
	readonly parts: readonly { readonly at: Ms; readonly number: number; readonly words: Words }[];
	readonly locale: Locale;
};

/** What became of it. */
export type Sent =
	| { readonly ok: true }
	| {
			readonly ok: false;
			/**
			 * `later`: it certainly did not arrive and may be sent again; `lost`: nobody knows whether it did; `refused`: this message never
			 * will; `barred`: nothing will, until a person mends something.
			 */
			readonly kind: "later" | "lost" | "refused" | "barred";
			/** Without any secret in it. */
			readonly why: string;
			/** How long the other side wants to be left alone. */
			readonly retryAfter?: Ms | undefined;
	  };

/** A channel to the operator. */
export interface Notifier {
	readonly name: string;
	send(message: Message, signal: AbortSignal): Promise<Sent>;
}

/** Time and chance, as tests drive them. */
export type Timing = {
	readonly now: () => Ms;
	/** Resolves early when aborted, and never rejects. */
	readonly sleep: (time: Ms, signal: AbortSignal) => Promise<void>;
	readonly random: () => number;
};
