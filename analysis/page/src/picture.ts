// The picture as the page holds it: units with their elements, and what joins them.

import { quadtree, type Quadtree } from "d3-quadtree";

/** What is used of a unit, as `precompass graph --format json` writes it. */
interface UnitData {
  uuid: string;
  label: string;
  version: string | null;
  kind: "package" | "extension" | "project" | "stdlib";
  developed: boolean;
  distance: number;
  cache_bytes: number | null;
  chain: string[];
  why: string;
}

interface PictureData {
  title: string;
  units: UnitData[];
  edges: { from: string; to: string }[];
}

export interface Unit extends UnitData {
  index: number;
  element: SVGGElement;
  x: number;
  y: number;
  /** Clockwise from the top, in radians. */
  angle: number;
  /** What it is recompiled with, and what is recompiled with it. */
  on: Unit[];
  below: Unit[];
}

export interface Picture {
  title: string;
  units: Unit[];
  byUuid: Map<string, Unit>;
  /** For each edge, `unit,on` by index, the path data of its curve. */
  curves: Map<string, string>;
  places: Quadtree<Unit>;
  /** Units of each distance, clockwise. */
  rings: Unit[][];
}

/** Reads the picture out of the page, or out of a page that came as a message. */
export function readPicture(page: Document, scene: SVGSVGElement): Picture {
  const data = JSON.parse(page.getElementById("picture")?.textContent ?? "") as PictureData;
  const elements = scene.querySelectorAll<SVGGElement>("g.unit");
  const units = data.units.map((unit, index): Unit => {
    const element = elements[index];
    if (element === undefined) throw new Error(`${unit.label} is not drawn`);
    const [x = 0, y = 0] = (element.getAttribute("data-place") ?? "").split(" ").map(Number);
    const angle = (Math.atan2(x, -y) + 2 * Math.PI) % (2 * Math.PI);
    return { ...unit, index, element, x, y, angle, on: [], below: [] };
  });
  const byUuid = new Map(units.map((unit) => [unit.uuid, unit]));
  for (const { from, to } of data.edges) {
    const unit = byUuid.get(from);
    const on = byUuid.get(to);
    if (unit && on) {
      unit.on.push(on);
      on.below.push(unit);
    }
  }
  const rings: Unit[][] = [];
  for (const unit of units) (rings[unit.distance] ??= []).push(unit);
  for (const ring of rings) ring.sort((one, other) => one.angle - other.angle);
  const places = quadtree<Unit>(units, (unit) => unit.x, (unit) => unit.y);
  return { title: data.title, units, byUuid, curves: readCurves(scene), places, rings };
}

/** All edges of a kind are one path, which is fast to draw; each begins with its own `M`. */
function readCurves(scene: SVGSVGElement): Map<string, string> {
  const curves = new Map<string, string>();
  for (const path of scene.querySelectorAll("path[data-ends]")) {
    const ends = path.getAttribute("data-ends")?.split(" ") ?? [];
    const parts = path.getAttribute("d")?.split("M").slice(1) ?? [];
    parts.forEach((part, index) => curves.set(ends[index] ?? "", `M${part}`));
  }
  return curves;
}

/** The units by which the change reaches one, from where it begins to the unit itself. */
export function chainOf(picture: Picture, unit: Unit): Unit[] {
  return unit.chain.map((uuid) => picture.byUuid.get(uuid)).filter((step) => step !== undefined);
}

/** What a unit is, in words. */
export function kindOf(unit: Unit): string {
  const kind = unit.kind === "stdlib" ? "standard library" : unit.kind;
  return unit.developed && unit.kind !== "project" ? `${kind} developed here` : kind;
}

export function stepsOf(unit: Unit): string {
  if (unit.distance === 0) return "in the middle";
  return unit.distance === 1 ? "1 step away" : `${unit.distance} steps away`;
}

/** A size as people write it; 1 kB is 1000 bytes. */
export function sizeOf(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
