/** Barcodes of tubes and boxes as scanners and hands give them, and the tokens of slips: the twin of
    fangxian/ops/lab/barcodes.py, held to it by spec/vectors/barcodes.jsonl. */

import { TableFault } from "./tableFault";

const SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SHORTEST = 4;
const LONGEST = 24;
const SHOWN = 40;
const MISREAD: Readonly<Record<string, string>> = { O: "0", I: "1", L: "1" };
const TOKEN_SIGNS = 10;
const PRIME = 31;
// Space as Python has it: some scanners send a group separator, which JavaScript takes for a sign.
const SPACES = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const ANY_SPACE = new RegExp(SPACES, "g");
const OUTER_SPACE = new RegExp(`^${SPACES}|${SPACES}$`, "g");

/** A barcode as it is kept: without space around it, half-width, capital letters. Throws a TableFault: a letter that
    stands for a digit is not guessed, for two labels could become one. */
export function barcodeOf(text: string): string {
  const found = stripped(half(text)).toUpperCase();
  if (!found) throw new TableFault("lab.barcode_missing");
  const right = besideDigits(found.replace(ANY_SPACE, ""));
  const shown = [...stripped(text)].slice(0, SHOWN).join("");
  if (right !== found && isPlain(right)) {
    throw new TableFault("lab.barcode_misread", { found: shown, right: right.slice(0, SHOWN) });
  }
  if (!isPlain(found) || found.length < SHORTEST || found.length > LONGEST) {
    throw new TableFault("lab.barcode_wrong", { found: shown });
  }
  return found;
}

export function isBarcode(text: string): boolean {
  try {
    return barcodeOf(text) !== "";
  } catch {
    return false;
  }
}

/** A slip's token as it is kept: whoever types it may take an O for a zero, for a token has none. "": it is none. */
export function tokenOf(text: string): string {
  const found = stripped(half(text)).toUpperCase().replace(/-/g, "").replace(/[OIL]/g, (sign) => MISREAD[sign]!);
  if (found.length !== TOKEN_SIGNS || ![...found].every((sign) => SIGNS.includes(sign))) return "";
  return checkSign(found.slice(0, -1)) === found.slice(-1) ? found : "";
}

/** A document number as it is on record; typed wide, as a Chinese keyboard does, it is the same. */
export function plainNumber(text: string): string {
  return half(text).replace(ANY_SPACE, "").toUpperCase();
}

function half(text: string): string {
  return text.normalize("NFKC");
}

function stripped(text: string): string {
  return text.replace(OUTER_SPACE, "");
}

/** Runs of O, I and L that touch a digit, read as the digits they look like. */
function besideDigits(text: string): string {
  return text.replace(/[OIL]+/g, (run: string, at: number) =>
    isDigit(text[at - 1]) || isDigit(text[at + run.length]) ? run.replace(/[OIL]/g, (sign) => MISREAD[sign]!) : run,
  );
}

function isDigit(sign: string | undefined): boolean {
  return sign !== undefined && /[0-9]/.test(sign);
}

function isPlain(text: string): boolean {
  return /^[A-Za-z0-9-]*$/.test(text);
}

function checkSign(body: string): string {
  // A remainder of the whole is that of the remainders: no step grows beyond what is exact.
  const rest = [...body].reduce((sum, sign) => (sum * 2 + SIGNS.indexOf(sign)) % PRIME, 0);
  return SIGNS[rest]!;
}
