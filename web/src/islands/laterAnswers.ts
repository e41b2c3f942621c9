/** What a gate says later of those whom this phone has answered by itself, where it is something else.

    Time, what was said and what is said now: no name and no number. */

import type { Word } from "./bigAnswer";

export interface Later {
  readonly id: string;
  readonly at: string;
  readonly was: Word;
  readonly now: Word;
  readonly reason: string;
}

export const LATER_KEPT = 200;
export const LATER = "fangxian.door.later";
/** The worst first: whoever was let in and should not have been may still be inside. */
const RANK: Readonly<Record<Word, number>> = { refuse: 0, unknown: 1, verify: 2, admit: 3 };

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export function withLater(all: readonly Later[], one: Later): Later[] {
  const others = all.filter((it) => it.id !== one.id);
  return [one, ...others].sort((a, b) => RANK[a.now] - RANK[b.now]).slice(0, LATER_KEPT);
}

export class LaterAnswers {
  private all: Later[] = [];

  constructor(
    private readonly section: HTMLElement,
    private readonly store: Store,
    private readonly said: (one: Later) => string,
  ) {
    this.part("seen").addEventListener("click", () => this.clear());
    this.read();
  }

  /** Go on with what an earlier page kept; what came meanwhile is among it. */
  read(): void {
    this.all = readAll(this.store.getItem(LATER));
    this.render();
  }

  add(one: Later): void {
    this.all = withLater(this.all, one);
    this.store.setItem(LATER, JSON.stringify(this.all));
    this.render();
  }

  private clear(): void {
    this.all = [];
    this.store.removeItem(LATER);
    this.render();
  }

  private render(): void {
    const list = this.part("list");
    const template = list.querySelector("template")!;
    for (const old of list.querySelectorAll("li")) old.remove();
    for (const one of this.all) {
      const item = template.content.cloneNode(true) as DocumentFragment;
      const put = (part: string, text: string) => (item.querySelector(`[data-part=${part}]`)!.textContent = text);
      for (const word of item.querySelectorAll<HTMLElement>("[data-word]")) word.hidden = word.dataset["word"] !== one.now;
      put("at", one.at);
      put("reason", one.reason);
      put("mark", this.said(one));
      list.append(item);
    }
    this.part("n").textContent = String(this.all.length);
    this.section.hidden = this.all.length === 0;
  }

  private part(name: string): HTMLElement {
    return this.section.querySelector<HTMLElement>(`[data-part=${name}]`)!;
  }
}

function readAll(text: string | null): Later[] {
  try {
    const found: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(found) ? found.filter((one) => typeof one?.id === "string" && one.now in RANK && one.was in RANK) : [];
  } catch {
    return [];
  }
}
