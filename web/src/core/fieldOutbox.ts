/** What a phone in the field has to send, and what an answer to it means. No storage, no network.

    A record is "this was seen, then": it is written once, never changed, and sent until the server has it. */

export const PROTOCOL = 1;
export const MOST_AT_ONCE = 250;
export const MOST_BYTES = 400_000;

/** What somebody recorded. Its number is its place in the outbox and stands beside it. */
export interface FieldRecord {
  readonly kind: string;
  /** County time, as well as the phone knew it. */
  readonly recorded_at: string;
  /** What the phone's own clock showed. */
  readonly device_at: string;
  /** Whether the phone could vouch for the first. */
  readonly sure: boolean;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Numbered {
  readonly number: number;
  readonly record: FieldRecord;
}

export interface Why {
  readonly refusal: string;
  readonly zh: string;
  readonly en: string;
}

export interface Told extends Partial<Why> {
  readonly number: number;
  readonly outcome: "taken" | "repeat" | "refused";
}

export interface Answer {
  readonly at: string;
  readonly rate: number;
  readonly outcomes: readonly Told[];
}

/** The first of what waits that goes in one request: so many, and no more bytes than a poor line carries at once. */
export function batchOf(waiting: readonly Numbered[], most: number): Numbered[] {
  const batch: Numbered[] = [];
  let bytes = 0;
  for (const one of waiting.slice(0, Math.max(1, most))) {
    bytes += JSON.stringify(one.record).length * 2;
    if (batch.length > 0 && bytes > MOST_BYTES) break;
    batch.push(one);
  }
  return batch;
}

export function requestOf(batch: readonly Numbered[], app: string, sentAt: string, nWaiting: number): object {
  const intents = batch.map(({ number, record }) => ({ number, ...record }));
  return { protocol: PROTOCOL, app, sent_at: sentAt, n_waiting: nWaiting, intents };
}

/** What became of a batch. What an answer does not speak of still waits: it may have been cut in the middle. */
export interface Settled {
  readonly sent: readonly number[];
  readonly refused: readonly { readonly number: number; readonly why: Why }[];
}

export function settle(batch: readonly Numbered[], answer: Answer): Settled {
  const asked = new Set(batch.map(({ number }) => number));
  const sent: number[] = [];
  const refused: { number: number; why: Why }[] = [];
  for (const told of answer.outcomes) {
    if (!asked.delete(told.number)) continue;
    if (told.outcome === "taken" || told.outcome === "repeat") sent.push(told.number);
    else if (told.outcome === "refused") refused.push({ number: told.number, why: whyOf(told) });
  }
  return { sent, refused };
}

function whyOf({ refusal = "", zh = "", en = "" }: Told): Why {
  return { refusal, zh, en };
}

/** Whether the body of an answer is one: a proxy's own page, or half of it, is none. */
export function isAnswer(found: unknown): found is Answer {
  const { at, rate, outcomes } = (found ?? {}) as Partial<Answer>;
  return typeof at === "string" && typeof rate === "number" && Array.isArray(outcomes) && outcomes.every(isTold);
}

function isTold(found: unknown): boolean {
  const { number, outcome } = (found ?? {}) as Partial<Told>;
  return typeof number === "number" && (outcome === "taken" || outcome === "repeat" || outcome === "refused");
}

/** What the server's word means for the phone. */
export type Verdict =
  | "answered"
  /** Nobody answered, or somebody who is not the server: try again later. */
  | "again"
  /** The server failed over these records: with fewer of them it may be seen over which. */
  | "smaller"
  /** Lost or stolen: erase everything. */
  | "cut_off"
  /** The phone must be enrolled anew, or its account is closed: everything stays. */
  | "enrol"
  /** The app is older than what the server speaks: everything stays until it is renewed. */
  | "old";

export function verdictOf(status: number, body: unknown): Verdict {
  const refusal = String((body as Partial<Why> | null)?.refusal ?? "");
  if (status === 200) return isAnswer(body) ? "answered" : "again";
  if (refusal === "field.cut_off") return "cut_off";
  if (status === 401 && refusal.startsWith("field.")) return "enrol";
  if (refusal === "field.app_old") return "old";
  return status === 500 || status === 413 || refusal === "field.too_many" || refusal === "field.not_readable"
    ? "smaller"
    : "again";
}

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 120_000;

/** How long to wait after so many failures in a row, spread so that a county's phones do not all come back at once. */
export function pauseMs(nFailures: number, random: number): number {
  const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, nFailures - 1));
  return Math.round(most * (0.5 + random / 2));
}
