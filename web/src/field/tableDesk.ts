/** The sampling table: scan the box, a tube, people until it is full, seal. One field that knows what is expected, for
    scanners that type and press Enter as for thumbs; the camera reads into the same. */

import { SeenLately } from "../core/scan";
import { type Draft, type Meant, NeedsOwnTube, openBox, openTube, ownTube, type Person, renameBox, SampledBefore, sealBox, sealTube, swab, unswab, whoIsMeant } from "../core/tableRules";
import type { InTube, TubeNow } from "../core/tableShift";
import { Camera, type NoCamera } from "../islands/camera";
import { isTyped } from "../islands/keys";
import { Speaker } from "../islands/sound";
import { stayAwake } from "../islands/stayAwake";
import { say as sayDoor, type WordName } from "../islands/words";
import type { Phone } from "./phone";
import { onSecondPress, type Stage } from "./stage";
import { type Choice, TableFace, type Want } from "./tableFace";
import { keepAtTable, saidOf } from "./tableSaying";
import { tellTable, type TableWord } from "./tableWords";

const AGAIN_MS = 4_000;
const CLOCK_MS = 10_000;
const FORMATS = ["QRCode", "Code128", "Code39", "DataMatrix"] as const;
const NO_CAMERA: Readonly<Record<NoCamera, WordName>> = {
  denied: "cameraDenied",
  none: "cameraNone",
  insecure: "cameraInsecure",
  failed: "cameraFailed",
};

