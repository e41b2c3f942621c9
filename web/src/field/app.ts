/** The field app: its entrance, its screens by their addresses, and the state of network and outbox always in view. */

import { weaknessOf, LEAST_LETTERS, MOST_TRIES } from "../core/unlocking";
import type { Why } from "../core/fieldOutbox";
import { fetchReaderAhead } from "../islands/camera";
import { keepPage } from "../islands/keepPage";
import { readyToProve } from "../islands/proof";
import { languageOf } from "../islands/words";
import { Arrival } from "./arrival";
import { type Draft, putBack, valuesOf } from "./drafts";
import { Hygiene } from "./hygiene";
import type { Stay } from "./journey";
import { KeptList } from "./keptList";
import { Passing } from "./passing";
import { People } from "./people";
import { Phone, type Who } from "./phone";
import { Problem } from "./problem";
import { onSecondPress, Stage } from "./stage";
import { Returnees } from "./returnees";
import { StateStrip } from "./stateStrip";
import { Table } from "./table";
import { Today } from "./today";
import { ToldArrivals } from "./toldArrivals";
import { Vaccination } from "./vaccination";
import { shortly } from "./words";

const IDLE_LOCK_MS = 15 * 60_000;
const LOOK_EVERY_MS = 5_000;
const STORE = "fangxian-field";
/** What is recorded on a screen of one person or task, by the screen. */
const FORMS: Readonly<Record<string, string>> = {
  follow: "follow_up",
  enquiry: "enquiry",
  task: "task_done",
  returnee: "returnee",
  vaccine: "vaccination",
  told: "told_arrival",
};
/** Drawn anew when what was recorded is sent or a newer list is there. */
const LISTS = ["today", "returnees", "vaccination", "hygiene"];

export function workInField(page: Document): void {
  const island = page.querySelector<HTMLElement>("[data-island=field]");
  if (island) void new FieldApp(new Stage(island, languageOf(page))).begin();
}

class FieldApp {
  readonly phone: Phone;
  private readonly strip: StateStrip;
  private readonly today: Today;
  private readonly told: ToldArrivals;
  private readonly people: People;
  private readonly passing: Passing;
  private readonly returnees: Returnees;
  private readonly vaccination: Vaccination;
  private readonly arrival: Arrival;
  private readonly hygiene: Hygiene;
  private readonly table: Table;
  private readonly kept: KeptList;
  /** Enrolled, and waiting for an unlock to be chosen. */
  private enrolled: Who | null = null;
  private touchedMs = Date.now();
  private drawn = "";
  private isKeeping = false;

  constructor(private readonly stage: Stage) {
    const { base, app } = stage.root.dataset;
    const changed = () => void this.changed();
    this.phone = new Phone(base!, app!, stage.language, changed, (why) => this.erased(why?.[stage.language] ?? ""));
    this.strip = new StateStrip(stage, this.phone);
    const keep = (kind: string, body: Readonly<Record<string, unknown>>) => this.keep(kind, body);
    this.hygiene = new Hygiene(stage, this.phone, keep);
    const placeOf = (about: string) => this.placeOf(about);
    this.told = new ToldArrivals(stage, this.phone, keep);
    this.today = new Today(stage, this.phone, keep, placeOf, this.told);
    this.people = new People(stage, this.phone);
    this.passing = new Passing(stage, this.phone);
    this.returnees = new Returnees(stage, this.phone, keep);
    this.vaccination = new Vaccination(stage, this.phone, keep);
    this.arrival = new Arrival(stage, this.phone, keep);
    this.table = new Table(stage, this.phone);
    this.kept = new KeptList(stage, this.phone);
    new Problem(stage, keep);
  }

  async begin(): Promise<void> {
    this.listen();
    try {
      const found = await this.phone.find();
      this.stage.show(found === "new" ? "enrol" : "locked");
      if (found === "locked") this.stage.field("unlock").focus();
    } catch {
      this.stage.show("unfit");
    }
    void Promise.all([fetchReaderAhead(), readyToProve()])
      .then(() => keepPage(document, STORE))
      .then((isKept) => (this.stage.part("not-kept").hidden = isKept));
  }

  // ---- the entrance ----

