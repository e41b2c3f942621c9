/** Asking the server from a sampling table. Silence and anything unreadable is null: nothing is ever thought to be sent. */

import { isTableAnswer, type TableAnswer } from "../core/tableEvents";
import type { RosterTold } from "../core/tableRoster";
import type { Answered } from "./line";

const PATIENCE_MS = 30_000;

export interface RosterTaken {
  readonly told: RosterTold;
  readonly tag: string;
  readonly knownAt: string;
}

export class TableLine {
  constructor(
    private readonly base: string,
    private readonly secret: () => string,
  ) {}

  async events(body: object): Promise<Answered | null> {
    try {
      const answer = await this.ask("/table-events", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      // What is cut in the middle, or a proxy's own page, is no answer.
      const told: unknown = await answer.json().catch(() => null);
      return { status: answer.status, body: told };
    } catch {
      return null;
    }
  }

  /** What does not go together now of what this phone told; null where there is no answer now. */
  async doubts(): Promise<TableAnswer | null> {
    try {
      const answer = await this.ask("/table-doubts", {});
      const told: unknown = answer.ok ? await answer.json() : null;
      return isTableAnswer(told) ? told : null;
    } catch {
      return null;
    }
  }

  /** Who is to come to a site; null where there is no answer now, "same" where the one in hand is as the server has it,
      "gone" where the site was taken down or is another's by now. */
  async roster(site: string, tag: string): Promise<RosterTaken | "same" | "gone" | null> {
    try {
      const answer = await this.ask(`/roster?site=${site}`, { headers: tag ? { "If-None-Match": tag } : {} });
      if (answer.status === 304) return "same";
      if (answer.status === 409) return "gone";
      if (!answer.ok) return null;
      const told = (await answer.json()) as RosterTold;
      return { told, tag: answer.headers.get("ETag") ?? "", knownAt: answer.headers.get("X-Known-At") ?? "" };
    } catch {
      return null;
    }
  }

  private async ask(path: string, how: RequestInit): Promise<Response> {
    const giving = new AbortController();
    const patience = setTimeout(() => giving.abort(), PATIENCE_MS);
    try {
      const headers = { ...how.headers, Authorization: `Bearer ${this.secret()}` };
      return await fetch(this.base + path, { ...how, headers, credentials: "omit", cache: "no-store", signal: giving.signal });
    } finally {
      clearTimeout(patience);
    }
  }
}
