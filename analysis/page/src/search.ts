// The search box: a combobox with a list box (ARIA Authoring Practices, "Combobox").

import { select } from "d3-selection";

import { kindOf, type Unit } from "./picture";

const SHOWN = 12;

export interface Searched {
  /** Called with what is found while typing; null when nothing is searched for. */
  found(units: Unit[] | null): void;
  chosen(unit: Unit): void;
  announce(text: string): void;
}

export class Search {
  private readonly box = document.getElementById("search") as HTMLInputElement;
  private readonly results = select<HTMLElement, unknown>("#results");
  private units: Unit[] = [];
  private found: Unit[] = [];
  private active = -1;

  constructor(private readonly searched: Searched) {
    this.box.addEventListener("input", () => this.search());
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("blur", () => this.close());
  }

  /** Searches these units from now on; what is typed stays. */
  use(units: Unit[]): void {
    this.units = units;
    if (this.box.value) this.search();
  }

  focus(): void {
    this.box.focus();
    this.box.select();
  }

  clear(): void {
    this.box.value = "";
    this.close();
  }

  private search(): void {
    const text = this.box.value.trim().toLowerCase();
    if (!text) {
      this.close();
      this.searched.found(null);
      return;
    }
    const rank = (unit: Unit): number => {
      const at = unit.label.toLowerCase().indexOf(text);
      return at < 0 ? -1 : Math.min(at, 1);
    };
    const ranked = this.units.map((unit) => [rank(unit), unit] as const).filter(([at]) => at >= 0);
    this.found = ranked.sort(([one], [other]) => one - other).map(([, unit]) => unit);
    this.active = this.found.length > 0 ? 0 : -1;
    this.show();
    this.searched.found(this.found);
    const number = this.found.length === 1 ? "1 unit" : `${this.found.length} units`;
    this.searched.announce(this.found.length > 0 ? `${number} found` : "Nothing found");
  }

  private show(): void {
    const options = this.found.slice(0, SHOWN);
    this.results.property("hidden", options.length === 0);
    if (options.length > 0) this.list(options); // else the old ones stay, to be written anew
    this.box.setAttribute("aria-expanded", String(options.length > 0));
    if (this.active >= 0) this.box.setAttribute("aria-activedescendant", `result-${this.active}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  private list(options: Unit[]): void {
    this.results
      .selectAll<HTMLLIElement, Unit>("li")
      .data(options)
      .join((entered) =>
        entered
          .append("li")
          .attr("role", "option")
          .attr("id", (_, index) => `result-${index}`)
          .on("pointerdown", (event: PointerEvent, unit) => {
            event.preventDefault();
            this.choose(unit);
          }),
      )
      .attr("aria-selected", (_, index) => String(index === this.active))
      .text((unit) => `${unit.label} (${kindOf(unit)})`);
  }

  private key(event: KeyboardEvent): void {
    const last = Math.min(this.found.length, SHOWN) - 1;
    const unit = this.found[this.active];
    if (event.key === "ArrowDown") this.active = this.active >= last ? 0 : this.active + 1;
    else if (event.key === "ArrowUp") this.active = this.active <= 0 ? last : this.active - 1;
    else if (event.key === "Enter" && unit) return this.choose(unit);
    else if (event.key === "Escape" && this.box.value) {
      this.clear();
      this.searched.found(null);
    } else return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key !== "Escape") this.show();
  }

  private choose(unit: Unit): void {
    this.close();
    this.searched.chosen(unit);
  }

  private close(): void {
    this.found = [];
    this.active = -1;
    this.show();
  }
}
