// The two ways in which a symbol's market comes about: walked through candles, or played from a recording.

import type { Feed } from "./feed.ts";
import type { RecordedFeed } from "./recorded/recorded-feed.ts";

export type MarketFeed = Feed | RecordedFeed;
