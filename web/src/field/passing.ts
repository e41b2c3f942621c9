/** Registering who passes a post: scan or type, a temperature, one word as the answer; kept before it is said. */

import { letterOf } from "../core/codeText";
import { tenthsOf } from "../core/edgeDoor";
import { faultOf, plainIdentity } from "../core/identityNumber";
import { Refusal } from "../core/refusal";
import { newId, type Scan, SeenLately } from "../core/scan";
import { BigAnswer, type Shown } from "../islands/bigAnswer";
import { Camera, type NoCamera } from "../islands/camera";
import { degreeKeys } from "../islands/degreeKeys";
import { Speaker } from "../islands/sound";
import { prove } from "../islands/proof";
import { stayAwake } from "../islands/stayAwake";
import { say as sayDoor, type WordName } from "../islands/words";
import type { Post } from "./bundle";
import { isPaper, type Permit, readPermit, withPermit } from "./exit";
import { FEVER_FROM, withoutCode } from "./noCode";
import type { Phone } from "./phone";
import type { Stage } from "./stage";

const AGAIN_MS = 8_000;
const ADMIT_SHOWN_MS = 1_800;
const COLDEST = 34;
const HOTTEST = 43;
const NO_CAMERA: Readonly<Record<NoCamera, WordName>> = {
  denied: "cameraDenied",
  none: "cameraNone",
  insecure: "cameraInsecure",
  failed: "cameraFailed",
};

/** Whom somebody shows, types or says they are. */
export interface Told {
  readonly shown?: string;
  readonly document?: string;
  readonly name?: string;
  readonly phone?: string;
}

export class Passing {
  private readonly answer: BigAnswer;
  private readonly camera: Camera;
  private readonly speaker = new Speaker(localStorage);
  private readonly seenLately = new SeenLately(AGAIN_MS);
  private readonly papersLately = new SeenLately(AGAIN_MS);
  private group = "";
  private isBusy = false;
  private closing = 0;
  private n = 0;
  /** Of whom last left with a permit; what the server says of it is told here, while they may still stand there. */
  private lastExit = 0;
  /** The degrees stand at 36 again: another's fever is not the next one's. */
  private readonly degreesAgain: () => void;

