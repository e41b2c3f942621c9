/** The door keeper's phone: scans without a pause, says one word, keeps what could not be sent. */

import { letterOf } from "../core/codeText";
import { faultOf, plainIdentity } from "../core/identityNumber";
import { Party } from "../core/party";
import { Refusal } from "../core/refusal";
import { type Answer, isRefused, newId, type Refused, type Scan, SeenLately, type Shown as ShownCode } from "../core/scan";
import { reasonOf, shownFor, shownForDocument } from "./answerWords";
import { BigAnswer, type Shown } from "./bigAnswer";
import { Camera, fetchReaderAhead, type NoCamera } from "./camera";
import { GateLine, type Told } from "./gateLine";
import { keepPage } from "./keepPage";
import { KeeperLog } from "./keeperLog";
import { KeeperPost } from "./keeperPost";
import { LineState } from "./lineState";
import { offlineAnswer } from "./offlineAnswer";
import { Outbox } from "./outboxStore";
import { Speaker } from "./sound";
import { type Language, languageOf, say, type WordName } from "./words";

const OUTBOX = "fangxian.door.outbox";
/** The same code in view is the same person; after so long they have come again. */
const AGAIN_MS = 8_000;
const ADMIT_SHOWN_MS = 1_800;
const REFRESH_POST_MS = 600_000;

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
  private readonly post = new KeeperPost(localStorage);
  private readonly line: GateLine;
  private readonly outbox: Outbox;
  private readonly answer: BigAnswer;
  private readonly camera: Camera;
  private readonly log: KeeperLog;
  private readonly state: LineState;
  private readonly speaker = new Speaker(localStorage);
  private readonly seenLately = new SeenLately(AGAIN_MS);
  private readonly party = new Party();
  /** A venue code that stands for the door: of a device of no venue, the one that was scanned. */
  private place = "";
  private isBusy = false;
  private closing = 0;
  /** Who was asked about last: a temperature taken meanwhile is asked about with the same codes. */
  private asked: Asked | null = null;

  constructor(
    private readonly island: HTMLElement,
    private readonly language: Language,
  ) {
    this.line = new GateLine(island.dataset["gate"]!, () => this.post.token);
    this.outbox = new Outbox(localStorage, OUTBOX, this.line);
    this.answer = new BigAnswer(this.part("answer"));
    this.camera = new Camera(this.part<HTMLVideoElement>("video"), (text) => void this.seen(text));
    this.log = new KeeperLog(this.part("log"), localStorage);
    this.state = new LineState(this.part("line"), this.part("outbox"), this.line, this.outbox, language);
    this.state.offer = this.part("gate-door");
  }

  begin(): void {
    this.part("start").addEventListener("click", () => void this.startCamera());
    this.part("next").addEventListener("click", () => this.close());
    this.part("mute").addEventListener("click", () => this.mute(!this.speaker.isMuted));
    this.part("forget").addEventListener("click", () => this.stopKeeping());
    this.part("that-is-all").addEventListener("click", () => void this.closeParty());
    this.part<HTMLSelectElement>("door").addEventListener("change", () => this.chooseDoor());
    this.island.addEventListener("pointerdown", () => this.speaker.wake(), { once: true });
    this.listenToParty();
    this.listenToDocument();
    this.part("recheck").addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.asked && !this.isBusy) void this.askAbout(this.asked, this.part<HTMLInputElement>("retaken"));
    });
    this.mute(this.speaker.isMuted);
    this.state.begin(() => void this.sendKept());
    setInterval(() => this.tick(), 250);
    setInterval(() => void this.refreshPost(), REFRESH_POST_MS);
    void this.refreshPost();
    void fetchReaderAhead()
      .then(() => keepPage(document))
      .then((isKept) => (this.part("not-kept").hidden = isKept));
  }

  private part<T extends HTMLElement>(name: string): T {
    return this.island.querySelector<T>(`[data-part=${name}]`)!;
  }

  // ---- the post ----

  private async refreshPost(): Promise<void> {
    const found = await this.post.refresh(this.island.dataset["post"]!);
    const { refusal } = this.post;
    if (found === "ended") {
      this.post.forget();
      this.part("ended").textContent = refusal?.[this.language] ?? "";
    }
    const isKept = this.post.post !== null && found !== "ended";
    this.part("ended").hidden = found !== "ended";
    this.part("enrol").hidden = isKept;
    this.part("desk").hidden = !isKept;
    if (isKept) this.showPost();
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
    this.showHint();
  }

  private stopKeeping(): void {
    this.camera.stop();
    this.post.forget();
    location.reload();
  }

  // ---- what is shown to the phone ----

  private async startCamera(): Promise<void> {
    this.speaker.wake();
    const problem = await this.camera.start();
    this.part("finder").hidden = problem !== null;
    this.part("start").hidden = problem === null;
    if (problem) this.hint(say(this.language, NO_CAMERA[problem]));
    else this.showHint();
  }

  private async seen(text: string): Promise<void> {
    if (this.isBusy || !this.seenLately.isNew(text, Date.now())) return;
    try {
      const code = text.slice(text.lastIndexOf("/") + 1);
      if (["V", "R"].includes(letterOf(code))) return this.venueSeen(code);
      await this.shown({ code });
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      this.hint(problem.said(this.language));
      this.speaker.play("unknown");
    }
  }

  private venueSeen(code: string): void {
    if (this.post.post?.doors.length) return this.hint(say(this.language, "notPerson"));
    this.place = code;
    this.showHint();
  }

  private async shown(shown: ShownCode): Promise<void> {
    if (!this.place) return this.hint(say(this.language, "setPlace"));
    if (this.answer.isOpen) this.close();
    if (!this.party.add(shown)) return this.hint(say(this.language, "sameTwice"));
    if (this.party.nMissing === 0) await this.ask();
    else this.showHint();
  }

  private listenToDocument(): void {
    const field = this.part<HTMLInputElement>("document");
    field.addEventListener("input", () => this.sayBesideDocument(""));
    this.part("document-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const number = plainIdentity(field.value);
      const fault = faultOf(number);
      if (fault) return this.sayBesideDocument(say(this.language, fault === "check" ? "documentCheck" : "documentShort"));
      field.value = "";
      void this.shown({ document: number });
    });
  }

  private sayBesideDocument(sentence: string): void {
    const fault = this.part("document-fault");
    fault.hidden = sentence === "";
    fault.textContent = sentence;
    this.part("document").toggleAttribute("aria-invalid", sentence !== "");
  }

  private listenToParty(): void {
    const change = (by: number) => {
      this.party.companions += by;
      this.showHint();
    };
    this.part("fewer").addEventListener("click", () => change(-1));
    this.part("more-people").addEventListener("click", () => change(1));
  }

  private async closeParty(): Promise<void> {
    this.party.close();
    if (this.party.nShown > 0) await this.ask();
    else this.showHint();
  }

  private showHint(): void {
    const { nMissing, nShown, companions } = this.party;
    this.part("n-companions").textContent = String(companions);
    this.part("that-is-all").hidden = nShown === 0;
    if (!this.place) this.hint(say(this.language, "setPlace"));
    else if (companions === 0) this.hint(say(this.language, "onePerson"));
    else if (nShown === 0) this.hint(say(this.language, "firstPerson", { n: companions + 1 }));
    else this.hint(say(this.language, "nextPerson", { n: nMissing }));
  }

  private hint(sentence: string): void {
    this.part("hint").textContent = sentence;
  }

  // ---- asking and answering ----

  private async ask(): Promise<void> {
    const those = this.party.take();
    if (those) await this.askAbout(those, this.part<HTMLInputElement>("temperature"));
  }

  private async askAbout(asked: Asked, temperature: HTMLInputElement): Promise<void> {
    const { time } = this.post;
    if (!time) return;
    this.isBusy = true;
    try {
      this.asked = asked;
      const scan = this.scanOf(asked, takenFrom(temperature), time.stampAt(Date.now()));
      await this.told(await this.line.scan(scan), scan);
    } finally {
      this.isBusy = false;
      this.showHint();
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
      const shown = scan.document === undefined ? shownFor : shownForDocument;
      this.open(shown(told.answer, this.language, scan.direction ?? "in"), scan, "");
    } else if (told.kind === "refused" && !told.isOfTheGate) {
      this.open({ word: "unknown", reason: told.refused[this.language], advice: "" }, scan, "");
    } else {
      const { time } = this.post;
      const edge = this.post.edge(Date.now());
      const shown = edge && time && (await offlineAnswer(scan, edge, time, this.language));
      this.outbox.keep({ ...scan, decided: { outcome: "verify", at: scan.scanned_at } });
      if (shown) this.open(shown, scan, say(this.language, "kept", { n: this.outbox.scans.length }));
    }
    this.state.look(told.kind !== "silence");
  }

  private open(shown: Shown, scan: Scan, mark: string): void {
    clearTimeout(this.closing);
    this.answer.show(shown);
    this.part("recheck").hidden = shown.word === "admit" || scan.direction === "out";
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
    const { time } = this.post;
    if (!time || this.outbox.scans.length === 0) return;
    await this.outbox.send(
      () => time.stampAt(Date.now()),
      (scan, told) => this.sentLate(scan, told),
    );
    this.state.look(true);
  }

  private sentLate(scan: Scan, told: Answer | Refused): void {
    this.log.add({
      id: scan.id,
      at: scan.scanned_at.slice(11, 19),
      word: isRefused(told) ? "unknown" : told.outcome,
      reason: reasonOf(told, this.language),
      mark: say(this.language, "late"),
    });
  }

  private mute(isMuted: boolean): void {
    this.speaker.mute(isMuted);
    this.part("mute").setAttribute("aria-pressed", String(isMuted));
  }

  private tick(): void {
    const { time } = this.post;
    if (time) for (const it of this.island.querySelectorAll("[data-part=second]")) it.textContent = time.secondAt(Date.now());
  }
}

/** The temperature in a field, which is then empty for the next person; null for none that a gate takes. */
function takenFrom(field: HTMLInputElement): number | null {
  const degrees = Number(field.value.replace(",", "."));
  field.value = "";
  return degrees >= 20 && degrees <= 50 ? degrees : null;
}
