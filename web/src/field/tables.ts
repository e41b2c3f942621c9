/** The sampling table on this phone: where the sampler stands, who is to come, what was done, and when it is sent. Nothing
    of a page. */

import type { Why } from "../core/fieldOutbox";
import { newId } from "../core/scan";
import type { Kept } from "../core/tableEvents";
import { Roster } from "../core/tableRoster";
import type { Draft, Here } from "../core/tableRules";
import { Shift, type Told } from "../core/tableShift";
import type { Stopped } from "../sync/sender";
import { TableSender } from "../sync/tableSender";
import type { TablesTold } from "./bundle";
import type { Chest } from "./chest";
import { type RosterTaken, TableLine } from "./tableLine";
import { TableShelf } from "./tableShelf";

const HERE = "table-here";
/** What the sampler has seen to of what the server said, by the numbers of the events. */
const SEEN = "table-seen";
const ROSTER = "table-roster-";
/** Which rosters lie here, in clear: so that they go at their term, also from a phone that nobody unlocks. */
const ROSTERS = "table-rosters";
/** So many people in all: what a cheap phone has room for beside a shift. */
const MOST_ALONG = 8_000;
const KEPT_MS = 72 * 3_600_000;
const HEAR_MS = 180_000;

export class Tables {
  readonly shift = new Shift();
  readonly sender: TableSender;
  private readonly line: TableLine;
  private shelf!: TableShelf;
  private chest!: Chest;
  private isBegun = false;
  private heardMs = 0;
  here: Here | null = null;
  roster: Roster | null = null;
  /** When the roster in hand was as the county had it; "": there is none. */
  rosterAt = "";
  /** How many wait. */
  n = 0;
  private seen = new Set<number>();

  constructor(base: string, secret: () => string, private readonly changed: () => void) {
    this.line = new TableLine(base, secret);
    const queue = {
      first: (n: number) => this.shelf.first(n),
      settle: async (each: Parameters<TableShelf["settle"]>[0]) => {
        await this.shelf.settle(each);
        if (this.isBegun) this.shift.answered(each);
        await this.count();
      },
    };
    this.sender = new TableSender(queue, (body) => this.line.events(body), changed);
  }

  async open(chest: Chest): Promise<void> {
    this.chest = chest;
    this.shelf = await TableShelf.open(() => chest.sealing, chest.reserve);
    // Also from a phone that nobody unlocks any more.
    await this.shelf.forgetBefore(Date.now() - KEPT_MS).catch(() => undefined);
  }

  /** After unlocking: what was done here, told anew from the disk. */
  async begin(): Promise<void> {
    this.shift.begin(await this.shelf.all());
    this.isBegun = true;
    await this.count();
    this.seen = new Set(await this.chest.unseal<number[]>(SEEN));
    const here = await this.chest.unseal<Here>(HERE);
    if (here) await this.stand(here);
  }

  lock(): void {
    this.isBegun = false;
    this.shift.begin([]);
    this.here = this.roster = null;
    this.rosterAt = "";
  }

  async wipe(): Promise<void> {
    this.lock();
    this.n = 0;
    await this.shelf.wipe();
  }

  async count(): Promise<number> {
    this.n = await this.shelf.count();
    return this.n;
  }

  /** The sampler stands there from now on, and after a restart too. */
  async choose(here: Here): Promise<void> {
    await this.chest.seal(HERE, here);
    await this.stand(here);
    void this.take(here.site).catch(() => undefined);
  }

  /** Keep what was done, in one stroke and in this order; throws where the phone could not write. */
  async record(each: readonly { readonly draft: Draft; readonly who: string; readonly site?: string }[], at: string): Promise<Kept[]> {
    const { round, site } = this.here!;
    const kept = await this.shelf.keep(
      each.map((it) => ({ round, who: it.who, event: { ...it.draft, id: newId(), at, site: it.site ?? site } })),
    );
    for (const one of kept) this.shift.add(one);
    this.n += kept.length;
    return kept;
  }

  /** Under its own number, once more. */
  async again(nth: number): Promise<void> {
    await this.shelf.again(nth);
    this.shift.begin(await this.shelf.all());
    await this.count();
  }

