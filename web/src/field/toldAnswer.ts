/** What came of asking about an arrival somebody told of, as it was typed, and the record of it. No page, no storage. */

import { faultOf, plainIdentity } from "../core/identityNumber";
import type { FieldWord } from "./words";

export interface ToldTyped {
  /** so, not_so; "" while nothing is chosen. */
  readonly what: string;
  /** Whether the document of somebody is needed: nobody was found on the register, or it is somebody else. */
  readonly needsDocument: boolean;
  readonly name: string;
  readonly kind: string;
  readonly number: string;
  readonly bornOn: string;
  readonly sex: string;
  readonly livesHere: boolean;
  readonly why: string;
}

const RESIDENT = "resident";

/** What is missing or cannot be, in a word; null where it can be kept. The server asks the same. */
export function toldFault(typed: ToldTyped): FieldWord | null {
  if (typed.what === "not_so") return typed.why ? null : "toldWhy";
  if (typed.what !== "so") return "choose";
  if (!typed.needsDocument) return null;
  if (!typed.name || !typed.number) return "toldDocument";
  if (typed.kind !== RESIDENT) return typed.bornOn ? null : "toldBorn";
  const number = plainIdentity(typed.number);
  return /^(\d{15}|\d{17}[\dX])$/.test(number) && !faultOf(number) ? null : "toldNumber";
}

/** The record's body; only of what nothing withholds. */
export function toldBody(proposal: string, typed: ToldTyped): Readonly<Record<string, unknown>> {
  if (typed.what === "not_so") return { proposal, what: typed.what, why: typed.why };
  if (!typed.needsDocument) return { proposal, what: typed.what };
  const { what, name, kind, number, livesHere } = typed;
  const other = kind === RESIDENT ? {} : { born_on: typed.bornOn, sex: typed.sex };
  return { proposal, what, name, kind, number, lives_here: livesHere, ...other };
}
