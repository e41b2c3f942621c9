import { describe, expect, it } from "vitest";

import { barcodeOf, plainNumber, tokenOf } from "../../src/core/barcode";
import { TableFault } from "../../src/core/tableFault";
import { digestOf } from "../../src/core/tableRoster";
import { type Line, vectors } from "./vectors";

function answer(line: Line): Line {
  const { op, text, site } = line;
  try {
    if (op === "digest") return { op, site, text, expect: digestOf(site, text) };
    const read = { barcode: barcodeOf, token: tokenOf, number: plainNumber }[op as "barcode" | "token" | "number"];
    return { op, text, expect: read(text) };
  } catch (fault) {
    if (!(fault instanceof TableFault)) throw fault;
    for (const language of ["zh", "en"] as const) expect(fault.said(language)).not.toMatch(/undefined|[{}]/);
    return { op, text, refusal: fault.code, facts: fault.facts };
  }
}

describe("a barcode, a slip or a document is read as the server reads it", () => {
  it.each(vectors("barcodes"))("$op “$text”", (line) => expect(answer(line)).toEqual(line));
});
