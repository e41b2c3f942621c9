/** What is done at a sampling table, as it goes to the server, and what an answer to it means. No storage, no network.

    An event is "this was done, then": it is written once, never changed, and sent until the server has it. */

import { type Verdict, verdictOf, type Why } from "./fieldOutbox";

export const EVENTS_AT_ONCE = 500;

export interface TypedPerson {
  /** This phone's own id of them, the same whenever it tells of them. */
  readonly id: string;
  readonly name: string;
  readonly document_number: string;
  readonly phone: string;
  /** Of a child without a document: the guardian's phone, or their name. */
  readonly guardian?: string;
  readonly born_on?: string;
}

/** One event as docs/reference/field.md has it; `nth`, its number on this phone, is put in as it is sent. */
export interface TableEvent {
  readonly id: string;
  readonly kind: TableKind;
  readonly at: string;
  readonly site: string;
  readonly tube?: string;
  readonly box?: string;
  readonly renamed?: string;
  /** What was scanned of somebody: their slip, or a code of another system; beside `person` it is taken in as theirs. */
  readonly token?: string;
  readonly person?: TypedPerson;
  readonly size?: number;
  readonly why?: string;
  readonly said?: string;
}

export type TableKind =
  | "open_box"
  | "seal_box"
  | "rename_box"
  | "open_tube"
  | "swab"
  | "unswab"
  | "seal_tube"
  | "box_tube"
  | "rename_tube"
  | "void_tube"
  | "exempt"
  | "refuse";

/** An event as the phone keeps it: its number, its round, and by what name the person was called here. */
export interface Kept {
  readonly nth: number;
  readonly round: string;
  readonly who: string;
  readonly event: TableEvent;
}

export interface Words {
  readonly zh: string;
  readonly en: string;
}

export interface Doubt {
  readonly kind: string;
  readonly said: Words;
}

/** What the server said of one event; "doubtful": it has it, and something does not go together. */
export interface Said {
  readonly what: "taken" | "repeat" | "doubtful" | "refused";
  readonly refusal?: string;
  readonly said?: Words;
  readonly doubts?: readonly Doubt[];
}

export interface TableAnswer {
  readonly at: string;
  readonly answers: readonly (Said & { readonly id: string })[];
}

export interface Settled {
  readonly nth: number;
  readonly said: Said;
}

/** The first of what waits that go together: of one round, in order, so many. */
export function tableBatch(waiting: readonly Kept[], most: number): Kept[] {
  const first = waiting[0];
  if (!first) return [];
  const some = waiting.slice(0, Math.min(Math.max(1, most), EVENTS_AT_ONCE));
  const other = some.findIndex(({ round }) => round !== first.round);
  return other < 0 ? some : some.slice(0, other);
}

export function tableRequest(batch: readonly Kept[]): object {
  return { round: batch[0]!.round, events: batch.map(({ nth, event }) => ({ ...event, nth })) };
}

/** What became of a batch. What an answer does not speak of still waits: it may have been cut in the middle. */
export function settleTable(batch: readonly Kept[], { answers }: TableAnswer): Settled[] {
  const asked = new Map(batch.map(({ nth, event }) => [event.id, nth]));
  const settled: Settled[] = [];
  for (const { id, ...said } of answers) {
    const nth = asked.get(id);
    if (nth === undefined || !asked.delete(id)) continue;
    settled.push({ nth, said });
  }
  return settled;
}

/** As of the other records; and where the round itself is refused, its events cannot be taken however often they come. */
export type TableVerdict = Verdict | "none";

export function tableVerdict(status: number, body: unknown): TableVerdict {
  if (status === 200) return isTableAnswer(body) ? "answered" : "again";
  const refusal = String((body as Partial<Why> | null)?.refusal ?? "");
  if (refusal === "lab.round.not_found") return "none";
  if (refusal === "lab.too_many_events" || refusal === "lab.events_not_a_list") return "smaller";
  return verdictOf(status, body);
}

export function isTableAnswer(found: unknown): found is TableAnswer {
  const { at, answers } = (found ?? {}) as Partial<TableAnswer>;
  return typeof at === "string" && Array.isArray(answers) && answers.every(isSaid);
}

const WHATS = ["taken", "repeat", "doubtful", "refused"];

function isSaid(found: unknown): boolean {
  const { id, what } = (found ?? {}) as { id?: unknown; what?: unknown };
  return typeof id === "string" && WHATS.includes(String(what));
}

/** Whether the server keeps it and does not count it. A repeat of such says so by its doubt. */
export function isRefused(said: Said | null): boolean {
  return said?.what === "refused" || Boolean(said?.doubts?.some(({ kind }) => kind === "refused"));
}
