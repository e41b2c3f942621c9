/** Whether the phone has room for what is still to come, said before it has none. */

/** One record as it lies on the phone, encrypted, with what the database adds. */
export const BYTES_A_RECORD = 1_500;
const SHIFT_RECORDS = 3_000;
const LAST_RECORDS = 200;

/** What is kept free for a shift: in so many pieces of so many bytes. */
export const PIECE_BYTES = 262_144;
export const PIECES = Math.ceil((SHIFT_RECORDS * BYTES_A_RECORD) / PIECE_BYTES);

/** Beside them, for what must be written on a phone that is full: that somebody tried to open it. */
export const GUARD_BYTES = 32_768;

export type Room = "enough" | "little" | "none" | "unknown";

/** What the browser says it has used and may use → whether a shift, or only the next records, fit. */
export function roomOf(usage: number | undefined, quota: number | undefined): Room {
  if (usage === undefined || quota === undefined || quota <= 0) return "unknown";
  const records = Math.floor((quota - usage) / BYTES_A_RECORD);
  if (records < LAST_RECORDS) return "none";
  return records < SHIFT_RECORDS ? "little" : "enough";
}

/** How many pieces of what is kept free lie there → whether a shift, or only the next records, fit. */
export function roomOfPieces(n: number | null): Room {
  if (n === null) return "unknown";
  return n >= PIECES ? "enough" : n > 1 ? "little" : "none";
}

/** For how many records so many pieces are room. */
export function recordsIn(n: number): number {
  return Math.floor((n * PIECE_BYTES) / BYTES_A_RECORD);
}

export function recordsLeft(usage: number, quota: number): number {
  return Math.max(0, Math.floor((quota - usage) / BYTES_A_RECORD));
}
