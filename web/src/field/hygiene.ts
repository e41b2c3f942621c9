/** Priority places: what is due there today, and an inspection, a disinfection or swabs written down without a network. */

import type { Choice, DueWork, Hygiene as Told, PriorityPlace } from "./bundle";
import type { Phone } from "./phone";
import type { Stage } from "./stage";
import { type Typed, withheld, workOf } from "./work";

const FORMS = ["inspection", "disinfection", "sampling"] as const;

export class Hygiene {
  private open: PriorityPlace | null = null;

  constructor(
    private readonly stage: Stage,
    private readonly phone: Phone,
    private readonly keep: (kind: string, body: Readonly<Record<string, unknown>>) => Promise<boolean>,
  ) {
    stage.part("hygiene-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.worked();
    });
    stage.part("hygiene-form").addEventListener("change", () => this.shape());
  }

  /** How much waits, in works at places. */
  get n(): number {
    return this.all.flatMap((it) => it.due.filter(({ kind }) => !this.phone.isDone("hygiene", it.id, kind))).length;
  }

  /** Whose form is open. */
  get whose(): string | null {
    return this.open?.id ?? null;
  }

  forget(): void {
    this.open = null;
  }

  has(id: string): boolean {
    return this.all.some((it) => it.id === id);
  }

  list(): void {
    const { stage, all } = this;
    const n = this.told?.n ?? 0;
    stage.say("hygiene-n", n > 0 ? stage.tell("nPlaces", { n, shown: all.length }) : "");
    stage.part("no-hygiene").hidden = n > 0;
    stage.fill("hygiene-list", all, (it, put) => {
      (put("open", it.name) as HTMLAnchorElement).href = `#hygiene-place/${it.id}`;
      put("state", this.due(it));
      put("about", this.about(it));
      put("done", this.marks(it));
    });
  }

  /** False where it is not among what was taken along. */
  openOne(id: string): boolean {
    const { stage, told } = this;
    const found = this.all.find((it) => it.id === id);
    if (!found || !told) return false;
    const isNew = this.open?.id !== id;
    this.open = found;
    stage.say("hygiene-name", found.name);
    stage.say("hygiene-about", this.about(found));
    stage.fill("hygiene-due", found.due, (it, put) => {
      put("what", this.said(it));
      put("often", it.often[stage.language]);
      put("done", stage.where(this.phone.did("hygiene", id, it.kind)));
    });
    if (isNew) this.fresh(found, told);
    return true;
  }

  /** An empty form, on what is due first; what was used the last time is proposed again. */
  private fresh(place: PriorityPlace, told: Told): void {
    const { stage } = this;
    stage.part<HTMLFormElement>("hygiene-form").reset();
    stage.say("hygiene-fault", "");
    stage.chips("hygiene-kinds", "radio", told.kinds);
    const first = place.due.find(({ kind }) => !this.phone.isDone("hygiene", place.id, kind))?.kind ?? told.kinds[0]?.key;
    for (const it of this.part("hygiene-kinds")) it.checked = it.value === first;
    const [agent, concentration, area] = place.used ?? [];
    if (agent) stage.field<HTMLSelectElement>("hygiene-agent").value = agent;
    stage.field("hygiene-concentration").value = String(concentration ?? "");
    stage.field("hygiene-area").value = String(area ?? "");
    stage.field("hygiene-spots").value = place.spots ?? "";
    this.items(told.items.filter((it) => told.lists[place.is]?.includes(it.key)));
    this.shape();
  }

  private items(items: readonly Choice[]): void {
    const { stage } = this;
    stage.part("no-checklist").hidden = items.length > 0;
    stage.fill("hygiene-items", items, (it, put, line) => {
      line.dataset["item"] = it.key;
      put("item", it[stage.language]);
      for (const answer of line.querySelectorAll<HTMLInputElement>("input[type=radio]")) answer.name = `answer-${it.key}`;
      for (const name of ["remedy", "days"]) {
        line.querySelector<HTMLInputElement>(`[data-part=${name}]`)!.id = `${name}-${it.key}`;
        line.querySelector<HTMLLabelElement>(`[data-for=${name}]`)!.htmlFor = `${name}-${it.key}`;
      }
    });
  }

  /** Only the fields of the kind that is chosen, and a remedy only for what is not in order. */
  private shape(): void {
    const kind = this.stage.chosen("hygiene-kinds")[0] ?? "";
    for (const name of FORMS) this.stage.part(`hygiene-${name}`).hidden = name !== kind;
    for (const line of this.lines) line.querySelector<HTMLElement>("[data-part=mend]")!.hidden = answerOf(line) !== "fault";
  }

  private async worked(): Promise<void> {
    const { stage, open } = this;
    const typed = this.typed();
    const fault = withheld(typed);
    if (!open || fault) return stage.say("hygiene-fault", stage.tell(fault ?? "choose"));
    if (!(await this.keep("hygiene", workOf(open.id, typed)))) return;
    this.open = null;
    location.hash = "#hygiene";
  }

  private typed(): Typed {
    const { stage } = this;
    const text = (id: string) => stage.field(`hygiene-${id}`).value.trim();
    const looked = this.lines.map((line) => ({
      item: line.dataset["item"]!,
      answer: answerOf(line),
      remedy: line.querySelector<HTMLInputElement>("[data-part=remedy]")!.value.trim(),
      days: line.querySelector<HTMLInputElement>("[data-part=days]")!.value.trim(),
    }));
    return {
      kind: stage.chosen("hygiene-kinds")[0] ?? "",
      looked,
      agent: text("agent"),
      concentration: text("concentration"),
      area: text("area"),
      samples: text("samples"),
      spots: text("spots"),
      doneBy: text("done-by"),
      note: text("note"),
    };
  }

  private get lines(): HTMLElement[] {
    return [...this.stage.part("hygiene-items").querySelectorAll<HTMLElement>(":scope > li")];
  }

  private part(name: string): HTMLInputElement[] {
    return [...this.stage.part(name).querySelectorAll<HTMLInputElement>("input")];
  }

  private get told(): Told | null {
    return this.phone.taken?.told.hygiene ?? null;
  }

  private get all(): readonly PriorityPlace[] {
    return this.told?.places ?? [];
  }

  private said({ kind, late, on }: DueWork): string {
    return this.stage.tell(late ? "lateSince" : "dueToday", { what: this.kind(kind), on });
  }

  /** What waits at a place, in one line. */
  private due({ due }: PriorityPlace): string {
    return due.map((it) => this.said(it)).join(this.stage.language === "en" ? "; " : "；");
  }

  /** What was recorded there, in one line, by the kind where several are due. */
  private marks({ id, due }: PriorityPlace): string {
    const said = due.map(({ kind }) => ({ kind, word: this.stage.where(this.phone.did("hygiene", id, kind)) }));
    const marked = said.filter(({ word }) => word);
    if (due.length < 2) return marked[0]?.word ?? "";
    return marked.map(({ kind, word }) => `${this.kind(kind)}${this.stage.language === "en" ? ": " : "："}${word}`).join(" · ");
  }

  private kind(key: string): string {
    return this.told?.kinds.find((it) => it.key === key)?.[this.stage.language] ?? key;
  }

  private about(it: PriorityPlace): string {
    const number = it.number ? this.stage.tell("venueNumber", { n: it.number }) : "";
    return [this.told?.classes[it.is]?.[this.stage.language], it.at, number].filter(Boolean).join(" · ");
  }
}

function answerOf(line: HTMLElement): string {
  return line.querySelector<HTMLInputElement>("input[type=radio]:checked")?.value ?? "";
}
