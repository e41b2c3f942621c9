/** Somebody has come: who, from where, by what. Written down without a network, declared when there is one. */

import { counties, countyMoment, inOrder, journeyFault, type Stay } from "./journey";
import type { Phone } from "./phone";
import type { Stage } from "./stage";

const MOST_FOUND = 8;
const LONGEST_SEARCH = 30;

export class Arrival {
  private stays: Stay[] = [];
  private isBegun = false;

  constructor(
    private readonly stage: Stage,
    private readonly phone: Phone,
    private readonly keep: (kind: string, body: Readonly<Record<string, unknown>>) => Promise<boolean>,
  ) {
    stage.field("stay-search").addEventListener("input", () => this.find());
    stage.part("stay-add").addEventListener("click", () => this.add());
    stage.field("leg-transport").addEventListener("change", () => this.uncover());
    stage.field("arrival-kind").addEventListener("change", () => this.uncover());
    stage.part("arrival-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.declare();
    });
  }

  /** What was typed stays until it is kept, whatever else is opened meanwhile. */
  openForm(): void {
    const { stage } = this;
    stage.part("no-nation").hidden = this.phone.nation.length > 0;
    if (this.isBegun) return;
    this.isBegun = true;
    this.stays = [];
    stage.part<HTMLFormElement>("arrival-form").reset();
    const area = stage.field<HTMLSelectElement>("arrival-area");
    const places = this.phone.taken?.told.places ?? [];
    area.replaceChildren(...places.map((it) => new Option(it[stage.language], it.path)));
    const now = this.phone.clock.stamp().slice(0, 16);
    stage.field("arrival-at").value = now;
    stage.field("stay-last").value = now.slice(0, 10);
    stage.say("arrival-fault", "");
    this.uncover();
    this.find();
    this.list();
  }

  /** "" while somebody is being written down. */
  get whose(): string | null {
    return this.isBegun ? "" : null;
  }

  get more(): readonly Stay[] {
    return this.stays;
  }

  putBack(stays: readonly Stay[]): void {
    this.stays = [...stays];
    this.list();
  }

  forget(): void {
    this.isBegun = false;
    this.stays = [];
    this.stage.part<HTMLFormElement>("arrival-form").reset();
  }

  private uncover(): void {
    const { stage } = this;
    stage.part("leg-more").hidden = !stage.field<HTMLSelectElement>("leg-transport").value;
    stage.part("arrival-other").hidden = stage.field<HTMLSelectElement>("arrival-kind").value === "resident";
  }

  private find(): void {
    const typed = this.stage.field("stay-search").value.slice(0, LONGEST_SEARCH);
    const found = counties(this.phone.nation, typed, MOST_FOUND);
    this.stage.chips("stay-found", "radio", found.map(({ code, name }) => ({ key: code, zh: name, en: name })));
    const only = this.stage.part("stay-found").querySelectorAll<HTMLInputElement>("input");
    if (only.length === 1) only[0]!.checked = true;
  }

  private add(): void {
    const { stage } = this;
    const [division] = stage.chosen("stay-found");
    const [begins, last] = [stage.field("stay-begins").value, stage.field("stay-last").value];
    if (!division || !begins || !last) return stage.say("arrival-fault", stage.tell("stayWhat"));
    if (last < begins) return stage.say("arrival-fault", stage.tell("stayBackwards"));
    const name = counties(this.phone.nation, division, 1)[0]?.name ?? division;
    this.stays = inOrder([...this.stays, { division, name, begins_on: begins, last_on: last }]);
    stage.field("stay-search").value = stage.field("stay-begins").value = "";
    stage.field("stay-last").value = this.stays[0]!.begins_on;
    stage.say("arrival-fault", "");
    this.find();
    this.list();
    stage.field("stay-search").focus();
  }

  private list(): void {
    this.stage.fill("stay-list", this.stays, (it, put, item) => {
      put("where", it.name).setAttribute("translate", "no");
      put("days", `${it.begins_on} – ${it.last_on}`);
      item.querySelector("[data-part=drop]")!.addEventListener("click", () => {
        this.stays = this.stays.filter((other) => other !== it);
        this.list();
      });
    });
  }

  private async declare(): Promise<void> {
    const { stage } = this;
    const at = stage.field("arrival-at").value;
    const value = (id: string) => stage.field(id).value.trim();
    const [name, number, area] = [value("arrival-name"), value("arrival-number"), value("arrival-area")];
    if (!name || !number || !at || !area) return stage.say("arrival-fault", stage.tell("arrivalWho"));
    const fault = journeyFault(this.stays, at.slice(0, 10));
    if (fault) return stage.say("arrival-fault", stage.tell(fault));
    const legs = this.legs(at);
    if (!legs) return stage.say("arrival-fault", stage.tell("legTimes"));
    const kind = value("arrival-kind");
    const isOther = kind !== "resident";
    const sex = stage.part("arrival-other").querySelector<HTMLInputElement>("[name=arrival-sex]:checked")!.value;
    const body = {
      name,
      number,
      kind,
      phone: value("arrival-phone"),
      ...(isOther ? { born_on: value("arrival-born") || null, sex } : {}),
      arrives_at: countyMoment(at, this.phone.clock.stamp()),
      area,
      stays_at: value("arrival-stays-at"),
      lives_here: stage.field("arrival-lives-here").checked,
      stays: this.stays.map(({ division, begins_on, last_on }) => ({ division, begins_on, last_on })),
      legs,
    };
    if (!(await this.keep("arrival", body))) return;
    this.isBegun = false;
    location.hash = "#home";
  }

  /** The one ride, where one is told; null where its times cannot be. */
  private legs(arrivesAt: string): readonly Readonly<Record<string, string>>[] | null {
    const { stage } = this;
    const transport = stage.field<HTMLSelectElement>("leg-transport").value;
    if (!transport) return [];
    const [begins, ends] = [stage.field("leg-begins").value, stage.field("leg-ends").value];
    if (!begins || !ends || ends <= begins || begins > arrivesAt) return null;
    const stamp = this.phone.clock.stamp();
    const [vehicle, seat] = [stage.field("leg-vehicle").value.trim(), stage.field("leg-seat").value.trim()];
    return [{ transport, vehicle, seat, begins_at: countyMoment(begins, stamp), ends_at: countyMoment(ends, stamp) }];
  }
}
