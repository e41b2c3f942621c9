/** The situation pages, kept alive: one small file a second for everything on the page, and an age that goes on
 *  when it no longer comes. The server has written all words; here only figures change. */

import { spaced } from "./words";

export interface Figure {
  readonly value: number | string | null;
  readonly state: "" | "stale" | "unknown" | "not_yet";
  readonly at: string | null;
  readonly age_s: number | null;
  /** Of a count of the day: the whole of the day before. */
  readonly before?: number | string | null;
}

export interface Alarms {
  readonly state: "ok" | "stale" | "not_yet";
  readonly at: string | null;
  readonly standing: readonly {
    readonly kind: string;
    readonly is_urgent: boolean;
    readonly since: string;
    readonly n_by_hand: number;
    readonly title: Both;
    readonly meaning: Both;
    readonly to_do: Both;
  }[];
  readonly over: readonly { since: string; until: string | null; n_by_hand: number; title: Both }[];
}

interface Both {
  readonly zh: string;
  readonly en: string;
}

type Count = number | string;

export interface Situation {
  readonly at: string;
  readonly figures: Readonly<Record<string, Figure>>;
  readonly alarms: Alarms;
  readonly presences: Readonly<Record<string, number>> | null;
  readonly minutes: { readonly until: string; readonly counts: readonly number[] } | null;
  readonly townships: readonly (Both & { path: string; recent: number | null; day: readonly Count[] | null })[];
  readonly reasons: readonly (Both & { outcome: string; rule: string; n: Count })[] | null;
  readonly silent: {
    readonly n: number;
    readonly n_usual: number;
    readonly n_days: number;
    readonly venues: readonly (Both & { id: string; name: string; last: string | null })[];
  } | null;
}

export const EVERY_MS = 1_000;
const ANSWER_WITHIN_MS = 4_000;
/** From then on what is shown is no longer the present; the server says the same of its own sources. */
export const STALE_AFTER_S = 10;

/** A count as the server writes it. */
export function written(value: number | string | null): string {
  if (value === null) return "—";
  return typeof value === "string" ? value : value.toLocaleString("en-US", { maximumFractionDigits: 2 });
}

/** `2022-04-19T12:05:07+08:00` → `2022-04-19 12:05`: county time, whatever zone the device is in. */
export function moment(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}

/** The weekday of a moment, in the county's own days. */
export function weekday(iso: string, english: boolean): string {
  const [year, month, day] = [iso.slice(0, 4), iso.slice(5, 7), iso.slice(8, 10)].map(Number);
  const nth = new Date(Date.UTC(year!, month! - 1, day!)).getUTCDay();
  return english ? ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][nth]! : `周${"日一二三四五六"[nth]}`;
}

