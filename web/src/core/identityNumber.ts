/** A resident's identity number (GB 11643-1999) as it is typed at a door: normal form, and whether it can be right. */

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = "10X98765432";

/** Without spaces and hyphens, full-width digits made plain, a small or Cyrillic x made an X. */
export function plainIdentity(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[\s\-‐-―]/g, "")
    .toUpperCase()
    .replace(/[×Х]/g, "X");
}

/** What is wrong with a number of 18 characters, or "" ; other documents have no check a door could make. */
export function faultOf(number: string): "" | "empty" | "check" {
  if (number.length < 3) return "empty";
  if (!/^\d{17}[\dX]$/.test(number)) return "";
  const total = WEIGHTS.reduce((sum, weight, i) => sum + weight * Number(number[i]), 0);
  return CHECKS[total % 11] === number[17] ? "" : "check";
}
