// What the program says when it will not do something: the twin of fangxian/core/refusal.py.
// The sentences are the Python program's own; tests/unit/formats holds codeSentences.json to them.
import sentences from "./codeSentences.json";

export type RefusalCode = keyof typeof sentences;
export type Language = "zh" | "en";
export type Facts = Readonly<Record<string, string | number>>;

/** An expected no: a stable code for machines, a sentence for people, the facts for both. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly code: RefusalCode,
    readonly facts: Facts = {},
  ) {
    super(code);
  }

  /** The sentence: what happened, what would have been right, what to do now. */
  said(language: Language): string {
    return sentences[this.code][language].replace(/\{(\w+)\}/g, (_, name: string) => String(this.facts[name]));
  }
}

/** `value` if it is in [low, high], else a refusal that names field, value and range. */
export function requireRange(
  field: string,
  value: number,
  low: number,
  high: number,
  code: RefusalCode = "word.out_of_range",
): number {
  if (!(low <= value && value <= high)) throw new Refusal(code, { field, value, low, high });
  return value;
}