  private listen(): void {
    this.onSubmit("enrol-form", (form) => this.enrol(form));
    this.onSubmit("choose-form", () => this.choose());
    this.onSubmit("unlock-form", () => this.unlock());
    this.stage.part("lock-now").addEventListener("click", () => void this.lock());
    this.stage.part("renew").addEventListener("click", () => void this.renew());
    this.stage.part("refresh").addEventListener("click", () => void this.phone.refresh());
    onSecondPress(this.stage.part("forgotten"), () => void this.eraseByHand());
    onSecondPress(this.stage.part("erase"), () => void this.eraseIfSent());
    addEventListener("hashchange", () => void this.go());
    for (const change of ["online", "offline"]) addEventListener(change, () => this.phone.soon());
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => (this.touchedMs = Date.now()));
    document.addEventListener("visibilitychange", () => {
      // Behind another app a browser may be closed for want of memory.
      if (document.hidden && this.phone.isUnlocked) void this.phone.stash(this.typed());
      this.look();
    });
    setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  private onSubmit(name: string, act: (form: HTMLFormElement) => Promise<void>): void {
    this.stage.root.querySelector<HTMLFormElement>(`[data-part=${name}]`)?.addEventListener("submit", (event) => {
      event.preventDefault();
      void act(event.target as HTMLFormElement);
    });
  }

  private async enrol(form: HTMLFormElement): Promise<void> {
    const who = await this.ask(form, new FormData(form), "enrol-why");
    if (!who) return;
    this.enrolled = who;
    this.stage.show("choose");
  }

  /** Let this phone in, or go on as the phone it was; null where it was refused, which is then said. */
  private async ask(form: HTMLFormElement, told: FormData, place: string): Promise<Who | null> {
    try {
      told.append("app", this.stage.root.dataset["app"] ?? "");
      const answer = await fetch(form.action, { method: "POST", body: told });
      const found = (await answer.json()) as Who & Why;
      if (answer.ok) return { device: found.device, secret: found.secret, username: found.username, ends_at: found.ends_at };
      this.stage.say(place, found[this.stage.language]);
    } catch {
      this.stage.say(place, form.dataset["failed"] ?? "");
    }
    return null;
  }

  /** The same phone with a new term: what it has not sent keeps its numbers. Whoever renews it is signed in. */
  private async renew(): Promise<void> {
    const form = this.stage.root.querySelector<HTMLFormElement>("[data-part=enrol-form]");
    if (!form || !this.phone.who) return this.stage.say("renew-why", this.stage.tell("renewFirst"));
    const told = new FormData(form);
    told.set("device", this.phone.who.device);
    const who = await this.ask(form, told, "renew-why");
    if (who) await this.phone.renew(who);
  }

  private async choose(): Promise<void> {
    const { stage } = this;
    const [first, again] = [stage.field("new-unlock"), stage.field("again-unlock")];
    const weakness = weaknessOf(first.value);
    const facts = { n: LEAST_LETTERS, found: [...first.value].length };
    if (weakness) return stage.say("choose-fault", stage.tell(weakness, facts));
    if (first.value !== again.value) return stage.say("choose-fault", stage.tell("differ"));
    try {
      await this.phone.choose(this.enrolled!, first.value);
    } catch {
      return stage.say("choose-fault", stage.tell("noRoomToBegin"));
    }
    first.value = again.value = "";
    this.enrolled = null;
    await this.go();
  }

  private async unlock(): Promise<void> {
    const { stage } = this;
    const typed = stage.field("unlock");
    const button = stage.part<HTMLButtonElement>("unlock-button");
    button.disabled = true;
    const told = await this.phone.unlock(typed.value).finally(() => (button.disabled = false));
    typed.value = "";
    if (told === "open") {
      stage.say("unlock-fault", "");
      return this.go();
    }
    if (told === "erased") return this.erased(stage.tell("erasedByTries", { n: MOST_TRIES }));
    const isNear = told.triesLeft <= MOST_TRIES - 5;
    const wrong = isNear ? stage.tell("wrongFew", { n: told.triesLeft, waiting: (await this.phone.box.count()) + (await this.phone.tables.count()) }) : stage.tell("wrong");
    const wait = told.waitMs > 0 ? stage.tell("wait", { n: Math.ceil(told.waitMs / 1000) }) : "";
    stage.say("unlock-fault", `${wrong} ${wait}`.trim());
    typed.focus();
  }

