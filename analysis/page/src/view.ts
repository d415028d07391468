// Moving and zooming the picture.

import { select } from "d3-selection";
import "d3-transition";
import { zoom, zoomIdentity, zoomTransform, type ZoomBehavior, type ZoomTransform } from "d3-zoom";

const SMALLEST = 0.5;
const LARGEST = 12;

export class View {
  private readonly behaviour: ZoomBehavior<SVGSVGElement, unknown>;
  private readonly calm = matchMedia("(prefers-reduced-motion: reduce)");

  /**
   * @param scene the drawing; its units of length are those of the places
   * @param moved called when the view has come to rest
   */
  constructor(
    private readonly scene: SVGSVGElement,
    moved: () => void,
  ) {
    this.behaviour = zoom<SVGSVGElement, unknown>()
      .scaleExtent([SMALLEST, LARGEST])
      .on("start", () => scene.classList.add("moving"))
      .on("zoom", () => this.apply())
      .on("end", () => {
        scene.classList.remove("moving");
        moved();
      });
    select(scene).call(this.behaviour).on("dblclick.zoom", null);
  }

  get transform(): ZoomTransform {
    return zoomTransform(this.scene);
  }

  /** Shows the scene as it was moved and zoomed; also after its content was replaced. */
  apply(): void {
    this.scene.querySelector("g.view")?.setAttribute("transform", this.transform.toString());
  }

  restore(x: number, y: number, k: number): void {
    select(this.scene).call(this.behaviour.transform, zoomIdentity.translate(x, y).scale(k));
  }

  zoomBy(factor: number): void {
    this.softly().call(this.behaviour.scaleBy, factor);
  }

  fit(): void {
    this.softly().call(this.behaviour.transform, zoomIdentity);
  }

  moveBy(x: number, y: number): void {
    this.softly().call(this.behaviour.translateBy, x / this.transform.k, y / this.transform.k);
  }

  /** Moves a place into the middle, near enough to read it. */
  centre(x: number, y: number): void {
    const { a: pixels = 1 } = this.scene.getScreenCTM() ?? {};
    const readable = Math.max(this.transform.k, Math.min(LARGEST, 1 / pixels));
    const box = this.scene.viewBox.baseVal;
    const middle = [box.x + box.width / 2, box.y + box.height / 2] as const;
    const target = zoomIdentity.translate(...middle).scale(readable).translate(-x, -y);
    this.softly().call(this.behaviour.transform, target);
  }

  /** Moves a place into view, if it is outside. */
  reveal(x: number, y: number): void {
    const [at, down] = this.transform.apply([x, y]);
    const box = this.scene.viewBox.baseVal;
    const isIn = at > box.x && at < box.x + box.width && down > box.y && down < box.y + box.height;
    if (!isIn) this.centre(x, y);
  }

  /** The selection to move: at once where motion is not wanted. */
  private softly() {
    return select(this.scene).transition().duration(this.calm.matches ? 0 : 200);
  }
}
