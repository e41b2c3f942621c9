/** My people: the households of the cell, found by a name, a number or part of an address; without a network too. */

import { found, type Member } from "./bundle";
import type { Phone } from "./phone";
import type { Stage } from "./stage";

const MOST_SHOWN = 60;

export class People {
  constructor(
    private readonly stage: Stage,
    private readonly phone: Phone,
  ) {
    stage.field("people-search").addEventListener("input", () => this.list());
  }

  list(): void {
    const told = this.phone.taken?.told;
    const all = told?.households ?? [];
    const matching = found(all, this.stage.field("people-search").value, all.length);
    const shown = matching.slice(0, MOST_SHOWN);
    const isTooMany = all.length === 0 && (told?.n_households ?? 0) > 0;
    const name = isTooMany ? "tooMany" : matching.length > 0 ? "households" : "nobodyFound";
    this.stage.say("people-n", this.stage.tell(name, { n: isTooMany ? told!.n_households : matching.length, shown: shown.length }));
    this.stage.fill("people-list", shown, (it, put, item) => {
      put("address", `${it.number} · ${it.address}`);
      const members = item.querySelector("[data-part=members]")!;
      members.replaceChildren(...it.members.map((member) => this.line(member)));
    });
  }

  private line({ name, sex, born, phone }: Member): HTMLLIElement {
    const item = document.createElement("li");
    const age = new Date(this.phone.clock.ms).getUTCFullYear() - born;
    item.append(`${name} · ${this.stage.tell(sex)} · ${this.stage.tell("age", { n: age })}`);
    if (phone) {
      const call = document.createElement("a");
      call.href = `tel:${phone}`;
      call.textContent = phone;
      item.append(" · ", call);
    }
    return item;
  }
}
