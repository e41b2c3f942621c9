/** Lets the phone find out whether it is at the venue whose poster was scanned, if its owner agrees.
 *
 *  The venue's position is asked for by the poster's text and without a cookie; the phone's own is compared here, is
 *  kept nowhere, and goes into no request: what leaves is the word `located` or `none`. */

import { letterOf } from "../core/codeText";
import { distanceTo, type Fix, type Place } from "../core/position";
import { TYPED_CHARACTERS } from "../core/venueCode";

/** Somebody stands at a door: after that long the scan goes without. */
export const WITHIN_MS = 8_000;
const FRESH_MS = 10_000;
const AGREED = "fangxian.my.nearby";

/** What came of it; `unasked` where the person has not agreed, or the code says nothing a position could add to. */
export type Nearness = "near" | "far" | "coarse" | "denied" | "unknown" | "passed-over" | "unasked";
export type AskPlace = (poster: string) => Promise<Place | null>;

/** Why no position can be had here at all; "" if one may be. */
export function whyNoPosition(page: { isSecureContext: boolean; navigator: { geolocation?: Geolocation } }): "" | "insecure" | "none" {
  if (!page.isSecureContext) return "insecure";
  return page.navigator.geolocation ? "" : "none";
}

/** Only a poster's picture can be anywhere and has a text that cannot be guessed; a typed code can be guessed. */
export function isPoster(code: string): boolean {
  return code.length !== TYPED_CHARACTERS && letterOf(code) === "V";
}

export class Nearby {
  private watch: number | null = null;
  private fix: (Fix & { readonly atMs: number }) | null = null;
  private onFix: (fix: Fix) => void = () => undefined;
  private onFailure: (isDenied: boolean) => void = () => undefined;
  private passOver: () => void = () => undefined;

  constructor(
    private readonly geolocation: Geolocation | undefined,
    private readonly kept: Pick<Storage, "getItem" | "setItem" | "removeItem">,
    private readonly askPlace: AskPlace,
    /** Told when the phone or its owner says no for good. */
    private readonly denied: () => void,
  ) {}

  get isAgreed(): boolean {
    return this.geolocation !== undefined && this.kept.getItem(AGREED) === "yes";
  }

  /** The owner's word, kept on this phone. The phone asks once more by itself, and may still say no. */
  agree(isAgreed: boolean): void {
    if (isAgreed) this.kept.setItem(AGREED, "yes");
    else this.kept.removeItem(AGREED);
    if (this.isAgreed) this.begin();
    else this.end();
  }

  /** Warm the receiver, so that it knows where it is by the time a poster is scanned. */
  begin(): void {
    if (!this.isAgreed || this.watch !== null || !this.geolocation) return;
    this.watch = this.geolocation.watchPosition(
      ({ coords }) => this.took({ latitude: coords.latitude, longitude: coords.longitude, accuracy_m: coords.accuracy }),
      ({ code }) => this.failed(code === 1),
      { enableHighAccuracy: true, maximumAge: FRESH_MS },
    );
  }

  /** Forget where it was, and stop asking. */
  end(): void {
    if (this.watch !== null) this.geolocation?.clearWatch(this.watch);
    this.watch = this.fix = null;
  }

  /** Whether this phone is at the door whose code was scanned; at the latest after `WITHIN_MS`. It never refuses. */
  async at(code: string): Promise<Nearness> {
    if (!this.isAgreed || !isPoster(code)) return "unasked";
    return new Promise((resolve) => {
      let found: Nearness = "unknown";
      let place: Place | null = null;
      const done = (nearness: Nearness): void => {
        clearTimeout(timer);
        this.onFix = this.onFailure = this.passOver = () => undefined;
        resolve(nearness);
      };
      const timer = setTimeout(() => done(found), WITHIN_MS);
      const look = (fix: Fix): void => {
        if (!place) return;
        found = distanceTo(place, fix);
        if (found !== "coarse") done(found);
      };
      this.onFix = look;
      this.onFailure = (isDenied) => done(isDenied ? "denied" : "unknown");
      this.passOver = () => done("passed-over");
      this.begin();
      void this.askPlace(code).then((told) => {
        place = told;
        if (!place) return done("unknown");
        if (this.fix && Date.now() - this.fix.atMs <= FRESH_MS) look(this.fix);
      });
    });
  }

  /** Somebody does not want to wait for it. */
  pass(): void {
    this.passOver();
  }

  private took(fix: Fix): void {
    this.fix = { ...fix, atMs: Date.now() };
    this.onFix(fix);
  }

  private failed(isDenied: boolean): void {
    this.onFailure(isDenied);
    if (!isDenied) return;
    this.agree(false);
    this.denied();
  }
}

/** A poster's place from our own server; null if it has none, or does not answer. */
export async function placeOfPoster(address: string, poster: string): Promise<Place | null> {
  try {
    const answer = await fetch(`${address}${poster}`, { credentials: "omit", signal: AbortSignal.timeout(WITHIN_MS) });
    return answer.ok ? ((await answer.json()) as { place: Place | null }).place : null;
  } catch {
    return null; // no network, or none in time: the scan goes without
  }
}

/** What a scan says of it; nothing where nobody was asked. */
export function presenceOf(nearness: Nearness): { presence?: "located" | "none" } {
  if (nearness === "unasked") return {};
  return { presence: nearness === "near" ? "located" : "none" };
}
