// A filter of handles that do not count any more. Twin of byte_filter.py: whatever was put in is found, and one
// in a thousand of the others, so a handle that is found asks for a check by hand and proves nothing.

export interface HandleFilter {
  readonly nBits: number;
  readonly nHashes: number;
  readonly data: Uint8Array;
}

export function mayHold(filter: HandleFilter, handle: bigint): boolean {
  // Both halves are below 2**32 and there are at most 32 hashes: every sum is exact.
  const first = Number(handle >> 32n);
  const step = Number((handle & 0xffff_fffen) | 1n);
  for (let n = 0; n < filter.nHashes; n++) {
    const place = (first + n * step) % filter.nBits;
    if (((filter.data[place >> 3]! >> (place & 7)) & 1) === 0) return false;
  }
  return true;
}
