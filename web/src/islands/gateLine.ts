/** The line to the gate: an answer, a refusal, or silence. Nothing of the pages' own server is needed for it. */

import { type Answer, isRefused, type Refused, type Scan } from "../core/scan";

export const PATIENCE_MS = 6_000;
/** Where the phone can answer by itself nobody stands in the rain for a gate that hangs. */
export const SHORT_PATIENCE_MS = 3_000;

export type Told =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "refused"; readonly refused: Refused; readonly isOfTheGate: boolean }
  | { readonly kind: "silence" };

export interface GateHealth {
  readonly status: string;
  readonly snapshot_age_seconds: number | null;
  /** In UTC; null while a gate knows no time. */
  readonly county_time?: string | null;
}

export class GateLine {
  constructor(
    private readonly address: string,
    private readonly token: () => string,
  ) {}

  /** One scan. What a gate cannot answer because of itself (no snapshot, a full disk) is `isOfTheGate`. */
  async scan(scan: Scan, patienceMs = PATIENCE_MS): Promise<Told> {
    const told = await this.post<Answer | Refused>("/scan", scan, patienceMs);
    if (!told) return { kind: "silence" };
    if (!isRefused(told.body)) return { kind: "answer", answer: told.body };
    return { kind: "refused", refused: told.body, isOfTheGate: told.status >= 500 };
  }

  /** Many scans, answered in their order; null for silence or a gate that takes none now. */
  async scans(scans: readonly Scan[], token = this.token()): Promise<(Answer | Refused)[] | null> {
    const told = await this.post<{ results?: (Answer | Refused)[] }>("/scans", { scans }, PATIENCE_MS, token);
    return told?.body.results ?? null;
  }

  async health(): Promise<GateHealth | null> {
    try {
      const answer = await fetch(`${this.address}/healthz`, { cache: "no-store", signal: patience(PATIENCE_MS) });
      return (await answer.json()) as GateHealth;
    } catch {
      return null;
    }
  }

  private async post<T>(path: string, body: unknown, patienceMs: number, token = this.token()): Promise<{ status: number; body: T } | null> {
    const headers: Record<string, string> = { "Content-Type": "application/json" };
    if (token) headers["Authorization"] = `Bearer ${token}`;
    try {
      const answer = await fetch(this.address + path, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
        cache: "no-store",
        signal: patience(patienceMs),
      });
      return { status: answer.status, body: (await answer.json()) as T };
    } catch {
      return null;
    }
  }
}

/** A signal that gives up; `AbortSignal.timeout` is newer than the phones at some doors. */
function patience(ms: number): AbortSignal {
  const giving = new AbortController();
  setTimeout(() => giving.abort(), ms);
  return giving.signal;
}
