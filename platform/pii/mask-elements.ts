import type { DetectOptions, Finding, PiiDetector } from "./detector.js";
import { addCounts, mask, maskLabel, type PiiCounts } from "./mask.js";
import { detectWithLabel, maskHtml } from "./mask-html.js";

/** What masking needs to know of a parsed element. */
export interface MaskableElement {
  type: string;
  text: string;
  html?: string | undefined;
}

/** A text this short before another one may be its label ("계좌번호", "Account number"). */
const LABEL_LENGTH = 30;
/** How much of two neighbouring texts is read together, to find a value that a line or page break cut. */
const SEAM_LENGTH = 32;
/** Elements masked at once: a remote detector takes them in one request. */
const AT_ONCE = 32;
const OUTSIDE_THE_TEXT = new Set(["Header", "Footer", "PageBreak"]);

/**
 * Masks whole elements before they are cut into chunks, so that no chunk's edge can split a value.
 *
 * Beyond the text of each element: table cells and HTML, a value whose label is the element before it, and a value
 * that a page or line break cut into two elements. Order, number and all other fields of the elements stay.
 * Counts hold each value once per element.
 */
export async function maskElements<E extends MaskableElement>(
  elements: readonly E[],
  detector: PiiDetector,
  options: DetectOptions = {},
): Promise<{ elements: E[]; counts: PiiCounts }> {
  const masked: E[] = [];
  let counts: PiiCounts = {};
  const seams = await findSeams(elements, detector, options);
  let label = "";
  const labels = elements.map((element) => {
    const before = label;
    if (!OUTSIDE_THE_TEXT.has(element.type)) label = element.text.length <= LABEL_LENGTH ? element.text : "";
    return before;
  });
  for (let from = 0; from < elements.length; from += AT_ONCE) {
    const results = await Promise.all(
      elements
        .slice(from, from + AT_ONCE)
        .map((element, i) =>
          maskElement(element, labels[from + i] ?? "", seams.get(from + i) ?? [], detector, options),
        ),
    );
    for (const result of results) {
      masked.push(result.element);
      counts = addCounts(counts, result.counts);
    }
  }
  return { elements: masked, counts };
}

/**
 * Masks named texts outside the elements: file name, title, mail headers, authors. A null stays null.
 */
export async function maskMetadata<K extends string>(
  metadata: Readonly<Record<K, string | null>>,
  detector: PiiDetector,
  options: DetectOptions = {},
): Promise<{ metadata: Record<K, string | null>; counts: PiiCounts }> {
  const masked = { ...metadata } as Record<K, string | null>;
  let counts: PiiCounts = {};
  for (const [name, value] of Object.entries(metadata) as [K, string | null][]) {
    if (value === null) continue;
    const result = mask(value, await detector.detect(value, options));
    masked[name] = result.text;
    counts = addCounts(counts, result.counts);
  }
  return { metadata: masked, counts };
}

async function maskElement<E extends MaskableElement>(
  element: E,
  label: string,
  seams: readonly Finding[],
  detector: PiiDetector,
  options: DetectOptions,
): Promise<{ element: E; counts: PiiCounts }> {
  const findings = [...(await detectWithLabel(element.text, label, detector, options))];
  for (const seam of seams) {
    if (!findings.some((finding) => finding.start < seam.end && seam.start < finding.end)) findings.push(seam);
  }
  const text = mask(element.text, findings);
  if (element.html === undefined) return { element: { ...element, text: text.text }, counts: text.counts };
  const html = await maskHtml(element.html, detector, options);
  // What only the table's header gave away must not survive in the plain rendering of the same table.
  const rest = html.values.reduce((all, { text: value, kind }) => all.replaceAll(value, maskLabel(kind)), text.text);
  return {
    element: { ...element, text: rest, html: html.html },
    counts: larger(text.counts, html.counts),
  };
}

/** Text and HTML are two renderings of one content: a value found in both counts once. */
function larger(left: PiiCounts, right: PiiCounts): PiiCounts {
  const result: PiiCounts = { ...left };
  for (const [kind, count] of Object.entries(right) as [Finding["kind"], number][]) {
    result[kind] = Math.max(result[kind] ?? 0, count);
  }
  return result;
}

/** Findings that lie across the border of two neighbouring texts, as ranges of each, by element index. */
async function findSeams(
  elements: readonly MaskableElement[],
  detector: PiiDetector,
  options: DetectOptions,
): Promise<Map<number, Finding[]>> {
  const seams = new Map<number, Finding[]>();
  let previous = -1;
  for (const [index, element] of elements.entries()) {
    if (OUTSIDE_THE_TEXT.has(element.type) || element.text === "") continue;
    const before = elements[previous];
    const beforeIndex = previous;
    previous = index;
    if (!before || before.html !== undefined || element.html !== undefined) continue;
    if (!mayContinue(before.text, element.text)) continue;
    const tail = before.text.slice(-SEAM_LENGTH);
    const tailStart = before.text.length - tail.length;
    const head = element.text.slice(0, SEAM_LENGTH);
    for (const finding of await detector.detect(tail + head, options)) {
      if (finding.start >= tail.length || finding.end <= tail.length) continue;
      add(seams, beforeIndex, {
        ...finding,
        start: tailStart + finding.start,
        end: before.text.length,
      });
      add(seams, index, {
        ...finding,
        start: 0,
        end: finding.end - tail.length,
      });
    }
  }
  return seams;
}

/** Only a text that stops in the middle of a value: at a joining mark, or between two digits. */
function mayContinue(before: string, after: string): boolean {
  return (/[-–@.]\s*$/.test(before) && /^[\w]/.test(after)) || (/\d$/.test(before) && /^[-–]\s?\d/.test(after));
}

function add(seams: Map<number, Finding[]>, index: number, finding: Finding): void {
  seams.set(index, [...(seams.get(index) ?? []), finding]);
}
