/** Scanning a venue with one's own phone: by camera or by the nine characters, with those who come along. */

import { letterOf } from "../core/codeText";
import { type ClockCard, CountyTime } from "../core/countyTime";
import { Refusal } from "../core/refusal";
import { type Answer, isRefused, newId, type Refused, type Scan, type Shown } from "../core/scan";
import { grouped, plainTyped } from "../core/typedCode";
import { parseVenueCode } from "../core/venueCode";
import { shownFor } from "./answerWords";
import { BigAnswer } from "./bigAnswer";
import { Camera, fetchReaderAhead, type NoCamera } from "./camera";
import { GateLine, type Told } from "./gateLine";
import { mayBeUntrusted } from "./lineState";
import { Outbox } from "./outboxStore";
import { type Nearness, Nearby, placeOfPoster, presenceOf, whyNoPosition } from "./nearby";
import { isProved, placeShown } from "./placeShown";
import { ageWord, type Language, languageOf, outcomeWord, say } from "./words";

const OUTBOX = "fangxian.my.outbox";
/** Within a minute the same door is the same visit: its answer is shown again, nothing is sent. */
const SAME_VISIT_MS = 60_000;
const SEND_EVERY_MS = 15_000;

interface Carried {
  readonly id: string;
  readonly text: string;
  readonly until: string;
}

interface Codes extends ClockCard {
  readonly carried: readonly Carried[];
}

const NEARNESS: Readonly<Record<Nearness, "nearbyNear" | "nearbyFar" | "nearbyUnknown" | null>> = {
  near: "nearbyNear",
  far: "nearbyFar",
  coarse: "nearbyUnknown",
  unknown: "nearbyUnknown",
  denied: "nearbyUnknown",
  "passed-over": null,
  unasked: null,
};

const NO_CAMERA: Readonly<Record<NoCamera, "cameraDenied" | "cameraNone" | "cameraInsecure" | "cameraFailed">> = {
  denied: "cameraDenied",
  none: "cameraNone",
  insecure: "cameraInsecure",
  failed: "cameraFailed",
};

export function scanVenues(page: Document): void {
  const island = page.querySelector<HTMLElement>("[data-island=venue-scan]");
  if (island) new VenueScan(island, languageOf(page)).begin();
}

class VenueScan {
  private readonly line: GateLine;
  private readonly outbox: Outbox;
  private readonly answer: BigAnswer;
  private readonly camera: Camera;
  private readonly nearby: Nearby;
  private codes: Codes | null = null;
  private time: CountyTime | null = null;
  private isBusy = false;
  private last: { venue: string; atMs: number; told: Told; scan: Scan; nearness: Nearness } | null = null;

  constructor(
    private readonly island: HTMLElement,
    private readonly language: Language,
  ) {
    this.line = new GateLine(island.dataset["gate"]!, () => "");
    this.outbox = new Outbox(localStorage, OUTBOX, this.line);
    this.answer = new BigAnswer(this.part("answer"));
    this.camera = new Camera(this.part<HTMLVideoElement>("video"), (text) => void this.seen(text));
    const askPlace = (poster: string) => placeOfPoster(island.dataset["places"]!, poster);
    this.nearby = new Nearby(navigator.geolocation, localStorage, askPlace, () => this.sayNearby("nearbyDenied"));
  }

  begin(): void {
    this.part("start").addEventListener("click", () => void this.startCamera());
    this.part("again").addEventListener("click", () => this.close());
    this.part("retry").addEventListener("click", () => void this.retry());
    const form = this.part<HTMLFormElement>("typed-form");
    const typed = this.part<HTMLInputElement>("typed");
    typed.addEventListener("input", () => {
      typed.value = grouped(typed.value);
      this.sayBesideTyped("");
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.typed(plainTyped(typed.value));
    });
    this.offerNearby();
    setInterval(() => this.tick(), 250);
    setInterval(() => void this.sendKept(), SEND_EVERY_MS);
    addEventListener("online", () => void this.sendKept());
    this.showKept();
    void this.refreshCodes().then(() => this.sendKept());
    void fetchReaderAhead();
  }

  private part<T extends HTMLElement>(name: string): T {
    return this.island.querySelector<T>(`[data-part=${name}]`)!;
  }

  private say(sentence: string): void {
    this.part("hint").textContent = sentence;
  }

