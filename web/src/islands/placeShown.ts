/** Which place a scan is told to be at. A short code names a door only once the gate has answered: a mistyped one
 *  holds the number of another place, or of none. */

import { letterOf } from "../core/codeText";
import { grouped } from "../core/typedCode";
import { parseTypedVenue, parseVenueCode, TYPED_CHARACTERS } from "../core/venueCode";
import type { Told } from "./gateLine";
import { type Language, say } from "./words";

export interface PlaceShown {
  readonly said: string;
  /** Where our own server is asked what is written over the door; "" if it is not asked. */
  readonly asks: string;
}

export function placeShown(text: string, told: Told["kind"], language: Language): PlaceShown {
  if (text.length === TYPED_CHARACTERS) {
    const { venue, door } = told === "answer" ? parseTypedVenue(text) : { venue: 0, door: 0 };
    return { said: say(language, "typedPlace", { typed: grouped(text) }), asks: venue ? `${venue}/${door}` : "" };
  }
  const { venue, door } = parseVenueCode(text);
  const said = say(language, "venueNumber", { venue, door });
  return { said, asks: told === "refused" ? "" : `${venue}/${door}` };
}

/** Whether the code shows that its scanner stood at the door: a poster's picture can be anywhere. */
export function isProved(text: string): boolean {
  return text.length !== TYPED_CHARACTERS && letterOf(text) === "R";
}
