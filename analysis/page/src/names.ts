// Which names are written, how large, and where the captions of the rings are.
// A name is never too small to read. Where a picture is shown so small that not all names fit, the
// most important ones are written; zooming in, pointing and searching show the others.

import type { Picture, Unit } from "./picture";

/** The least size of a name and of a caption, in pixels. */
const READABLE = 10;
/** The sizes at which the drawing itself writes them, in its own units (picture_style.py). */
const SIZE = { name: 12, centre: 14, caption: 11 };
/** How the height of a name compares to its size. */
const HEIGHT = 1.1;
const NO_NAME = "no-name";
/** How much wider than it was drawn a frame may become at each side, as a part of its longer side. */
const WIDER = 0.2;
/** How much smaller the drawing becomes in a wider frame, at a guess: names become larger then. */
const SMALLER = 0.88;
/** The angles at which a place for a caption is looked for: the top, then to both sides of it. */
const DIRECTIONS = [0, ...Array.from({ length: 35 }, (_, step) => (step + 1) * 5).flatMap((turn) => [turn, -turn])];

/** A rectangle that may be turned: its centre, half its sides, and the direction of its length. */
interface Box {
  x: number;
  y: number;
  length: number;
  height: number;
  across: number;
  down: number;
}

export class Names {
  private picture: Picture | null = null;
  private readonly widths = new Map<Unit, number>();
  private captions: { element: SVGTextElement; x: number; y: number; width: number }[] = [];
  private marks: { unit: Unit; box: Box }[] = [];
  private pixels = 1;
  /** The frame of the drawing as it was drawn. */
  drawn = new DOMRectReadOnly();

  /** @param scene the drawing */
  constructor(private readonly scene: SVGSVGElement) {}

  /** Measures the names of another picture. */
  use(picture: Picture): void {
    this.picture = picture;
    this.widths.clear();
    const { x, y, width, height } = this.scene.viewBox.baseVal;
    this.drawn = new DOMRectReadOnly(x, y, width, height);
    this.write(1, 1, 1);
    for (const unit of picture.units) this.widths.set(unit, textOf(unit)?.getComputedTextLength() ?? 0);
    this.marks = picture.units.map((unit) => ({ unit, box: square(unit, radiusOf(unit)) }));
    this.captions = [...this.scene.querySelectorAll<SVGTextElement>(".caption")].map((element) => ({
      element,
      x: Number(element.getAttribute("x")),
      y: Number(element.getAttribute("y")),
      width: element.getComputedTextLength(),
    }));
  }

  /**
   * Makes the drawing's frame wider where names that are enlarged run out of it, a little.
   *
   * @param pixels how many pixels would be a unit of length in the frame as it was drawn
   */
  frame(pixels: number): void {
    if (this.picture === null || !(pixels > 0)) return;
    this.pixels = pixels * SMALLER;
    const { x, y, width, height } = this.drawn;
    const [left, top, right, bottom] = [x, y, x + width, y + height];
    const corners = this.picture.units.flatMap((unit) => cornersOf(this.boxOf(unit)));
    const most = WIDER * Math.max(width, height);
    const frame = [
      Math.max(left - most, Math.min(left, ...corners.map(([across]) => across))),
      Math.max(top - most, Math.min(top, ...corners.map(([, down]) => down))),
      Math.min(right + most, Math.max(right, ...corners.map(([across]) => across))),
      Math.min(bottom + most, Math.max(bottom, ...corners.map(([, down]) => down))),
    ] as const;
    const [from, above, to, below] = frame;
    this.scene.setAttribute("viewBox", [from, above, to - from, below - above].map((each) => each.toFixed(1)).join(" "));
  }

  /**
   * Writes names and captions.
   *
   * @param pixels how many pixels are a unit of length
   * @param isWhole whether all of the drawing is shown: then no name runs out of its frame
   */
  fit(pixels: number, isWhole: boolean): void {
    if (this.picture === null || !(pixels > 0)) return;
    this.pixels = pixels;
    this.write(this.enlarged(SIZE.name), this.enlarged(SIZE.centre), this.enlarged(SIZE.caption));
    const order = [...this.picture.units].sort(byImportance);
    const named = this.named(order, this.marks, isWhole ? this.scene.viewBox.baseVal : null);
    for (const unit of order) unit.element.classList.toggle(NO_NAME, !named.has(unit));
    this.placeCaptions([...named.values()]);
  }

  /**
   * Returns those units, of some that are lit, whose names can be written without touching.
   *
   * @param units the most important one first
   */
  among(units: readonly Unit[]): ReadonlySet<Unit> {
    return new Set(this.named(units, [], null).keys());
  }

  private enlarged(size: number): number {
    return Math.max(1, READABLE / (size * this.pixels));
  }

  private write(name: number, centre: number, caption: number): void {
    const { style } = this.scene.parentElement as HTMLElement;
    style.setProperty("--name", `${(SIZE.name * name).toFixed(1)}px`);
    style.setProperty("--centre", `${(SIZE.centre * centre).toFixed(1)}px`);
    style.setProperty("--caption", `${(SIZE.caption * caption).toFixed(1)}px`);
  }

