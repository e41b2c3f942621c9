/** What the sampling table shows: what is expected now, how full the tube is, who is in it, what was said last. */

import type { InTube, TubeNow } from "../core/tableShift";
import type { Phone } from "./phone";
import type { Stage } from "./stage";
import { tellTable, type TableWord } from "./tableWords";

const MOST_TUBES = 40;

export type Want = "box" | "tube" | "person" | "seal" | "excuse" | "own";

/** Something to choose from when what was scanned may mean several things. */
export interface Choice {
  readonly label: string;
  readonly about: string;
  readonly act: () => Promise<void> | void;
}

export interface Standing {
  readonly want: Want;
  readonly tube: TubeNow | null;
  readonly box: string;
  readonly isExcusing: boolean;
  readonly isFilming: boolean;
  /** Who is to have a tube of their own; "": nobody. */
  readonly alone: string;
}

const WANTS: Readonly<Record<Want, readonly [want: TableWord, label: TableWord]>> = {
  box: ["wantBox", "labelBox"],
  tube: ["wantTube", "labelTube"],
  person: ["wantPerson", "labelPerson"],
  seal: ["wantSeal", "labelSeal"],
  excuse: ["wantExcuse", "labelPerson"],
  own: ["wantOwn", "labelOwn"],
};

export class TableFace {
  constructor(
    private readonly stage: Stage,
    private readonly phone: Phone,
  ) {}

  draw(now: Standing, takeOut: (it: InTube) => Promise<unknown>): void {
    const { stage } = this;
    const { want, tube } = now;
    const [wanted, label] = WANTS[want];
    stage.part("table-now").dataset["want"] = want;
    this.put("table-want", this.tell(wanted));
    this.put("table-label", this.tell(label, { name: now.alone }));
    this.put("table-n", tube ? `${tube.people.length}/${tube.size}` : "");
    this.put("table-tube", tube?.label ?? "");
    this.put("table-opened", tube ? this.tell("openedAt", { at: tube.openedAt.slice(11, 16) }) : "");
    this.put("table-where", this.where);
    for (const name of ["table-seal", "table-undo"]) stage.part(name).hidden = !tube || tube.people.length === 0;
    stage.part("table-excusing").setAttribute("aria-pressed", String(now.isExcusing));
    stage.part("table-finder").hidden = !now.isFilming;
    stage.part("table-camera").setAttribute("aria-pressed", String(now.isFilming));
    this.box(now);
    this.people(tube, takeOut);
    this.tubes();
    this.tally();
    this.clock();
  }

  private box({ box, want }: Standing): void {
    const { stage } = this;
    this.put("table-box", box || this.tell("noBoxYet"));
    this.put("table-box-n", box ? this.tell("nTubes", { n: this.phone.tables.shift.tubesIn(box).length }) : "");
    stage.part("table-skip-box").hidden = want !== "box";
    stage.part("table-other-box").hidden = want === "box";
    for (const name of ["table-seal-box", "table-box-more"]) stage.part(name).hidden = !box;
  }

  private people(tube: TubeNow | null, takeOut: (it: InTube) => Promise<unknown>): void {
    this.stage.fill("table-people", [...(tube?.people ?? [])].reverse(), (it, put, item) => {
      put("person", it.name);
      put("at", it.at.slice(11, 16));
      item.querySelector("[data-part=out]")!.addEventListener("click", () => void takeOut(it));
    });
  }

  private tubes(): void {
    const { shift, here } = this.phone.tables;
    const mine = shift.tubes.filter((it) => it.site === here?.site).slice(-MOST_TUBES).reverse();
    this.stage.fill("table-tubes", mine, (it, put) => {
      (put("label", it.label) as HTMLAnchorElement).href = `#table-tube/${it.label}`;
      put("about", this.about(it));
    });
  }

  about(it: TubeNow): string {
    const box = it.box ? this.tell("inBox", { box: it.box }) : it.state === "sealed" ? this.tell("inNoBox") : "";
    const n = this.tell("people", { n: it.people.length, size: it.size });
    return [n, this.tell(it.state), box].filter(Boolean).join(" · ");
  }

  private tally(): void {
    const { shift, here, n, roster, rosterAt, unseen } = this.phone.tables;
    const sent = n > 0 ? this.tell("waits", { n }) : this.tell("allSent");
    this.put("table-tally", `${this.tell("tally", shift.counts(here?.site ?? ""))} · ${sent}`);
    const at = rosterAt.slice(5, 16).replace("T", " ");
    this.put("table-roster", roster ? this.tell("rosterHere", { n: roster.n, at }) : this.tell("noRoster"));
    const refused = unseen.filter(({ doubts }) => doubts.length === 0).length;
    const words = [
      ...(refused > 0 ? [this.tell("notTaken", { n: refused })] : []),
      ...(unseen.length > refused ? [this.tell("doubtful", { n: unseen.length - refused })] : []),
    ];
    this.stage.part("table-doubts").hidden = words.length === 0;
    this.put("table-doubts-said", words.join(" · "));
  }

  clock(): void {
    this.put("table-clock", this.phone.isUnlocked ? this.phone.clock.stamp().slice(11, 16) : "");
  }

  /** The first has the focus, where Enter may take it. */
  choose(choices: readonly Choice[], take: (act: Choice["act"]) => Promise<unknown>, isByEnter: boolean): void {
    this.stage.fill("table-choice", choices, ({ label, about, act }, put, item) => {
      put("pick-name", label);
      put("pick-about", about);
      item.querySelector("[data-part=pick]")!.addEventListener("click", () => void take(act));
    });
    this.stage.part("table-keys").hidden = true;
    if (isByEnter) this.stage.part("table-choice").querySelector<HTMLElement>(":scope > li button")?.focus();
  }

  /** Whether Enter takes what is chosen from. */
  get isAsking(): boolean {
    return this.stage.part("table-choice").contains(document.activeElement);
  }

  said(text: string): void {
    this.put("table-said", text);
  }

  no(text: string): void {
    this.said("");
    this.stage.say("table-no", text);
  }

  clear(): void {
    this.stage.fill("table-choice", [], () => undefined);
    this.stage.part("table-keys").hidden = false;
    this.stage.say("table-no", "");
  }

  /** Nothing of anybody stays in the page. */
  forget(): void {
    for (const name of ["table-people", "table-tubes", "table-choice"]) this.stage.fill(name, [], () => undefined);
    for (const name of ["table-said", "table-tube", "table-n", "table-where"]) this.put(name, "");
  }

  private get where(): string {
    const { here } = this.phone.tables;
    const round = this.phone.taken?.told.tables?.rounds.find(({ id }) => id === here?.round);
    const site = round?.sites.find(({ id }) => id === here?.site);
    const notOpen = round && !round.is_open ? this.tell("notOpen") : "";
    return [site?.name, round?.name].filter(Boolean).join(" · ").concat(notOpen) || this.tell("chooseSite");
  }

  private put(name: string, text: string): void {
    const part = this.stage.part(name);
    if (part.textContent !== text) part.textContent = text;
  }

  private tell(name: TableWord, facts: Readonly<Record<string, string | number>> = {}): string {
    return tellTable(this.stage.language, name, facts);
  }
}