  /** Nothing of anybody stays in the page; what is typed is sealed first and given back by unlocking. */
  private async lock(): Promise<void> {
    if (!this.phone.isUnlocked) return;
    const locked = this.phone.lock(this.typed());
    this.forget();
    this.strip.hush();
    this.stage.show("locked");
    this.stage.field("unlock").focus();
    await locked;
  }

  private forget(): void {
    for (const screen of [this.today, this.told, this.returnees, this.vaccination, this.arrival, this.hygiene, this.passing, this.table]) screen.forget();
    this.stage.clear();
  }

  /** What is typed on any screen and not kept. */
  private typed(): Draft[] {
    const open: Readonly<Record<string, string | null>> = {
      ...this.today.open,
      told: this.told.whose,
      returnee: this.returnees.whose,
      vaccine: this.vaccination.whose,
      "hygiene-place": this.hygiene.whose,
      arrival: this.arrival.whose,
      passing: "",
      problem: "",
    };
    const found = Object.entries(open).flatMap(([screen, about]): Draft[] => {
      const values = about === null ? null : valuesOf(this.stage.fields(screen));
      const more = screen === "arrival" ? this.arrival.more : [];
      return values || more.length > 0 ? [{ screen, about: about ?? "", values: values ?? {}, more }] : [];
    });
    return this.phone.drafts.with(found);
  }

  /** What was typed on a screen before the lock stands there again. */
  private putBack(screen: string, id: string): void {
    const draft = this.phone.drafts.take(screen, id);
    if (!draft) return;
    if (screen === "arrival") this.arrival.putBack(draft.more as readonly Stay[]);
    // Some fields are there only for what another says.
    for (let i = 0; i < 2; i++) {
      for (const field of putBack(this.stage.fields(screen), draft.values)) {
        for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
      }
    }
  }

  private async eraseIfSent(): Promise<void> {
    const n = (await this.phone.box.count()) + (await this.phone.box.countRefused()) + (await this.phone.tables.count());
    this.stage.say("still-waiting", n > 0 ? this.stage.tell("stillWaiting", { n }) : "");
    if (n === 0) await this.eraseByHand();
  }

  private async eraseByHand(): Promise<void> {
    await this.phone.erase();
    this.erased(this.stage.tell("erasedByHand"));
  }

  private erased(why: string): void {
    this.forget();
    this.stage.show("erased");
    this.stage.say("erased-why", why);
    this.strip.show();
  }

  // ---- the screens ----

  private async go(): Promise<void> {
    if (!this.phone.isUnlocked) return;
    const [screen, id = ""] = location.hash.slice(1).split("/");
    if (this.stage.shown === "passing" && screen !== "passing") this.passing.leave();
    if (this.stage.shown === "table" && screen !== "table") this.table.leave();
    const isThere = await this.draw(screen || "home", id);
    if (!isThere) return void (location.hash = "#home");
    this.putBack(screen ?? "", id);
    this.sayAlready(screen ?? "", id);
    this.drawn = this.asDrawn;
    this.stage.show(screen || "home");
    this.table.again();
    this.strip.show();
  }

  /** Fill a screen; false for one that is not there. */
  private async draw(screen: string, id: string): Promise<boolean> {
    if (screen === "home") this.home();
    else if (screen === "today") this.today.list();
    else if (screen === "follow") return this.today.openFollow(id);
    else if (screen === "enquiry") return this.today.openEnquiry(id);
    else if (screen === "task") return this.today.openTask(id);
    else if (screen === "told") return this.told.openOne(id);
    else if (screen === "people") this.people.list();
    else if (screen === "passing") this.passing.open();
    else if (screen === "returnees") this.returnees.list();
    else if (screen === "returnee") return this.returnees.openOne(id);
    else if (screen === "vaccination") this.vaccination.list();
    else if (screen === "vaccine") return this.vaccination.openOne(id);
    else if (screen === "hygiene") this.hygiene.list();
    else if (screen === "hygiene-place") return this.hygiene.openOne(id);
    else if (screen === "arrival") this.arrival.openForm();
    else if (screen === "outbox") await this.kept.list();
    else if (screen === "phone") await this.strip.showPhone();
    else if (screen.startsWith("table")) return this.table.draw(screen, id);
    else return screen === "problem";
    return true;
  }

