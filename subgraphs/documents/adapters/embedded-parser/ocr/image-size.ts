import { ParseFailure } from "../../../domain/elements.js";

export interface ImageSize {
  width: number;
  height: number;
}

const JPEG_START = 0xd8;
const JPEG_END = 0xd9;
const JPEG_SCAN = 0xda;

/** Frame headers (SOF0 to SOF15) without the tables that share their numbers. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

function jpegSize(bytes: DataView): ImageSize | null {
  for (let at = 2; at + 9 < bytes.byteLength; ) {
    if (bytes.getUint8(at) !== 0xff) return null;
    const marker = bytes.getUint8(at + 1);
    if (marker === 0xff) at++;
    else if (marker === JPEG_START || (marker >= 0xd0 && marker <= 0xd7) || marker === 1) at += 2;
    else if (marker === JPEG_END || marker === JPEG_SCAN) return null;
    else if (isFrame(marker)) return { height: bytes.getUint16(at + 5), width: bytes.getUint16(at + 7) };
    else at += 2 + Math.max(2, bytes.getUint16(at + 2));
  }
  return null;
}

/** Width and height of a PNG or JPEG from its header, in pixels, before anything is decoded. Throws `corrupt` without one. */
export function imageSize(bytes: Uint8Array): ImageSize {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isPng = bytes.length >= 24 && view.getUint32(12) === 0x49484452;
  const size = isPng ? { width: view.getUint32(16), height: view.getUint32(20) } : jpegSize(view);
  if (!size || size.width === 0 || size.height === 0)
    throw new ParseFailure("corrupt", "The picture is damaged: its size cannot be read.");
  return size;
}
