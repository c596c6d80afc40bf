/** What one word of a search may mean. Ids, digests and lora names are found by how they begin, which an index answers. */
export type SearchWord =
  | { kind: "id"; id: string }
  | { kind: "digest"; prefix: string }
  | { kind: "lora_name"; prefix: string }
  | { kind: "text"; text: string };

const ID = /^(adp|ver|ten)_[0-9a-f]{32}$/;
/** Shorter ones are more likely words: "face", "decade". A digest is hex, 64 digits when whole. */
const DIGEST = /^[0-9a-f]{6,64}$/;
/** The tail of a lora name, as it stands in a shortened one. */
const TAIL = /^v\d+-([0-9a-f]{6,12})$/;

const MAX_WORDS = 8;

/** The words of a search; an adapter must answer to each of them. */
export function searchWords(q: string): SearchWord[] {
  return q.toLowerCase().split(/\s+/).filter(Boolean).slice(0, MAX_WORDS).map(wordOf);
}

function wordOf(word: string): SearchWord {
  if (ID.test(word)) return { kind: "id", id: word };
  const tail = TAIL.exec(word)?.[1];
  if (tail !== undefined) return { kind: "digest", prefix: tail };
  if (word.includes("--")) return { kind: "lora_name", prefix: word };
  const digest = word.replace(/^sha256:/, "");
  if (DIGEST.test(digest)) return { kind: "digest", prefix: digest };
  return { kind: "text", text: word };
}

/** Text as a part of a LIKE pattern, taken literally. */
export const likeText = (text: string): string => text.replace(/[\\%_]/g, (sign) => `\\${sign}`);
