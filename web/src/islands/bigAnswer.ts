/** The answer that fills the screen: one word, a shape, a colour; under it the closest reason and what to do.

    The words and shapes stand in the page, written by the server in its language; here they are shown or not. */

import type { Outcome } from "../core/scan";

export type Word = Outcome | "unknown";

export interface Shown {
  readonly word: Word;
  readonly reason: string;
  /** In place of the word's own advice. */
  readonly advice?: string;
  /** Smaller lines: the companions, the age of what the gate knows. */
  readonly more?: readonly string[];
  /** What it was answered by, where that is not the gate. */
  readonly mark?: string;
  /** No temperature taken now would change it. */
  readonly isFinal?: boolean;
}

/** How wide a word is, as the style sheet asks for it; the twin of `door_answer` in look.py. */
export function letters(word: string): "2" | "3" | "4" | "long" {
  const wide = [...word].reduce((sum, character) => sum + (character > "\u2e80" ? 2 : 1.15), 0);
  return wide <= 4 ? "2" : wide <= 6 ? "3" : wide <= 8 ? "4" : "long";
}

const CLASSES: Readonly<Record<Word, string>> = {
  admit: "admits",
  verify: "verifies",
  refuse: "refuses",
  unknown: "cannot-say",
};

export class BigAnswer {
  constructor(private readonly section: HTMLElement) {}

  get isOpen(): boolean {
    return !this.section.hidden;
  }

  show(shown: Shown): void {
    const word = this.part("word-block");
    word.className = `word ${CLASSES[shown.word]}`;
    let said = "";
    for (const each of word.querySelectorAll<HTMLElement>("[data-word]")) {
      each.hidden = each.dataset["word"] !== shown.word;
      if (!each.hidden) said = each.querySelector("p")?.textContent ?? "";
    }
    word.dataset["letters"] = letters(said);
    this.part("reason").textContent = shown.reason || this.own(shown.word, "reason");
    this.part("do").textContent = shown.advice ?? this.own(shown.word, "do");
    this.part("more").replaceChildren(...(shown.more ?? []).map(line));
    const mark = this.section.querySelector<HTMLElement>("[data-part=mark]");
    if (mark) mark.textContent = shown.mark ?? "";
    if (mark) mark.hidden = !shown.mark;
    this.section.dataset["outcome"] = shown.word;
    this.section.hidden = false;
  }

  hide(): void {
    this.section.hidden = true;
  }

  /** Nothing of the last answer is left in the page. */
  clear(): void {
    this.hide();
    for (const name of ["reason", "do", "more"]) this.part(name).replaceChildren();
  }

  part(name: string): HTMLElement {
    return this.section.querySelector<HTMLElement>(`[data-part=${name}]`)!;
  }

  private own(word: Word, what: "reason" | "do"): string {
    return this.part("own-words").dataset[`${word}${what === "do" ? "Do" : "Reason"}`] ?? "";
  }
}

function line(text: string): HTMLLIElement {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}
