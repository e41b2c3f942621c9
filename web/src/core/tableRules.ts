/** What may be done at a sampling table now, and the event of it. What has already happened the server never refuses; here
    it has not happened yet, and the phone says what to do instead. No storage, no network, no page. */

import { barcodeOf, isBarcode, plainNumber, tokenOf } from "./barcode";
import type { CalledBack, Roster, RosterRow } from "./tableRoster";
import type { TableEvent, TableKind, TypedPerson } from "./tableEvents";
import { type Before, type InTube, keyOf, type Shift, type TubeNow } from "./tableShift";
import { TableFault } from "./tableFault";

/** Where the sampler stands. */
export interface Here {
  readonly round: string;
  readonly site: string;
  /** How many people share a tube in this round. */
  readonly size: number;
}

/** Somebody at the table: of the roster, with a slip of elsewhere, or as they were typed. */
export interface Person {
  readonly name: string;
  readonly token?: string;
  readonly typed?: TypedPerson;
  readonly group?: string;
  /** Where they were sampled before, as the roster said when it was taken along. */
  readonly before?: Before;
  /** They are called back: that they were sampled before is no doubt, and `own` is alone in a tube. */
  readonly back?: CalledBack;
  /** A slip that is not on this site's roster: the server tells whose it is. */
  readonly isUnknown?: boolean;
}

/** An event to be kept: the rest is its moment and its id. */
export type Draft = Omit<TableEvent, "id" | "at" | "site">;

/** What the table says itself, in words of its own. */
export type TableSays = "boxIsSealed" | "tubeEmpty" | "tubeFirst" | "sealFirst" | "inThisTube" | "slipFirst" | "tubeIsVoid" | "oneOnly";

export class TableNo extends Error {
  override readonly name = "TableNo";

  constructor(
    readonly says: TableSays,
    readonly facts: Readonly<Record<string, string | number>> = {},
  ) {
    super(says);
  }
}

/** Somebody was sampled in this round already: to be said, and asked whether all the same. */
export class SampledBefore extends Error {
  override readonly name = "SampledBefore";

  constructor(
    readonly person: Person,
    readonly before: Before,
  ) {
    super("sampled before");
  }
}

/** Somebody who is called back shares no tube: another is to be scanned for them alone. */
export class NeedsOwnTube extends Error {
  override readonly name = "NeedsOwnTube";

  constructor(readonly person: Person) {
    super("needs a tube of their own");
  }
}

/** One that was opened before and left for another is the box again. */
export function openBox(shift: Shift, text: string): Draft {
  const box = barcodeOf(text);
  if (shift.tube(box)) throw new TableFault("lab.barcode_is_other", { found: box });
  const known = shift.box(box);
  if (known?.isSealed) throw new TableNo("boxIsSealed", { box });
  return { kind: "open_box", box };
}

/** One that was opened before and is not sealed is gone on with. Every thirty-first barcode of ten digits has the form of a
    slip: only one that is somebody's is refused for it. */
export function openTube(shift: Shift, here: Here, roster: Roster | null, text: string): Draft {
  if (roster?.withToken(tokenOf(text))) throw new TableNo("slipFirst");
  const tube = barcodeOf(text);
  if (shift.box(tube)) throw new TableFault("lab.barcode_is_other", { found: tube });
  const known = shift.tube(tube);
  if (known && known.round !== here.round) throw new TableFault("lab.barcode_is_other", { found: tube });
  if (known?.state === "void") throw new TableNo("tubeIsVoid", { tube });
  if (known?.state === "sealed") throw new TableFault("lab.tube_is_sealed", { tube });
  return { kind: "open_tube", tube, size: here.size };
}

/** What was scanned or typed where a person is expected. */
export type Meant =
  | { readonly is: "person"; readonly person: Person }
  /** Found by what was typed: whoever is at the table says which, or that it is they; by a document by pressing the name,
      for it may be another's whose digest is the same. */
  | { readonly is: "some"; readonly people: readonly Person[]; readonly byDocument: boolean }
  /** By its form a slip, of nobody on this roster: of another site's, or the next tube's barcode. */
  | { readonly is: "stranger"; readonly person: Person; readonly label: string }
  /** The tube is full and another tube was scanned. */
  | { readonly is: "next_tube"; readonly label: string }
  /** A code of another system, such as a provincial test QR: the server knows whose it is, or is told. */
  | { readonly is: "code"; readonly text: string }
  /** Nobody known: somebody new, or the next tube. */
  | { readonly is: "nobody"; readonly text: string; readonly label: string };

const MOST_MEANT = 8;
const SHORTEST_CODE = 6;
const LONGEST_NUMBER = 20;

export function whoIsMeant(shift: Shift, roster: Roster | null, tube: TubeNow, text: string): Meant {
  const person = personWith(roster, tokenOf(text));
  if (person && !person.isUnknown) return { is: "person", person };
  const label = isBarcode(text) ? barcodeOf(text) : "";
  if (label && shift.tube(label)) throw new TableFault("lab.pool_of_pool", { tube: label });
  if (label && shift.box(label)) throw new TableFault("lab.barcode_is_other", { found: label });
  if (person) return roster && label && tube.people.length > 0 ? { is: "stranger", person, label } : { is: "person", person };
  const byDocument = roster?.withDocument(text, MOST_MEANT) ?? [];
  const some = byDocument.length > 0 ? byDocument : (roster?.named(text, MOST_MEANT) ?? []);
  if (some.length > 0) return { is: "some", people: some.map(personOfRow), byDocument: byDocument.length > 0 };
  if (label && tube.people.length >= tube.size) return { is: "next_tube", label };
  if (isOtherCode(text)) return { is: "code", text: text.normalize("NFKC").trim() };
  return { is: "nobody", text: text.trim(), label };
}

