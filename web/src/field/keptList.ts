/** What was not taken and why, what waits, and what the server has. */

import type { FieldRecord } from "../core/fieldOutbox";
import { isExit } from "./exit";
import type { Phone } from "./phone";
import { onSecondPress, type Stage } from "./stage";
import { kindWord, shortly } from "./words";

const MOST_SHOWN = 30;

export class KeptList {
  constructor(
    private readonly stage: Stage,
    private readonly phone: Phone,
  ) {}

  async list(): Promise<void> {
    const { stage, phone } = this;
    const [refused, waiting, n, sent] = await Promise.all([
      phone.box.allRefused(),
      phone.box.newest(MOST_SHOWN),
      phone.box.count(),
      phone.box.log(),
    ]);
    stage.part("refused-block").hidden = refused.length === 0;
    stage.part("n-refused").textContent = String(refused.length);
    stage.part("n-waiting").textContent = String(n);
    stage.say("server-said", phone.why?.[stage.language] ?? "");
    stage.fill("refused-list", refused, ({ number, record, why }, put, item) => {
      put("what", this.what(number, record));
      put("at", shortly(record.recorded_at));
      put("why", why[stage.language]);
      put("told", inWords(record));
      item.querySelector("[data-part=again]")!.addEventListener("click", () => void this.again(number));
      onSecondPress(item.querySelector<HTMLElement>("[data-part=drop]")!, () => void this.drop(number));
    });
    stage.fill("waiting-list", waiting, ({ number, record }, put) => {
      put("what", this.what(number, record));
      put("at", shortly(record.recorded_at));
    });
    stage.part("no-sent").hidden = sent.length > 0;
    stage.part("some-sent").hidden = sent.length === 0;
    stage.fill("sent-list", sent.slice(0, MOST_SHOWN), ({ number, kind, recordedAt, isExit }, put) => {
      put("what", [number, this.kind(kind), ...(isExit ? [stage.tell("exitDone")] : [])].join(" · "));
      put("at", shortly(recordedAt));
    });
  }

  private async again(number: number): Promise<void> {
    await this.phone.box.sendAgain(number);
    this.phone.soon();
    await this.list();
  }

  private async drop(number: number): Promise<void> {
    await this.phone.box.drop(number);
    await this.list();
  }

  private what(number: number, { kind, body }: FieldRecord): string {
    return [number, this.kind(kind), ...(isExit(body) ? [this.stage.tell("exitKept")] : [])].join(" · ");
  }

  private kind(kind: string): string {
    return kindWord(this.stage.language, kind);
  }
}

/** What the record says, so that it can be written anew; ids of the program's own tell nobody anything, nor does what a
    code holds, which is scanned again. */
function inWords({ body }: FieldRecord): string {
  const isOurs = (name: string) => ["post", "group", "task", "contact", "enquiry", "was_in", "asked", "said", "proposal", "person", "seen", "area", "legs", "shown", "permit"].includes(name);
  const told = Object.entries(body).filter(([name, value]) => !isOurs(name) && value !== "" && value !== null && typeof value !== "boolean");
  return told.map(([, value]) => inAWord(value)).filter(Boolean).join(" · ");
}

/** A place of a journey is its code and days. */
function inAWord(value: unknown): string {
  if (Array.isArray(value)) return value.map(inAWord).join(", ");
  return value !== null && typeof value === "object" ? Object.values(value).map(inAWord).join(" ") : String(value);
}
