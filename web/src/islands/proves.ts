/** Ed25519 in plain JavaScript, for browsers that do not know it. Needs no secure page and nothing of the browser's. */

import { hashes, verify } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";

hashes.sha512 = sha512;

export function proves(message: Uint8Array, signature: Uint8Array, key: Uint8Array): boolean {
  try {
    return verify(signature, message, key);
  } catch {
    return false; // a signature or key that is none
  }
}
