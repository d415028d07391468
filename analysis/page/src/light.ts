// What is lit: a veil over the picture, and above it the units and edges that are meant.
// It is a drawing of its own over the other, which stays as it is and is not painted again: so it
// costs the same in a picture of any size.

import { create, type Selection } from "d3-selection";

import type { Names } from "./names";
import { chainOf, type Picture, type Unit } from "./picture";

/** How many units a search lights. */
const MOST = 60;

export class Light {
  private readonly layer: Selection<SVGSVGElement, undefined, null, undefined>;

  /**
   * @param scene the drawing, which the light is laid over
   * @param names which of the names that are lit can be written
   */
  constructor(
    private readonly scene: SVGSVGElement,
    private readonly names: Names,
  ) {
    const layer = create<SVGSVGElement>("svg:svg").attr("id", "light").attr("aria-hidden", "true");
    scene.after(layer.node() as SVGSVGElement);
    this.layer = layer;
  }

  clear(): void {
    this.layer.selectAll("*").remove();
  }

  /** Lights a unit, the chain that leads to it, and what it is joined to. */
  chain(picture: Picture, unit: Unit): void {
    this.veil();
    const chain = chainOf(picture, unit);
    const near = [...unit.on.map((on) => [unit, on] as const), ...unit.below.map((below) => [below, unit] as const)];
    this.curves(picture, near, "near");
    this.curves(picture, chain.slice(1).map((step, index) => [step, chain[index] as Unit] as const), "chain");
    const lit = [...new Set([unit, ...[...chain].reverse(), ...unit.on, ...unit.below])];
    const named = this.names.among(lit);
    for (const one of lit.reverse()) {
      const { classList } = this.copy(one, named);
      classList.toggle("step", chain.includes(one));
      classList.toggle("meant", one === unit);
    }
  }

  /** Lights the units that a search has found; of very many, the first. */
  units(units: Unit[]): void {
    this.veil();
    const lit = units.slice(0, MOST);
    const named = this.names.among(lit);
    for (const unit of lit) this.copy(unit, named);
  }

  private veil(): void {
    this.clear();
    this.layer.attr("viewBox", this.scene.getAttribute("viewBox"));
    this.layer.append("rect").attr("class", "veil").attr("x", -1e4).attr("y", -1e4).attr("width", 2e4).attr("height", 2e4);
  }

  private curves(picture: Picture, edges: (readonly [Unit, Unit])[], name: string): void {
    const curves = edges.map(([unit, on]) => picture.curves.get(`${unit.index},${on.index}`) ?? "");
    this.layer.append("path").attr("class", name).attr("d", curves.join(""));
  }

  private copy(unit: Unit, named: ReadonlySet<Unit>): SVGGElement {
    const copy = unit.element.cloneNode(true) as SVGGElement;
    if (!named.has(unit)) copy.querySelector("text")?.remove(); // a hidden name, too, is laid out
    copy.classList.remove("no-name");
    for (const name of ["id", "role", "tabindex", "aria-label", "aria-pressed", "data-uuid", "data-label"]) {
      copy.removeAttribute(name);
    }
    this.layer.node()?.append(copy);
    return copy;
  }
}