  private sayBesideTyped(sentence: string): void {
    const fault = this.part("typed-fault");
    fault.hidden = sentence === "";
    fault.textContent = sentence;
    this.part("typed").toggleAttribute("aria-invalid", sentence !== "");
  }

  /** Offered where a position can be had at all, and never in the way: whoever leaves it alone scans all the same. */
  private offerNearby(): void {
    const agreed = this.part<HTMLInputElement>("nearby-agreed");
    this.part("nearby").hidden = whyNoPosition(window) !== "";
    agreed.checked = this.nearby.isAgreed;
    agreed.addEventListener("change", () => {
      this.part("nearby-told").textContent = "";
      this.nearby.agree(agreed.checked);
    });
    this.part("nearby-pass").addEventListener("click", () => this.nearby.pass());
    document.addEventListener("visibilitychange", () => (document.hidden ? this.nearby.end() : this.nearby.begin()));
    this.nearby.begin();
  }

  private sayNearby(word: "nearbyDenied"): void {
    this.part<HTMLInputElement>("nearby-agreed").checked = this.nearby.isAgreed;
    this.part("nearby-told").textContent = say(this.language, word);
  }

  /** Whether the phone is there, asked before the scan goes: its moment is the one at which the code was seen. */
  private async nearnessTo(venue: string): Promise<Nearness> {
    const pass = this.part("nearby-pass");
    const isWaiting = setTimeout(() => {
      pass.hidden = false;
      this.say(say(this.language, "nearbyWait"));
    }, 300);
    const nearness = await this.nearby.at(venue);
    clearTimeout(isWaiting);
    pass.hidden = true;
    return nearness;
  }

  private tick(): void {
    if (this.time) for (const it of this.island.querySelectorAll("[data-part=second]")) it.textContent = this.time.secondAt(Date.now());
  }

  private async startCamera(): Promise<void> {
    const problem = await this.camera.start();
    this.part("finder").hidden = problem !== null;
    this.part("start").hidden = problem === null;
    this.say(problem ? say(this.language, NO_CAMERA[problem]) : "");
  }

  /** One's own code and those of companions, as fresh as can be had; what was fetched before stays if there is none. */
  private async refreshCodes(): Promise<void> {
    try {
      const answer = await fetch(this.island.dataset["codes"]!, { cache: "no-store" });
      if (answer.redirected) location.reload();
      if (!answer.ok) return;
      this.codes = (await answer.json()) as Codes;
      this.time = new CountyTime(this.codes, Date.now());
    } catch {
      // No network: the codes in hand serve until they run out.
    }
  }

  private inForce(id: string): Carried | null {
    const found = this.codes?.carried.find((it) => it.id === id);
    return found && this.time && this.time.msUntil(found.until, Date.now()) > 2_000 ? found : null;
  }

  private async seen(text: string): Promise<void> {
    if (this.isBusy || this.answer.isOpen) return;
    try {
      const venue = text.slice(text.lastIndexOf("/") + 1);
      if (["P", "C"].includes(letterOf(venue))) return this.say(say(this.language, "notVenue"));
      parseVenueCode(venue);
      await this.visit(venue);
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      this.say(problem.said(this.language));
    }
  }

  private async typed(text: string): Promise<void> {
    if (text.length < 9) return this.sayBesideTyped(say(this.language, "typedShort", { n: text.length }));
    await this.visit(text);
  }

  private async visit(venue: string): Promise<void> {
    if (this.isBusy) return;
    const before = this.last;
    if (before && before.venue === venue && Date.now() - before.atMs < SAME_VISIT_MS && before.told.kind === "answer") {
      return this.show(before.told, before.scan, before.nearness);
    }
    this.isBusy = true;
    try {
      if (!this.inForce("own")) await this.refreshCodes();
      const own = this.inForce("own");
      if (!own || !this.time) return this.say(say(this.language, "codeTooOld"));
      const scan = this.scanOf(venue, own, this.time);
      const nearness = await this.nearnessTo(venue);
      await this.send({ ...scan, ...presenceOf(nearness) }, nearness);
    } finally {
      this.isBusy = false;
    }
  }

