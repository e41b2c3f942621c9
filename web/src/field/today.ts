/** My list today: contacts to call on and tasks, each done with a thumb and kept before anything says so. */

import type { Call, FollowUp, Task } from "./bundle";
import { EnquiryForm } from "./enquiryForm";
import type { Phone } from "./phone";
import type { Stage } from "./stage";
import type { ToldArrivals } from "./toldArrivals";
import { shortly } from "./words";

const PROPOSAL = "proposal:";
const COLDEST = 34;
const HOTTEST = 43;

export class Today {
  /** Whom to ask about a stay, by the enquiry. */
  private readonly enquiry: EnquiryForm;
  private following: FollowUp | null = null;
  private task: Task | null = null;

  constructor(
    private readonly stage: Stage,
    private readonly phone: Phone,
    private readonly keep: (kind: string, body: Readonly<Record<string, unknown>>) => Promise<boolean>,
    /** Where on this phone something that a task is about is recorded; "" where that is nowhere. */
    private readonly placeOf: (about: string) => string,
    private readonly toldArrivals: ToldArrivals,
  ) {
    this.enquiry = new EnquiryForm(stage, keep);
    stage.part("follow-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.followed();
    });
    stage.part("task-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.finished();
    });
  }

  /** How many wait on the list. */
  get n(): number {
    const told = this.phone.taken?.told;
    if (!told) return 0;
    const { phone } = this;
    const asked = told.calls.flatMap(({ people }) => people);
    return (
      told.follow_ups.filter(({ contact }) => !phone.isDone("follow_up", contact)).length +
      asked.filter(({ enquiry }) => !phone.isDone("enquiry", enquiry)).length +
      this.tasks.filter(({ id }) => !phone.isDone("task_done", id)).length +
      this.toldArrivals.n
    );
  }

  /** Whose form is open, by the screen. */
  get open(): Readonly<Record<string, string | null>> {
    return { follow: this.following?.contact ?? null, task: this.task?.id ?? null, enquiry: this.enquiry.whose };
  }

  forget(): void {
    this.enquiry.forget();
    this.following = this.task = null;
  }

  list(): void {
    const told = this.phone.taken?.told;
    const followUps = told?.follow_ups ?? [];
    const { tasks } = this;
    this.stage.part("follow-block").hidden = !told?.may_follow;
    this.stage.say("n-follow", String(followUps.length));
    this.stage.say("n-tasks", String(tasks.length));
    const calls = told?.calls ?? [];
    this.stage.part("call-block").hidden = calls.length === 0;
    this.stage.part("nothing-today").hidden = followUps.length + tasks.length + calls.length + this.toldArrivals.all.length > 0;
    this.calls(calls);
    this.toldArrivals.list();
    this.stage.fill("follow-list", followUps, (it, put) => {
      link(put("open", it.name), `#follow/${it.contact}`);
      put("due", this.due(it.due_at));
      put("address", it.address);
      put("done", this.stage.where(this.phone.did("follow_up", it.contact)));
    });
    this.stage.fill("task-list", tasks, (it, put) => {
      const title = it.title[this.stage.language];
      link(put("open", title), `#task/${it.id}`);
      put("due", this.due(it.due_at));
      put("done", this.stage.where(this.phone.did("task_done", it.id)));
    });
  }

  /** Without those that stand on the list as what they are about. */
  private get tasks(): readonly Task[] {
    const all = this.phone.taken?.told.tasks ?? [];
    return all.filter(({ about }) => !(about.startsWith(PROPOSAL) && this.toldArrivals.has(about.slice(PROPOSAL.length))));
  }

  /** Household by household, in the order of a round. */
  private calls(calls: readonly Call[]): void {
    const asked = calls.flatMap((call) => call.people.map((person, i) => ({ call, person, isFirst: i === 0 })));
    this.stage.say("n-calls", String(asked.length));
    this.stage.fill("call-list", asked, ({ call, person, isFirst }, put) => {
      put("home", isFirst ? [call.number, call.address].filter(Boolean).join(" · ") : "");
      link(put("open", person.name || this.stage.tell("noName")), `#enquiry/${person.enquiry}`);
      put("about", `${person.where} · ${person.begins_on} – ${person.last_on}`);
      put("done", this.stage.where(this.phone.did("enquiry", person.enquiry)));
    });
  }

  openEnquiry(id: string): boolean {
    const people = this.phone.taken?.told.calls.flatMap((call) => call.people) ?? [];
    const asked = people.find(({ enquiry }) => enquiry === id);
    if (asked) this.enquiry.open(asked);
    return asked !== undefined;
  }

  /** False where it is not on the list any more. */
  openFollow(contact: string): boolean {
    const told = this.phone.taken?.told;
    const found = told?.follow_ups.find((it) => it.contact === contact);
    if (!told || !found) return false;
    if (this.following?.contact === contact) return true;
    this.following = found;
    this.stage.say("follow-name", found.name);
    this.stage.say("follow-where", [found.address, this.due(found.due_at)].filter(Boolean).join(" · "));
    this.stage.call("follow-phone", found.phone);
    this.stage.chips("found-choices", "radio", told.found);
    this.stage.chips("symptom-choices", "checkbox", told.symptoms);
    this.stage.field("follow-degrees").value = this.stage.field("follow-note").value = "";
    this.stage.say("follow-fault", "");
    return true;
  }

  openTask(id: string): boolean {
    const found = this.phone.taken?.told.tasks.find((it) => it.id === id);
    if (!found) return false;
    if (this.task?.id !== id) this.stage.field<HTMLTextAreaElement>("task-note").value = "";
    this.task = found;
    this.stage.say("task-name", found.title[this.stage.language]);
    this.stage.say("task-due", this.due(found.due_at));
    this.ways(found);
    return true;
  }

  /** The network came or went: what a page can be asked for is another. */
  again(): void {
    if (this.task) this.ways(this.task);
  }

  /** Where a task is done: on this phone, on a page of its own, or by a word here. A page's link is there while there
      is a network, and otherwise that it needs one is said. */
  private ways({ about, do: at = "", see = "" }: Task): void {
    const { stage } = this;
    const here = this.placeOf(about);
    stage.part("task-here").hidden = here === "";
    link(stage.part("task-here-link"), here);
    const page = at || see;
    const isGone = this.phone.state === "gone" || !navigator.onLine;
    stage.part("task-page").hidden = page === "" || isGone;
    link(stage.part("task-page-link"), page);
    stage.say("task-page-link", stage.tell(at ? "doOnPage" : "seePage"));
    stage.say("task-needs", page && isGone ? stage.tell(at ? "pageNeeds" : "seeNeeds") : "");
    stage.part("task-form").hidden = at !== "";
  }

  private async followed(): Promise<void> {
    const { stage } = this;
    const [found] = stage.chosen("found-choices");
    const symptoms = stage.chosen("symptom-choices");
    const typed = stage.field("follow-degrees").value.trim().replace(",", ".");
    const degrees = Number(typed);
    if (!this.following || !found) return stage.say("follow-fault", stage.tell("choose"));
    if (typed && !(degrees >= COLDEST && degrees < HOTTEST)) return stage.say("follow-fault", stage.tell("degrees"));
    if (found === "not_found" && (symptoms.length > 0 || typed)) return stage.say("follow-fault", stage.tell("notFoundHas"));
    const note = stage.field("follow-note").value.trim();
    const body = { contact: this.following.contact, found, symptoms, note, temperature_c: typed ? degrees.toFixed(1) : null };
    if (!(await this.keep("follow_up", body))) return;
    this.following = null;
    location.hash = "#today";
  }

  private async finished(): Promise<void> {
    if (!this.task) return;
    const note = this.stage.field<HTMLTextAreaElement>("task-note").value.trim();
    if (!(await this.keep("task_done", { task: this.task.id, note }))) return;
    this.task = null;
    location.hash = "#today";
  }

  private due(at: string): string {
    const isLate = Date.parse(at) <= this.phone.clock.ms;
    return this.stage.tell(isLate ? "late" : "due", { at: shortly(at) });
  }
}

function link(place: HTMLElement, href: string): void {
  (place as HTMLAnchorElement).href = href;
}
