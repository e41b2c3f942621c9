/** The door keeper's phone: scans without a pause, says one word, keeps what could not be sent. */

import { letterOf } from "../core/codeText";
import { Refusal } from "../core/refusal";
import {
  type Answer,
  isRecorded,
  isRefused,
  newId,
  type Refused,
  type Scan,
  SeenLately,
  type Shown as ShownCode,
  together,
} from "../core/scan";
import { shownFor, shownForDocument } from "./answerWords";
import { BigAnswer, type Shown, type Word } from "./bigAnswer";
import { Camera, fetchReaderAhead, type NoCamera } from "./camera";
import { DEVICE } from "./device";
import { isOther } from "./doorBox";
import { GateLine, PATIENCE_MS, SHORT_PATIENCE_MS, type Told } from "./gateLine";
import { keepPage } from "./keepPage";
import { KeeperLog } from "./keeperLog";
import { KeeperParty } from "./keeperParty";
import { KeeperPost, POST } from "./keeperPost";
import { LastingStore } from "./lastingStore";
import { LATER, LaterAnswers } from "./laterAnswers";
import { LineState } from "./lineState";
import { OfflineDoor } from "./offlineDoor";
import { readyToProve } from "./proof";
import { openShelf } from "./shelf";
import { Speaker } from "./sound";
import { stayAwake } from "./stayAwake";
import { type Language, languageOf, outcomeWord, say, type WordName } from "./words";

/** The same code in view is the same person; after so long they have come again. */
const AGAIN_MS = 8_000;
const ADMIT_SHOWN_MS = 1_800;
const REFRESH_POST_MS = 600_000;
const REFRESH_BUNDLE_MS = 180_000;
const NOTE_CLOCK_MS = 5_000;

const NO_CAMERA: Readonly<Record<NoCamera, WordName>> = {
  denied: "cameraDenied",
  none: "cameraNone",
  insecure: "cameraInsecure",
  failed: "cameraFailed",
};

interface Asked {
  readonly first: ShownCode;
  readonly companions: readonly ShownCode[];
}

export function keepDoor(page: Document): void {
  const island = page.querySelector<HTMLElement>("[data-island=keeper]");
  if (island) new Keeper(island, languageOf(page)).begin();
}

class Keeper {
  private readonly store = new LastingStore(localStorage);
  private readonly post = new KeeperPost(this.store);
  private readonly line: GateLine;
  private readonly door: OfflineDoor;
  private readonly later: LaterAnswers;
  private readonly answer: BigAnswer;
  private readonly camera: Camera;
  private readonly log: KeeperLog;
  private readonly state: LineState;
  private readonly speaker = new Speaker(localStorage);
  private readonly seenLately = new SeenLately(AGAIN_MS);
  private readonly party: KeeperParty;
  /** A venue code that stands for the door: of a device of no venue, the one that was scanned. */
  private place = "";
  private isBusy = false;
  /** When what earlier pages kept has been found. */
  private opened: Promise<void> = Promise.resolve();
  private closing = 0;
  /** Who was asked about last: a temperature taken meanwhile is asked about with the same codes. */
  private asked: Asked | null = null;

  constructor(
    private readonly island: HTMLElement,
    private readonly language: Language,
  ) {
    this.line = new GateLine(island.dataset["gate"]!, () => this.post.token);
    this.door = new OfflineDoor(localStorage, this.line, () => this.post, language);
    this.answer = new BigAnswer(this.part("answer"));
    this.camera = new Camera(this.part<HTMLVideoElement>("video"), (text) => void this.seen(text));
    this.party = new KeeperParty((name) => this.part(name), language, {
      isPlaced: () => this.place !== "",
      onDocument: (shown) => void this.shown(shown),
      onAll: () => void this.ask(),
    });
    this.log = new KeeperLog(this.part("log"), localStorage);
    const said = (word: Word) => outcomeWord(language, word);
    this.later = new LaterAnswers(this.part("later"), this.store, ({ was, now }) =>
      this.door.tell("laterWas", { was: said(was), now: said(now) }),
    );
    this.state = new LineState(this.part("line"), this.part("outbox"), this.line, this.door, language);
    this.state.offer = this.part("gate-door");
  }

  begin(): void {
    this.listen();
    this.mute(this.speaker.isMuted);
    this.state.begin(() => void this.sendKept());
    this.opened = this.find();
    void this.opened.then(() => this.refreshPost()).then(() => this.refreshBundle());
    setInterval(() => this.tick(), 250);
    setInterval(() => this.door.clock.keep(), NOTE_CLOCK_MS);
    setInterval(() => void this.refreshPost(), REFRESH_POST_MS);
    setInterval(() => void this.refreshBundle(), REFRESH_BUNDLE_MS);
    addEventListener("online", () => void this.refreshBundle());
    void Promise.all([fetchReaderAhead(), readyToProve()])
      .then(() => keepPage(document))
      .then((isKept) => (this.part("not-kept").hidden = isKept));
  }

