// The page of a picture. Its HTML already shows everything; this makes it interactive.

import { Details } from "./details";
import { host, onMessage } from "./host";
import { Light } from "./light";
import { Names } from "./names";
import { kindOf, readPicture, stepsOf, type Picture, type Unit } from "./picture";
import { Search } from "./search";
import { View } from "./view";

/** How near the pointer must be to a mark, in pixels. */
const NEAR = 14;
/** How far Shift and an arrow key move the picture, in pixels. */
const PAN = 80;

class Page {
  private readonly scene = document.querySelector<SVGSVGElement>("svg#scene") as SVGSVGElement;
  private readonly status = document.getElementById("status") as HTMLElement;
  private readonly names = new Names(this.scene);
  private readonly light = new Light(this.scene, this.names);
  private readonly details = new Details((unit) => this.choose(unit));
  private readonly surface = document.querySelector("main") as HTMLElement;
  private readonly view = new View(this.surface, this.scene, this.names, () => this.rest());
  private readonly search = new Search({
    found: (units) => this.find(units),
    chosen: (unit) => this.choose(unit),
    announce: (text) => this.announce(text),
  });
  private picture: Picture = this.read(document);
  private pinned: Unit | null = null;
  private hovered: Unit | null = null;
  private focused: Unit | null = null;
  private found: Unit[] | null = null;
  private pointer: PointerEvent | null = null;
  private pressed: Element | null = null;

  start(): void {
    const state = host?.getState();
    if (state) {
      this.view.restore(...state.view);
      this.pinned = this.picture.byUuid.get(state.pinned ?? "") ?? null;
    }
    this.surface.addEventListener("pointermove", (event) => this.point(event));
    this.surface.addEventListener("pointerleave", (event) => this.point(event));
    this.surface.addEventListener("click", (event) => this.click(event));
    this.scene.addEventListener("focusin", (event) => this.focus(event));
    this.scene.addEventListener("focusout", () => this.blur());
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("click", (event) => this.press(event));
    onMessage((message) => (message.type === "gone" ? this.outdate() : this.replace(message.html)));
    this.show();
    host?.postMessage({ type: "ready" });
  }

  // Content

  private read(page: Document): Picture {
    const picture = readPicture(page, this.scene);
    for (const unit of picture.units) {
      const { element } = unit;
      element.querySelector("title")?.remove();
      element.setAttribute("role", "button");
      element.setAttribute("tabindex", "-1");
      element.setAttribute("aria-label", `${unit.label}, ${kindOf(unit)}, ${stepsOf(unit)}. ${unit.why}`);
    }
    picture.units[0]?.element.setAttribute("tabindex", "0");
    this.names.use(picture);
    this.light.forget();
    this.search.use(picture.units);
    if (host !== null) this.linkPlaces();
    return picture;
  }

