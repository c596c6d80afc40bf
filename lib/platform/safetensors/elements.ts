/** The float formats an adapter may be stored in. */
export const FLOAT_DTYPES = ["BF16", "F16", "F32"] as const;
export type FloatDtype = (typeof FLOAT_DTYPES)[number];

export const isFloatDtype = (dtype: string): dtype is FloatDtype => (FLOAT_DTYPES as readonly string[]).includes(dtype);

export const floatBytes = (dtype: FloatDtype): number => (dtype === "F32" ? 4 : 2);

const scratch = new DataView(new ArrayBuffer(4));

/** Rounds to the nearest bfloat16 (ties to even), as torch does; returns its 16 bits. */
function toBf16(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  if ((bits & 0x7fffffff) > 0x7f800000) return 0x7fc0;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

function fromBf16(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

/** Rounds to the nearest half-precision float (ties to even); returns its 16 bits. */
function toF16(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= 65_520) return sign | 0x7c00;
  const exponent = size < 2 ** -14 ? -14 : Math.floor(Math.log2(size));
  const unit = 2 ** (exponent - 10);
  const steps = roundEven(size / unit);
  // 1024 steps are the implied leading bit; rounding up to 2048 carries into the exponent by itself.
  return sign | (steps < 1024 ? steps : ((exponent + 14) << 10) + steps);
}

function fromF16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const roundEven = (value: number): number => {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
};

/** Little-endian bytes of `values` in `dtype`. */
export function encodeFloats(values: ArrayLike<number>, dtype: FloatDtype): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * floatBytes(dtype));
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    if (dtype === "F32") view.setFloat32(4 * i, value, true);
    else view.setUint16(2 * i, dtype === "BF16" ? toBf16(value) : toF16(value), true);
  }
  return bytes;
}

/** The values of little-endian `bytes`; a last incomplete element is left out. */
export function decodeFloats(bytes: Uint8Array, dtype: FloatDtype): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(Math.floor(bytes.byteLength / floatBytes(dtype)));
  for (let i = 0; i < values.length; i += 1) {
    if (dtype === "F32") values[i] = view.getFloat32(4 * i, true);
    else values[i] = dtype === "BF16" ? fromBf16(view.getUint16(2 * i, true)) : fromF16(view.getUint16(2 * i, true));
  }
  return values;
}
