/** Who is expected back: what is known, a call, and what came of it. */

import type { Returnee } from "./bundle";
import { whoIs } from "./listed";
import type { Phone } from "./phone";
import type { Stage } from "./stage";
import type { FieldWord } from "./words";

const STATES: Readonly<Record<string, FieldWord>> = {
  overdue: "overdue",
  undeclared: "undeclared",
  expected: "expected",
  measure: "measureRuns",
  tests: "testsDue",
  undated: "undated",
};

export class Returnees {
  private open: Returnee | null = null;

  constructor(
    private readonly stage: Stage,
    private readonly phone: Phone,
    private readonly keep: (kind: string, body: Readonly<Record<string, unknown>>) => Promise<boolean>,
  ) {
    stage.part("returnee-form").addEventListener("change", () => this.shape());
    stage.part("returnee-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.heard();
    });
  }

  get n(): number {
    return this.all.filter(({ person }) => !this.phone.isDone("returnee", person)).length;
  }

  /** Whose form is open. */
  get whose(): string | null {
    return this.open?.person ?? null;
  }

  forget(): void {
    this.open = null;
  }

  list(): void {
    const { stage } = this;
    stage.say("returnees-n", this.all.length > 0 ? stage.tell("nPeople", { n: this.all.length }) : "");
    stage.part("no-returnees").hidden = this.all.length > 0;
    stage.fill("returnee-list", this.all, (it, put) => {
      (put("open", this.name(it)) as HTMLAnchorElement).href = `#returnee/${it.person}`;
      put("state", this.state(it));
      put("about", this.about(it));
      put("done", stage.where(this.phone.did("returnee", it.person)));
    });
  }

  /** False where they are not on the list any more. */
  openOne(person: string): boolean {
    const { stage } = this;
    const found = this.all.find((it) => it.person === person);
    if (!found) return false;
    const isNew = this.open?.person !== person;
    this.open = found;
    stage.say("returnee-name", this.name(found));
    stage.say("returnee-state", this.state(found));
    stage.say("returnee-about", this.about(found));
    const { phone } = whoIs(found, this.households);
    stage.call("returnee-phone", phone);
    if (isNew) stage.part<HTMLFormElement>("returnee-form").reset();
    if (isNew) stage.say("returnee-fault", "");
    this.shape();
    return true;
  }

  /** Another day only where there is one. */
  private shape(): void {
    this.stage.part("returnee-day").hidden = this.what !== "new_date";
  }

  private get what(): string {
    return this.stage.part("returnee-form").querySelector<HTMLInputElement>("[name=returnee-what]:checked")?.value ?? "";
  }

  private async heard(): Promise<void> {
    const { stage, open, what } = this;
    const on = stage.field("returnee-on").value;
    if (!open || !what) return stage.say("returnee-fault", stage.tell("choose"));
    if (what === "new_date" && !on) return stage.say("returnee-fault", stage.tell("whichDay"));
    const note = stage.field("returnee-note").value.trim();
    const body = { person: open.person, what, returns_on: what === "new_date" ? on : null, note, seen: open.seen };
    if (!(await this.keep("returnee", body))) return;
    this.open = null;
    location.hash = "#returnees";
  }

  private get all(): readonly Returnee[] {
    return this.phone.taken?.told.returnees ?? [];
  }

  private get households() {
    return this.phone.taken?.told.households ?? [];
  }

  private name(it: Returnee): string {
    return whoIs(it, this.households).name || this.stage.tell("noName");
  }

  private state(it: Returnee): string {
    const name = STATES[it.state];
    return name ? this.stage.tell(name, { on: it.on ?? "", until: it.until ?? "" }).trim() : "";
  }

  private about(it: Returnee): string {
    const heard = it.heard === "not_reached" ? this.stage.tell("notReached") : "";
    return [it.from, it.on, heard].filter(Boolean).join(" · ");
  }
}