/** The label of the nth of some minutes of which the last is `until`, in the county's own hours. */
export function minuteLabel(until: string, nth: number, of: number): string {
  const last = Number(until.slice(11, 13)) * 60 + Number(until.slice(14, 16));
  const minute = (((last - (of - 1 - nth)) % 1440) + 1440) % 1440;
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** The next number that is good to write at the side of a plot; as `pictures.round_up` draws it at first. */
export function roundUp(value: number): number {
  if (value <= 10) return [2, 4, 6, 8, 10].find((step) => step >= value)!;
  const power = 10 ** (Math.floor(Math.log10(value)) - 1);
  return [10, 12, 16, 20, 24, 30, 40, 50, 60, 80, 100].map((step) => step * power).find((top) => top >= value)!;
}

/** Which share of the accent a value has: how many of the cuts it reaches. */
export function shareOf(value: number | null, cuts: readonly number[]): number {
  return value === null ? 0 : cuts.filter((cut) => value >= cut).length;
}

/** Whole minutes from one moment to another, none before it. */
export function minutesBetween(since: string, until: string): number {
  return Math.max(0, Math.floor((Date.parse(until) - Date.parse(since)) / 60_000));
}

/** How old what was received is, by a clock that only goes forward: the device's own may be set wrong. */
export class HeldAge {
  #sinceMs: number;
  #ageS: number;

  constructor(nowMs: number, ageS: number) {
    this.#sinceMs = nowMs;
    this.#ageS = ageS;
  }

  take(nowMs: number, ageS: number): void {
    this.#sinceMs = nowMs;
    this.#ageS = ageS;
  }

  seconds(nowMs: number): number {
    return this.#ageS + (nowMs - this.#sinceMs) / 1000;
  }
}

/** Which of the sentences about alarms stand; the alarms themselves beside them. */
export function alarmStates(alarms: Alarms): readonly ("stale" | "none" | "not-yet")[] {
  if (alarms.state === "not_yet") return ["not-yet"];
  if (alarms.state === "stale") return ["stale"];
  return alarms.standing.length ? [] : ["none"];
}

type Answer = { situation: Situation | null; ageS: number } | "signed-out" | "failed";

export function runSituation(page: Document): void {
  const island = page.querySelector<HTMLElement>("[data-island=situation]");
  if (!island) return;
  const held = new HeldAge(performance.now(), Number(island.dataset["age"]));
  const drawn = new Drawing(island, page.documentElement.lang === "en");
  let etag = "";
  let isSignedOut = false;

  const look = async () => {
    const answer = await ask(island.dataset["address"]!, etag, (found) => (etag = found));
    if (typeof answer === "object") {
      held.take(performance.now(), answer.ageS);
      if (answer.situation) drawn.draw(answer.situation);
    }
    isSignedOut = answer === "signed-out";
    if (!isSignedOut) setTimeout(look, EVERY_MS);
    drawn.tell(held.seconds(performance.now()), isSignedOut);
  };
  void look();
  setInterval(() => drawn.tell(held.seconds(performance.now()), isSignedOut), EVERY_MS);
}

async function ask(address: string, etag: string, keep: (etag: string) => void): Promise<Answer> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), ANSWER_WITHIN_MS);
  try {
    const headers: Record<string, string> = etag ? { "If-None-Match": etag } : {};
    const answer = await fetch(address, { headers, redirect: "manual", cache: "no-store", signal: stop.signal });
    if (answer.type === "opaqueredirect" || answer.status === 403) return "signed-out";
    const ageS = Number(answer.headers.get("Age") ?? 0);
    if (answer.status === 304) return { situation: null, ageS };
    if (!answer.ok) return "failed";
    const situation = (await answer.json()) as Situation;
    keep(answer.headers.get("ETag") ?? "");
    return { situation, ageS };
  } catch {
    return "failed";
  } finally {
    clearTimeout(timer);
  }
}

/** Which of the sentences about silence stands; "" where the venues themselves are listed. */
export function silentState(silent: Situation["silent"]): "not-yet" | "unusual" | "none" | "" {
  if (!silent) return "not-yet";
  if (silent.n_usual === 0) return "unusual";
  return silent.n ? "" : "none";
}

class Drawing {
  readonly #island: HTMLElement;
  readonly #english: boolean;
  readonly #cuts: readonly number[];
  #figures: Readonly<Record<string, Figure>> | null = null;

  constructor(island: HTMLElement, english: boolean) {
    this.#island = island;
    this.#english = english;
    this.#cuts = (island.dataset["cuts"] ?? "").split(",").map(Number);
  }

