/** The transmission tree: families open and close in their place, thousands of boxes scroll, and all of it goes by
 *  keyboard. The server has laid every box out; here rows are only left out and counted anew. */

export interface Tree {
  /** Height of a row, of the axis, what is left free at the sides, and the width of all. */
  readonly row: number;
  readonly top: number;
  readonly margin: number;
  readonly width: number;
  readonly days: readonly (readonly [number, string])[];
  readonly boxes: readonly Box[];
  readonly folded: readonly number[];
}

/** Case id ("" for one elsewhere), label, x of its dot, row, place of its infector (−1), kinds of dot and line, words. */
export type Box = readonly [string, string, number, number, number, string, string, string];

export const ID = 0, LABEL = 1, X = 2, ROW = 3, ABOVE = 4, DOT = 5, LINE = 6, TOLD = 7;

export interface Shown {
  /** The boxes that are shown, in reading order, and of each box its row among them (−1 if folded away). */
  readonly order: readonly number[];
  readonly rowOf: Int32Array;
  readonly nRows: number;
}

/** How many come after each box. Infectors stand before those they infected, so one walk backwards is enough. */
export function countUnder(boxes: readonly Box[]): Int32Array {
  const under = new Int32Array(boxes.length);
  for (let nth = boxes.length - 1; nth >= 0; nth--) {
    const above = boxes[nth]![ABOVE];
    if (above >= 0) under[above] = under[above]! + under[nth]! + 1;
  }
  return under;
}

/** A family's rows lie together, so what is left when some are folded away needs only new numbers. */
export function shownOf(boxes: readonly Box[], folded: ReadonlySet<number>): Shown {
  const rowOf = new Int32Array(boxes.length).fill(-1);
  const order: number[] = [];
  const newRow = new Map<number, number>();
  boxes.forEach((box, nth) => {
    const above = box[ABOVE];
    if (above >= 0 && (rowOf[above] === -1 || folded.has(above))) return;
    if (!newRow.has(box[ROW])) newRow.set(box[ROW], newRow.size);
    rowOf[nth] = newRow.get(box[ROW])!;
    order.push(nth);
  });
  return { order, rowOf, nRows: newRow.size };
}

export interface Step {
  readonly to?: number;
  readonly fold?: number;
  readonly unfold?: number;
}

/** What a key does at box `at`, as in any tree: right opens or goes in, left closes or goes out. Null: nothing. */
export function stepOf(
  key: string, at: number, shown: Shown, boxes: readonly Box[], under: Int32Array, folded: ReadonlySet<number>,
): Step | null {
  const place = shown.order.indexOf(at);
  const step = (to: number | undefined): Step => ({ to: to ?? at });
  switch (key) {
    case "ArrowDown":
      return step(shown.order[place + 1]);
    case "ArrowUp":
      return step(shown.order[place - 1]);
    case "Home":
      return step(shown.order[0]);
    case "End":
      return step(shown.order.at(-1));
    case "ArrowRight":
      if (!under[at]) return step(at);
      return folded.has(at) ? { unfold: at } : step(shown.order[place + 1]);
    case "ArrowLeft":
      if (under[at] && !folded.has(at)) return { fold: at };
      return step(boxes[at]![ABOVE] >= 0 ? boxes[at]![ABOVE] : at);
    default:
      return null;
  }
}

/** How far a box is from its first case, from 1. */
export function levelOf(boxes: readonly Box[], nth: number): number {
  let level = 1;
  for (let above = boxes[nth]![ABOVE]; above >= 0; above = boxes[above]![ABOVE]) level++;
  return level;
}

export async function showTransmission(page: Document): Promise<void> {
  const island = page.querySelector<HTMLElement>("[data-island=transmission]");
  if (!island) return;
  try {
    const answer = await fetch(island.dataset["address"]!, { redirect: "error", cache: "no-store" });
    if (answer.ok) new TreeView(island, (await answer.json()) as Tree);
  } catch {
    // The picture that the server has drawn stays; its boxes are links.
  }
}

const SVG = "http://www.w3.org/2000/svg";
const ROWS_BEYOND = 12; // drawn above and below what is seen

