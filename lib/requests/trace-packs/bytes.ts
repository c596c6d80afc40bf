import { crc32 } from "node:zlib";

/** A stored row that cannot be what we wrote. */
export class PackError extends Error {
  /** @param row names it, such as "tick 2026-11-25T12:00:00.000Z" */
  constructor(row: string, reason: string) {
    super(`${row} cannot be read: ${reason}`);
    this.name = "PackError";
  }
}

const CHECKSUM_BYTES = 4;
/** Above this a whole number is written as a double, which holds it as well. */
const LARGEST_VARINT = 2 ** 52;

/** Grows as it is written; ends with a checksum, so that no damaged row reads as figures. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(512);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = value;
  }

  /** LEB128. @param value a whole number from 0 to 2^53 - 1 */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#at++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#at++] = rest;
  }

  /** Whole numbers, the usual case, as a varint one higher; anything else as 0 and a double. */
  number(value: number): void {
    if (Number.isInteger(value) && value >= 0 && value < LARGEST_VARINT && !Object.is(value, -0)) {
      this.varint(value + 1);
      return;
    }
    this.#reserve(9);
    this.#bytes[this.#at++] = 0;
    this.#view.setFloat64(this.#at, value);
    this.#at += 8;
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.varint(bytes.length);
    this.raw(bytes);
  }

  finish(): Uint8Array<ArrayBuffer> {
    this.#reserve(CHECKSUM_BYTES);
    this.#view.setUint32(this.#at, crc32(this.#bytes.subarray(0, this.#at)));
    return this.#bytes.slice(0, this.#at + CHECKSUM_BYTES);
  }

  #reserve(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + length));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Reads what `ByteWriter` wrote, to the last byte. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #row: string;
  #at = 0;

  /** @throws PackError naming `row` when the checksum does not fit */
  constructor(bytes: Uint8Array, row: string) {
    this.#row = row;
    if (bytes.length < CHECKSUM_BYTES) throw this.error("it is too short");
    this.#bytes = bytes.subarray(0, bytes.length - CHECKSUM_BYTES);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (this.#view.getUint32(this.#bytes.length) !== crc32(this.#bytes)) throw this.error("its checksum does not fit");
  }

  error(reason: string): PackError {
    return new PackError(this.#row, reason);
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw this.error("it ends too early");
    this.#at += 1;
    return value;
  }

  varint(): number {
    const first = this.#bytes[this.#at];
    if (first !== undefined && first < 128) {
      this.#at += 1;
      return first; // nearly all are this short
    }
    let value = 0;
    for (let factor = 1; factor < 2 ** 53; factor *= 128) {
      const byte = this.byte();
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
    throw this.error("a number is too long");
  }

  /** Fills a list. Its loop keeps to locals, as it runs for each request of a day. */
  varints(values: Float64Array): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (let index = 0; index < values.length; index += 1) {
      const first = bytes[at] ?? 128;
      const second = bytes[at + 1] ?? 128;
      if (first < 128) {
        values[index] = first;
        at += 1;
      } else if (second < 128) {
        values[index] = (first & 127) + second * 128;
        at += 2;
      } else {
        this.#at = at;
        values[index] = this.varint();
        at = this.#at;
      }
    }
    this.#at = at;
  }

  number(): number {
    const next = this.varint();
    if (next > 0) return next - 1;
    if (this.#at + 8 > this.#bytes.length) throw this.error("it ends too early");
    const value = this.#view.getFloat64(this.#at);
    this.#at += 8;
    return value;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  raw(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) throw this.error("it ends too early");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  text(): string {
    return new TextDecoder().decode(this.raw(this.varint()));
  }

  /** @throws PackError when something is left */
  end(): void {
    if (this.#at !== this.#bytes.length) throw this.error("it holds more than it says");
  }
}
