// Moving and zooming the picture.

import { select } from "d3-selection";
import "d3-transition";
import { zoom, zoomIdentity, zoomTransform, type D3ZoomEvent, type ZoomBehavior, type ZoomTransform } from "d3-zoom";

import type { Names } from "./names";

type Movement = D3ZoomEvent<HTMLElement, unknown>;

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
  /** Where the movement under way leads; at rest, where the drawing is. The next one begins there. */
  private goal = zoomIdentity;

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
      .on("start", (event: Movement) => {
        this.stage.classList.add("moving");
        this.follow(event);
      })
      .on("zoom", (event: Movement) => {
        this.follow(event);
        this.apply();
      })
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

  /** Shows what was shown before, at once. */
  restore(x: number, y: number, k: number): void {
    this.goal = zoomIdentity.translate(x, y).scale(k);
    select(this.surface).call(this.behaviour.transform, this.goal);
  }

  zoomBy(factor: number): void {
    const { clientWidth, clientHeight } = this.surface;
    const [x, y] = this.goal.invert([clientWidth / 2, clientHeight / 2]);
    const scale = Math.max(SMALLEST, Math.min(LARGEST, this.goal.k * factor));
    this.go(this.showing(x, y, scale));
  }

  /** Shows all of the drawing. */
  fit(): void {
    this.go(zoomIdentity);
  }

  moveBy(x: number, y: number): void {
    this.go(this.goal.translate(x / this.goal.k, y / this.goal.k));
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
    const k = Math.max(this.goal.k, Math.min(LARGEST, 1 / scale));
    this.go(this.showing(left + x * scale, top + y * scale, k));
  }

  /** Moves a place of the drawing into view, if it is outside. */
  reveal(x: number, y: number): void {
    const { scale, left, top } = this.measure();
    const [across, down] = this.goal.apply([left + x * scale, top + y * scale]);
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

  /** Returns the view in which a place of the fitted drawing is in the middle of the surface. */
  private showing(x: number, y: number, scale: number): ZoomTransform {
    const { clientWidth, clientHeight } = this.surface;
    return zoomIdentity.translate(clientWidth / 2, clientHeight / 2).scale(scale).translate(-x, -y);
  }

  /** Moves to a view: gently, or at once where motion is not wanted. */
  private go(goal: ZoomTransform): void {
    this.goal = goal;
    const surface = select(this.surface).interrupt();
    if (this.calm.matches) {
      surface.call(this.behaviour.transform, goal);
      return;
    }
    this.stage.classList.add("moving");
    surface.transition().duration(200).call(this.behaviour.transform, goal);
  }

  /** Takes over what the pointer does: it decides where the drawing is, whatever was under way. */
  private follow({ sourceEvent, transform }: Movement): void {
    if (sourceEvent) this.goal = transform;
  }
}
