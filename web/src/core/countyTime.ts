/** County time as a page knows it: what the server's clock showed when the page was answered, and its rate.

    Only differences of this device's clock are used: it may stand at any hour, and often does. */

export interface ClockCard {
  /** RFC 3339, with the county's own offset. */
  readonly at: string;
  /** County seconds per second of the wall; 1 in a county in service. */
  readonly rate: number;
}

const OFFSET = /([+-])(\d\d):(\d\d)$/;

export class CountyTime {
  private readonly anchorMs: number;
  private readonly offsetMin: number;
  private readonly rate: number;

  constructor(
    card: ClockCard,
    private readonly sinceMs: number,
  ) {
    this.anchorMs = Date.parse(card.at);
    this.rate = card.rate;
    this.offsetMin = offsetMinOf(card.at);
  }

  /** County time in milliseconds of Unix time when this device's clock shows `deviceMs`. */
  msAt(deviceMs: number): number {
    return Math.floor(this.anchorMs + (deviceMs - this.sinceMs) * this.rate);
  }

  /** RFC 3339 in the county's zone, to the millisecond: what a scan is dated with. */
  stampAt(deviceMs: number): string {
    return countyStamp(this.msAt(deviceMs), this.offsetMin);
  }

  /** `2022-04-19 12:00:07`: seconds are shown so that a picture is told from a screen. */
  secondAt(deviceMs: number): string {
    return this.local(this.msAt(deviceMs)).slice(0, 19).replace("T", " ");
  }

  /** `12:00`: the county's own hour and minute of a moment of Unix time. */
  minuteOf(unixMs: number): string {
    return this.local(unixMs).slice(11, 16);
  }

  /** How many milliseconds of this device's clock from now until a moment of county time; below 0 once it is over. */
  msUntil(countyStamp: string, deviceMs: number): number {
    return (Date.parse(countyStamp) - this.msAt(deviceMs)) / this.rate;
  }

  private local(ms: number): string {
    return countyStamp(ms, this.offsetMin);
  }
}

/** How many minutes a stamp's own zone is ahead of Greenwich; 0 where it names none. */
export function offsetMinOf(stamp: string): number {
  const [, sign, hours, minutes] = OFFSET.exec(stamp) ?? ["", "+", "00", "00"];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** RFC 3339 to the millisecond, in a zone that many minutes ahead of Greenwich. */
export function countyStamp(ms: number, offsetMin: number): string {
  const size = Math.abs(offsetMin);
  const two = (n: number) => String(n).padStart(2, "0");
  const zone = `${offsetMin < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${new Date(ms + offsetMin * 60_000).toISOString().slice(0, 23)}${zone}`;
}
