/** The sound of an answer: one high tone passes, two level ones ask for a check, three falling ones stop, four short
    ones say that nothing is known. */

import type { Outcome } from "../core/scan";

export type Sound = Outcome | "unknown";

/** Tones of each answer: [begins at s, lasts s, hertz]. Told apart by number and direction, not by pitch alone. */
export const TONES: Readonly<Record<Sound, readonly (readonly [number, number, number])[]>> = {
  admit: [[0, 0.12, 1320]],
  verify: [
    [0, 0.14, 780],
    [0.22, 0.14, 780],
  ],
  refuse: [
    [0, 0.16, 620],
    [0.18, 0.16, 440],
    [0.36, 0.34, 280],
  ],
  unknown: [
    [0, 0.08, 500],
    [0.12, 0.08, 500],
    [0.24, 0.08, 500],
    [0.36, 0.08, 500],
  ],
};

const KEY = "fangxian.muted";

export class Speaker {
  private context: AudioContext | null = null;
  isMuted: boolean;

  constructor(private readonly store: Pick<Storage, "getItem" | "setItem">) {
    this.isMuted = store.getItem(KEY) === "1";
  }

  mute(isMuted: boolean): void {
    this.isMuted = isMuted;
    this.store.setItem(KEY, isMuted ? "1" : "0");
  }

  /** Browsers let a page sound only after somebody has pressed something: called from the first press. */
  wake(): void {
    this.context ??= typeof AudioContext === "undefined" ? null : new AudioContext();
    void this.context?.resume();
  }

  play(sound: Sound): void {
    const context = this.context;
    if (this.isMuted || !context || context.state !== "running") return;
    for (const [begins, lasts, hertz] of TONES[sound]) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.type = sound === "admit" ? "sine" : "square";
      tone.frequency.value = hertz;
      const at = context.currentTime + begins;
      volume.gain.setValueAtTime(0.0001, at);
      volume.gain.exponentialRampToValueAtTime(0.25, at + 0.015);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + lasts);
      tone.connect(volume).connect(context.destination);
      tone.start(at);
      tone.stop(at + lasts + 0.02);
    }
  }
}
