/** What is on the phone is readable with its holder's unlock and not without: a random key encrypts every row, and that
    key lies here only wrapped in one made from the unlock. */

const SALT_BYTES = 16;
const NONCE_BYTES = 12;
/** What OWASP asks of PBKDF2 with SHA-256 (2023): 0.2 s on a new phone, 1 s on an old one, each try. */
export const ROUNDS = 600_000;

/** What is kept in clear: useless without the unlock. */
export interface Lock {
  readonly v: 1;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly rounds: number;
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly wrapped: Uint8Array<ArrayBuffer>;
}

export interface Sealed {
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly data: Uint8Array<ArrayBuffer>;
}

const CIPHER = "AES-GCM";
const OPENED_FOR = "fangxian-field-key";

export class Vault {
  private constructor(private readonly key: CryptoKey) {}

  /** A new vault, and the lock by which the same unlock opens it again. */
  static async make(unlock: string, rounds = ROUNDS): Promise<{ vault: Vault; lock: Lock }> {
    const raw = random(32);
    const salt = random(SALT_BYTES);
    const nonce = random(NONCE_BYTES);
    const wrapping = await wrappingKey(unlock, salt, rounds);
    const wrapped = new Uint8Array(await crypto.subtle.encrypt(how(nonce, OPENED_FOR), wrapping, raw));
    const vault = new Vault(await importKey(raw));
    raw.fill(0);
    return { vault, lock: { v: 1, salt, rounds, nonce, wrapped } };
  }

  /** The vault, or null where the unlock is another's. */
  static async open(lock: Lock, unlock: string): Promise<Vault | null> {
    const wrapping = await wrappingKey(unlock, lock.salt, lock.rounds);
    try {
      const raw = await crypto.subtle.decrypt(how(lock.nonce, OPENED_FOR), wrapping, lock.wrapped);
      return new Vault(await importKey(new Uint8Array(raw)));
    } catch {
      return null;
    }
  }

  /** `place` is authenticated: what was moved elsewhere does not open. */
  async seal(thing: unknown, place: string): Promise<Sealed> {
    const nonce = random(NONCE_BYTES);
    const plain = new TextEncoder().encode(JSON.stringify(thing));
    return { nonce, data: new Uint8Array(await crypto.subtle.encrypt(how(nonce, place), this.key, plain)) };
  }

  /** Throws for what is damaged or stood elsewhere. */
  async unseal<T>(sealed: Sealed, place: string): Promise<T> {
    const plain = await crypto.subtle.decrypt(how(sealed.nonce, place), this.key, sealed.data);
    return JSON.parse(new TextDecoder().decode(plain)) as T;
  }
}

function how(nonce: Uint8Array<ArrayBuffer>, place: string): AesGcmParams {
  return { name: CIPHER, iv: nonce, additionalData: new TextEncoder().encode(place) };
}

async function wrappingKey(unlock: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<CryptoKey> {
  // Typed on another keyboard the same letters may be put together otherwise.
  const typed = new TextEncoder().encode(unlock.normalize("NFKC"));
  const from = await crypto.subtle.importKey("raw", typed, "PBKDF2", false, ["deriveKey"]);
  const told = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(told, from, { name: CIPHER, length: 256 }, false, ["encrypt", "decrypt"]);
}

function importKey(raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw, CIPHER, false, ["encrypt", "decrypt"]);
}

function random(n: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(n));
}
