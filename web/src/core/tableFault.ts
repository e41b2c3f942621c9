// What a sampling table refuses with the server's own words: the twin of fangxian/ops/lab. The sentences are the
// Python program's; tests/unit/barcodes holds tableSentences.json to them.
import sentences from "./tableSentences.json";

export type FaultCode = keyof typeof sentences;
export type Facts = Readonly<Record<string, string | number>>;

export class TableFault extends Error {
  override readonly name = "TableFault";

  constructor(
    readonly code: FaultCode,
    readonly facts: Facts = {},
  ) {
    super(code);
  }

  said(language: "zh" | "en"): string {
    return sentences[this.code][language].replace(/\{(\w+)\}/g, (_, name: string) => String(this.facts[name]));
  }
}
