/** The last answers at this door: time, word, reason. No name and no number is in it. */

import type { Word } from "./bigAnswer";

export interface LogLine {
  readonly id: string;
  readonly at: string;
  readonly word: Word;
  readonly reason: string;
  readonly mark: string;
}

export const LINES_KEPT = 20;
const KEY = "fangxian.door.log";

type Store = Pick<Storage, "getItem" | "setItem">;

/** The log with one more line, the newest first; a line of the same scan is put in its place. */
export function withLine(lines: readonly LogLine[], line: LogLine): LogLine[] {
  const at = lines.findIndex((kept) => kept.id === line.id);
  if (at >= 0) return lines.map((kept, i) => (i === at ? line : kept));
  return [line, ...lines].slice(0, LINES_KEPT);
}

export class KeeperLog {
  private lines: LogLine[];

  constructor(
    private readonly list: HTMLElement,
    private readonly store: Store,
  ) {
    this.lines = readLines(store.getItem(KEY));
    this.render();
  }

  add(line: LogLine): void {
    this.lines = withLine(this.lines, line);
    this.store.setItem(KEY, JSON.stringify(this.lines));
    this.render();
  }

  private render(): void {
    const template = this.list.querySelector("template")!;
    for (const old of this.list.querySelectorAll("li")) old.remove();
    for (const line of this.lines) {
      const item = template.content.cloneNode(true) as DocumentFragment;
      const put = (part: string, text: string) => (item.querySelector(`[data-part=${part}]`)!.textContent = text);
      for (const word of item.querySelectorAll<HTMLElement>("[data-word]")) word.hidden = word.dataset["word"] !== line.word;
      put("at", line.at);
      put("reason", line.reason);
      put("mark", line.mark);
      this.list.append(item);
    }
    this.list.toggleAttribute("data-empty", this.lines.length === 0);
  }
}

function readLines(text: string | null): LogLine[] {
  try {
    const found: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(found) ? (found as LogLine[]).filter((line) => typeof line?.id === "string") : [];
  } catch {
    return [];
  }
}
