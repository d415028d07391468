// Moving and zooming the picture.

import { select } from "d3-selection";
import "d3-transition";
import { zoom, zoomIdentity, zoomTransform, type ZoomBehavior, type ZoomTransform } from "d3-zoom";

import type { Names } from "./names";

const SMALLEST = 0.5;
const LARGEST = 16;

/** How the drawing fills its surface before it is zoomed: pixels for a unit of length, and margins. */
interface Fit {
  scale: number;
  left: number;
  top: number;
}

export class View {
  private readonly behaviour: ZoomBehavior<HTMLElement, unknown>;
  private readonly stage: HTMLElement;
  private readonly calm = matchMedia("(prefers-reduced-motion: reduce)");

  /**
   * The drawing as a whole is transformed, by CSS: so a browser moves what it has painted, and
   * lays out and paints nothing until the view has come to rest.
   *
   * @param surface where it is shown
   * @param scene the drawing; what surrounds it is moved with it
   * @param names written anew when the drawing is shown in another size
   * @param rested called when the view has come to rest
   */
  constructor(
    private readonly surface: HTMLElement,
    private readonly scene: SVGSVGElement,
    private readonly names: Names,
    private readonly rested: () => void,
  ) {
    this.stage = scene.parentElement as HTMLElement;
    this.behaviour = zoom<HTMLElement, unknown>()
      .scaleExtent([SMALLEST, LARGEST])
      .on("start", () => this.stage.classList.add("moving"))
      .on("zoom", () => this.apply())
      .on("end", () => {
        this.stage.classList.remove("moving");
        this.writeNames();
        this.rested();
      });
    select(surface).call(this.behaviour).on("dblclick.zoom", null);
    new ResizeObserver(() => this.refit()).observe(surface);
  }

  get transform(): ZoomTransform {
    return zoomTransform(this.surface);
  }

  get isMoving(): boolean {
    return this.stage.classList.contains("moving");
  }

  restore(x: number, y: number, k: number): void {
    select(this.surface).call(this.behaviour.transform, zoomIdentity.translate(x, y).scale(k));
  }

  zoomBy(factor: number): void {
    this.softly().call(this.behaviour.scaleBy, factor);
  }

  /** Shows all of the drawing. */
  fit(): void {
    this.softly().call(this.behaviour.transform, zoomIdentity);
  }

  moveBy(x: number, y: number): void {
    this.softly().call(this.behaviour.translateBy, x / this.transform.k, y / this.transform.k);
  }

  /** Returns the place in the drawing that is at a pixel of the window, and the pixels for a unit. */
  placeAt(clientX: number, clientY: number): { x: number; y: number; scale: number } {
    const box = this.surface.getBoundingClientRect();
    const { scale, left, top } = this.measure();
    const [x, y] = this.transform.invert([clientX - box.left, clientY - box.top]);
    return { x: (x - left) / scale, y: (y - top) / scale, scale: scale * this.transform.k };
  }

  /** Moves a place of the drawing into the middle, near enough to read it. */
  centre(x: number, y: number): void {
    const { scale, left, top } = this.measure();
    const k = Math.max(this.transform.k, Math.min(LARGEST, 1 / scale));
    const target = zoomIdentity
      .translate(this.surface.clientWidth / 2, this.surface.clientHeight / 2)
      .scale(k)
      .translate(-(left + x * scale), -(top + y * scale));
    this.softly().call(this.behaviour.transform, target);
  }

  /** Moves a place of the drawing into view, if it is outside. */
  reveal(x: number, y: number): void {
    const { scale, left, top } = this.measure();
    const [across, down] = this.transform.apply([left + x * scale, top + y * scale]);
    const { clientWidth, clientHeight } = this.surface;
    const isIn = across > 0 && across < clientWidth && down > 0 && down < clientHeight;
    if (!isIn) this.centre(x, y);
  }

  /** Fits the frame of the drawing to the surface, and the names to that. */
  refit(): void {
    this.names.frame(this.measure(this.names.drawn).scale);
    this.writeNames();
    this.rested();
  }

  private writeNames(): void {
    const { k } = this.transform;
    this.names.fit(this.measure().scale * k, k === 1);
  }

  private apply(): void {
    const { x, y, k } = this.transform;
    this.stage.style.transform = `translate(${x}px, ${y}px) scale(${k})`;
  }

  private measure(box: DOMRectReadOnly = this.scene.viewBox.baseVal): Fit {
    const { clientWidth, clientHeight } = this.surface;
    const scale = Math.min(clientWidth / box.width, clientHeight / box.height) || 1;
    return { scale, left: clientWidth / 2 - (box.x + box.width / 2) * scale, top: clientHeight / 2 - (box.y + box.height / 2) * scale };
  }

  /** The surface, to be moved gently; at once where motion is not wanted. */
  private softly() {
    return select(this.surface).transition().duration(this.calm.matches ? 0 : 200);
  }
}
