/** One tube to be corrected, before sealing and, with a reason, after; and what the server said of what was done. */

import type { Kept } from "../core/tableEvents";
import { isRefused } from "../core/tableEvents";
import { changeTube, type Draft, swab, unswab, whoIsMeant } from "../core/tableRules";
import { TableNo } from "../core/tableRules";
import type { Told, TubeNow } from "../core/tableShift";
import type { Phone } from "./phone";
import type { Stage } from "./stage";
import { keepAtTable, saidOf } from "./tableSaying";
import { tellTable, type TableWord } from "./tableWords";

const MOST_SHOWN = 30;
const CHANGES = ["box_tube", "rename_tube", "void_tube"] as const;

export class TablePages {
  private label = "";

  constructor(
    private readonly stage: Stage,
    private readonly phone: Phone,
    private readonly about: (tube: TubeNow) => string,
  ) {
    stage.part("tube-add-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.doing((tube) => this.added(tube));
    });
    stage.part("tube-change-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const pressed = (event as SubmitEvent).submitter as HTMLButtonElement | null;
      // A scanner presses Enter: then it goes into the box that was scanned.
      const kind = CHANGES.find((it) => it === pressed?.value) ?? "box_tube";
      void this.doing(async (tube) => {
        const text = stage.field("tube-code").value;
        return { draft: changeTube(phone.tables.shift, tube, kind, text, this.why), who: "" };
      });
    });
    stage.part("tube-continue").addEventListener("click", () => {
      void this.doing(async (tube) => ({ draft: { kind: "open_tube", tube: tube.label, size: tube.size }, who: "" })).then(
        (isDone) => isDone && (location.hash = "#table"),
      );
    });
  }

  forget(): void {
    this.label = "";
    for (const name of ["tube-people", "tube-doubts", "said-doubts", "said-list"]) this.stage.fill(name, [], () => undefined);
    for (const name of ["tube-why", "tube-person", "tube-code"]) this.stage.field(name).value = "";
    this.stage.part("tube-label").textContent = "";
  }

  // ---- a tube ----

  /** False where this phone knows no such tube. */
  openTube(label: string): boolean {
    if (!this.phone.tables.shift.tube(label)) return false;
    if (this.label !== label) {
      for (const name of ["tube-why", "tube-person", "tube-code"]) this.stage.field(name).value = "";
      this.stage.say("tube-fault", "");
    }
    this.label = label;
    this.drawTube();
    return true;
  }

  drawTube(): void {
    const { stage, phone, tube } = this;
    if (!tube) return;
    stage.part("tube-label").textContent = tube.label;
    stage.part("tube-about").textContent = `${this.about(tube)} · ${this.tell("openedAt", { at: tube.openedAt.slice(11, 16) })}`;
    const doubts = phone.tables.shift.doubtsOf(tube);
    stage.fill("tube-doubts", doubts, ({ kind, said }, put) => {
      put("what", said[stage.language]);
      put("todo", this.todo(kind));
    });
    stage.fill("tube-people", tube.people, (it, put, item) => {
      put("person", it.name);
      put("at", `${it.at.slice(11, 16)} · ${this.state(it.nth)}`);
      const out = async (now: TubeNow) => ({ draft: unswab(now, it, this.why), who: it.name });
      item.querySelector("[data-part=out]")!.addEventListener("click", () => void this.doing(out));
    });
    const isVoid = tube.state === "void";
    stage.part("tube-go-on").hidden = tube.state !== "open";
    for (const name of ["tube-add-form", "tube-change-form"]) stage.part(name).hidden = isVoid;
  }

  private async added(tube: TubeNow): Promise<{ draft: Draft; who: string }> {
    const { shift, roster } = this.phone.tables;
    const meant = whoIsMeant(shift, roster, tube, this.stage.field("tube-person").value);
    const [only, other] = meant.is === "some" ? meant.people : [];
    const who = meant.is === "person" || meant.is === "stranger" ? meant.person : other ? null : only;
    if (!who) throw new TableNo("oneOnly");
    return { draft: swab(shift, tube, who, Boolean(this.why), this.why), who: who.name };
  }

  private async doing(act: (tube: TubeNow) => Promise<{ draft: Draft; who: string }>): Promise<boolean> {
    const { stage, tube } = this;
    if (!tube) return false;
    try {
      await keepAtTable(this.phone, [await act(tube)]);
    } catch (problem) {
      stage.say("tube-fault", saidOf(stage.language, problem));
      return false;
    }
    for (const name of ["tube-why", "tube-person", "tube-code"]) stage.field(name).value = "";
    stage.say("tube-fault", "");
    this.drawTube();
    return true;
  }

  private get tube(): TubeNow | null {
    return this.label ? this.phone.tables.shift.tube(this.label) : null;
  }

  private get why(): string {
    return this.stage.field("tube-why").value.trim();
  }

  // ---- what the server said ----

  drawSaid(): void {
    const { stage, phone } = this;
    const { tables } = phone;
    stage.say("said-waiting", tables.n > 0 ? this.tell("waits", { n: tables.n }) : this.tell("allSent"));
    stage.fill("said-doubts", tables.unseen, (it, put, item) => this.writeTold(it, put, item));
    const newest = tables.shift.events.slice(-MOST_SHOWN).reverse();
    stage.fill("said-list", newest, (kept, put) => {
      put("what", this.what(kept));
      put("at", kept.event.at.slice(5, 16).replace("T", " "));
      put("state", this.state(kept.nth));
    });
  }

  private writeTold({ kept, said, doubts }: Told, put: (part: string, text: string) => HTMLElement, item: HTMLElement): void {
    const { stage, phone } = this;
    put("what", this.what(kept));
    put("at", kept.event.at.slice(5, 16).replace("T", " "));
    const words = doubts.length > 0 ? doubts.map((it) => it.said[stage.language]).join(" · ") : (said.said?.[stage.language] ?? this.tell("refusedKept"));
    put("why", words);
    put("todo", doubts.map(({ kind }) => this.todo(kind)).join(" "));
    const tube = phone.tables.shift.tube(kept.event.tube ?? "");
    const see = item.querySelector<HTMLAnchorElement>("[data-part=see]")!;
    see.hidden = !tube;
    if (tube) see.href = `#table-tube/${tube.label}`;
    const again = item.querySelector<HTMLElement>("[data-part=again]")!;
    again.hidden = !isRefused(said);
    again.addEventListener("click", () => void phone.tables.again(kept.nth).then(() => phone.recorded()));
    const seen = () => void phone.tables.seenTo(kept.nth).then(() => this.drawSaid());
    item.querySelector("[data-part=seen]")!.addEventListener("click", seen);
  }

  private what({ nth, who, event }: Kept): string {
    const whom = [event.tube, event.box, event.renamed, who].filter(Boolean).join(" · ");
    return `${nth} · ${this.tell(event.kind)} ${whom}`;
  }

  /** “Sent” only once the server has it. */
  private state(nth: number): string {
    const said = this.phone.tables.shift.said(nth);
    if (!said) return this.tell("stateWaits");
    const { language } = this.stage;
    if (isRefused(said)) return this.tell("stateRefused", { what: said.said?.[language] ?? this.tell("refusedKept") });
    const doubts = (said.doubts ?? []).map((it) => it.said[language]).join(" · ");
    return doubts ? this.tell("stateDoubt", { what: doubts }) : this.tell("stateTaken");
  }

  private todo(kind: string): string {
    return this.phone.taken?.told.tables?.doubts[kind]?.[this.stage.language] ?? "";
  }

  private tell(name: TableWord, facts: Readonly<Record<string, string | number>> = {}): string {
    return tellTable(this.stage.language, name, facts);
  }
}
