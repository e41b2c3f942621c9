/** Vaccination of my people: whom to speak to, a dose that was seen, or why there is none. */

import { everybody, type Listed, matching, toCall } from "./listed";
import type { Phone } from "./phone";
import type { Stage } from "./stage";
import type { FieldWord } from "./words";

const MOST_SHOWN = 60;
const STATES: Readonly<Record<string, FieldWord>> = {
  due: "doseDue",
  declined: "declined",
  stopped: "stopped",
  later: "doseLater",
  complete: "dosesDone",
  young: "tooYoung",
};

export class Vaccination {
  private open: Listed | null = null;

  constructor(
    private readonly stage: Stage,
    private readonly phone: Phone,
    private readonly keep: (kind: string, body: Readonly<Record<string, unknown>>) => Promise<boolean>,
  ) {
    stage.field("vaccination-search").addEventListener("input", () => this.list());
    for (const [name, act] of [["dose-form", () => this.dosed()], ["no-dose-form", () => this.notDosed()]] as const) {
      stage.part(name).addEventListener("submit", (event) => {
        event.preventDefault();
        void act();
      });
    }
  }

  /** How many are due. */
  get n(): number {
    return this.all.filter(({ state, member }) => state === "due" && !this.phone.isDone("vaccination", member.id)).length;
  }

  /** Whose form is open. */
  get whose(): string | null {
    return this.open?.member.id ?? null;
  }

  forget(): void {
    this.open = null;
  }

  /** Without a word typed, those to speak to; with one, everybody who is found. */
  list(): void {
    const { stage } = this;
    const typed = stage.field("vaccination-search").value;
    const shown = typed.trim() ? matching(this.all, typed) : toCall(this.all);
    const some = shown.slice(0, MOST_SHOWN);
    const none = typed.trim() ? "nobodyFound" : "nobodyDue";
    stage.say("vaccination-n", shown.length > 0 ? stage.tell("nShown", { n: shown.length, shown: some.length }) : stage.tell(none));
    stage.fill("vaccination-list", some, (it, put) => {
      (put("open", it.member.name) as HTMLAnchorElement).href = `#vaccine/${it.member.id}`;
      put("state", this.state(it));
      put("about", this.about(it));
      put("address", [it.household.number, it.household.address].filter(Boolean).join(" · "));
      put("done", stage.where(this.phone.did("vaccination", it.member.id)));
    });
  }

  /** False where they are not among this phone's people. */
  openOne(id: string): boolean {
    const { stage } = this;
    const found = this.all.find(({ member }) => member.id === id);
    if (!found) return false;
    const isNew = this.open?.member.id !== id;
    this.open = found;
    stage.say("vaccine-name", found.member.name);
    stage.say("vaccine-state", this.state(found));
    stage.say("vaccine-about", this.about(found));
    const { phone } = found.member;
    stage.call("vaccine-phone", phone);
    for (const name of isNew ? ["dose", "no-dose"] : []) {
      stage.part<HTMLFormElement>(`${name}-form`).reset();
      stage.say(`${name}-fault`, "");
    }
    stage.field("dose-on").max = this.phone.clock.stamp().slice(0, 10);
    return true;
  }

  private async dosed(): Promise<void> {
    const { stage, open } = this;
    const givenOn = stage.field("dose-on").value;
    const number = stage.field("dose-number").value.trim();
    const isFuture = givenOn > this.phone.clock.stamp().slice(0, 10);
    if (!open || !givenOn || isFuture) return stage.say("dose-fault", stage.tell("doseDay"));
    if (number && !/^[1-9]$/.test(number)) return stage.say("dose-fault", stage.tell("doseNumber"));
    const source = stage.part("dose-form").querySelector<HTMLInputElement>("[name=dose-source]:checked")!.value;
    await this.say({
      person: open.member.id,
      what: "dose",
      given_on: givenOn,
      product: stage.field<HTMLSelectElement>("dose-product").value,
      number: number ? Number(number) : null,
      unit: stage.field("dose-unit").value.trim(),
      source,
    });
  }

  private async notDosed(): Promise<void> {
    const { stage, open } = this;
    const [what, reason] = stage.field<HTMLSelectElement>("no-dose-why").value.split(":");
    if (!open || !what || !reason) return stage.say("no-dose-fault", stage.tell("choose"));
    const until = stage.field("no-dose-until").value;
    const note = stage.field("no-dose-note").value.trim();
    await this.say({ person: open.member.id, what, reason, until_on: until || null, note, seen: open.seen });
  }

  private async say(body: Readonly<Record<string, unknown>>): Promise<void> {
    if (!(await this.keep("vaccination", body))) return;
    this.open = null;
    location.hash = "#vaccination";
  }

  private get all(): readonly Listed[] {
    return everybody(this.phone.taken?.told.households ?? []);
  }

  private state(it: Listed): string {
    const name = STATES[it.state];
    return name ? this.stage.tell(name, { on: it.nextFrom, n: it.n + 1 }) : "";
  }

  private about(it: Listed): string {
    const year = Number(this.phone.clock.stamp().slice(0, 4));
    const age = this.stage.tell("age", { n: year - it.member.born });
    return [age, it.n > 0 ? this.stage.tell("hadDoses", { n: it.n, on: it.lastOn }) : this.stage.tell("noDoses")].join(" · ");
  }
}
