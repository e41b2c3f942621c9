/** Whoever comes to the door together: each by a code or a typed document, how many are still to come, and the line that
    tells the keeper what to do next. */

import { faultOf, plainIdentity } from "../core/identityNumber";
import { Party } from "../core/party";
import type { Shown as ShownCode } from "../core/scan";
import { type Language, say } from "./words";

type Part = <T extends HTMLElement = HTMLElement>(name: string) => T;

export interface Hooks {
  /** Whether this phone knows at which door it is. */
  readonly isPlaced: () => boolean;
  /** Somebody's document was typed. */
  readonly onDocument: (shown: ShownCode) => void;
  /** Nobody else comes. */
  readonly onAll: () => void;
}

export class KeeperParty {
  private readonly party = new Party();

  constructor(
    private readonly part: Part,
    private readonly language: Language,
    private readonly hooks: Hooks,
  ) {}

  listen(): void {
    const change = (by: number) => {
      this.party.companions += by;
      this.showHint();
    };
    this.part("fewer").addEventListener("click", () => change(-1));
    this.part("more-people").addEventListener("click", () => change(1));
    this.part("that-is-all").addEventListener("click", () => this.close());
    this.listenToDocument();
  }

  /** One more has come; false for a code that was shown before. */
  add(shown: ShownCode): boolean {
    return this.party.add(shown);
  }

  get isWhole(): boolean {
    return this.party.nMissing === 0;
  }

  /** Those who came, once; the next ones begin anew. */
  take() {
    return this.party.take();
  }

  private close(): void {
    this.party.close();
    if (this.party.nShown > 0) this.hooks.onAll();
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
      this.hooks.onDocument({ document: number });
    });
  }

  private sayBesideDocument(sentence: string): void {
    const fault = this.part("document-fault");
    fault.hidden = sentence === "";
    fault.textContent = sentence;
    this.part("document").toggleAttribute("aria-invalid", sentence !== "");
  }

  showHint(): void {
    const { nMissing, nShown, companions } = this.party;
    this.part("n-companions").textContent = String(companions);
    this.part("that-is-all").hidden = nShown === 0;
    if (!this.hooks.isPlaced()) this.hint(say(this.language, "setPlace"));
    else if (companions === 0) this.hint(say(this.language, "onePerson"));
    else if (nShown === 0) this.hint(say(this.language, "firstPerson", { n: companions + 1 }));
    else this.hint(say(this.language, "nextPerson", { n: nMissing }));
  }

  hint(sentence: string): void {
    this.part("hint").textContent = sentence;
  }
}
