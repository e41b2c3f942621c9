/** The two things that are always in view at a door: whether the gate answers, and how many scans wait to be sent. */

import type { GateHealth, GateLine } from "./gateLine";
import type { OfflineDoor } from "./offlineDoor";
import { ageWord, type Language, say } from "./words";

const LOOK_EVERY_MS = 5_000;
const OLD_S = 10;

export type LineKind = "good" | "old" | "bad" | "gone";

/** What the gate's own word of its health means for whoever stands at a door. */
export function lineKind(health: GateHealth | null): LineKind {
  if (!health) return "gone";
  if (health.status !== "ok" && health.status !== "stale") return "bad";
  return (health.snapshot_age_seconds ?? 0) >= OLD_S ? "old" : "good";
}

/** Under https a browser asks for each port whether its certificate is trusted, and for a script's question never:
 *  somebody has to open the gate's address once. */
export function mayBeUntrusted(kind: LineKind, page: Pick<Location, "protocol">, isOnline: boolean): boolean {
  return kind === "gone" && page.protocol === "https:" && isOnline;
}

export class LineState {
  /** A link to the gate's own address, shown where the phone may not trust it yet. */
  offer: HTMLElement | null = null;
  /** What the last question told; null until the first has been answered or was not. */
  private told: { readonly kind: LineKind; readonly ageS: number } | null = null;

  constructor(
    private readonly strip: HTMLElement,
    private readonly box: HTMLElement,
    private readonly line: GateLine,
    private readonly door: OfflineDoor,
    private readonly language: Language,
  ) {}

  /** Whether the last question was not answered by a gate that can answer: then nobody waits for the next one. */
  get isGone(): boolean {
    return this.told?.kind === "gone" || this.told?.kind === "bad";
  }

  /** Ask the gate how it is again and again; `onAnswer` whenever it can be sent to. */
  begin(onAnswer: () => void): void {
    const ask = async () => {
      const health = await this.line.health();
      if (health?.county_time) this.door.clock.hear(health.county_time);
      this.show(lineKind(health), health?.snapshot_age_seconds ?? 0);
      if (health && lineKind(health) !== "bad") onAnswer();
    };
    setInterval(() => void ask(), LOOK_EVERY_MS);
    addEventListener("online", () => void ask());
    addEventListener("offline", () => this.show("gone", 0));
    void ask();
  }

  /** Something was just sent: whether anything answered. */
  look(hasAnswered: boolean): void {
    if (!hasAnswered) this.show("gone", 0);
    this.count();
  }

  /** What is kept has been found, or a bundle has come: nobody reads for seconds that there is nothing. */
  again(): void {
    if (this.told) this.show(this.told.kind, this.told.ageS);
    else this.count();
  }

  private show(kind: LineKind, ageS: number): void {
    this.told = { kind, ageS };
    const words = {
      good: () => say(this.language, "lineGood"),
      old: () => say(this.language, "lineOld", { age: ageWord(this.language, ageS) }),
      bad: () => this.door.state,
      gone: () => this.door.state,
    };
    this.strip.dataset["kind"] = kind;
    this.strip.dataset["standing"] = this.door.bundle.standing;
    this.strip.textContent = words[kind]();
    if (this.offer) this.offer.hidden = !mayBeUntrusted(kind, location, navigator.onLine);
    this.count();
  }

  /** How many wait, and how far a sending is. */
  count(): void {
    const { n, progress } = this.door.box;
    this.box.dataset["waiting"] = String(n > 0);
    const waiting = n > 0 ? say(this.language, "kept", { n }) : say(this.language, "nothingKept");
    this.box.textContent = progress ? this.door.tell("sending", progress) : waiting;
  }
}