  draw(found: Situation): void {
    this.#figures = found.figures;
    for (const shown of document.querySelectorAll(".wall > header .at time, .opening .asof time")) {
      const day = shown.textContent?.split(" ").length === 3 ? weekday(found.at, this.#english) : "";
      put(shown, day ? moment(found.at).replace(" ", ` ${day} `) : moment(found.at));
    }
    this.#drawAlarms(found.alarms);
    if ((found.minutes !== null) !== (this.#island.dataset["counted"] === "1")) {
      location.reload(); // the first count, or the loss of all: the page has another shape then
      return;
    }
    if (found.minutes) this.#drawMinutes(found.minutes);
    this.#drawTownships(found.townships);
    this.#drawReasons(found.reasons ?? []);
    this.#drawSilent(found.silent);
    for (const [key, n] of Object.entries(found.presences ?? {})) {
      put(this.#one(`tr[data-presence="${key}"] [data-part=n]`), written(n));
    }
  }

  /** What changes without any news: ages, and what they mean. */
  tell(fileAgeS: number, isSignedOut: boolean): void {
    const isStale = fileAgeS > STALE_AFTER_S;
    for (const line of this.#all("[data-when]")) {
      line.hidden = !(line.dataset["when"] === (isSignedOut ? "signed-out" : isStale ? "stale" : ""));
    }
    for (const [name, figure] of Object.entries(this.#figures ?? {})) {
      const box = this.#one(`[data-figure="${name}"]`);
      if (box) this.#drawFigure(box, figure, fileAgeS, isStale);
    }
  }

  #drawFigure(box: HTMLElement, figure: Figure, fileAgeS: number, isStale: boolean): void {
    const state = figure.state || (isStale ? "stale" : "");
    const isMissing = state === "unknown" || state === "not_yet";
    box.className = `figure${state ? ` is-${state.replace("_", "-")}` : ""}`;
    const words = this.#island.dataset;
    put(part(box, "value"), isMissing ? (state === "unknown" ? words["unknown"]! : words["notYet"]!) : written(figure.value));
    part(box, "unit")!.hidden = isMissing;
    part(box, "stale")!.hidden = state !== "stale";
    put(part(box, "at"), figure.at ? moment(figure.at) : "");
    put(part(box, "age"), figure.age_s === null ? "" : this.#ago(figure.age_s + fileAgeS));
    const before = figure.before ?? null;
    part(box, "before")!.hidden = before === null;
    put(part(box, "before-value"), written(before));
  }

  #ago(seconds: number): string {
    const words = this.#island.dataset;
    const [sentence, n] = seconds < 120 ? [words["seconds"]!, seconds] : [words["minutes"]!, seconds / 60];
    return sentence.replace("#", Math.floor(n).toLocaleString("en-US"));
  }

  #drawMinutes(minutes: NonNullable<Situation["minutes"]>): void {
    const chart = this.#one("[data-part=chart]");
    if (!chart) return;
    const { until, counts } = minutes;
    const top = roundUp(Math.max(0, ...counts));
    const bars = chart.querySelectorAll("rect.bar[x]");
    const labels = chart.querySelectorAll(".x span");
    const rows = chart.querySelectorAll("tbody tr");
    counts.forEach((n, nth) => {
      const height = (100 * n) / top;
      bars[nth]?.setAttribute("y", (100 - height).toFixed(2));
      bars[nth]?.setAttribute("height", height.toFixed(2));
      const label = minuteLabel(until, nth, counts.length);
      if (labels[nth]?.textContent) put(labels[nth], label);
      put(rows[nth]?.querySelector("th")?.firstChild, label);
      put(rows[nth]?.querySelector("td"), written(n));
    });
    [top, Math.floor(top / 2), 0].forEach((tick, nth) => put(chart.querySelectorAll(".y span")[nth], written(tick)));
  }

  #drawTownships(townships: Situation["townships"]): void {
    for (const { path, zh, en, recent, day } of townships) {
      const cells = this.#island.querySelectorAll(`tr[data-path="${path}"] td`);
      [recent, ...(day ?? [null, null, null])].forEach((n, nth) => put(cells[nth], written(n)));
      const area = path && this.#island.querySelector(`.map a[href$="/${path}"]`);
      if (!area) continue;
      const nth = shareOf(recent, this.#cuts);
      area.querySelector("path.area")?.setAttribute("class", nth ? `area share-${nth}` : "area");
      const told = this.#island.dataset["scans"]!.replace("#", written(recent));
      const said = `${this.#in({ zh, en })} ${told}`;
      area.setAttribute("aria-label", said);
      put(area.querySelector("title"), said);
    }
  }

  #drawReasons(reasons: NonNullable<Situation["reasons"]>): void {
    const body = this.#one("tbody[data-part=reasons]");
    if (!body) return;
    this.#fill(body, "reason", reasons.length, (row, nth) => {
      const { outcome, rule, n, ...both } = reasons[nth]!;
      row.dataset["rule"] = rule;
      part(row, "outcome")!.className = `outcome is-${outcome}`;
      for (const word of row.querySelectorAll<HTMLElement>("[data-of]")) word.hidden = word.dataset["of"] !== outcome;
      put(part(row, "reason"), this.#in(both));
      put(part(row, "rule"), rule);
      put(part(row, "n"), written(n));
    });
    this.#one("[data-part=no-reasons]")!.hidden = reasons.length > 0;
  }