class TreeView {
  readonly #tree: Tree;
  readonly #under: Int32Array;
  readonly #folded: Set<number>;
  readonly #frame: HTMLElement;
  readonly #words: DOMStringMap;
  readonly #svg: SVGElement;
  readonly #axis: SVGElement;
  #shown: Shown;
  #at = 0;

  constructor(island: HTMLElement, tree: Tree) {
    this.#tree = tree;
    this.#words = island.dataset;
    this.#under = countUnder(tree.boxes);
    this.#folded = new Set(tree.folded);
    this.#shown = shownOf(tree.boxes, this.#folded);
    this.#frame = island.querySelector<HTMLElement>("[data-part=frame]")!;
    this.#axis = make("svg", { class: "tree axis", "aria-hidden": "true", width: tree.width, height: tree.top });
    this.#svg = make("svg", { class: "tree", role: "tree", tabindex: 0, "aria-label": this.#words["title"]!, width: tree.width });
    for (const [x, name] of tree.days) this.#axis.append(text("day-name", x, tree.top - 14, name));
    this.#frame.removeAttribute("tabindex");
    this.#frame.replaceChildren(this.#axis, this.#svg);
    this.#listen(island);
    this.#redraw();
  }

  #listen(island: HTMLElement): void {
    this.#frame.addEventListener("scroll", () => requestAnimationFrame(() => this.#draw()), { passive: true });
    addEventListener("resize", () => this.#draw());
    this.#svg.addEventListener("keydown", (event) => this.#press(event));
    // Nothing is drawn anew when it is focused: what was pressed would be gone before it is clicked.
    this.#svg.addEventListener("click", (event) => {
      const toggle = (event.target as Element).closest<SVGElement>("[data-toggle]");
      if (!toggle) return;
      const nth = Number(toggle.dataset["toggle"]);
      this.#at = nth;
      this.#turn(nth, !this.#folded.has(nth));
    });
    const tools = island.querySelector<HTMLElement>("[data-part=tools]")!;
    tools.hidden = false;
    tools.querySelector("[data-part=open-all]")!.addEventListener("click", () => {
      this.#folded.clear();
      this.#redraw();
    });
    tools.querySelector("[data-part=fold-all]")!.addEventListener("click", () => {
      this.#under.forEach((n, nth) => n && this.#folded.add(nth));
      this.#at = 0;
      this.#redraw();
    });
  }

  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { boxes } = this.#tree;
    if (event.key === "Enter" || event.key === " ") {
      const id = boxes[this.#at]?.[ID];
      if (id) location.assign(`/cases/${id}`);
      event.preventDefault();
      return;
    }
    const step = stepOf(event.key, this.#at, this.#shown, boxes, this.#under, this.#folded);
    if (!step) return;
    event.preventDefault();
    if (step.fold !== undefined) this.#turn(step.fold, true);
    if (step.unfold !== undefined) this.#turn(step.unfold, false);
    if (step.to !== undefined) this.#at = step.to;
    this.#bringIntoView();
    this.#draw();
  }

  #turn(nth: number, folds: boolean): void {
    if (folds) this.#folded.add(nth);
    else this.#folded.delete(nth);
    this.#redraw();
  }

  /** After something was folded or opened: other rows, another height. */
  #redraw(): void {
    this.#shown = shownOf(this.#tree.boxes, this.#folded);
    if (this.#shown.rowOf[this.#at] === -1) this.#at = this.#shown.order[0] ?? 0;
    this.#svg.setAttribute("height", String(this.#shown.nRows * this.#tree.row + this.#tree.margin));
    this.#draw();
    const told = this.#words["shown"]!.replace("#", String(this.#shown.order.length));
    const line = this.#frame.parentElement!.querySelector("[data-part=shown]");
    if (line) line.textContent = told.replace("#", String(this.#tree.boxes.length));
  }

  #bringIntoView(): void {
    const { row, top } = this.#tree;
    const y = this.#shown.rowOf[this.#at]! * row, x = this.#tree.boxes[this.#at]![X];
    const { scrollTop, scrollLeft, clientHeight, clientWidth } = this.#frame;
    if (y < scrollTop + row) this.#frame.scrollTop = y - row; // the one before it stays in sight
    if (y + row > scrollTop + clientHeight - top) this.#frame.scrollTop = y + row + top - clientHeight;
    if (x < scrollLeft + 24) this.#frame.scrollLeft = Math.max(0, x - 24);
    if (x + 96 > scrollLeft + clientWidth) this.#frame.scrollLeft = x + 96 - clientWidth;
  }

  #y(nth: number): number {
    return (this.#shown.rowOf[nth]! + 0.5) * this.#tree.row;
  }

  /** Only what is seen, and a little beyond; a line is there as soon as any of it is. */
  #draw(): void {
    const { row, boxes, days } = this.#tree;
    const first = Math.floor(this.#frame.scrollTop / row) - ROWS_BEYOND;
    const last = Math.ceil((this.#frame.scrollTop + this.#frame.clientHeight) / row) + ROWS_BEYOND;
    const lines: Element[] = days.map(([x]) => make("path", { class: "day", d: `M${x} 0V${this.#shown.nRows * row}` }));
    const drawn: Element[] = [];
    for (const nth of this.#shown.order) {
      const mine = this.#shown.rowOf[nth]!;
      const above = boxes[nth]![ABOVE];
      const begins = above >= 0 ? this.#shown.rowOf[above]! : mine;
      if (mine < first || begins > last) continue;
      if (above >= 0) lines.push(this.#line(nth, above));
      if (mine <= last) drawn.push(this.#box(nth));
    }
    this.#svg.replaceChildren(...lines, ...drawn);
    this.#svg.setAttribute("aria-activedescendant", `case-${this.#at}`);
  }

  #line(nth: number, above: number): Element {
    const { boxes } = this.#tree;
    const [y, fromY] = [this.#y(nth), this.#y(above)];
    const d = `M${boxes[above]![X]} ${fromY}${fromY === y ? "" : `V${y}`}H${boxes[nth]![X]}`;
    return make("path", { class: `link ${boxes[nth]![LINE]}`, d });
  }

  #box(nth: number): Element {
    const box = this.#tree.boxes[nth]!;
    const [x, y, n] = [box[X], this.#y(nth), this.#under[nth]!];
    const whole = make("g", { id: `case-${nth}`, role: "treeitem", class: nth === this.#at ? "is-active" : "", "aria-label": box[TOLD] });
    whole.setAttribute("aria-level", String(levelOf(this.#tree.boxes, nth)));
    if (n) whole.setAttribute("aria-expanded", String(!this.#folded.has(nth)));
    const link = box[ID] ? make("a", { href: `/cases/${box[ID]}`, tabindex: -1 }) : make("g", {});
    const title = make("title", {});
    title.textContent = box[TOLD];
    link.append(title, make("rect", { class: "target", x: x - 8, y: y - 12, width: 46, height: 24 }));
    link.append(make("circle", { class: `dot ${box[DOT]}`, cx: x, cy: y, r: 5 }), text("label", x + 9, y + 4, box[LABEL]));
    whole.append(link);
    if (n) whole.append(this.#toggle(nth, x, y, n));
    return whole;
  }

  /** "+12" opens, "−" closes: to the right of the label. */
  #toggle(nth: number, x: number, y: number, n: number): Element {
    const isFolded = this.#folded.has(nth);
    const toggle = make("g", { class: "toggle", "data-toggle": nth });
    const title = make("title", {});
    title.textContent = this.#words[isFolded ? "sayOpen" : "sayFold"]!.replace("#", String(n));
    toggle.append(title, make("rect", { class: "target", x: x + 38, y: y - 12, width: isFolded ? 38 : 24, height: 24 }));
    toggle.append(text("label more", x + 42, y + 4, isFolded ? `+${n}` : "−"));
    return toggle;
  }
}

function make(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== "") made.setAttribute(key, String(value));
  return made;
}

function text(kind: string, x: number, y: number, words: string): SVGElement {
  const made = make("text", { class: kind, x, y });
  made.textContent = words;
  return made;
}
