/** What a door's phone has to send: each scan stays on its shelf until a gate has written it down. */

import { fateOf, MOST_AT_ONCE } from "../core/outbox";
import { type Answer, isRefused, type Refused, type Scan, together } from "../core/scan";
import type { GateLine } from "./gateLine";
import type { Shelf } from "./shelf";

/** `order` is when it was put here, by the device's own clock: what it shows matters only beside what it shows later.
    `token` is of whom the phone was then: enrolled anew meanwhile, it tells as that one what that one saw. An older app
    kept none. */
export interface KeptScan {
  readonly scan: Scan;
  readonly order: number;
  readonly deviceMs: number;
  readonly token?: string;
}

/** A day without network at a busy door; a scan has some 500 bytes. */
export const MOST_KEPT = 20_000;

export class DoorBox {
  private kept: KeptScan[] = [];
  private sending: Promise<void> | null = null;
  private nDone = 0;
  private nWanted = 0;
  private last = 0;

  constructor(
    private shelf: Shelf,
    private readonly line: Pick<GateLine, "scans">,
    private readonly token: () => string = () => "",
  ) {}

  /** Go on with what earlier pages left on a shelf; what was kept meanwhile goes there too, behind it. */
  async open(shelf: Shelf): Promise<void> {
    const found = (await shelf.all("scans")).filter(isKept).sort((a, b) => a.order - b.order);
    const meanwhile = this.kept.filter(({ scan }) => !found.some((one) => one.scan.id === scan.id));
    this.shelf = shelf;
    this.kept = found;
    this.last = found[found.length - 1]?.order ?? 0;
    for (const { scan, deviceMs, token } of meanwhile) await this.keep(scan, deviceMs, token);
  }

  get n(): number {
    return this.kept.length;
  }

  /** How far a sending is, null while nothing is sent. */
  get progress(): { done: number; of: number } | null {
    return this.sending && this.nDone > 0 ? { done: this.nDone, of: this.nWanted } : null;
  }

  get scans(): readonly KeptScan[] {
    return this.kept;
  }

  /** Whether it will outlast the page; in it for as long as the page is open either way. */
  async keep(scan: Scan, deviceMs: number, token = this.token()): Promise<boolean> {
    const one: KeptScan = { scan, order: ++this.last, deviceMs, ...(token ? { token } : {}) };
    this.kept = [...this.kept.filter((it) => it.scan.id !== scan.id), one];
    try {
      await this.shelf.put("scans", scan.id, one);
      return this.shelf.isLasting && this.kept.length <= MOST_KEPT;
    } catch {
      return false; // The device has no room; the page itself still has the scan.
    }
  }

  /** Send what is kept, oldest first, and tell of each that is done; stops at the first silence. Whoever asks while
      it is being sent waits for that sending, and knows afterwards what is left.

      `dated` gives the scan as it is to be sent. */
  async send(
    dated: (kept: KeptScan) => Scan,
    onDone: (scan: Scan, told: Answer | Refused) => void,
    onProgress: () => void = () => undefined,
  ): Promise<void> {
    if (this.sending) return this.sending;
    if (this.kept.length === 0) return;
    this.nDone = 0;
    this.nWanted = this.kept.length;
    this.sending = this.sendAll(dated, onDone, onProgress);
    try {
      await this.sending;
    } finally {
      this.sending = null;
      onProgress();
    }
  }

  private async sendAll(
    dated: (kept: KeptScan) => Scan,
    onDone: (scan: Scan, told: Answer | Refused) => void,
    onProgress: () => void,
  ): Promise<void> {
    while (this.kept.length > 0 && (await this.sendSome(dated, onDone))) onProgress();
  }

  /** As whom it was taken down; where no gate knows that one any more, as who the phone is now. */
  private async ask(batch: readonly Scan[], whose = ""): Promise<(Answer | Refused)[] | null> {
    const told = await this.line.scans(batch, whose || this.token());
    const isOver = whose !== "" && whose !== this.token() && told?.every(isNobody) === true;
    return isOver ? this.line.scans(batch, this.token()) : told;
  }

  /** One batch; false when a gate was silent or could take none of it. */
  private async sendSome(
    dated: (kept: KeptScan) => Scan,
    onDone: (scan: Scan, told: Answer | Refused) => void,
  ): Promise<boolean> {
    const whose = this.kept[0]!.token;
    const first = this.kept.slice(0, MOST_AT_ONCE);
    const until = first.findIndex(({ token }) => token !== whose);
    const batch = (until < 0 ? first : first.slice(0, until)).map(dated);
    const told = await this.ask(batch, whose);
    if (!told) return false;
    const done = batch.flatMap((scan, i) => {
      const one = told[i];
      return one && fateOf(one) === "done" ? [{ scan, told: one }] : [];
    });
    const over = new Set(done.map(({ scan }) => scan.id));
    this.kept = this.kept.filter(({ scan }) => !over.has(scan.id));
    this.nDone += done.length;
    // What cannot be removed is sent again by the next page, and a gate knows it.
    await this.shelf.remove("scans", [...over]).catch(() => undefined);
    for (const one of done) onDone(one.scan, one.told);
    return done.length > 0;
  }
}

function isNobody(told: Answer | Refused): boolean {
  return isRefused(told) && told.refusal.startsWith("device.");
}

function isKept(found: unknown): found is KeptScan {
  if (typeof found !== "object" || found === null) return false;
  const { scan, order, deviceMs } = found as Partial<KeptScan>;
  return typeof scan?.id === "string" && typeof order === "number" && typeof deviceMs === "number";
}

/** Whether the gate's late answer is another than the door's own was, and the keeper has to see it: whoever was
    checked by hand and passes now has passed already. */
export function isOther(scan: Scan, told: Answer | Refused): boolean {
  if (!scan.decided) return false;
  const was = scan.decided.outcome;
  if (isRefused(told)) return true;
  const { outcome: now } = together(told);
  return now !== was && !(was === "verify" && now === "admit");
}
