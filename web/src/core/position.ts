/** Whether a phone can honestly say that it is at a venue. A position goes in and a word comes out. */

/** Where a venue stands, in degrees (WGS-84, as satellites give them), and how far it reaches. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
  readonly radius_m: number;
}

/** Where a phone takes itself to be: within `accuracy_m` of that point, 95 times of 100. */
export interface Fix {
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracy_m: number;
}

/** Near or far whatever the receiver's error; coarse: it may be either, and a better fix may tell. */
export type Distance = "near" | "far" | "coarse";

const EARTH_M = 6_371_009;
const RADIANS = Math.PI / 180;

/** Metres between two points on a sphere: off by half a percent at most, which is half a metre in a hundred. */
export function metresBetween(a: Omit<Place, "radius_m">, b: Omit<Place, "radius_m">): number {
  const [north, east] = [(b.latitude - a.latitude) * RADIANS, (b.longitude - a.longitude) * RADIANS];
  const narrowing = Math.cos(a.latitude * RADIANS) * Math.cos(b.latitude * RADIANS);
  const h = Math.sin(north / 2) ** 2 + narrowing * Math.sin(east / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Near counts only if all of the circle in which the phone may be lies within the venue's. */
export function distanceTo(place: Place, fix: Fix): Distance {
  const metres = metresBetween(place, fix);
  if (!Number.isFinite(metres) || !(fix.accuracy_m >= 0)) return "coarse";
  if (metres + fix.accuracy_m <= place.radius_m) return "near";
  return metres - fix.accuracy_m > place.radius_m ? "far" : "coarse";
}
