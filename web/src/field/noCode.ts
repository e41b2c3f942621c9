/** What is said of whoever passes without a code. No page, no storage. */

import type { Shown } from "../islands/bigAnswer";
import type { FieldWord } from "./words";

/** Where an older server says nothing of it. */
export const FEVER_FROM = 37.3;

type Say = (name: FieldWord, facts?: Readonly<Record<string, string | number>>) => string;

/** The phone knows neither code nor journey; a fever is plain to see, and comes before what it does not know. */
export function withoutCode(answered: Shown, degrees: number | null, feverFrom: number, say: Say): Shown {
  const noCode = say("noCode");
  if (degrees === null || degrees < feverFrom) return { ...answered, reason: noCode, advice: say("byHand") };
  const reason = say("fever", { degrees: degrees.toFixed(1) });
  return { ...answered, word: "refuse", reason, advice: say("feverDo"), more: [noCode, ...(answered.more ?? [])] };
}
