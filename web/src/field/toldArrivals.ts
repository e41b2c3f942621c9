/** Arrivals that relatives and hosts told of: whom to ask, and what came of it. */

import type { ToldArrival } from "./bundle";
import type { Phone } from "./phone";
import type { Stage } from "./stage";
import { toldBody, toldFault, type ToldTyped } from "./toldAnswer";
import { shortly } from "./words";

const KIND = "told_arrival";
/** Somebody else than was found, by the document. */
const ELSE = "1";

export class ToldArrivals {
  private open: ToldArrival | null = null;

  constructor(
    private readonly stage: Stage,
    private readonly phone: Phone,
    private readonly keep: (kind: string, body: Readonly<Record<string, unknown>>) => Promise<boolean>,
  ) {
    const form = stage.part("told-form");
    form.addEventListener("change", () => this.shape());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.answered();
    });
  }

  /** How many wait to be asked about. */
  get n(): number {
    return this.all.filter(({ proposal }) => !this.phone.isDone(KIND, proposal)).length;
  }

  get all(): readonly ToldArrival[] {
    return (this.phone.takes(KIND) && this.phone.taken?.told.told_arrivals) || [];
  }

  /** Whose form is open. */
  get whose(): string | null {
    return this.open?.proposal ?? null;
  }

  forget(): void {
    this.open = null;
  }

  has(proposal: string): boolean {
    return this.all.some((it) => it.proposal === proposal);
  }

  /** Part of the list of today. */
  list(): void {
    const { stage, all } = this;
    stage.part("told-block").hidden = all.length === 0;
    stage.say("n-told", String(all.length));
    stage.fill("told-list", all, (it, put) => {
      (put("open", it.name) as HTMLAnchorElement).href = `#told/${it.proposal}`;
      put("about", this.when(it));
      put("where", this.where(it));
      put("done", stage.where(this.phone.did(KIND, it.proposal)));
    });
  }

  /** False where it is not on the list any more. */
  openOne(proposal: string): boolean {
    const { stage } = this;
    const found = this.all.find((it) => it.proposal === proposal);
    if (!found) return false;
    const isNew = this.open?.proposal !== proposal;
    this.open = found;
    const { phone, teller, tie, found: known, denied } = found;
    stage.say("told-name", found.name);
    stage.say("told-about", [this.when(found), this.where(found)].filter(Boolean).join(" · "));
    stage.say("told-from", found.from.join("；"));
    stage.say("told-by", stage.tell(teller ? "toldBy" : "toldBySomebody", { teller, tie: tie[stage.language], tail: found.tail }));
    stage.say("told-denied", denied ? stage.tell("toldDenied", { why: denied }) : "");
    stage.say("told-known", known ? stage.tell("toldFound", { name: known }) : stage.tell("toldUnknown"));
    stage.call("told-phone", phone);
    stage.part("told-same").hidden = !known;
    if (isNew) {
      stage.part<HTMLFormElement>("told-form").reset();
      stage.field("told-document-name").value = found.name;
      stage.say("told-fault", "");
    }
    this.shape();
    return true;
  }

  /** Only the fields of what is chosen. */
  private shape(): void {
    const { what, needsDocument, kind } = this.typed();
    this.stage.part("told-so").hidden = what !== "so";
    this.stage.part("told-document").hidden = !needsDocument;
    this.stage.part("told-other").hidden = kind === "resident";
    this.stage.part("told-not-so").hidden = what !== "not_so";
  }

  private async answered(): Promise<void> {
    const { stage, open } = this;
    const typed = this.typed();
    const fault = toldFault(typed);
    if (!open || fault) return stage.say("told-fault", stage.tell(fault ?? "choose"));
    if (!(await this.keep(KIND, toldBody(open.proposal, typed)))) return;
    this.open = null;
    location.hash = "#today";
  }

  private typed(): ToldTyped {
    const { stage } = this;
    const value = (id: string) => stage.field(`told-${id}`).value.trim();
    const chosen = (name: string) => stage.part("told-form").querySelector<HTMLInputElement>(`[name=${name}]:checked`)?.value ?? "";
    return {
      what: chosen("told-what"),
      needsDocument: !this.open?.found || chosen("told-who") === ELSE,
      name: value("document-name"),
      kind: value("document-kind"),
      number: value("document-number"),
      bornOn: value("document-born"),
      sex: chosen("told-sex"),
      livesHere: stage.field("told-lives-here").checked,
      why: value("why"),
    };
  }

  private when({ arrives_at }: ToldArrival): string {
    return this.stage.tell("toldArrives", { at: shortly(arrives_at) });
  }

  private where({ where, stays_at }: ToldArrival): string {
    return [where?.[this.stage.language], stays_at].filter(Boolean).join(" ");
  }
}
