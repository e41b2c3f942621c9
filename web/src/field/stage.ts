/** The page of the field app: one screen at a time, each written by the server in its language. */

import type { Language } from "../islands/words";
import type { Standing } from "./done";
import { empty, type Typable } from "./drafts";
import { type FieldWord, tell, whereWord } from "./words";

/** Fills one line of a list: its parts by their names. */
export type Put = (part: string, text: string) => HTMLElement;

export class Stage {
  private screen = "";
  /** What these scripts wrote into the page, by the parts: what a lock takes out of it. */
  private readonly written = new Set<string>();
  private readonly listed = new Set<string>();
  private readonly chipped = new Set<string>();

  constructor(
    readonly root: HTMLElement,
    readonly language: Language,
  ) {}

  part<T extends HTMLElement = HTMLElement>(name: string): T {
    return this.root.querySelector<T>(`[data-part=${name}]`)!;
  }

  field<T extends HTMLElement = HTMLInputElement>(id: string): T {
    return this.root.querySelector<T>(`#${id}`)!;
  }

  get shown(): string {
    return this.screen;
  }

  /** Whoever reads by ear or by keyboard is taken to the screen's heading. */
  show(screen: string): void {
    const isNew = this.screen !== screen;
    this.screen = screen;
    for (const each of this.root.querySelectorAll<HTMLElement>("[data-screen]")) each.hidden = each.dataset["screen"] !== screen;
    if (isNew) this.root.querySelector<HTMLElement>(`[data-screen=${screen}] h1`)?.focus({ preventScroll: true });
    if (isNew) scrollTo(0, 0);
  }

  say(name: string, text: string): void {
    const part = this.part(name);
    this.written.add(name);
    if (part.textContent !== text) part.textContent = text;
    part.hidden = text === "";
  }

  /** A phone's number to press; nothing where none is known. */
  call(name: string, phone: string): void {
    this.say(name, phone && this.tell("call", { phone }));
    this.part<HTMLAnchorElement>(name).href = `tel:${phone}`;
  }

  tell(name: FieldWord, facts: Readonly<Record<string, string | number>> = {}): string {
    return tell(this.language, name, facts);
  }

  /** What became of what was recorded; "" where nothing was. */
  where(standing: Standing | null): string {
    return whereWord(this.language, standing);
  }

  /** The lines of a list, each from the list's own template. */
  fill<T>(name: string, things: readonly T[], write: (thing: T, put: Put, item: HTMLElement) => void): void {
    const list = this.part(name);
    this.listed.add(name);
    const template = list.querySelector("template")!;
    for (const old of list.querySelectorAll(":scope > li")) old.remove();
    for (const thing of things) {
      const item = (template.content.cloneNode(true) as DocumentFragment).querySelector<HTMLElement>("li")!;
      const put: Put = (part, text) => {
        const place = item.querySelector<HTMLElement>(`[data-part=${part}]`)!;
        place.textContent = text;
        place.hidden = text === "";
        return place;
      };
      write(thing, put, item);
      list.append(item);
    }
  }

  /** Chips to choose one or several of. */
  chips(name: string, kind: "radio" | "checkbox", choices: readonly { key: string; zh: string; en: string }[]): void {
    const labels = choices.map((choice) => {
      const input = Object.assign(document.createElement("input"), { type: kind, name, value: choice.key });
      const word = document.createElement("span");
      word.textContent = choice[this.language];
      const label = document.createElement("label");
      label.append(input, word);
      return label;
    });
    this.chipped.add(name);
    this.part(name).replaceChildren(...labels);
  }

  /** The fields of a screen. */
  fields(screen: string): (Typable & HTMLElement)[] {
    return [...this.root.querySelectorAll<HTMLInputElement>(`[data-screen=${screen}] :is(input, select, textarea)`)];
  }

  /** Nothing that was written here or typed is left in the page, in view or not. */
  clear(): void {
    empty([...this.root.querySelectorAll<HTMLInputElement>("[data-screen] :is(input, select, textarea)")]);
    for (const name of this.written) this.say(name, "");
    for (const name of this.listed) this.fill(name, [], () => undefined);
    for (const name of this.chipped) this.part(name).replaceChildren();
    for (const link of this.root.querySelectorAll<HTMLAnchorElement>('a[href^="tel:"]')) link.href = "#home";
  }

  chosen(name: string): string[] {
    return [...this.part(name).querySelectorAll<HTMLInputElement>("input:checked")].map(({ value }) => value);
  }
}

const SURE_MS = 6_000;

/** A button for what cannot be undone asks for a second press, in place of a question in a box. */
export function onSecondPress(button: HTMLElement, act: () => void): void {
  const first = button.textContent ?? "";
  let until = 0;
  button.addEventListener("click", () => {
    if (Date.now() < until) return act();
    until = Date.now() + SURE_MS;
    button.textContent = button.dataset["sure"] ?? first;
    setTimeout(() => (button.textContent = first), SURE_MS);
  });
}
