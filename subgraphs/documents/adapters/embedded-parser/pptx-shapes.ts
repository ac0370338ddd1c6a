import type { BoundingBox } from "../../domain/elements.js";
import {
  attribute,
  childElement,
  childElements,
  descendants,
  localName,
  type MarkupDocument,
  type MarkupElement,
} from "./markup.js";

export interface Shape {
  kind: "sp" | "graphicFrame" | "pic";
  element: MarkupElement;
  /** The kind of placeholder it fills, "body" where the layout does not say. */
  placeholder?: string;
  /** Fills the body of the layout. */
  isBody: boolean;
  bbox?: BoundingBox;
}

/** In English Metric Units. */
export interface SlideSize {
  width: number;
  height: number;
}

/** Scale and offset from a group's own coordinates to the slide's. */
interface Frame {
  scaleX: number;
  scaleY: number;
  x: number;
  y: number;
}

const WHOLE: Frame = { scaleX: 1, scaleY: 1, x: 0, y: 0 };

const numbers = (element: MarkupElement | undefined, ...names: string[]): number[] | null => {
  const values = names.map((name) => Number(attribute(element, name)));
  return element && values.every(Number.isFinite) ? values : null;
};

const transformOf = (shape: MarkupElement): MarkupElement | undefined =>
  childElement(shape, "xfrm") ?? childElement(childElement(shape, "spPr") ?? childElement(shape, "grpSpPr"), "xfrm");

function boxOf(shape: MarkupElement, frame: Frame, size: SlideSize): BoundingBox | undefined {
  const transform = transformOf(shape);
  const offset = numbers(childElement(transform, "off"), "x", "y");
  const extent = numbers(childElement(transform, "ext"), "cx", "cy");
  if (!offset || !extent) return undefined;
  const [x = 0, y = 0] = offset;
  const [width = 0, height = 0] = extent;
  const fraction = (value: number): number => Number(Math.min(1, Math.max(0, value)).toFixed(4));
  const left = frame.x + x * frame.scaleX;
  const top = frame.y + y * frame.scaleY;
  return [
    fraction(left / size.width),
    fraction(top / size.height),
    fraction((left + Math.abs(width * frame.scaleX)) / size.width),
    fraction((top + Math.abs(height * frame.scaleY)) / size.height),
  ];
}

/** The frame of what stands inside a group. */
function innerFrame(group: MarkupElement, frame: Frame): Frame {
  const transform = transformOf(group);
  const [x = 0, y = 0] = numbers(childElement(transform, "off"), "x", "y") ?? [];
  const [width = 0, height = 0] = numbers(childElement(transform, "ext"), "cx", "cy") ?? [];
  const [innerX = 0, innerY = 0] = numbers(childElement(transform, "chOff"), "x", "y") ?? [];
  const [innerWidth = 0, innerHeight = 0] = numbers(childElement(transform, "chExt"), "cx", "cy") ?? [];
  if (!innerWidth || !innerHeight) return frame;
  const [ratioX, ratioY] = [width / innerWidth, height / innerHeight];
  return {
    scaleX: frame.scaleX * ratioX,
    scaleY: frame.scaleY * ratioY,
    x: frame.x + (x - innerX * ratioX) * frame.scaleX,
    y: frame.y + (y - innerY * ratioY) * frame.scaleY,
  };
}

const placeholderOf = (shape: MarkupElement): MarkupElement | undefined => {
  const own = childElements(shape).find((child) => /^nv\w*Pr$/.test(localName(child)));
  return descendants(own, "ph")[0];
};

/** By what a slide's placeholder finds its layout's: the index, or else the type. */
const placeholderKeys = (placeholder: MarkupElement): string[] => [
  `${attribute(placeholder, "type") ?? "body"}#${attribute(placeholder, "idx") ?? ""}`,
  attribute(placeholder, "type") ?? `#${attribute(placeholder, "idx") ?? ""}`,
];

/** Where a layout puts its placeholders; slides seldom repeat it. */
export function placeholderBoxes(layout: MarkupDocument | null, size: SlideSize): Map<string, BoundingBox> {
  const boxes = new Map<string, BoundingBox>();
  for (const shape of descendants(layout ?? undefined, "sp")) {
    const placeholder = placeholderOf(shape);
    const box = boxOf(shape, WHOLE, size);
    if (!placeholder || !box) continue;
    for (const key of placeholderKeys(placeholder)) if (!boxes.has(key)) boxes.set(key, box);
  }
  return boxes;
}

/** The shapes of a slide with those inside groups, in the order of the file. */
export function shapesOf(
  tree: MarkupElement,
  size: SlideSize,
  inherited: ReadonlyMap<string, BoundingBox>,
  frame: Frame = WHOLE,
): Shape[] {
  return childElements(tree).flatMap((element): Shape[] => {
    const kind = localName(element);
    if (kind === "grpSp") return shapesOf(element, size, inherited, innerFrame(element, frame));
    if (kind === "AlternateContent") {
      const choice = childElement(element, "Choice") ?? childElement(element, "Fallback");
      return choice ? shapesOf(choice, size, inherited, frame) : [];
    }
    if (kind !== "sp" && kind !== "graphicFrame" && kind !== "pic") return [];
    const placeholder = placeholderOf(element);
    const type = placeholder && (attribute(placeholder, "type") ?? "body");
    const bbox =
      boxOf(element, frame, size) ??
      (placeholder &&
        placeholderKeys(placeholder)
          .map((key) => inherited.get(key))
          .find((box) => box !== undefined));
    return [
      {
        kind,
        element,
        isBody: type === "body",
        ...(type === undefined ? {} : { placeholder: type }),
        ...(bbox ? { bbox } : {}),
      },
    ];
  });
}
