/** What the table's screens have in common: to keep what was done, and to say why not. */

import { TableFault } from "../core/tableFault";
import { type Draft, NeedsOwnTube, TableNo } from "../core/tableRules";
import type { Language } from "../islands/words";
import type { Phone } from "./phone";
import { tellTable } from "./tableWords";

/** The phone could not write: nothing of it happened. */
export class NotKept extends Error {
  override readonly name = "NotKept";
}

/** Kept before anything says so, all or none; throws NotKept where the phone could not write. */
export async function keepAtTable(phone: Phone, each: readonly { readonly draft: Draft; readonly who?: string }[]): Promise<void> {
  const told = each.map(({ draft, who = "" }) => ({ draft, who }));
  await phone.tables.record(told, phone.clock.stamp()).catch(() => {
    throw new NotKept();
  });
  phone.recorded();
}

/** Why not, in words; what is no refusal goes on its way. */
export function saidOf(language: Language, problem: unknown): string {
  if (problem instanceof TableFault) return problem.said(language);
  if (problem instanceof TableNo) return tellTable(language, problem.says, problem.facts);
  if (problem instanceof NeedsOwnTube) return tellTable(language, "needsOwn", { name: problem.person.name });
  if (problem instanceof NotKept) return tellTable(language, "notKept");
  throw problem;
}