  /** Makes the places in files buttons, where there is an editor to open them. */
  private linkPlaces(): void {
    for (const place of document.querySelectorAll<HTMLElement>("span[data-file]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = place.textContent;
      button.title = place.title;
      Object.assign(button.dataset, place.dataset);
      place.replaceWith(button);
    }
  }

  /** Shows another page in the place of this one; view, pinned unit and focus stay. */
  private replace(html: string): void {
    const page = new DOMParser().parseFromString(html, "text/html");
    const scene = page.querySelector("svg#scene");
    if (scene === null) return;
    const [pinned, focused] = [this.pinned?.uuid, this.focused?.uuid];
    for (const { name, value } of scene.attributes) this.scene.setAttribute(name, value);
    this.scene.replaceChildren(...scene.childNodes);
    for (const id of ["about", "key", "list", "picture"]) {
      const [mine, other] = [document.getElementById(id), page.getElementById(id)];
      if (mine && other) mine.replaceChildren(...other.childNodes);
    }
    document.title = page.title;
    document.body.classList.remove("outdated");
    this.picture = this.read(document);
    this.view.refit();
    this.hovered = null;
    this.pinned = this.picture.byUuid.get(pinned ?? "") ?? null;
    if (focused !== undefined) this.moveTo(this.picture.byUuid.get(focused) ?? this.picture.units[0]);
    this.show();
    this.announce(this.picture.title);
  }

  private outdate(): void {
    document.body.classList.add("outdated");
    this.announce("The preference or package is gone. This picture is out of date.");
  }

  // What is meant

  /** Lights and describes what is pointed at, else what has the focus, is pinned, or was found. */
  private show(): void {
    const unit = this.hovered ?? this.focused ?? this.pinned;
    if (unit !== null) this.light.chain(this.picture, unit);
    else if (this.found !== null) this.light.units(this.found);
    else this.light.clear();
    this.details.show(this.picture, unit, unit !== null && unit === this.pinned);
    const pressed = this.pinned?.element ?? null;
    if (pressed === this.pressed) return;
    this.pressed?.removeAttribute("aria-pressed");
    pressed?.setAttribute("aria-pressed", "true");
    this.pressed = pressed;
  }

  private find(units: Unit[] | null): void {
    this.found = units;
    this.pinned = null;
    this.show();
  }

  private pin(unit: Unit | null): void {
    this.pinned = unit;
    this.show();
    this.save();
  }

  /** Pins a unit that was chosen by name, and brings it into the middle. */
  private choose(unit: Unit): void {
    this.pin(unit);
    this.moveTo(unit);
    this.view.centre(unit.x, unit.y);
  }

  private moveTo(unit: Unit | undefined): void {
    unit?.element.focus({ preventScroll: true });
  }

  // The pointer

  /** Looks for the unit under the pointer once a frame, however often the pointer moves. */
  private point(event: PointerEvent): void {
    if (this.pointer === null) requestAnimationFrame(() => this.look());
    this.pointer = event;
  }

  private look(): void {
    const event = this.pointer;
    this.pointer = null;
    if (event === null) return;
    const isAway = event.type === "pointerleave" || this.view.isMoving;
    const unit = isAway ? null : this.unitAt(event);
    if (unit === this.hovered) return;
    this.hovered = unit;
    this.show();
  }

  private unitAt(event: MouseEvent): Unit | null {
    const element = event.target instanceof Element ? event.target.closest("g.unit") : null;
    const hit = this.picture.byUuid.get(element?.getAttribute("data-uuid") ?? "");
    if (hit) return hit;
    const { x, y, scale } = this.view.placeAt(event.clientX, event.clientY);
    return this.picture.places.find(x, y, NEAR / scale) ?? null;
  }

  private click(event: MouseEvent): void {
    const unit = this.unitAt(event);
    this.pin(unit === this.pinned ? null : unit);
    this.moveTo(unit ?? undefined);
  }

  /** Buttons outside the drawing. */
  private press(event: MouseEvent): void {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const { zoom, uuid, file, line } = button?.dataset ?? {};
    const unit = this.picture.byUuid.get(uuid ?? "");
    if (zoom === "fit") this.view.fit();
    else if (zoom) this.view.zoomBy(Number(zoom));
    else if (unit) this.choose(unit);
    else if (file) host?.postMessage({ type: "open", file, line: Number(line) });
  }

  // The keyboard

  private focus(event: FocusEvent): void {
    const element = event.target instanceof Element ? event.target.closest("g.unit") : null;
    this.focused = this.picture.byUuid.get(element?.getAttribute("data-uuid") ?? "") ?? null;
    if (this.focused === null) return;
    this.scene.querySelector('g.unit[tabindex="0"]')?.setAttribute("tabindex", "-1");
    this.focused.element.setAttribute("tabindex", "0");
    this.show();
  }

  private blur(): void {
    this.focused = null;
    this.show();
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isTyping = event.target instanceof HTMLInputElement;
    if (event.key === "/" && !isTyping) this.search.focus();
    else if (event.key === "Escape") this.clear();
    else if (isTyping) return;
    else if (event.key === "+" || event.key === "=") this.view.zoomBy(1.5);
    else if (event.key === "-") this.view.zoomBy(1 / 1.5);
    else if (event.key === "0") this.view.fit();
    else if (!this.scene.contains(document.activeElement) || !this.walk(event)) return;
    event.preventDefault();
  }

  private clear(): void {
    this.search.clear();
    this.found = null;
    this.focused = null;
    this.hovered = null;
    this.pin(null);
  }

  /** Moves from the unit that has the focus to another; returns whether the key means that. */
  private walk(event: KeyboardEvent): boolean {
    const at = this.focused ?? this.pinned ?? this.picture.units[0];
    if (at === undefined) return false;
    if (event.shiftKey) return this.pan(event.key);
    const ring = this.picture.rings[at.distance] ?? [];
    const next = (step: number): Unit | undefined => ring.at((ring.indexOf(at) + step) % ring.length);
    const inwards = this.picture.byUuid.get(at.chain.at(-2) ?? "");
    const targets: Record<string, () => Unit | undefined> = {
      ArrowRight: () => next(1),
      ArrowLeft: () => next(-1),
      ArrowUp: () => inwards,
      ArrowDown: () => this.outwards(at),
      Home: () => this.picture.units[0],
      End: () => this.picture.units.at(-1),
    };
    if (event.key === "Enter" || event.key === " ") {
      this.pin(at === this.pinned ? null : at);
      this.announce(this.pinned === null ? `${at.label} is no longer pinned` : `${at.label} is pinned`);
      return true;
    }
    const target = targets[event.key];
    if (target === undefined) return false;
    const unit = target();
    this.moveTo(unit);
    if (unit) this.view.reveal(unit.x, unit.y);
    return true;
  }

  private pan(key: string): boolean {
    const ways: Record<string, [number, number]> = {
      ArrowRight: [-PAN, 0],
      ArrowLeft: [PAN, 0],
      ArrowUp: [0, PAN],
      ArrowDown: [0, -PAN],
    };
    const way = ways[key];
    if (way) this.view.moveBy(...way);
    return way !== undefined;
  }

  /** The first unit whose chain leads over this one, else the nearest of the next ring. */
  private outwards(at: Unit): Unit | undefined {
    const ring = this.picture.rings[at.distance + 1] ?? [];
    const apart = (unit: Unit): number => {
      const turn = Math.abs(unit.angle - at.angle);
      return Math.min(turn, 2 * Math.PI - turn);
    };
    const hanging = ring.filter((unit) => unit.chain.at(-2) === at.uuid);
    return (hanging.length > 0 ? hanging : [...ring]).sort((one, other) => apart(one) - apart(other))[0];
  }

  private announce(text: string): void {
    this.status.textContent = text;
  }

  /** Other names are written now: what is lit is lit anew. */
  private rest(): void {
    this.show();
    this.save();
  }

  private save(): void {
    const { x, y, k } = this.view.transform;
    host?.setState({ view: [x, y, k], pinned: this.pinned?.uuid ?? null });
  }
}

for (const element of document.querySelectorAll("[data-needs-script]")) {
  element.removeAttribute("hidden");
}
new Page().start();
