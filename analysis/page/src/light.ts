// What is lit: a veil over the picture, and above it the units and edges that are meant.
// It is a drawing of its own over the other, which stays as it is and is not painted again: so it
// costs the same in a picture of any size.

import { create } from "d3-selection";

import type { Names } from "./names";
import { chainOf, type Picture, type Unit } from "./picture";

/** How many units a search lights. */
const MOST = 60;

/** A unit as it is lit: its element without what makes it a button, and its name, which is in it or not. */
interface Copy {
  element: SVGGElement;
  name: SVGTextElement | null;
}

export class Light {
  private readonly layer: SVGSVGElement;
  private readonly veil: SVGElement;
  /** Copies are made once: a search lights the same units again and again. */
  private readonly copies = new Map<Unit, Copy>();

  /**
   * @param scene the drawing, which the light is laid over
   * @param names which of the names that are lit can be written
   */
  constructor(
    private readonly scene: SVGSVGElement,
    private readonly names: Names,
  ) {
    this.layer = create<SVGSVGElement>("svg:svg").attr("id", "light").attr("aria-hidden", "true").node() as SVGSVGElement;
    const far = { x: -1e4, y: -1e4, width: 2e4, height: 2e4 };
    const veil = create<SVGElement>("svg:rect").attr("class", "veil");
    for (const [name, value] of Object.entries(far)) veil.attr(name, value);
    this.veil = veil.node() as SVGElement;
    scene.after(this.layer);
  }

  /** Forgets the units of a picture that is no longer shown. */
  forget(): void {
    this.copies.clear();
    this.clear();
  }

  clear(): void {
    this.layer.replaceChildren();
  }

  /** Lights a unit, the chain that leads to it, and what it is joined to. */
  chain(picture: Picture, unit: Unit): void {
    const chain = chainOf(picture, unit);
    const near = [...unit.on.map((on) => [unit, on] as const), ...unit.below.map((below) => [below, unit] as const)];
    const steps = chain.slice(1).map((step, index) => [step, chain[index] as Unit] as const);
    const lit = [...new Set([unit, ...[...chain].reverse(), ...unit.on, ...unit.below])];
    const named = this.names.among(lit);
    const copies = lit.reverse().map((one) => {
      const copy = this.copy(one, named);
      copy.classList.toggle("step", chain.includes(one));
      copy.classList.toggle("meant", one === unit);
      return copy;
    });
    this.light(this.curves(picture, near, "near"), this.curves(picture, steps, "chain"), ...copies);
  }

  /** Lights the units that a search has found; of very many, the first. */
  units(units: Unit[]): void {
    const lit = units.slice(0, MOST);
    const named = this.names.among(lit);
    const copies = lit.map((unit) => {
      const copy = this.copy(unit, named);
      copy.classList.remove("step", "meant");
      return copy;
    });
    this.light(...copies);
  }

  private light(...elements: Element[]): void {
    const box = this.scene.getAttribute("viewBox") ?? "";
    if (this.layer.getAttribute("viewBox") !== box) this.layer.setAttribute("viewBox", box);
    this.layer.replaceChildren(this.veil, ...elements);
  }

  private curves(picture: Picture, edges: (readonly [Unit, Unit])[], name: string): SVGElement {
    const curves = edges.map(([unit, on]) => picture.curves.get(`${unit.index},${on.index}`) ?? "");
    return create<SVGElement>("svg:path").attr("class", name).attr("d", curves.join("")).node() as SVGElement;
  }

  private copy(unit: Unit, named: ReadonlySet<Unit>): SVGGElement {
    let copy = this.copies.get(unit);
    if (copy === undefined) this.copies.set(unit, (copy = copyOf(unit)));
    const { element, name } = copy;
    if (!named.has(unit)) name?.remove(); // a hidden name, too, is laid out
    else if (name !== null && name.parentNode === null) element.append(name);
    return element;
  }
}

function copyOf(unit: Unit): Copy {
  const element = unit.element.cloneNode(true) as SVGGElement;
  element.classList.remove("no-name");
  for (const name of ["id", "role", "tabindex", "aria-label", "aria-pressed", "data-uuid", "data-label", "data-place"]) {
    element.removeAttribute(name);
  }
  return { element, name: element.querySelector("text") };
}
