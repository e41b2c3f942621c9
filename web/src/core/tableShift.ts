/** A sampler's shift as this phone's own events leave it: boxes, tubes, who is in them. Pure: told anew from the events,
    it is the same, so that a phone that was killed goes on where it was. */

import { plainNumber } from "./barcode";
import { plainName } from "./tableRoster";
import { isRefused, type Doubt, type Kept, type Said, type Settled, type TableEvent } from "./tableEvents";

export interface InTube {
  /** By what somebody is known for one: slip, document, else the event. */
  readonly key: string;
  readonly name: string;
  readonly at: string;
  readonly nth: number;
  readonly event: TableEvent;
}

export interface TubeNow {
  readonly round: string;
  readonly site: string;
  readonly size: number;
  readonly openedAt: string;
  label: string;
  state: "open" | "sealed" | "void";
  box: string;
  people: InTube[];
  /** When it was last touched, by the order of events. */
  nth: number;
}

export interface BoxNow {
  label: string;
  readonly round: string;
  readonly site: string;
  isSealed: boolean;
  nth: number;
}

/** Something that the server keeps and does not count, or that it has a doubt about. */
export interface Told {
  readonly kept: Kept;
  readonly said: Said;
  readonly doubts: readonly Doubt[];
}

/** Doubts about whoever was sampled, and not about the tube. */
const OF_PERSON: readonly string[] = ["twice", "twice_in_an_hour", "twice_other_round", "two_names"];

/** Where somebody was sampled before. */
export interface Before {
  readonly at: string;
  readonly where: string;
  readonly tube: string;
}

export class Shift {
  private readonly byLabel = new Map<string, TubeNow>();
  private readonly boxByLabel = new Map<string, BoxNow>();
  private all: Kept[] = [];
  private readonly saidOf = new Map<number, Said>();
  private tubeList: TubeNow[] = [];

  /** In the order in which they were opened. */
  get tubes(): readonly TubeNow[] {
    return this.tubeList;
  }

  get events(): readonly Kept[] {
    return this.all;
  }

  said(nth: number): Said | null {
    return this.saidOf.get(nth) ?? null;
  }

  /** All events of the phone, each with what the server said of it, in the order of their numbers. */
  begin(told: readonly { readonly kept: Kept; readonly said: Said | null }[]): void {
    this.all = told.map(({ kept }) => kept);
    this.saidOf.clear();
    for (const { kept, said } of told) if (said) this.saidOf.set(kept.nth, said);
    this.fold();
  }

  add(kept: Kept): void {
    this.all.push(kept);
    this.tell(kept);
  }

  /** What the server does not count does not count here either. */
  answered(each: readonly { readonly nth: number; readonly said: Said }[]): void {
    for (const { nth, said } of each) this.saidOf.set(nth, said);
    if (each.some(({ said }) => isRefused(said))) this.fold();
  }

  /** The server told which events something does not go together with now: of all others nothing does. What is otherwise. */
  heard(doubted: ReadonlyMap<string, readonly Doubt[]>): Settled[] {
    const changed: Settled[] = [];
    for (const { nth, event } of this.all) {
      const said = this.saidOf.get(nth);
      if (!said || isRefused(said)) continue;
      const doubts = doubted.get(event.id) ?? [];
      if (kindsOf(doubts) === kindsOf(said.doubts ?? [])) continue;
      changed.push({ nth, said: doubts.length > 0 ? { what: "doubtful", doubts } : { what: "taken" } });
    }
    this.answered(changed);
    return changed;
  }

  tube(label: string): TubeNow | null {
    return this.byLabel.get(label) ?? null;
  }

  box(label: string): BoxNow | null {
    return this.boxByLabel.get(label) ?? null;
  }

  /** The box that tubes go into at a site: the last one that was opened and is not sealed. */
  boxAt(site: string): BoxNow | null {
    return last([...new Set(this.boxByLabel.values())].filter((it) => it.site === site && !it.isSealed));
  }

  /** The tube that is being filled at a site: of several open ones that which was touched last. */
  tubeAt(site: string): TubeNow | null {
    return last(this.tubeList.filter((it) => it.site === site && it.state === "open"));
  }

  tubesIn(box: string): TubeNow[] {
    return this.tubeList.filter((it) => it.box !== "" && it.box === box && it.state !== "void");
  }

  /** Where this phone sampled somebody in the round before; null: nowhere. */
  before(round: string, key: string): Before | null {
    for (const tube of this.tubeList) {
      if (tube.round !== round || tube.state === "void") continue;
      const found = tube.people.find((it) => it.key === key);
      if (found) return { at: found.at, where: "", tube: tube.label };
    }
    return null;
  }

  /** Whether this phone sampled somebody into a tube of their own in the round already. */
  isAlone(round: string, key: string): boolean {
    return this.tubeList.some((it) => it.round === round && it.state === "sealed" && it.people.length === 1 && it.people[0]!.key === key);
  }

