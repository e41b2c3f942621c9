/** What an enrolled device keeps of itself, in its own browser and nowhere else. */

export interface KeptDevice {
  readonly token: string;
  readonly device: number;
  readonly kind: "keeper" | "screen";
  readonly venue: string;
  readonly door: number;
  readonly name: string;
  readonly next: string;
}

const KEY = "fangxian.device";

type Store = Pick<Storage, "getItem" | "setItem">;

/** The device this browser was enrolled as, or null. */
export function keptDevice(store: Store): KeptDevice | null {
  try {
    const kept: unknown = JSON.parse(store.getItem(KEY) ?? "null");
    return isDevice(kept) ? kept : null;
  } catch {
    return null;
  }
}

export function keepDevice(store: Store, device: KeptDevice): void {
  store.setItem(KEY, JSON.stringify(device));
}

function isDevice(found: unknown): found is KeptDevice {
  if (typeof found !== "object" || found === null) return false;
  const { token, device, kind } = found as Partial<KeptDevice>;
  return typeof token === "string" && typeof device === "number" && (kind === "keeper" || kind === "screen");
}