export class TableDesk {
  private readonly face: TableFace;
  private readonly camera: Camera;
  private readonly speaker = new Speaker(localStorage);
  private readonly seenLately = new SeenLately(AGAIN_MS);
  private isExcusing = false;
  /** Tubes go into no box until one is scanned. */
  private withoutBox = false;
  private isOtherBox = false;
  /** Who is called back and waits for a tube of their own. */
  private alone: Person | null = null;
  private before: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly stage: Stage,
    private readonly phone: Phone,
    private readonly goOn: { readonly excuse: (who: Person) => void; readonly enter: (text: string, scanned?: string) => void },
  ) {
    this.face = new TableFace(stage, phone);
    this.camera = new Camera(stage.part<HTMLVideoElement>("table-video"), (text) => this.seen(text), FORMATS);
    const press = (name: string, act: () => Promise<void> | void) =>
      stage.part(name).addEventListener("click", () => void this.doing(async () => act()));
    stage.part("table-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.speaker.wake();
      const text = this.code.value;
      // At once: what a fast scanner types next is another's.
      this.code.value = "";
      void this.doing(() => this.told(text), text);
    });
    press("table-seal", () => this.seal());
    press("table-undo", () => this.undo());
    press("table-camera", () => this.film());
    press("table-excusing", () => this.excusing(!this.isExcusing));
    press("table-new", () => this.goOn.enter(""));
    press("table-skip-box", () => void (this.withoutBox = true));
    press("table-other-box", () => void (this.isOtherBox = true));
    onSecondPress(stage.part("table-seal-box"), () => void this.doing(() => this.sealBox()));
    stage.part("table-box-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.doing(() => this.renameBox());
    });
    document.addEventListener("keydown", (event) => this.typed(event));
    setInterval(() => this.face.clock(), CLOCK_MS);
  }

  /** False while nobody has said where they sample. */
  open(): boolean {
    if (!this.phone.tables.here) {
      location.hash = "#table-site";
      return true;
    }
    this.draw();
    if (!this.face.isAsking) setTimeout(() => this.code.focus({ preventScroll: true }));
    return true;
  }

  about(tube: TubeNow): string {
    return this.face.about(tube);
  }

  /** What was done beside the table. */
  say(text: string): void {
    this.clear();
    this.yes(text);
  }

  /** Somebody who was typed in is at the table. */
  takeTyped(person: Person): Promise<boolean> {
    return this.doing(() => this.take(person));
  }

  /** The camera is not left on behind another screen. */
  leave(): void {
    this.camera.stop();
    this.draw();
  }

  forget(): void {
    this.leave();
    this.isExcusing = this.withoutBox = this.isOtherBox = false;
    this.alone = null;
    this.clear();
    this.code.value = "";
    this.face.forget();
  }

  // ---- what is done ----

  /** One thing after the other, none dropped; what is refused is said, and stays in the field to be scanned over. */
  private doing(act: () => Promise<void>, text = ""): Promise<boolean> {
    const done = this.before.catch(() => undefined).then(() => this.oneOf(act, text));
    this.before = done;
    return done;
  }

  /** False where it was refused. */
  private async oneOf(act: () => Promise<void>, text: string): Promise<boolean> {
    if (!this.phone.isUnlocked) return false;
    this.clear();
    let isRefused = false;
    try {
      await act();
    } catch (problem) {
      this.no(problem);
      isRefused = true;
    }
    if (this.alone) this.askForOwn(this.alone);
    this.draw();
    if (this.stage.shown === "table" && !this.face.isAsking) this.code.focus({ preventScroll: true });
    if (isRefused && !this.code.value) {
      this.code.value = text;
      this.code.select();
    }
    return !isRefused;
  }

  private async told(text: string): Promise<void> {
    const { want, alone } = this;
    if (alone) return text.trim() ? this.takeAlone(alone, text) : undefined;
    if (!text.trim()) return want === "seal" ? this.seal() : undefined;
    if (want === "box") return this.openBox(text);
    if (want === "tube") return this.openTube(text);
    const { shift, roster } = this.phone.tables;
    const tube = (this.isExcusing ? null : this.tube) ?? NO_TUBE;
    await this.meant(whoIsMeant(shift, roster, tube, text), tube, text);
  }

  private async meant(meant: Meant, tube: TubeNow, typed: string): Promise<void> {
    if (meant.is === "person") return this.take(meant.person);
    if (meant.is === "next_tube") return this.sealAndOpen(tube, meant.label);
    if (meant.is === "some") {
      const [first] = meant.people;
      const isOne = meant.people.length === 1 && !meant.byDocument;
      this.face.said(isOne ? this.tell("isIt", { name: first!.name }) : this.tell("which"));
      return this.choose(meant.people.map((it) => this.choiceOf(it)), typed, !meant.byDocument);
    }
    if (meant.is === "code") return this.otherCode(meant.text, typed);
    const isSlip = meant.is === "stranger";
    const text = isSlip ? meant.label : meant.text;
    this.noText(this.tell(this.phone.tables.roster ? "nobody" : "nobodyWithout", { text }));
    const first = isSlip ? this.tell("takeStranger") : this.tell("register");
    const choices: Choice[] = [{ label: first, about: "", act: () => (isSlip ? this.take(meant.person) : this.goOn.enter(text)) }];
    if (meant.label && tube.people.length > 0) {
      choices.push({ label: this.tell("sealAndOpen", { label: meant.label }), about: "", act: () => this.sealAndOpen(tube, meant.label) });
    }
    this.choose(choices, typed);
  }

  /** Taken in before, it will do; else who they are is told with it, once. */
  private otherCode(text: string, typed: string): void {
    const name = `…${text.slice(-6)}`;
    this.face.said(this.tell("otherCode"));
    this.choose([
      { label: this.tell("otherNew"), about: "", act: () => this.goOn.enter("", text) },
      { label: this.tell("otherKnown"), about: name, act: () => this.take({ name, token: text, isUnknown: true }) },
    ], typed);
  }

  /** Into the tube, or among those who are not sampled. */
  private async take(person: Person, again = false): Promise<void> {
    if (this.isExcusing) {
      this.excusing(false);
      return this.goOn.excuse(person);
    }
    const { tube } = this;
    try {
      const draft = swab(this.phone.tables.shift, tube, person, again);
      await this.keep({ draft, who: person.name });
      const facts = { name: person.name, n: tube!.people.length, size: tube!.size };
      this.yes(this.tell(person.isUnknown ? "tookStranger" : "tookPerson", facts));
    } catch (problem) {
      if (problem instanceof NeedsOwnTube) return this.needsOwn(person);
      if (!(problem instanceof SampledBefore)) throw problem;
      const { at, where, tube: label } = problem.before;
      const there = where || (label ? this.tell("beforeTube", { tube: label }) : "—");
      this.noText(this.tell("before", { name: person.name, at: at.slice(0, 16).replace("T", " "), where: there }));
      // A stray Enter of a scanner samples nobody twice.
      this.choose([{ label: this.tell("again"), about: person.name, act: () => this.take(person, true) }], "", false);
    }
  }

  // ---- a tube of somebody's own ----

  private needsOwn(person: Person): void {
    this.alone = person;
    this.noText(this.tell("needsOwn", { name: person.name }));
  }

  /** A scanner's Enter goes into the field for the barcode. */
  private askForOwn(person: Person): void {
    const act = () => void (this.alone = null);
    this.face.choose([{ label: this.tell("notOwn", { name: person.name }), about: "", act }], (it) => this.doing(async () => it()), false);
  }

  private async takeAlone(person: Person, text: string): Promise<void> {
    const { tables } = this.phone;
    const [opened, swabbed, sealed] = ownTube(tables.shift, tables.here!, tables.roster, text, person, this.box);
    await this.keep({ draft: opened! }, { draft: swabbed!, who: person.name }, { draft: sealed! });
    this.alone = null;
    this.yes(this.tell("tookOwn", { name: person.name, tube: opened!.tube! }));
  }

  private async openBox(text: string): Promise<void> {
    const draft = openBox(this.phone.tables.shift, text);
    await this.keep({ draft });
    this.isOtherBox = this.withoutBox = false;
    this.yes(this.tell("tookBox", { box: draft.box! }));
  }

  private async openTube(text: string): Promise<void> {
    const draft = openTube(this.phone.tables.shift, this.phone.tables.here!, this.phone.tables.roster, text);
    await this.keep({ draft });
    this.yes(this.tell("tookTube", { tube: draft.tube!, n: this.tube!.size - this.tube!.people.length }));
  }

  private async seal(): Promise<void> {
    const { tube } = this;
    const draft = sealTube(tube, this.box);
    await this.keep({ draft });
    this.yes(this.tell("tookSeal", { tube: tube!.label, n: tube!.people.length }));
  }

  private async sealAndOpen(tube: TubeNow, label: string): Promise<void> {
    const { tables } = this.phone;
    const both = [sealTube(tube, this.box), openTube(tables.shift, tables.here!, tables.roster, label)];
    await this.keep(...both.map((draft) => ({ draft })));
    this.yes(`${this.tell("tookSeal", { tube: tube.label, n: tube.people.length })} · ${this.tell("tookTube", { tube: label, n: this.tube!.size })}`);
  }

  private async undo(): Promise<void> {
    const { tube } = this;
    const last = tube?.people.reduce((one, other) => (one.nth > other.nth ? one : other), tube.people[0]!);
    if (!tube || !last) return this.noText(this.tell("nothingToUndo"));
    await this.keep({ draft: unswab(tube, last), who: last.name });
    this.yes(this.tell("tookUndo", { name: last.name, n: tube.people.length, size: tube.size }));
  }

  private async sealBox(): Promise<void> {
    const { box } = this;
    const { shift } = this.phone.tables;
    const draft = sealBox(shift, box);
    const n = shift.tubesIn(box).length;
    await this.keep({ draft });
    this.yes(this.tell("tookSealBox", { box, n }));
  }

  private async renameBox(): Promise<void> {
    const [label, why] = [this.stage.field("table-box-new"), this.stage.field("table-box-why")];
    const draft = renameBox(this.phone.tables.shift, this.box, label.value, why.value);
    await this.keep({ draft });
    label.value = why.value = "";
    this.stage.part<HTMLDetailsElement>("table-box-more").open = false;
    this.yes(this.tell("tookChange", { what: `${this.tell("rename_box")} ${draft.renamed}` }));
  }

  /** Kept before anything says so; throws where the phone could not write. */
  private async keep(...each: readonly { readonly draft: Draft; readonly who?: string }[]): Promise<void> {
    await keepAtTable(this.phone, each);
  }

  private excusing(isOn: boolean): void {
    this.isExcusing = isOn;
  }

  // ---- the camera, and a scanner that types ----

  private async film(): Promise<void> {
    this.speaker.wake();
    stayAwake();
    if (this.camera.isOn) this.camera.stop();
    else {
      const problem = await this.camera.start();
      if (problem) this.noText(sayDoor(this.stage.language, NO_CAMERA[problem]));
    }
  }

  private seen(text: string): void {
    if (this.seenLately.isNew(text, Date.now())) void this.doing(() => this.told(text));
  }

  /** A scanner types wherever the focus is: into the field it goes. */
  private typed(event: KeyboardEvent): void {
    const isText = event.key.length === 1 && event.key !== " ";
    if (this.stage.shown !== "table" || !isText || event.ctrlKey || event.metaKey || event.altKey || isTyped(event.target)) return;
    this.code.value = "";
    this.code.focus({ preventScroll: true });
  }

  // ---- what is shown ----

  /** As things stand; what is typed and what was said last stay. */
  draw(): void {
    const { want, tube, box, isExcusing } = this;
    const takeOut = (it: InTube): Promise<unknown> =>
      this.doing(async () => {
        await this.keep({ draft: unswab(tube!, it), who: it.name });
        this.yes(this.tell("tookOut", { name: it.name }));
      });
    this.face.draw({ want, tube, box, isExcusing, isFilming: this.camera.isOn, alone: this.alone?.name ?? "" }, takeOut);
  }

  private get want(): Want {
    const { tube } = this;
    if (this.alone) return "own";
    if (this.isExcusing) return "excuse";
    if (this.isOtherBox || (!this.box && !this.withoutBox)) return "box";
    if (!tube) return "tube";
    return tube.people.length >= tube.size ? "seal" : "person";
  }

  private get tube(): TubeNow | null {
    return this.phone.tables.shift.tubeAt(this.phone.tables.here?.site ?? "");
  }

  private get box(): string {
    if (this.withoutBox) return "";
    return this.phone.tables.shift.boxAt(this.phone.tables.here?.site ?? "")?.label ?? "";
  }

  private get code(): HTMLInputElement {
    return this.stage.field("table-code");
  }

  private choiceOf(it: Person): Choice {
    const before = it.before ? it.before.at.slice(5, 16).replace("T", " ") : "";
    return { label: it.name || it.token || "—", about: [it.group, before, it.back && this.tell("isBack")].filter(Boolean).join(" · "), act: () => this.take(it) };
  }

  /** What else it may be is asked first: nothing is pressed by mistake meanwhile. Where it is none of these, what was
      typed stands there again, to be put right or scanned over. */
  private choose(choices: readonly Choice[], typed: string, isByEnter = true): void {
    const again = (): void => {
      this.face.said("");
      if (this.code.value) return;
      this.code.value = typed;
      this.code.select();
    };
    const none: Choice = { label: this.tell("noneOfThese"), about: "", act: again };
    this.face.choose([...choices, none], (act) => this.doing(async () => act()), isByEnter);
  }

  private clear(): void {
    this.face.clear();
  }

  private yes(text: string): void {
    this.face.said(text);
    this.speaker.play("admit");
    navigator.vibrate?.(40);
  }

  private no(problem: unknown): void {
    this.noText(saidOf(this.stage.language, problem));
  }

  private noText(text: string): void {
    this.face.no(text);
    this.speaker.play("refuse");
    navigator.vibrate?.([120, 80, 120]);
  }

  private tell(name: TableWord, facts: Readonly<Record<string, string | number>> = {}): string {
    return tellTable(this.stage.language, name, facts);
  }
}

/** Who somebody is, is also asked where no tube is open. */
const NO_TUBE: TubeNow = { round: "", site: "", size: Infinity, openedAt: "", label: "", state: "open", box: "", people: [], nth: 0 };
