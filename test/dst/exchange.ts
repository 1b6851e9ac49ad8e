// The exchange of the simulation: the venue of the plan with its history and statements, as a paper run has it, and prices to begin with.

import { type Statement, VenueDesk } from "../../src/live/venue-desk.ts";
import type { Fill } from "../../src/orders/fill.ts";
import type { Ms } from "../../src/units/unit.ts";
import type { VenueOrder } from "../../src/venue/event.ts";
import { Venue } from "../../src/venue/venue.ts";
import { type Plan, startPrice } from "./plan.ts";

/** Who hears what the venue does. */
export type Listener = {
	/** A statement on the private stream. */
	stated(statement: Statement, at: Ms): void;
	/** An execution, before anybody is told: the truth. */
	filled(fill: Fill, order: VenueOrder): void;
	ended(order: VenueOrder): void;
};

export class Exchange extends VenueDesk {
	constructor(plan: Plan, listener: Listener, at: Ms) {
		const venue = new Venue([...plan.instruments, plan.elsewhere], plan.venue);
		super({ venue, symbols: plan.instruments.map(({ symbol }) => symbol), listener });
		for (const symbol of venue.symbols()) venue.open(symbol, startPrice(symbol), at);
		venue.drain();
	}
}