  private named(
    order: readonly Unit[],
    marks: readonly { unit: Unit; box: Box }[],
    frame: DOMRectReadOnly | null,
  ): Map<Unit, Box> {
    const named = new Map<Unit, Box>();
    const isNatural = this.enlarged(SIZE.name) === 1; // then the drawing itself keeps names apart
    const shown: Box[] = [];
    for (const unit of order) {
      const box = this.boxOf(unit);
      const touches = (other: Box): boolean => overlap(box, other);
      const isFree =
        isNatural || (!shown.some(touches) && !marks.some((mark) => mark.unit !== unit && touches(mark.box)));
      const isWithin = frame === null || isNatural || isInside(box, frame);
      if (!(isFree && isWithin) && named.size > 0) continue;
      named.set(unit, box);
      shown.push(box);
    }
    return named;
  }

  private boxOf(unit: Unit): Box {
    const text = textOf(unit);
    const isCentre = unit.element.classList.contains("centre");
    const size = isCentre ? SIZE.centre : SIZE.name;
    const enlarged = this.enlarged(size);
    const length = ((this.widths.get(unit) ?? 0) * enlarged) / 2;
    const height = (size * HEIGHT * enlarged) / 2;
    const [left, top] = [Number(text?.getAttribute("x")), Number(text?.getAttribute("y"))];
    const isBelow = text?.getAttribute("text-anchor") === "middle";
    if (isBelow) return { x: unit.x, y: top + height, length, height, across: 1, down: 0 };
    const [across, down] = [Math.sin(unit.angle), -Math.cos(unit.angle)];
    const middle = Math.abs(left - unit.x) + length;
    return { x: unit.x + across * middle, y: unit.y + down * middle, length, height, across, down };
  }

  /** Moves each caption along its ring to a place where it covers nothing, or hides it. */
  private placeCaptions(names: readonly Box[]): void {
    const view = this.scene.viewBox.baseVal;
    const taken = [...names, ...this.marks.map(({ box }) => box)];
    const enlarged = this.enlarged(SIZE.caption);
    for (const { element, x, y, width } of this.captions) {
      const ring = Math.hypot(x, y);
      const height = (SIZE.caption * HEIGHT * enlarged) / 2;
      const spots = DIRECTIONS.map((degrees): [number, number] => {
        const angle = (degrees * Math.PI) / 180;
        return [ring * Math.sin(angle), -ring * Math.cos(angle)];
      });
      const place = [[x, y] as [number, number], ...spots]
        .map(([x, y]): Box => ({ x, y: y - height * 0.7, length: (width * enlarged) / 2 + 3, height, across: 1, down: 0 }))
        .find((box) => isInside(box, view) && !taken.some((other) => overlap(box, other)));
      element.classList.toggle(NO_NAME, place === undefined);
      if (place === undefined) continue;
      element.setAttribute("x", place.x.toFixed(1));
      element.setAttribute("y", (place.y + height * 0.7).toFixed(1));
      taken.push(place);
    }
  }
}

function textOf(unit: Unit): SVGTextElement | null {
  return unit.element.querySelector("text");
}

function radiusOf(unit: Unit): number {
  return (unit.element.querySelector<SVGPathElement>(".mark")?.getBBox().width ?? 0) / 2;
}

function square(unit: Unit, half: number): Box {
  return { x: unit.x, y: unit.y, length: half, height: half, across: 1, down: 0 };
}

/** The middle first, then what is worked on here, then what more units depend on. */
function byImportance(one: Unit, other: Unit): number {
  const weight = (unit: Unit): number => (unit.distance === 0 ? 2 : Number(unit.developed));
  return weight(other) - weight(one) || other.below.length - one.below.length || one.distance - other.distance;
}

function cornersOf({ x, y, length, height, across, down }: Box): [number, number][] {
  return [-1, 1].flatMap((along) =>
    [-1, 1].map((aside): [number, number] => [
      x + along * length * across - aside * height * down,
      y + along * length * down + aside * height * across,
    ]),
  );
}

function isInside(box: Box, view: DOMRectReadOnly): boolean {
  return cornersOf(box).every(
    ([x, y]) => x > view.x && x < view.x + view.width && y > view.y && y < view.y + view.height,
  );
}

/** Tells whether two rectangles share a point: no axis of either has them apart. */
function overlap(one: Box, other: Box): boolean {
  const [x, y] = [other.x - one.x, other.y - one.y];
  const reach = one.length + one.height + other.length + other.height;
  if (x * x + y * y > reach * reach) return false;
  return [one, other].every(({ across, down }) =>
    [
      [across, down],
      [-down, across],
    ].every(([alongX = 0, alongY = 0]) => {
      const extent = (box: Box): number =>
        box.length * Math.abs(box.across * alongX + box.down * alongY) +
        box.height * Math.abs(-box.down * alongX + box.across * alongY);
      return Math.abs(x * alongX + y * alongY) < extent(one) + extent(other);
    }),
  );
}
