/** The nine characters under a venue code, as somebody types them: groups of three, look-alikes put right. */

const LOOKS_LIKE: Readonly<Record<string, string>> = { O: "0", I: "1", L: "1" };
export const CHARACTERS = 9;

/** What counts of what was typed: capital letters and digits, at most nine. */
export function plainTyped(text: string): string {
  const capitals = text.normalize("NFKC").toUpperCase().replace(/[^0-9A-Z]/g, "");
  return [...capitals.slice(0, CHARACTERS)].map((character) => LOOKS_LIKE[character] ?? character).join("");
}

/** As it is printed: `123-456-789`. */
export function grouped(text: string): string {
  return plainTyped(text).replace(/(.{3})(?=.)/g, "$1-");
}