  private scanOf(venue: string, own: Carried, time: CountyTime): Scan {
    const chosen = [...this.island.querySelectorAll<HTMLInputElement>("input[name=companion]:checked")];
    const along: Shown[] = chosen.flatMap((box) => {
      const found = this.inForce(box.value);
      return found ? [{ code: found.text }] : [];
    });
    const isOut = this.island.querySelector<HTMLInputElement>("input[name=direction]:checked")?.value === "out";
    return {
      id: newId(),
      code: own.text,
      venue,
      scanned_at: time.stampAt(Date.now()),
      ...(isOut ? { direction: "out" as const } : {}),
      ...(along.length > 0 ? { companions: along } : {}),
    };
  }

  private async send(scan: Scan, nearness: Nearness): Promise<void> {
    this.say("");
    const told = await this.line.scan(scan);
    if (isWaiting(told)) this.outbox.keep(scan);
    this.last = { venue: scan.venue, atMs: Date.now(), told, scan, nearness };
    this.show(told, scan, nearness);
    this.showKept();
  }

  private show(told: Told, scan: Scan, nearness: Nearness): void {
    this.camera.pause(true);
    this.part("retry").hidden = !isWaiting(told);
    this.part("gate-door").hidden = told.kind !== "silence" || !mayBeUntrusted("gone", location, navigator.onLine);
    this.part("answer").dataset["proved"] = isProved(scan.venue) ? "yes" : "no";
    this.part("along").textContent = scan.companions ? `+ ${scan.companions.length}` : "";
    void this.nameVenue(scan.venue, told);
    if (told.kind === "answer") {
      const shown = shownFor(told.answer, this.language, scan.direction ?? "in");
      const bySelf = isProved(scan.venue) ? [] : [say(this.language, "bySelf")];
      const word = NEARNESS[nearness];
      const near = word ? [say(this.language, word)] : [];
      this.answer.show({ ...shown, more: [...bySelf, ...near, ...(shown.more ?? [])] });
    } else if (told.kind === "refused") {
      this.answer.show({ word: "unknown", reason: told.refused[this.language], advice: "" });
    } else {
      const advice = say(this.language, "nobodySawDo");
      this.answer.show({ word: "unknown", reason: say(this.language, "nobodySaw"), advice });
    }
    this.part("again").focus({ preventScroll: true });
  }

  /** The same scan once more, under its own id: whoever taps twice is not there twice. */
  private async retry(): Promise<void> {
    if (this.last && !this.isBusy) await this.send(this.last.scan, this.last.nearness);
  }

  private close(): void {
    this.answer.hide();
    this.camera.pause(false);
    this.part<HTMLInputElement>("typed").value = "";
  }

  /** The venue's name, from our own server if it answers; what was scanned or typed otherwise. */
  private async nameVenue(text: string, told: Told): Promise<void> {
    const name = this.part("venue");
    const { said, asks } = placeShown(text, told.kind, this.language);
    name.textContent = said;
    if (!asks) return;
    try {
      const answer = await fetch(`${this.island.dataset["names"]!}${asks}`, { cache: "no-store" });
      if (answer.ok) name.textContent = ((await answer.json()) as { said: string }).said;
    } catch {
      // What is printed on the poster too stands.
    }
  }

  private async sendKept(): Promise<void> {
    if (!this.time || this.outbox.scans.length === 0) return;
    const time = this.time;
    await this.outbox.send(
      () => time.stampAt(Date.now()),
      (scan, told) => this.tellSent(scan, told),
    );
    this.showKept();
  }

  private tellSent(scan: Scan, told: Answer | Refused): void {
    const at = scan.scanned_at.slice(11, 16);
    const word = isRefused(told) ? told[this.language] : outcomeWord(this.language, told.outcome);
    this.say(say(this.language, "sentLate", { at, word }));
    if (this.last?.scan.id === scan.id && !isRefused(told)) {
      this.last = { ...this.last, told: { kind: "answer", answer: told } };
      if (this.answer.isOpen) this.show(this.last.told, scan, this.last.nearness);
    }
  }

  private showKept(): void {
    const n = this.outbox.scans.length;
    const strip = this.part("outbox");
    strip.hidden = n === 0;
    strip.textContent = say(this.language, "kept", { n });
    if (n === 0) return;
    const oldest = Date.parse(this.outbox.scans[0]!.scanned_at);
    if (this.time) strip.textContent += ` · ${ageWord(this.language, (this.time.msAt(Date.now()) - oldest) / 1000)}`;
  }
}

/** Whether the scan itself may still be answered: there was no gate, or one that could answer nobody. */
function isWaiting(told: Told): boolean {
  return told.kind === "silence" || (told.kind === "refused" && told.isOfTheGate);
}