  #drawAlarms(alarms: Alarms): void {
    const list = this.#one("ul[data-part=standing]");
    if (!list) return;
    const asOf = alarms.at?.slice(11, 19) ?? "";
    for (const it of this.#all("[data-part=as-of]")) put(it, asOf);
    this.#one("[data-part=alarms-at]")!.hidden = alarms.standing.length === 0;
    this.#fill(list, "alarm", alarms.standing.length, (row, nth) => {
      const it = alarms.standing[nth]!;
      row.className = it.is_urgent ? "alarm is-urgent" : "alarm";
      row.dataset["kind"] = it.kind;
      for (const word of row.querySelectorAll<HTMLElement>("[data-urgent]")) word.hidden = word.dataset["urgent"] !== (it.is_urgent ? "yes" : "no");
      put(part(row, "title"), this.#spaced(it.title));
      put(part(row, "since"), it.since.slice(11, 16));
      put(part(row, "minutes"), written(minutesBetween(it.since, alarms.at!)));
      part(row, "by-hand")!.hidden = it.n_by_hand === 0;
      put(part(row, "n-by-hand"), written(it.n_by_hand));
      put(part(row, "meaning"), this.#spaced(it.meaning));
      put(part(row, "to-do"), this.#spaced(it.to_do));
      put(part(row, "page"), `docs/operations/${it.kind}.md`);
    });
    list.hidden = alarms.standing.length === 0;
    const states: readonly string[] = alarmStates(alarms);
    for (const line of this.#all("[data-when-alarms]")) line.hidden = !states.includes(line.dataset["whenAlarms"]!);
    this.#drawOver(alarms.over);
  }

  #drawOver(over: Alarms["over"]): void {
    const body = this.#one("tbody[data-part=over]");
    if (!body) return;
    this.#fill(body, "alarm-over", over.length, (row, nth) => {
      const { since, until, n_by_hand, title } = over[nth]!;
      put(part(row, "title"), this.#spaced(title));
      put(part(row, "day"), since.slice(0, 10));
      put(part(row, "span"), `${since.slice(11, 16)}–${until?.slice(11, 16) ?? ""}`);
      put(part(row, "n"), written(n_by_hand));
    });
    this.#one("[data-part=over-box]")!.hidden = over.length === 0;
  }

  #drawSilent(silent: Situation["silent"]): void {
    const list = this.#one("ul[data-part=silent]");
    if (!list) return;
    const venues = silent?.venues ?? [];
    this.#fill(list, "silent-venue", venues.length, (row, nth) => {
      const { id, name, last, ...both } = venues[nth]!;
      const link = part(row, "name")!;
      link.setAttribute("href", `/venues/${id}`);
      put(link, name);
      put(part(row, "where"), this.#in(both));
      put(part(row, "last"), last ? moment(last) : "");
    });
    list.hidden = venues.length === 0;
    this.#one("[data-part=of-usual]")!.hidden = !silent?.n_usual;
    put(this.#one("[data-part=n-silent]"), silent ? written(silent.n) : "");
    put(this.#one("[data-part=n-usual]"), silent ? written(silent.n_usual) : "");
    this.#one("[data-part=more]")!.hidden = !silent || silent.n <= venues.length;
    const state = silentState(silent);
    for (const line of this.#all("[data-when-silent]")) line.hidden = line.dataset["whenSilent"] !== state;
    const basis = silent ? (silent.n_days ? "days" : "today") : "";
    for (const line of this.#all("[data-basis]")) line.hidden = line.dataset["basis"] !== basis;
  }

  /** Rows of a list, as many as there are; those that stay keep the focus that may be in them. */
  #fill(list: HTMLElement, template: string, n: number, fill: (row: HTMLElement, nth: number) => void): void {
    const model = this.#one<HTMLTemplateElement>(`template[data-part="${template}"]`)!;
    while (list.children.length > n) list.lastElementChild!.remove();
    while (list.children.length < n) list.append(model.content.firstElementChild!.cloneNode(true));
    Array.from(list.children).forEach((row, nth) => fill(row as HTMLElement, nth));
  }

  #spaced(both: Both): string {
    return this.#english ? both.en : spaced(both.zh);
  }

  #in(both: Both): string {
    return this.#english ? both.en : both.zh;
  }

  #one<T extends HTMLElement = HTMLElement>(selector: string): T | null {
    return this.#island.querySelector<T>(selector);
  }

  #all(selector: string): Iterable<HTMLElement> {
    return this.#island.querySelectorAll<HTMLElement>(selector);
  }
}

function part(within: ParentNode, name: string): HTMLElement | null {
  return within.querySelector<HTMLElement>(`[data-part="${name}"]`);
}

/** Writes only what is new, so that a reader who listens hears no repeats. */
function put(node: Node | null | undefined, text: string): void {
  if (node && node.textContent !== text) node.textContent = text;
}
