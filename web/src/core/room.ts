/** Whether the phone has room for what is still to come, said before it has none. */

/** One record as it lies on the phone, encrypted, with what the database adds. */
export const BYTES_A_RECORD = 1_500;
const SHIFT_RECORDS = 3_000;
const LAST_RECORDS = 200;

export type Room = "enough" | "little" | "none" | "unknown";

/** What the browser says it has used and may use → whether a shift, or only the next records, fit. */
export function roomOf(usage: number | undefined, quota: number | undefined): Room {
  if (usage === undefined || quota === undefined || quota <= 0) return "unknown";
  const records = Math.floor((quota - usage) / BYTES_A_RECORD);
  if (records < LAST_RECORDS) return "none";
  return records < SHIFT_RECORDS ? "little" : "enough";
}

export function recordsLeft(usage: number, quota: number): number {
  return Math.max(0, Math.floor((quota - usage) / BYTES_A_RECORD));
}
