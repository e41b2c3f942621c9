/** A scan as it goes to a gate, and what comes back. docs/reference/gate.md is the contract. */

export type Outcome = "admit" | "verify" | "refuse";
export type Health = "green" | "yellow" | "red" | "unknown";

export interface Shown {
  readonly code?: string;
  readonly document?: string;
}

export interface Scan extends Shown {
  readonly id: string;
  readonly venue: string;
  readonly scanned_at: string;
  readonly direction?: "in" | "out";
  readonly temperature_c?: number;
  readonly companions?: readonly Shown[];
  readonly sent_at?: string;
  /** What the phone found when it compared its position with the venue's; left out where its owner was not asked. */
  readonly presence?: "located" | "none";
  readonly decided?: { readonly outcome: Outcome; readonly at: string };
}

export interface Reason {
  readonly rule: string;
  readonly zh: string;
  readonly en: string;
}

export interface Refused {
  readonly refusal: string;
  readonly zh: string;
  readonly en: string;
}

export interface Answer {
  readonly id: string;
  readonly outcome: Outcome;
  readonly health: Health | null;
  readonly travel: "clear" | "risk" | "unknown" | null;
  readonly test_age_hours: number | null;
  readonly because: readonly Reason[];
  readonly snapshot: number;
  readonly snapshot_age_seconds: number;
  readonly companions?: readonly (Answer | Refused)[];
  /** False where the gate's disk took nothing: it asks for a check, and the scan has to be sent again. */
  readonly recorded?: boolean;
}

export function isRecorded(answer: Answer): boolean {
  return answer.recorded !== false;
}

export function isRefused(told: Answer | Refused): told is Refused {
  return "refusal" in told;
}

const RANK: Readonly<Record<Outcome, number>> = { admit: 0, verify: 1, refuse: 2 };

/** What the door says to all of them together: the strictest answer; one that could not be read asks for a check. */
export function together(answer: Answer): { outcome: Outcome; because: Reason | null } {
  const each = [answer, ...(answer.companions ?? [])];
  let worst: Answer | Refused = answer;
  for (const told of each) if (RANK[outcomeOf(told)] > RANK[outcomeOf(worst)]) worst = told;
  const because = isRefused(worst) ? { rule: worst.refusal, zh: worst.zh, en: worst.en } : (worst.because[0] ?? null);
  return { outcome: outcomeOf(worst), because };
}

export function outcomeOf(told: Answer | Refused): Outcome {
  return isRefused(told) ? "verify" : told.outcome;
}

/** A new id; `crypto.randomUUID` is newer than the phones at some doors. */
export function newId(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes)): string {
  const bytes = random(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The same code seen by the camera twenty times a second is one scan; after `againMs` it is another. */
export class SeenLately {
  private readonly seen = new Map<string, number>();

  constructor(private readonly againMs: number) {}

  /** Whether it is new at `nowMs`. While it stays in view it stays the same. */
  isNew(text: string, nowMs: number): boolean {
    const before = this.seen.get(text);
    for (const [other, ms] of this.seen) if (nowMs - ms >= this.againMs) this.seen.delete(other);
    this.seen.set(text, nowMs);
    return before === undefined || nowMs - before >= this.againMs;
  }

  forget(text: string): void {
    this.seen.delete(text);
  }
}
