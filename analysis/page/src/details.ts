// What is said about a unit, beside the picture.

import { select } from "d3-selection";

import { chainOf, kindOf, sizeOf, stepsOf, type Picture, type Unit } from "./picture";

export class Details {
  private readonly panel = select<HTMLElement, unknown>("#details");
  private readonly hint = this.panel.html();
  private shown: Unit | null = null;

  /** @param choose called with a unit whose name in a list was activated */
  constructor(private readonly choose: (unit: Unit) => void) {}

  show(picture: Picture, unit: Unit | null, isPinned: boolean): void {
    this.panel.classed("pinned", isPinned);
    if (unit === this.shown) return;
    this.shown = unit;
    this.panel.selectAll("*").remove();
    if (unit === null) {
      this.panel.html(this.hint);
      return;
    }
    const version = unit.version ? ` ${unit.version}` : "";
    this.panel.append("h2").text(unit.label);
    const facts = [`${kindOf(unit)}${version}`, stepsOf(unit)];
    if (unit.cache_bytes !== null) facts.push(`compile cache of ${sizeOf(unit.cache_bytes)}`);
    this.panel.append("p").attr("class", "facts").text(facts.join(" · "));
    const why = this.panel.append("p").attr("class", "why");
    // What stands between backticks is code.
    unit.why.split("`").forEach((part, index) => why.append(index % 2 ? "code" : "span").text(part));
    const chain = chainOf(picture, unit);
    if (chain.length > 1) this.list("How the change spreads to it", chain, "ol", unit);
    this.list("Recompiled because of it", unit.below, "ul", unit);
  }

  private list(heading: string, units: Unit[], kind: "ol" | "ul", self: Unit): void {
    if (units.length === 0) return;
    this.panel.append("h3").text(kind === "ul" ? `${heading} (${units.length})` : heading);
    const items = this.panel.append(kind).selectAll("li").data(units).join("li");
    items.each((unit, index, nodes) => {
      const item = select(nodes[index] as HTMLElement);
      if (unit === self) item.text(unit.label);
      else item.append("button").attr("type", "button").text(unit.label).on("click", () => this.choose(unit));
    });
  }
}