  constructor(
    private readonly stage: Stage,
    private readonly phone: Phone,
  ) {
    this.answer = new BigAnswer(stage.part("answer"));
    this.camera = new Camera(stage.part<HTMLVideoElement>("video"), (text) => void this.seen(text));
    this.degreesAgain = degreeKeys(stage.part("degree-keys"), stage.field("passing-degrees"));
    stage.part("camera").addEventListener("click", () => void this.start());
    this.answer.part("next").addEventListener("click", () => this.next());
    for (const way of stage.root.querySelectorAll("input[name=way]")) way.addEventListener("change", () => this.wayChosen());
    stage.part("passing-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.typed();
    });
  }

  open(): void {
    const choice = this.stage.field<HTMLSelectElement>("post");
    const before = choice.value;
    const posts = this.phone.taken?.told.posts ?? [];
    choice.replaceChildren(...posts.map(({ id, name }) => new Option(name, id, false, id === before)));
    this.stage.part("post-field").hidden = posts.length < 2;
    this.hint(posts.length === 0 ? this.stage.tell("noPost") : "");
    this.wayChosen();
    this.count();
    void this.again();
  }

  /** A permit is asked for on the way out alone, and by a server that answers whether it counted. */
  private wayChosen(): void {
    const takes = this.isOut && this.phone.hello?.exits === true;
    this.stage.part("permit-field").hidden = !takes;
    if (this.isOut) this.hint(this.stage.tell(takes ? "exitFirst" : "exitOld"));
  }

  /** What became meanwhile of whoever left last. */
  async again(): Promise<void> {
    this.stage.part("permit-field").hidden = !(this.isOut && this.phone.hello?.exits === true);
    const n = this.lastExit;
    if (n === 0) return;
    const [refused, sent] = await Promise.all([this.phone.box.allRefused(), this.phone.box.log()]);
    const why = refused.find(({ number }) => number === n)?.why[this.stage.language];
    const said = why ?? this.stage.tell(sent.some(({ number }) => number === n) ? "exitDone" : "exitLater");
    if (n === this.lastExit && this.phone.isUnlocked) this.stage.say("exit-said", this.stage.tell("exitLast", { n, said }));
  }

  /** The camera is not left on behind another screen. */
  leave(): void {
    this.camera.stop();
    this.stage.part("finder").hidden = true;
    this.stage.part("camera").hidden = false;
    this.answer.hide();
  }

  /** Locked: nothing is left of whoever passed last. */
  forget(): void {
    this.leave();
    this.answer.clear();
    this.lastExit = 0;
    this.group = this.stage.field("passing-same").checked ? this.group : "";
  }

  private async start(): Promise<void> {
    this.speaker.wake();
    stayAwake();
    const problem = await this.camera.start();
    this.stage.part("finder").hidden = problem !== null;
    this.stage.part("camera").hidden = problem === null;
    this.hint(sayDoor(this.stage.language, problem ? NO_CAMERA[problem] : "onePerson"));
  }

  private async seen(text: string): Promise<void> {
    if (this.isBusy) return;
    if (isPaper(text)) return this.paperSeen(text);
    if (!this.seenLately.isNew(text, Date.now())) return;
    const code = text.slice(text.lastIndexOf("/") + 1);
    try {
      if (["V", "R"].includes(letterOf(code))) return this.hint(sayDoor(this.stage.language, "notPerson"));
      await this.register({ shown: code });
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      this.hint(problem.said(this.stage.language));
    }
  }

  /** It waits in its field for whoever is scanned or typed next. */
  private async paperSeen(text: string): Promise<void> {
    const { stage } = this;
    if (!this.isOut) return this.hint(stage.tell("exitOut"));
    if (this.phone.hello?.exits !== true) return this.hint(stage.tell("exitOld"));
    // One that lies in view is not the next one's; one that was in view before "out" was chosen is read now.
    if (!this.papersLately.isNew(text, Date.now())) return;
    const permit = await this.read(text);
    if (typeof permit === "string") return this.hint(permit);
    stage.field("passing-permit").value = permit.text;
    this.hint(stage.tell("exitRead", { number: permit.number }));
    navigator.vibrate?.(60);
  }

  /** A permit that may count, or why it cannot. */
  private async read(text: string): Promise<Permit | string> {
    const permit = await readPermit(text, this.phone.verifiers, prove);
    if (!permit) return this.stage.tell("exitNone");
    return permit.isOurs === false ? this.stage.tell("exitForged") : permit;
  }

  private async typed(): Promise<void> {
    const number = plainIdentity(this.stage.field("passing-document").value);
    const name = this.stage.field("passing-name").value.trim();
    const phone = this.stage.field("passing-phone").value.trim();
    const fault = number ? faultOf(number) : "";
    if (fault) return this.fault(sayDoor(this.stage.language, fault === "check" ? "documentCheck" : "documentShort"));
    if (!number && !name) return this.fault(this.stage.tell("who"));
    await this.register({ document: number, name, phone });
  }

  /** Decide, keep, then say: in this order, since what is said must stand on the phone. */
  async register(who: Told): Promise<void> {
    const post = this.post;
    if (!post || this.isBusy) return;
    const degrees = this.degrees();
    if (degrees === undefined) return this.fault(this.stage.tell("degrees"));
    this.fault("");
    this.isBusy = true;
    try {
      const paper = this.paper;
      const permit = paper ? await this.read(paper) : null;
      if (typeof permit === "string") return this.fault(permit);
      const { outcome, shown } = await this.answerTo(who, post, degrees, permit);
      const body = this.bodyOf(who, post, degrees, shown.word === "unknown" ? outcome : shown.word, permit);
      const number = await this.phone.record("passing", body).catch(() => 0);
      if (number) this.n += 1;
      if (number && permit) this.lastExit = number;
      const kept = number ? this.stage.tell("kept", { n: number }) : this.stage.tell("notKept");
      this.say({ ...shown, mark: this.basis, more: [kept, ...(shown.more ?? [])] }, number > 0);
    } finally {
      this.isBusy = false;
    }
    void this.again();
  }

  private async answerTo(who: Told, post: Post, degrees: number | null, permit: Permit | null) {
    const tell: Stage["tell"] = (...told) => this.stage.tell(...told);
    const { outcome, shown: answered } = await this.phone.door.answer(this.scanOf(who, post, degrees));
    const shown = who.shown || outcome === "admit" ? answered : withoutCode(answered, degrees, this.feverFrom, tell);
    // On the way to a doctor nobody waits for a paper.
    const isHeldBy = permit && !this.stage.field("passing-hospital").checked;
    return { outcome, shown: isHeldBy ? withPermit(shown, permit.number, tell) : shown };
  }

  private scanOf({ shown, document }: Told, post: Post, degrees: number | null): Scan {
    return {
      id: newId(),
      ...(shown ? { code: shown } : { document: document || "—" }),
      venue: post.typed,
      scanned_at: this.phone.clock.stamp(),
      ...(this.isOut ? { direction: "out" as const } : {}),
      ...(degrees === null ? {} : { temperature_c: degrees }),
    };
  }

  private bodyOf(who: Told, post: Post, degrees: number | null, said: string, permit: Permit | null): Record<string, unknown> {
    const { stage } = this;
    const text = (id: string) => stage.field(`passing-${id}`).value.trim();
    if (stage.field("passing-same").checked) this.group ||= newId();
    const told = {
      ...who,
      vehicle: text("vehicle"),
      plate: text("plate").toUpperCase(),
      origin: /^\d{6}$/.test(text("origin")) ? text("origin") : "",
      destination: text("destination"),
      group: this.group,
      permit: permit?.text ?? "",
    };
    const filled = Object.entries(told).filter(([, value]) => value !== "" && value !== undefined);
    return {
      post: post.id,
      ...Object.fromEntries(filled),
      ...(this.isOut ? { is_out: true } : {}),
      ...(degrees === null ? {} : { temperature_tenths: tenthsOf(degrees) }),
      ...(stage.field("passing-hospital").checked ? { to_hospital: true } : {}),
      said,
    };
  }

  private say(shown: Shown, isKept: boolean): void {
    clearTimeout(this.closing);
    this.answer.show(isKept ? shown : { ...shown, word: "unknown", advice: this.stage.tell("notKept") });
    this.speaker.play(shown.word);
    navigator.vibrate?.(shown.word === "admit" && isKept ? 60 : [120, 80, 120]);
    this.clear(isKept);
    this.count();
    // Whoever passes walks on; anything else stays until it was dealt with.
    if (shown.word === "admit" && isKept && this.camera.isOn) this.closing = window.setTimeout(() => this.next(), ADMIT_SHOWN_MS);
    else this.answer.part("next").focus({ preventScroll: true });
  }

  private next(): void {
    clearTimeout(this.closing);
    this.answer.hide();
    if (!this.camera.isOn) this.stage.field("passing-document").focus({ preventScroll: true });
  }

  /** For the next one; the vehicle stays where they sit in the same. What was not kept stays typed. */
  private clear(isKept: boolean): void {
    if (!isKept) return;
    const { stage } = this;
    const isSame = stage.field("passing-same").checked;
    const own = ["degrees", "document", "name", "phone"];
    const ofVehicle = isSame ? [] : ["vehicle", "plate", "origin", "destination", "permit"];
    for (const id of [...own, ...ofVehicle]) stage.field(`passing-${id}`).value = "";
    this.degreesAgain();
    stage.field("passing-hospital").checked = false;
    if (!isSame) this.group = "";
    // Folded away, it would go on with the next one unseen.
    const plate = stage.field("passing-plate").value.trim().toUpperCase();
    stage.say("vehicle-said", isSame ? stage.tell("sameVehicle", { plate }) : "");
  }

  /** Null for none taken, undefined for one that cannot be. */
  private degrees(): number | null | undefined {
    const typed = this.stage.field("passing-degrees").value.trim().replace(",", ".");
    if (!typed) return null;
    const degrees = /^\d{3}$/.test(typed) ? Number(typed) / 10 : Number(typed); // 365 is 36.5
    return degrees >= COLDEST && degrees < HOTTEST ? degrees : undefined;
  }

  private get post(): Post | null {
    const posts = this.phone.taken?.told.posts ?? [];
    const chosen = this.stage.field<HTMLSelectElement>("post").value;
    return posts.find(({ id }) => id === chosen) ?? posts[0] ?? null;
  }

  private get feverFrom(): number {
    return this.phone.taken?.told.fever_from_c ?? FEVER_FROM;
  }

  private get isOut(): boolean {
    return this.stage.root.querySelector<HTMLInputElement>("input[name=way]:checked")?.value === "out";
  }

  /** What stands in the permit's field, where one is asked for. */
  private get paper(): string {
    return this.stage.part("permit-field").hidden ? "" : this.stage.field("passing-permit").value.trim();
  }

  private get basis(): string {
    const { knownAt } = this.phone.door.bundle;
    return knownAt ? this.stage.tell("basis", { at: knownAt }) : "";
  }

  private hint(text: string): void {
    const place = this.stage.part("passing-hint");
    if (place.textContent !== text) place.textContent = text;
  }

  private fault(text: string): void {
    this.stage.say("passing-fault", text);
  }

  private count(): void {
    this.stage.part("passing-n").textContent = this.stage.tell("passings", { n: this.n });
  }
}
