import type { PersonalKind } from "./find-personal.ts";

/** In [0, 1). */
export type Rng = () => number;

/** Short, spelt alike everywhere, and nobody's name. */
const WORDS =
  "Alpha Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa Quebec Romeo Sierra Tango Uniform Victor Whiskey Xray Yankee Zulu".split(
    " ",
  );
/** Two numbers with so many digits of their ends in common are two ways to write one. */
const SAME_END = 6;
/** So few digits of a number are still said of it: the last four of a card. */
const SHORTEST_PART = 4;

/**
 * What stands in for what was found, in one exchange: the same for the same wherever and however it is written, so that an
 * answer still follows from its question; different for what differs; and not to be turned round, for it is thrown, not
 * computed.
 */
export class Pseudonyms {
  readonly #rng: Rng;
  readonly #known = new Map<string, string>();
  readonly #used = new Set<string>();
  /** Digits alone, longest first, with what stands in for them. */
  readonly #numbers: { digits: string; instead: string }[] = [];

  constructor(rng: Rng) {
    this.#rng = rng;
  }

  of(kind: PersonalKind, text: string): string {
    switch (kind) {
      case "word":
        return likeCase(text, this.#numbered(`word ${text.toLowerCase()}`, wordNumber));
      case "email":
        return this.#numbered(`email ${text.toLowerCase()}`, (n) => `person${n}@example.com`);
      case "url":
        return this.#numbered(`url ${text}`, (n) => `https://example.com/${n}`);
      case "secret":
        return this.#numbered(`secret ${text}`, (n) => `secret-${n}`);
      case "ip":
        return text.includes(":")
          ? this.#numbered(`ip ${text.toLowerCase()}`, (n) => `2001:db8::${n.toString(16)}`)
          : this.#numbered(`ip ${text}`, (n) => `198.51.${Math.floor(n / 256)}.${n % 256}`);
      case "uuid":
        return this.#thrown(`uuid ${text.toLowerCase()}`, () => text.replaceAll(/[0-9a-f]/gi, () => this.#hex()));
      case "iban": {
        const plain = text.replaceAll(" ", "");
        const instead = this.#thrown(`iban ${plain}`, () => plain.replaceAll(/\d/g, () => this.#digit()));
        return pour(text, /[A-Z0-9]/g, instead);
      }
      case "digits":
        return pour(text, /\d/g, this.number(text.replaceAll(/\D/g, "")));
    }
  }

  /**
   * @param digits digits only; longer ones are to come first
   * @returns as many digits. A part of a known number gets that part of what stands in for it; one that ends alike ends alike
   */
  number(digits: string): string {
    const known = this.part(digits);
    if (known !== null) return known;
    const instead = this.#fresh(() => this.#throwDigits(digits));
    this.#numbers.push({ digits, instead });
    return instead;
  }

  /** What stands in for digits that are a known number or a part of one; null = they are neither. */
  part(digits: string): string | null {
    for (const known of this.#numbers) {
      const at = digits.length < SHORTEST_PART ? -1 : known.digits.lastIndexOf(digits);
      if (at >= 0) return known.instead.slice(at, at + digits.length);
    }
    return null;
  }

  #throwDigits(digits: string): string {
    const relative = this.#numbers.find((known) => commonEnd(known.digits, digits) >= SAME_END);
    const kept = relative ? commonEnd(relative.digits, digits) : 0;
    const end = relative ? relative.instead.slice(relative.instead.length - kept) : "";
    const begin = digits.slice(0, digits.length - kept);
    const zeros = begin.length - begin.replace(/^0+/, "").length;
    return begin.slice(0, zeros) + begin.slice(zeros).replaceAll(/\d/g, () => this.#digit()) + end;
  }

  #numbered(key: string, make: (n: number) => string): string {
    let n = 0;
    return this.#thrown(key, () => make(++n));
  }

  #thrown(key: string, make: () => string): string {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const instead = this.#fresh(make);
    this.#known.set(key, instead);
    return instead;
  }

  /** Nothing else stands for the same; where the digits are too few for that, it is given up. */
  #fresh(make: () => string): string {
    let instead = make();
    for (let tries = 0; tries < 10_000 && this.#used.has(instead); tries += 1) instead = make();
    this.#used.add(instead);
    return instead;
  }

  /** Never zero: a number must not become one that JSON forbids. */
  #digit = (): string => String(1 + Math.floor(this.#rng() * 9));
  #hex = (): string => Math.floor(this.#rng() * 16).toString(16);
}

const wordNumber = (n: number): string => {
  const word = WORDS[(n - 1) % WORDS.length] ?? "Alpha";
  const round = Math.floor((n - 1) / WORDS.length);
  return round === 0 ? word : `${word}${round + 1}`;
};

const likeCase = (text: string, word: string): string => {
  if (text === text.toLowerCase()) return word.toLowerCase();
  return text === text.toUpperCase() && text.length > 1 ? word.toUpperCase() : word;
};

/** Puts the letters of `content` in the places of a text that match, one after the other. */
function pour(text: string, places: RegExp, content: string): string {
  let at = 0;
  return text.replaceAll(places, () => content[at++] ?? "");
}

function commonEnd(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a.at(-1 - length) === b.at(-1 - length)) length += 1;
  return length;
}