/** Longer than any document, or with signs that stand in none and in no name. */
function isOtherCode(text: string): boolean {
  const plain = plainNumber(text);
  return plain.length >= SHORTEST_CODE && (plain.length > LONGEST_NUMBER || /[:/?=&_+#|.%]/.test(plain)) && /[A-Z0-9]/.test(plain);
}

export function personWith(roster: Roster | null, token: string): Person | null {
  if (!token) return null;
  const row = roster?.withToken(token);
  return row ? personOfRow(row) : { name: token, token, isUnknown: true };
}

export function personOfRow([token, name, , stage = "due", group = "", at = "", where = "", back = ""]: RosterRow): Person {
  const isSampled = !back && !["due", "refused", "exempt"].includes(stage);
  return { name, token, group, ...(isSampled ? { before: { at, where, tube: "" } } : {}), ...(back ? { back } : {}) };
}

/** A tube of somebody's own, opened, filled and sealed in one stroke: the tube that others share goes on behind it. */
export function ownTube(shift: Shift, here: Here, roster: Roster | null, text: string, person: Person, box: string): Draft[] {
  const opened: Draft = { ...openTube(shift, here, roster, text), size: 1 };
  const { tube = "" } = opened;
  if ((shift.tube(tube)?.people.length ?? 0) > 0) throw new TableFault("lab.tube_is_full", { tube, size: 1 });
  return [opened, { kind: "swab", tube, ...whomOf(person) }, { kind: "seal_tube", tube, ...(box ? { box } : {}) }];
}

/** Somebody's swab goes into the tube. Throws where it is full, where they need one of their own, and where they were
    sampled, unless `again`. */
export function swab(shift: Shift, tube: TubeNow | null, person: Person, again = false, said = ""): Draft {
  if (!tube) throw new TableNo("tubeFirst");
  if (tube.state === "void") throw new TableNo("tubeIsVoid", { tube: tube.label });
  if (tube.state === "sealed" && !said) throw new TableFault("lab.tube_is_sealed", { tube: tube.label });
  const draft: Draft = { kind: "swab", tube: tube.label, ...whomOf(person), ...(said ? { said } : {}) };
  const key = keyOf(draft as TableEvent);
  if (tube.people.some((it) => it.key === key)) throw new TableNo("inThisTube", { name: person.name });
  if (tube.people.length >= tube.size) throw new TableFault("lab.tube_is_full", { tube: tube.label, size: tube.size });
  if (person.back === "own" && tube.size > 1 && !said && !shift.isAlone(tube.round, key)) throw new NeedsOwnTube(person);
  const before = shift.before(tube.round, key) ?? person.before;
  if (before && !again) throw new SampledBefore(person, before);
  return draft;
}

export function unswab(tube: TubeNow, person: InTube, said = ""): Draft {
  if (tube.state !== "open" && !said.trim()) throw new TableFault("lab.words_missing");
  const { token, person: typed } = person.event;
  return {
    kind: "unswab",
    tube: tube.label,
    ...(token ? { token } : {}),
    ...(typed ? { person: typed } : {}),
    ...(said ? { said: said.trim() } : {}),
  };
}

export function sealTube(tube: TubeNow | null, box: string): Draft {
  if (!tube) throw new TableNo("tubeFirst");
  if (tube.people.length === 0) throw new TableNo("tubeEmpty", { tube: tube.label });
  return { kind: "seal_tube", tube: tube.label, ...(box ? { box } : {}) };
}

export function sealBox(shift: Shift, box: string): Draft {
  const open = shift.tubes.find((it) => it.state === "open" && it.people.length > 0);
  if (open) throw new TableNo("sealFirst", { tube: open.label });
  if (!shift.box(box)) throw new TableFault("lab.box.not_found");
  return { kind: "seal_box", box };
}

/** Another label, void, or another box: what is done to a tube afterwards takes a reason. */
export function changeTube(shift: Shift, tube: TubeNow, kind: TableKind, text: string, said: string): Draft {
  const why = said.trim();
  if (kind === "void_tube") return { kind, tube: tube.label, said: reason(why) };
  const label = barcodeOf(text);
  if (kind === "rename_tube") {
    if (shift.tube(label) || shift.box(label)) throw new TableFault("lab.barcode_is_other", { found: label });
    return { kind, tube: tube.label, renamed: label, said: reason(why) };
  }
  if (shift.tube(label)) throw new TableFault("lab.barcode_is_other", { found: label });
  const isMoved = tube.box !== "" && tube.box !== label;
  return { kind: "box_tube", tube: tube.label, box: label, ...(isMoved ? { said: reason(why) } : why ? { said: why } : {}) };
}

export function renameBox(shift: Shift, box: string, text: string, said: string): Draft {
  const label = barcodeOf(text);
  if (shift.tube(label) || shift.box(label)) throw new TableFault("lab.barcode_is_other", { found: label });
  return { kind: "rename_box", box, renamed: label, said: reason(said.trim()) };
}

export function excuse(kind: "exempt" | "refuse", person: Person, why: string, said: string): Draft {
  return { kind, ...whomOf(person), why, ...(said ? { said } : {}) };
}

function reason(said: string): string {
  if (!said) throw new TableFault("lab.words_missing");
  return said;
}

function whomOf({ token, typed }: Person): Pick<TableEvent, "token" | "person"> {
  if (!token && !typed?.name) throw new TableFault("lab.nobody_named");
  return { ...(token ? { token } : {}), ...(typed ? { person: typed } : {}) };
}
