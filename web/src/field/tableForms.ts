/** Beside the table: where one samples, somebody without a slip, somebody who is not sampled. */

import { faultOf, plainIdentity } from "../core/identityNumber";
import { tokenOf } from "../core/barcode";
import { newId } from "../core/scan";
import { excuse, type Here, type Person } from "../core/tableRules";
import type { Phone } from "./phone";
import type { Stage } from "./stage";
import { keepAtTable, saidOf } from "./tableSaying";
import { tellTable, type TableWord } from "./tableWords";

export class TableForms {
  private excused: Person | null = null;
  /** A number whose check is wrong was said to be so once. */
  private doubted = "";
  /** A code of another system that is to stand for whoever is typed in. */
  private scanned = "";

  constructor(
    private readonly stage: Stage,
    private readonly phone: Phone,
    /** Into the tube; false where it is not, which is then said at the table. */
    private readonly take: (who: Person) => Promise<boolean>,
    private readonly say: (text: string) => void,
  ) {
    stage.part("table-person-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.entered((who) => this.take(who));
    });
    stage.part("table-person-excuse").addEventListener("click", () => void this.entered(async (who) => this.begin(who)));
    stage.part("table-excuse-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.excuse();
    });
  }

  forget(): void {
    this.excused = null;
    this.doubted = this.scanned = "";
    for (const name of ["table-person-form", "table-excuse-form"]) this.stage.part<HTMLFormElement>(name).reset();
    for (const name of ["table-sites"]) this.stage.fill(name, [], () => undefined);
    this.stage.part("table-excused").textContent = "";
  }

  // ---- where ----

  sites(): void {
    const rounds = this.phone.taken?.told.tables?.rounds ?? [];
    const all = rounds.flatMap((round) => round.sites.map((site) => ({ round, site })));
    this.stage.part("no-tables").hidden = all.length > 0;
    this.stage.fill("table-sites", all, ({ round, site }, put) => {
      put("round", round.is_open ? round.name : `${round.name} ${this.tell("notOpen")}`);
      const here: Here = { round: round.id, site: site.id, size: round.size };
      const name = site.is_own ? `${site.name} · ${this.tell(site.is_in_doubt ? "perhapsOwnShift" : "ownShift")}` : site.name;
      put("site", name).addEventListener("click", () => void this.stand(here));
    });
  }

  private async stand(here: Here): Promise<void> {
    try {
      await this.phone.tables.choose(here);
      location.hash = "#table";
    } catch {
      this.say(this.tell("notKept"));
    }
  }

  // ---- somebody without a slip ----

  /** What was typed at the table stands in the field that it is meant for. */
  enter(text: string, scanned = ""): void {
    const { stage } = this;
    // Whoever was typed in and not taken, as where the tube was full, still stands there.
    if (text || scanned) this.emptyPerson();
    this.scanned ||= scanned;
    stage.say("table-scanned", this.scanned && this.tell("scannedWith", { text: this.scanned.slice(-12) }));
    if (text) stage.field(/\d/.test(text) ? "table-number" : "table-name").value = text;
    location.hash = "#table-person";
  }

  openPerson(): void {
    const name = this.stage.field("table-name");
    (name.value ? this.stage.field("table-number") : name).focus({ preventScroll: true });
  }

  private async entered(then: (who: Person) => Promise<boolean>): Promise<void> {
    const { stage } = this;
    const value = (it: string) => stage.field(`table-${it}`).value.trim();
    const [name, typed, phone, guardian, born] = [value("name"), value("number"), value("phone"), value("guardian"), value("born")];
    const number = plainIdentity(typed);
    if (!name) return stage.say("table-person-fault", this.tell("noName"));
    if (number && number !== this.doubted && faultOf(number) === "check") {
      this.doubted = number;
      return stage.say("table-person-fault", this.tell("numberCheck"));
    }
    stage.say("table-person-fault", "");
    const slip = tokenOf(typed);
    const told = { id: newId(), name, document_number: number, phone, ...(guardian ? { guardian } : {}), ...(born ? { born_on: born } : {}) };
    const who: Person = slip ? { name, token: slip } : { name, typed: told, ...(this.scanned ? { token: this.scanned } : {}) };
    if (await then(who)) this.emptyPerson();
  }

  /** Of the next one nothing of this one is left. */
  private emptyPerson(): void {
    this.scanned = this.doubted = "";
    this.stage.say("table-scanned", "");
    this.stage.say("table-person-fault", "");
    this.stage.part<HTMLFormElement>("table-person-form").reset();
  }

  // ---- somebody who is not sampled ----

  begin(who: Person): boolean {
    const { stage } = this;
    this.excused = who;
    stage.part<HTMLFormElement>("table-excuse-form").reset();
    stage.say("table-excuse-fault", "");
    stage.part("table-excused").textContent = who.name;
    const said = (key: "refuse" | "exempt") => ({ key, zh: tellTable("zh", key), en: tellTable("en", key) });
    stage.chips("table-excuse-kinds", "radio", [said("refuse"), said("exempt")]);
    stage.chips("table-reasons", "radio", this.phone.taken?.told.tables?.reasons ?? []);
    location.hash = "#table-excuse";
    return true;
  }

  /** False where nobody was named: the screen was left or the phone locked meanwhile. */
  openExcuse(): boolean {
    return this.excused !== null;
  }

  private async excuse(): Promise<void> {
    const { stage, excused } = this;
    const [kind] = stage.chosen("table-excuse-kinds");
    const [why] = stage.chosen("table-reasons");
    if (!excused || (kind !== "refuse" && kind !== "exempt")) return stage.say("table-excuse-fault", this.tell("chooseKind"));
    if (!why) return stage.say("table-excuse-fault", this.tell("noReason"));
    try {
      const draft = excuse(kind, excused, why, stage.field("table-excuse-words").value.trim());
      await keepAtTable(this.phone, [{ draft, who: excused.name }]);
    } catch (problem) {
      return stage.say("table-excuse-fault", saidOf(stage.language, problem));
    }
    this.excused = null;
    location.hash = "#table";
    this.say(this.tell("tookExcuse", { name: excused.name, what: this.tell(kind) }));
  }

  private tell(name: TableWord, facts: Readonly<Record<string, string | number>> = {}): string {
    return tellTable(this.stage.language, name, facts);
  }
}