  /** What the server keeps and does not count, and what it has doubts about as of its last word, the newest first. */
  get told(): Told[] {
    const found: Told[] = [];
    const lastWord = new Map<unknown, Told>();
    for (const kept of this.all) {
      const said = this.saidOf.get(kept.nth);
      if (!said) continue;
      if (isRefused(said)) {
        found.push({ kept, said, doubts: [] });
        continue;
      }
      const doubts = said.doubts ?? [];
      const ofPerson = doubts.filter(({ kind }) => OF_PERSON.includes(kind));
      if (ofPerson.length > 0) found.push({ kept, said, doubts: ofPerson });
      // A repeat says nothing of how things stand.
      if (said.what !== "repeat") lastWord.set(this.thingOf(kept), { kept, said, doubts: doubts.filter((it) => !ofPerson.includes(it)) });
    }
    found.push(...[...lastWord.values()].filter(({ doubts }) => doubts.length > 0));
    return found.sort((one, other) => other.kept.nth - one.kept.nth);
  }

  /** The doubts of a tube, as of the server's last word. */
  doubtsOf(tube: TubeNow): readonly Doubt[] {
    return this.told.filter(({ kept }) => this.thingOf(kept) === tube).flatMap(({ doubts }) => doubts);
  }

  private thingOf({ nth, event }: Kept): unknown {
    return this.byLabel.get(event.tube ?? "") ?? this.boxByLabel.get(event.box ?? "") ?? nth;
  }

  /** How many tubes were sealed, and how many people are in tubes, at a site. */
  counts(site: string): { tubes: number; people: number } {
    const mine = this.tubeList.filter((it) => it.site === site && it.state !== "void");
    return { tubes: mine.filter(({ state }) => state === "sealed").length, people: mine.reduce((n, it) => n + it.people.length, 0) };
  }

  private fold(): void {
    this.byLabel.clear();
    this.boxByLabel.clear();
    this.tubeList = [];
    for (const kept of this.all) this.tell(kept);
  }

  private tell(kept: Kept): void {
    if (isRefused(this.saidOf.get(kept.nth) ?? null)) return;
    const { event, nth } = kept;
    if (["open_box", "seal_box", "rename_box"].includes(event.kind)) return this.tellBox(kept);
    if (!event.tube) return;
    const tube = this.byLabel.get(event.tube) ?? this.newTube(kept);
    tube.nth = nth;
    switch (event.kind) {
      case "swab":
        if (!tube.people.some(({ key }) => key === keyOf(event))) tube.people.push(personOf(kept));
        break;
      case "unswab":
        tube.people = tube.people.filter(({ key }) => key !== keyOf(event));
        break;
      case "seal_tube":
        if (tube.state === "open") tube.state = "sealed";
        tube.box = event.box || tube.box;
        break;
      case "box_tube":
        tube.box = event.box || tube.box;
        break;
      case "rename_tube":
        this.byLabel.set((tube.label = event.renamed!), tube);
        break;
      case "void_tube":
        tube.state = "void";
        break;
    }
  }

  private newTube({ round, nth, event }: Kept): TubeNow {
    const { tube: label = "", site, at, size = 0 } = event;
    const tube: TubeNow = { round, site, size, openedAt: at, label, state: "open", box: "", people: [], nth };
    this.byLabel.set(label, tube);
    this.tubeList.push(tube);
    return tube;
  }

  private tellBox({ round, nth, event }: Kept): void {
    const label = event.box ?? "";
    const box = this.boxByLabel.get(label) ?? { label, round, site: event.site, isSealed: false, nth };
    this.boxByLabel.set(label, box);
    box.nth = nth;
    if (event.kind === "seal_box") box.isSealed = true;
    if (event.kind === "rename_box") {
      for (const tube of this.tubeList) if (tube.box === box.label) tube.box = event.renamed!;
      this.boxByLabel.set((box.label = event.renamed!), box);
    }
  }
}

function kindsOf(doubts: readonly Doubt[]): string {
  return doubts.map(({ kind }) => kind).sort().join(" ");
}

function last<T extends { readonly nth: number }>(things: readonly T[]): T | null {
  return things.reduce<T | null>((one, other) => (one && one.nth > other.nth ? one : other), null);
}

/** By what somebody is known for one on this phone; as the server has it in fangxian/ops/lab/actions/whom.py. */
export function keyOf({ token, person }: TableEvent): string {
  if (token) return `t:${token}`;
  if (!person) return "";
  const number = plainNumber(person.document_number);
  if (number) return `d:${number}`;
  const { guardian = "", phone, born_on: born = "", name } = person;
  const contact = guardian || phone;
  return contact || born ? `n:${plainName(name)}:${plainNumber(contact)}:${born}` : `i:${person.id}`;
}

function personOf({ nth, who, event }: Kept): InTube {
  return { key: keyOf(event), name: who, at: event.at, nth, event };
}
