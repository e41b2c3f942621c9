/** Reading QR codes with a camera. The reader is WebAssembly from our own files. */

import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";

export type NoCamera = "denied" | "none" | "insecure" | "failed";

const EVERY_MS = 90;
const WIDEST = 960;

export type CodeFormat = "QRCode" | "Code128" | "Code39" | "DataMatrix";
type Read = (picture: ImageData, formats: readonly CodeFormat[]) => Promise<string | null>;

let reader: Promise<Read> | null = null;

/** The reader, made once; one that could not be fetched is asked for again. */
function theReader(): Promise<Read> {
  reader ??= fetchReader().catch((problem: unknown) => {
    reader = null;
    throw problem;
  });
  return reader;
}

/** Codes are dense: without `tryHarder` a camera of 2015 misses them in the shade. */
async function fetchReader(): Promise<Read> {
  const { prepareZXingModule, readBarcodes } = await import("zxing-wasm/reader");
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  return async (picture, formats) => {
    const found = await readBarcodes(picture, { formats: [...formats], tryHarder: true, maxNumberOfSymbols: 1 });
    return found[0]?.text || null;
  };
}

/** Fetch the reader while there is a network: whoever begins to scan may have none. */
export async function fetchReaderAhead(): Promise<void> {
  await theReader().catch(() => undefined);
}

export class Camera {
  private stream: MediaStream | null = null;
  private timer = 0;
  private isPaused = false;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly onCode: (text: string) => void,
    private readonly formats: readonly CodeFormat[] = ["QRCode"],
  ) {}

  get isOn(): boolean {
    return this.stream !== null;
  }

  /** Ask for the camera at the back and begin to read; why there is none, or null. */
  async start(): Promise<NoCamera | null> {
    if (this.stream) return null;
    if (!navigator.mediaDevices?.getUserMedia) return "insecure";
    try {
      const wanted = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };
      const [stream, read] = await Promise.all([
        navigator.mediaDevices.getUserMedia({ video: wanted, audio: false }),
        theReader(),
      ]);
      this.stream = stream;
      this.video.srcObject = stream;
      await this.video.play();
      this.look(read);
      return null;
    } catch (problem) {
      this.stop();
      return reasonOf(problem);
    }
  }

  /** While paused nothing is read; the picture goes on, so that a keeper sees the next person come. */
  pause(isPaused: boolean): void {
    this.isPaused = isPaused;
  }

  stop(): void {
    clearTimeout(this.timer);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }

  private look(read: Read): void {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { willReadFrequently: true })!;
    const again = async () => {
      if (!this.stream) return;
      const picture = this.isPaused || document.hidden ? null : this.picture(canvas, context);
      const text = picture && (await read(picture, this.formats));
      if (text && this.stream && !this.isPaused) this.onCode(text);
      this.timer = window.setTimeout(again, EVERY_MS);
    };
    void again();
  }

  private picture(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D): ImageData | null {
    const { videoWidth, videoHeight } = this.video;
    if (!videoWidth) return null;
    const scale = Math.min(1, WIDEST / Math.max(videoWidth, videoHeight));
    canvas.width = Math.round(videoWidth * scale);
    canvas.height = Math.round(videoHeight * scale);
    context.drawImage(this.video, 0, 0, canvas.width, canvas.height);
    return context.getImageData(0, 0, canvas.width, canvas.height);
  }
}

function reasonOf(problem: unknown): NoCamera {
  const name = problem instanceof DOMException ? problem.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "none";
  return "failed";
}
