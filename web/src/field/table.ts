/** The sampling table's screens: the table itself, and what stands beside it. */

import type { Phone } from "./phone";
import type { Stage } from "./stage";
import { TableDesk } from "./tableDesk";
import { TableForms } from "./tableForms";
import { TablePages } from "./tablePages";

export class Table {
  private readonly desk: TableDesk;
  private readonly forms: TableForms;
  private readonly pages: TablePages;

  constructor(
    private readonly stage: Stage,
    private readonly phone: Phone,
  ) {
    this.desk = new TableDesk(stage, phone, { excuse: (who) => this.forms.begin(who), enter: (text, scanned) => this.forms.enter(text, scanned) });
    const take = async (who: Parameters<TableDesk["takeTyped"]>[0]) => {
      location.hash = "#table";
      return this.desk.takeTyped(who);
    };
    this.forms = new TableForms(stage, phone, take, (text) => this.desk.say(text));
    this.pages = new TablePages(stage, phone, (tube) => this.desk.about(tube));
  }

  /** Whether there is a site at which this account samples. */
  get isOpen(): boolean {
    return Boolean(this.phone.taken?.told.tables) || this.phone.tables.n > 0;
  }

  /** False for a screen that is not there. */
  draw(screen: string, id: string): boolean {
    if (screen === "table-site") this.forms.sites();
    else if (screen === "table-person") this.forms.openPerson();
    else if (screen === "table-excuse") return this.forms.openExcuse();
    else if (screen === "table-tube") return this.pages.openTube(decodeURIComponent(id));
    else if (screen === "table-said") this.pages.drawSaid();
    else return screen === "table" && this.desk.open();
    return true;
  }

  /** Something was kept, sent or answered: as it stands now; what is typed stays. */
  again(): void {
    if (this.stage.shown === "table") this.desk.draw();
    if (this.stage.shown === "table-tube") this.pages.drawTube();
    if (this.stage.shown === "table-said") this.pages.drawSaid();
    if (this.stage.shown === "outbox") this.stage.part("outbox-table").hidden = !this.isOpen;
  }

  leave(): void {
    this.desk.leave();
  }

  forget(): void {
    this.desk.forget();
    this.forms.forget();
    this.pages.forget();
  }
}