  /** Find what earlier pages kept: first who this phone is, without which nothing else of it can be read. */
  private async find(): Promise<void> {
    const shelf = await openShelf();
    await this.store.open(shelf, [DEVICE, POST, LATER]);
    this.post.read();
    this.later.read();
    await this.door.open(shelf);
    this.state.again();
  }

  private listen(): void {
    this.part("start").addEventListener("click", () => void this.startCamera());
    this.part("next").addEventListener("click", () => this.close());
    this.part("mute").addEventListener("click", () => this.mute(!this.speaker.isMuted));
    this.part("forget").addEventListener("click", () => void this.stopKeeping());
    this.part<HTMLSelectElement>("door").addEventListener("change", () => this.chooseDoor());
    this.island.addEventListener("pointerdown", () => this.speaker.wake(), { once: true });
    this.party.listen();
    this.part("recheck").addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.asked && !this.isBusy) void this.askAbout(this.asked, this.part<HTMLInputElement>("retaken"));
    });
  }

  private part<T extends HTMLElement>(name: string): T {
    return this.island.querySelector<T>(`[data-part=${name}]`)!;
  }

  // ---- the post ----

  private async refreshPost(): Promise<void> {
    const found = await this.post.refresh(this.island.dataset["post"]!);
    const { refusal, post } = this.post;
    if (found === "fresh" && post) this.door.clock.hear(post.at, post.rate);
    if (found === "ended") await this.giveUp(refusal?.[this.language] ?? "");
    const isKept = this.post.post !== null && found !== "ended";
    this.part("ended").hidden = found !== "ended";
    this.part("enrol").hidden = isKept;
    this.part("desk").hidden = !isKept;
    // What a gate said otherwise is to be seen to, also by whoever keeps the door no more.
    if (isKept) this.part("last").before(this.part("later"));
    else this.part("ended").after(this.part("later"));
    if (isKept) this.showPost();
  }

  /** The phone stands for no door any more; only with its token is what it still keeps taken by a gate. */
  private async giveUp(why: string): Promise<void> {
    await this.sendKept();
    const { n } = this.door.box;
    this.part("ended").textContent = n === 0 ? why : `${why} ${this.door.tell("endedKept", { n })}`;
    if (n > 0) return;
    this.post.forget();
    void this.door.bundle.forget();
  }

  private async refreshBundle(): Promise<void> {
    await this.door.bundle.refresh(this.island.dataset["bundle"]!, this.post.token);
    const { refusal } = this.door.bundle;
    this.part("bundle-fault").hidden = refusal === null;
    this.part("bundle-fault").textContent = refusal?.said(this.language) ?? "";
    this.state.again();
  }

  private showPost(): void {
    const { venue, doors } = this.post.post!;
    if (venue) this.part("venue").textContent = venue;
    const choice = this.part<HTMLSelectElement>("door");
    const before = choice.value;
    choice.replaceChildren(
      ...doors.map((door) => new Option(`${door.number} ${door.name}`, door.typed, false, door.typed === before)),
    );
    choice.hidden = doors.length === 0;
    this.chooseDoor();
  }

  private chooseDoor(): void {
    const chosen = this.part<HTMLSelectElement>("door").value;
    if (chosen) this.place = chosen;
    this.party.showHint();
  }

  private async stopKeeping(): Promise<void> {
    await this.opened; // before that nobody knows whether something waits
    const { n } = this.door.box;
    this.part("still-kept").hidden = n === 0;
    this.part("still-kept").textContent = this.door.tell("stillKept", { n });
    if (n > 0) return; // without its token nobody could send them
    this.camera.stop();
    this.post.forget();
    void this.door.bundle.forget().then(() => location.reload());
  }

  // ---- what is shown to the phone ----

  private async startCamera(): Promise<void> {
    this.speaker.wake();
    stayAwake();
    const problem = await this.camera.start();
    this.part("finder").hidden = problem !== null;
    this.part("start").hidden = problem === null;
    if (problem) this.party.hint(say(this.language, NO_CAMERA[problem]));
    else this.party.showHint();
  }

  private async seen(text: string): Promise<void> {
    if (this.isBusy || !this.seenLately.isNew(text, Date.now())) return;
    try {
      const code = text.slice(text.lastIndexOf("/") + 1);
      if (["V", "R"].includes(letterOf(code))) return this.venueSeen(code);
      await this.shown({ code });
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      this.party.hint(problem.said(this.language));
      this.speaker.play("unknown");
    }
  }

  private venueSeen(code: string): void {
    if (this.post.post?.doors.length) return this.party.hint(say(this.language, "notPerson"));
    this.place = code;
    this.party.showHint();
  }

  private async shown(shown: ShownCode): Promise<void> {
    if (!this.place) return this.party.hint(say(this.language, "setPlace"));
    if (this.answer.isOpen) this.close();
    if (!this.party.add(shown)) return this.party.hint(say(this.language, "sameTwice"));
    if (this.party.isWhole) await this.ask();
    else this.party.showHint();
  }

  // ---- asking and answering ----

  private async ask(): Promise<void> {
    const those = this.party.take();
    if (those) await this.askAbout(those, this.part<HTMLInputElement>("temperature"));
  }

  private async askAbout(asked: Asked, temperature: HTMLInputElement): Promise<void> {
    const { clock, bundle } = this.door;
    if (!this.post.post || !clock.isKnown) return;
    this.isBusy = true;
    try {
      this.asked = asked;
      const scan = this.scanOf(asked, takenFrom(temperature), clock.stamp());
      const patienceMs = bundle.standing === "good" ? SHORT_PATIENCE_MS : PATIENCE_MS;
      const told: Told = this.state.isGone ? { kind: "silence" } : await this.line.scan(scan, patienceMs);
      await this.told(told, scan);
    } finally {
      this.isBusy = false;
      this.party.showHint();
    }
  }

  private scanOf({ first, companions }: Asked, degrees: number | null, at: string): Scan {
    const isOut = this.island.querySelector<HTMLInputElement>("input[name=direction]:checked")?.value === "out";
    return {
      id: newId(),
      ...first,
      venue: this.place,
      scanned_at: at,
      ...(isOut ? { direction: "out" as const } : {}),
      ...(degrees === null ? {} : { temperature_c: degrees }),
      ...(companions.length > 0 ? { companions } : {}),
    };
  }

  private async told(told: Told, scan: Scan): Promise<void> {
    if (told.kind === "answer") {
      const shown = (scan.document === undefined ? shownFor : shownForDocument)(told.answer, this.language, scan.direction ?? "in");
      if (isRecorded(told.answer)) this.open(shown, scan, "");
      else await this.openKept({ ...shown, advice: this.door.tell("notRecorded") }, scan, told.answer.outcome, this.door.tell("markNotRecorded"));
    } else if (told.kind === "refused" && !told.isOfTheGate) {
      this.open({ word: "unknown", reason: told.refused[this.language], advice: "" }, scan, "");
    } else {
      const { outcome, shown, mark } = await this.door.answer(scan);
      await this.openKept(shown, scan, outcome, mark);
    }
    this.state.look(told.kind !== "silence");
  }

  /** An answer that no gate has written down yet: the scan waits in the box. */
  private async openKept(shown: Shown, scan: Scan, outcome: Answer["outcome"], mark: string): Promise<void> {
    const isSafe = await this.door.keep(scan, outcome);
    const waiting = isSafe ? [] : [this.door.tell("notKept")];
    this.open({ ...shown, more: [...waiting, ...(shown.more ?? [])] }, scan, mark);
  }

  private open(shown: Shown, scan: Scan, mark: string): void {
    clearTimeout(this.closing);
    this.answer.show(shown);
    this.part("recheck").hidden = shown.word === "admit" || scan.direction === "out" || shown.isFinal === true;
    this.speaker.play(shown.word);
    navigator.vibrate?.(shown.word === "admit" ? 60 : [120, 80, 120]);
    const direction = scan.direction === "out" ? say(this.language, "out") : "";
    this.log.add({
      id: scan.id,
      at: scan.scanned_at.slice(11, 19),
      word: shown.word,
      reason: shown.reason,
      mark: [direction, mark].filter(Boolean).join(" · "),
    });
    // Whoever passes walks on; anything else stays until the keeper has dealt with it.
    if (shown.word === "admit") this.closing = window.setTimeout(() => this.close(), ADMIT_SHOWN_MS);
    else this.part("next").focus({ preventScroll: true });
  }

  private close(): void {
    clearTimeout(this.closing);
    this.answer.hide();
  }

  // ---- what was kept ----

  private async sendKept(): Promise<void> {
    if (this.door.box.n === 0) return;
    await this.door.send(
      (scan, told) => this.sentLate(scan, told),
      () => this.state.count(),
    );
    this.state.look(true);
  }

  private sentLate(scan: Scan, told: Answer | Refused): void {
    const word: Word = isRefused(told) ? "unknown" : together(told).outcome;
    const at = scan.scanned_at.slice(11, 19);
    const reason = isRefused(told) ? told[this.language] : (together(told).because?.[this.language] ?? "");
    this.log.add({ id: scan.id, at, word, reason, mark: say(this.language, "late") });
    if (!scan.decided || !isOther(scan, told)) return;
    const day = scan.scanned_at.slice(5, 16).replace("T", " ");
    this.later.add({ id: scan.id, at: day, was: scan.decided.outcome, now: word, reason });
  }

  private mute(isMuted: boolean): void {
    this.speaker.mute(isMuted);
    this.part("mute").setAttribute("aria-pressed", String(isMuted));
  }

  private tick(): void {
    const { clock } = this.door;
    if (!clock.isKnown) return;
    for (const it of this.island.querySelectorAll("[data-part=second]")) it.textContent = clock.second;
  }
}

/** The temperature in a field, which is then empty for the next person; null for none that a gate takes. */
function takenFrom(field: HTMLInputElement): number | null {
  const degrees = Number(field.value.replace(",", "."));
  field.value = "";
  return degrees >= 20 && degrees <= 50 ? degrees : null;
}
