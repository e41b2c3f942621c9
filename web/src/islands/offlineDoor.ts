/** Everything by which this phone keeps its door without a network: the bundle, the clock, and the box of scans. */

import { bytesOf } from "../core/bundle";
import { letterOf } from "../core/codeText";
import { DoorClock } from "../core/doorClock";
import { type Edge, readCard, type Verify } from "../core/personQr";
import { Refusal } from "../core/refusal";
import { type Answer, type Health, isRefused, type Outcome, type Refused, type Scan, type Shown as ShownCode, together } from "../core/scan";
import { EPOCH_MS, unpackShort } from "../core/words";
import { shownFor } from "./answerWords";
import type { Shown } from "./bigAnswer";
import { DoorBox, type KeptScan } from "./doorBox";
import { edgeAnswer, OF_THIS_PHONE, provedQr } from "./edgeAnswer";
import type { GateLine } from "./gateLine";
import { KeptBundle } from "./keptBundle";
import { type OfflineWord, tell } from "./offlineWords";
import { prove } from "./proof";
import { PageShelf, type Shelf } from "./shelf";
import { healthWord, type Language } from "./words";

const COLOURS: readonly Health[] = ["unknown", "green", "yellow", "red"];

const CLOCK = "clock";
const MARKS = { good: "mark", expired: "markExpired", none: "markNothing" } as const;

/** What this phone must know of its post: who it is, and whose signatures it trusts. */
export interface Who {
  readonly token: string;
  readonly device: number;
  readonly post: { readonly division: number; readonly verifiers: Readonly<Record<string, string>> } | null;
}

/** What was answered here, and what of it goes on record. */
export interface SaidHere {
  readonly outcome: Outcome;
  readonly shown: Shown;
  /** "离线 · 依据 14:05 的信息" */
  readonly mark: string;
}

export class OfflineDoor {
  readonly clock: DoorClock;
  readonly bundle: KeptBundle;
  readonly box: DoorBox;

  constructor(
    store: Pick<Storage, "getItem" | "setItem">,
    line: GateLine,
    private readonly who: () => Who,
    private readonly language: Language,
  ) {
    this.clock = new DoorClock(store, { device: () => Date.now(), steady: () => performance.now() });
    const shelf = new PageShelf();
    this.bundle = new KeptBundle(shelf, this.clock, () => this.trusted(), () => this.who().device);
    this.box = new DoorBox(shelf, line, () => this.who().token);
  }

  /** Find what earlier pages kept on a shelf. */
  async open(shelf: Shelf): Promise<void> {
    const found = await shelf.get("things", CLOCK).catch(() => undefined);
    this.clock.outlast(found, (told) => void shelf.put("things", CLOCK, told).catch(() => undefined));
    await this.box.open(shelf);
    await this.bundle.open(shelf);
  }

  /** What is always in view while no gate answers. */
  get state(): string {
    const { standing, knownAt } = this.bundle;
    if (standing === "none") return tell(this.language, "lineNothing");
    if (standing === "expired") return tell(this.language, "lineExpired", { at: knownAt });
    return tell(this.language, this.clock.unsure ? "lineClock" : "lineOffline", { at: knownAt });
  }

  /** The answer of this phone alone. */
  async answer(scan: Scan): Promise<SaidHere> {
    const { bundle, tables, standing, knownAt } = this.bundle;
    const mark = tell(this.language, MARKS[standing], { at: knownAt });
    if (!bundle || !tables || standing !== "good") return withMark(await this.register(scan), mark);
    const told = await edgeAnswer(scan, { bundle, tables, clock: this.clock });
    if (isRefused(told)) return withMark(this.unreadable(told[this.language]), mark);
    const { outcome, because } = together(told);
    const shown = shownFor(told, this.language, scan.direction ?? "in");
    const isDoubt = because?.rule === OF_THIS_PHONE;
    return { outcome, shown: { ...shown, mark, ...(isDoubt ? this.byHand() : {}) }, mark };
  }

  /** Put a scan in the box, with what was answered. False: this phone will lose it when the page is closed. */
  keep(scan: Scan, outcome: Outcome): Promise<boolean> {
    return this.box.keep({ ...scan, decided: { outcome, at: scan.scanned_at } }, Date.now());
  }

  async send(onDone: (scan: Scan, told: Answer | Refused) => void, onProgress: () => void): Promise<void> {
    await this.box.send((kept) => this.dated(kept), onDone, onProgress);
  }

  /** Older than what a gate would believe is no scan, and a clock that ran ahead dated it so: told by when it was kept. */
  private dated({ scan, deviceMs }: KeptScan): Scan {
    const nowMs = this.clock.ms;
    const sent_at = this.clock.stamp(nowMs);
    if (this.clock.unsure || Date.parse(scan.scanned_at) <= nowMs) return { ...scan, sent_at };
    const at = this.clock.stamp(nowMs - Math.max(0, Date.now() - deviceMs) * this.clock.rate);
    return { ...scan, scanned_at: at, sent_at, ...(scan.decided ? { decided: { ...scan.decided, at } } : {}) };
  }

  /** Nothing may be decided here: whether the code is genuine is told all the same, and the rest is for the keeper. */
  private async register(scan: Scan): Promise<Omit<SaidHere, "mark">> {
    const { standing, knownAt } = this.bundle;
    const reason = tell(this.language, standing === "expired" ? "expired" : "none", { at: knownAt });
    try {
      const more = [];
      for (const shown of [scan, ...(scan.companions ?? [])]) more.push(await this.showed(shown));
      return { outcome: "verify", shown: { word: "verify", reason, more: more.filter(Boolean), ...this.byHand() } };
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      return this.unreadable(refusal.said(this.language));
    }
  }

  private unreadable(reason: string): Omit<SaidHere, "mark"> {
    return { outcome: "verify", shown: { word: "unknown", reason, ...this.byHand() } };
  }

  /** Nothing that is measured at the door would make this phone more certain. */
  private byHand(): Pick<Shown, "advice" | "isFinal"> {
    return { advice: tell(this.language, "register"), isFinal: true };
  }

  private async showed(shown: ShownCode): Promise<string> {
    const edge = this.edge();
    if (!shown.code) return tell(this.language, "document");
    if (!edge) return "";
    if (letterOf(shown.code) === "C") {
      await readCard(shown.code, edge);
      return tell(this.language, "card");
    }
    const qr = await provedQr(shown.code, edge.division, edge.verifiers, this.clock);
    const colour = healthWord(this.language, COLOURS[unpackShort(qr.short).colour]!);
    return tell(this.language, "showed", { colour, at: this.clock.minuteOf(qr.fromMin * 60_000 + EPOCH_MS) });
  }

  private edge(): Edge | null {
    const { post } = this.who();
    if (!post) return null;
    const keys = new Map([...this.trusted(), ...(this.bundle.bundle?.verifiers ?? [])]);
    const verifiers = new Map([...keys].map(([id, key]): [number, Verify] => [id, (message, proof) => prove(message, proof, key)]));
    return { division: post.division, atMin: Math.floor((this.clock.ms - EPOCH_MS) / 60_000), verifiers };
  }

  private trusted(): Map<number, Uint8Array> {
    const keys = Object.entries(this.who().post?.verifiers ?? {});
    return new Map(keys.map(([id, key]) => [Number(id), bytesOf(key)]));
  }

  tell(name: OfflineWord, facts: Readonly<Record<string, string | number>> = {}): string {
    return tell(this.language, name, facts);
  }
}

function withMark(said: Omit<SaidHere, "mark">, mark: string): SaidHere {
  return { ...said, shown: { ...said.shown, mark }, mark };
}