  /** What may have changed of a list since it was drawn. */
  private get asDrawn(): string {
    return `${this.phone.taken?.tag} ${this.phone.box.done.version}`;
  }

  /** Of work that was recorded already, that it was: a second record would be one more. */
  private sayAlready(screen: string, id: string): void {
    const { stage } = this;
    const kind = FORMS[screen];
    const did = kind ? this.phone.did(kind, id) : null;
    stage.say("already", did ? stage.tell("already", { at: shortly(did.at), where: stage.where(did) }) : "");
  }

  private home(): void {
    const { stage, phone } = this;
    const told = phone.taken?.told;
    const roles = told?.roles.map((role) => role[stage.language]).join(" · ");
    stage.say("account", told ? `${told.name} · ${told.unit[stage.language]} · ${roles}` : "");
    const way = (name: string, isOpen: boolean) =>
      (stage.root.querySelector<HTMLElement>(`[data-way=${name}]`)!.hidden = !isOpen);
    way("passing", (told?.posts.length ?? 0) > 0);
    way("table", this.table.isOpen);
    way("people", (told?.n_households ?? 0) > 0);
    way("door", told?.keeps_doors ?? false);
    way("arrival", phone.takes("arrival") && (told?.places?.length ?? 0) > 0);
    way("returnees", phone.takes("returnee") && told?.returnees !== undefined && (told.places?.length ?? 0) > 0);
    way("vaccination", phone.takes("vaccination") && (told?.may_vaccinate ?? false));
    way("hygiene", phone.takes("hygiene") && Boolean(told?.hygiene));
    stage.part("n-hygiene").textContent = this.hygiene.n ? String(this.hygiene.n) : "";
    stage.part("n-returnees").textContent = this.returnees.n ? String(this.returnees.n) : "";
    stage.part("n-vaccination").textContent = this.vaccination.n ? String(this.vaccination.n) : "";
    stage.part("n-today").textContent = this.today.n ? String(this.today.n) : "";
    stage.part("n-households").textContent = told?.n_households ? String(told.n_households) : "";
    stage.say("known", this.strip.known);
  }

  /** Where on this phone something that a task is about is recorded; "" where that is nowhere. */
  private placeOf(about: string): string {
    const [kind, id = ""] = about.split(":");
    if (kind === "proposal" && this.told.has(id)) return `#told/${id}`;
    return kind === "hygiene" && this.phone.takes("hygiene") && this.hygiene.has(id) ? `#hygiene-place/${id}` : "";
  }

  /** Something was recorded, sent, refused or fetched. */
  private async changed(): Promise<void> {
    if (!this.phone.isUnlocked) return;
    await Promise.all([this.strip.count(), this.strip.room()]);
    if (this.stage.shown === "home") this.home();
    if (this.stage.shown === "task") this.today.again();
    if (this.stage.shown === "passing") await this.passing.again();
    if (LISTS.includes(this.stage.shown) && this.drawn !== this.asDrawn) await this.go();
    this.table.again();
    if (this.stage.shown === "outbox") await this.kept.list();
    if (this.stage.shown === "phone") await this.strip.showPhone();
    this.strip.show();
  }

  /** Keep a record, and only then go on: what could not be kept is said, and stays as it was typed. */
  private async keep(kind: string, body: Readonly<Record<string, unknown>>): Promise<boolean> {
    // A thumb presses twice before a slow phone has written once.
    if (this.isKeeping) return false;
    this.isKeeping = true;
    try {
      const n = await this.phone.record(kind, body);
      this.strip.warn(this.stage.tell("kept", { n }), "kept");
      return true;
    } catch {
      this.strip.warn(this.stage.tell("notKept"), "failed");
      return false;
    } finally {
      this.isKeeping = false;
    }
  }

  private look(): void {
    if (!this.phone.isUnlocked && this.stage.shown === "locked") void this.phone.askIfCutOff().catch(() => undefined);
    if (!this.phone.isUnlocked) return;
    if (Date.now() - this.touchedMs > IDLE_LOCK_MS) return void this.lock();
    this.phone.clock.keep();
    void this.strip.room();
  }
}