  /** What the server said that somebody should see to, and has not. */
  get unseen(): Told[] {
    return this.shift.told.filter(({ kept }) => !this.seen.has(kept.nth));
  }

  async seenTo(nth: number): Promise<void> {
    this.seen.add(nth);
    await this.chest.seal(SEEN, [...this.seen]).catch(() => undefined);
  }

  async send(): Promise<Stopped> {
    return (await this.count()) > 0 ? this.sender.send() : "empty";
  }

  /** Now and then what came of it meanwhile: another phone's record may cast a doubt on what this one sent. */
  async hear(): Promise<void> {
    if (!this.isBegun || this.shift.events.length === 0 || Date.now() - this.heardMs < HEAR_MS) return;
    const told = await this.line.doubts();
    if (!told || !this.isBegun) return;
    this.heardMs = Date.now();
    const changed = this.shift.heard(new Map(told.answers.map(({ id, doubts = [] }) => [id, doubts])));
    if (changed.length === 0) return;
    for (const { nth } of changed) this.seen.delete(nth);
    // What the phone has no room for it hears again after a restart.
    await this.shelf.resay(changed).catch(() => undefined);
    await this.chest.seal(SEEN, [...this.seen]).catch(() => undefined);
    this.changed();
  }

  get refusal(): Why | null {
    return this.sender.refusal;
  }

  /** The rosters of the other sites once, as far as they fit; that of the chosen one anew. Whoever is set to stand
      somewhere takes along those sites and no others, and of another one as they choose it. */
  async takeAlong(told: TablesTold | null | undefined): Promise<void> {
    const all = (told?.rounds ?? []).flatMap(({ sites }) => sites);
    const own = all.filter((it) => it.is_own);
    const sites = (own.length > 0 ? own : all).map(({ id }) => id);
    const chosen = this.here?.site;
    let n = this.roster?.n ?? 0;
    for (const site of sites) {
      if (site === chosen) continue;
      const lying = await this.chest.unseal<RosterTaken>(ROSTER + site);
      n += lying ? lying.told.people.length : await this.fetch(site, "");
      if (n >= MOST_ALONG) break;
    }
    if (chosen) await this.take(chosen);
  }

  /** What names people goes at its term; what was done and waits stays. */
  async endTerm(): Promise<void> {
    for (const site of await this.rosters()) await this.chest.removeThing(ROSTER + site);
    await this.chest.removeThing(ROSTERS);
    this.roster = null;
    this.rosterAt = "";
  }

  private async stand(here: Here): Promise<void> {
    const taken = await this.chest.unseal<RosterTaken>(ROSTER + here.site);
    const others = taken ? await this.others(here) : [];
    this.here = here;
    this.roster = taken ? new Roster(taken.told, others) : null;
    this.rosterAt = taken?.knownAt ?? "";
    this.changed();
  }

  private async others({ round, site }: Here): Promise<RosterTaken["told"]["people"]> {
    const sites = (await this.rosters()).filter((it) => it !== site);
    const found = await Promise.all(sites.map((it) => this.chest.unseal<RosterTaken>(ROSTER + it)));
    return found.flatMap((it) => (it?.told.round === round ? it.told.people : []));
  }

  private async take(site: string): Promise<void> {
    const lying = await this.chest.unseal<RosterTaken>(ROSTER + site);
    await this.fetch(site, lying?.tag ?? "");
    const { here } = this;
    if (here?.site === site) await this.stand(here);
  }

  /** How many people came along. */
  private async fetch(site: string, tag: string): Promise<number> {
    const found = await this.line.roster(site, tag);
    if (!found || found === "same" || found === "gone") return 0;
    // What the server can be asked for again goes without where there is no room for it.
    await this.chest.seal(ROSTER + site, found).catch(() => undefined);
    const lying = new Set([...(await this.rosters()), site]);
    await this.chest.putThing(ROSTERS, [...lying]).catch(() => undefined);
    return found.told.people.length;
  }

  private async rosters(): Promise<readonly string[]> {
    return ((await this.chest.thing(ROSTERS)) as readonly string[] | undefined) ?? [];
  }
}
