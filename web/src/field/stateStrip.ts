/** What is always in view: whose phone it is, whether there is a network, how much waits; and a warning before it is late. */

import { recordsIn, recordsLeft, roomOf, roomOfPieces } from "../core/room";
import type { Phone } from "./phone";
import type { Stage } from "./stage";
import { shortly } from "./words";

const MB = 1_000_000;
const KEPT_SHOWN_MS = 5_000;
const LINES = { good: "lineGood", gone: "lineGone", busy: "lineBusy", stopped: "lineStopped" } as const;

export class StateStrip {
  private n = 0;
  private nRefused = 0;
  private roomWarning = "";
  private clearing = 0;

  constructor(
    private readonly stage: Stage,
    private readonly phone: Phone,
  ) {}

  async count(): Promise<void> {
    [this.n, this.nRefused] = await Promise.all([this.phone.box.count(), this.phone.box.countRefused()]);
    this.n += this.phone.tables.n;
  }

  show(): void {
    const { stage, phone } = this;
    const isOpen = phone.isUnlocked;
    const line = stage.part("line");
    line.dataset["kind"] = phone.state === "good" || phone.state === "busy" ? "good" : "gone";
    line.hidden = !isOpen;
    line.textContent = isOpen ? stage.tell(LINES[phone.state]) : "";
    const box = stage.part("outbox");
    const waits = this.n > 0 ? stage.tell("waits", { n: this.n }) : stage.tell("nothingWaits");
    box.textContent = [waits, ...(this.nRefused > 0 ? [stage.tell("refusedToo", { n: this.nRefused })] : [])].join(" · ");
    box.dataset["waiting"] = String(this.n + this.nRefused > 0);
    box.hidden = !isOpen;
    stage.part("n-outbox").textContent = this.n > 0 ? String(this.n) : "";
    stage.part("lock-now").hidden = !isOpen;
    stage.part("back").hidden = !isOpen || stage.shown === "home";
    if (phone.who) stage.part("who").textContent = phone.who.username;
    if (!this.clearing) this.warn(isOpen ? this.standing : "", "standing");
  }

  /** What only somebody can mend, the gravest first. */
  private get standing(): string {
    const { stage, phone } = this;
    if (phone.why) return phone.why[stage.language];
    if (this.roomWarning) return this.roomWarning;
    if (phone.hasExpired) return stage.tell("isOver");
    const isOld = phone.hello && phone.hello.app !== stage.root.dataset["app"];
    return isOld ? stage.tell("newApp") : "";
  }

  /** Said at the head; what was kept goes away by itself, what failed stays until the next. */
  warn(text: string, kind: "kept" | "failed" | "standing"): void {
    const box = this.stage.part("warning");
    clearTimeout(this.clearing);
    this.clearing = 0;
    if (this.stage.part("warning-text").textContent !== text) this.stage.part("warning-text").textContent = text;
    box.hidden = text === "";
    box.dataset["kind"] = kind;
    if (kind === "standing") return;
    this.clearing = window.setTimeout(() => {
      this.clearing = 0;
      this.show();
    }, kind === "kept" ? KEPT_SHOWN_MS : KEPT_SHOWN_MS * 6);
  }

  /** Nothing of what was said last is left in view. */
  hush(): void {
    clearTimeout(this.clearing);
    this.clearing = 0;
    this.show();
  }

  /** Whether there is room for what is still to come. */
  async room(): Promise<void> {
    const { usage, quota } = await estimate();
    // Some browsers say more than there is: what is kept free on the phone itself is the surer of the two.
    const kept = this.phone.box.reserve.n;
    const rooms = [roomOf(usage, quota), roomOfPieces(kept)];
    const n = Math.min(quota ? recordsLeft(usage ?? 0, quota) : Infinity, recordsIn(kept ?? Infinity));
    const before = this.roomWarning;
    this.roomWarning = rooms.includes("none")
      ? this.stage.tell("roomNone")
      : rooms.includes("little")
        ? this.stage.tell("roomLittle", { n })
        : "";
    if (before !== this.roomWarning) this.show();
  }

  get known(): string {
    const { stage, phone } = this;
    if (!phone.taken) return stage.tell(phone.hasExpired ? "isOver" : "nothingTaken");
    const { knownAt, told } = phone.taken;
    const until = phone.clock.stamp(Date.parse(knownAt) + told.kept_h * 3_600_000);
    return stage.tell("knownAt", { at: shortly(knownAt), until: shortly(until) });
  }

  /** The screen about this phone. */
  async showPhone(): Promise<void> {
    const { stage, phone } = this;
    const { clock } = phone;
    stage.say("phone-account", phone.who?.username ?? "—");
    stage.say("phone-ends", phone.hello ? shortly(phone.hello.ends_at) : "—");
    stage.part("renew").hidden = phone.why?.refusal !== "field.device_ended";
    stage.say("phone-app", stage.root.dataset["app"] || "—");
    const clockName = !clock.isKnown ? "clockUnknown" : clock.unsure ? "clockUnsure" : "clockGood";
    stage.say("phone-clock", stage.tell(clockName, { at: shortly(clock.stamp()) }));
    const { usage } = await estimate();
    const kept = phone.box.reserve.n;
    const isLasting = await navigator.storage?.persisted?.().catch(() => false);
    const mb = (bytes: number) => Math.round(bytes / MB);
    const said =
      usage === undefined || kept === null
        ? stage.tell("roomUnknown")
        : stage.tell("roomSaid", { used: mb(usage), n: recordsIn(kept) });
    stage.say("phone-room", isLasting ? said : `${said} ${stage.tell("notLasting")}`);
  }
}

async function estimate(): Promise<StorageEstimate> {
  return (await navigator.storage?.estimate?.().catch(() => ({}))) ?? {};
}
