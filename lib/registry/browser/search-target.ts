/** Pages that an id opens, by its prefix. */
const PAGES: Record<string, string> = {
  ver: "/versions",
  ten: "/tenants",
  adp: "/adapters",
  run: "/evals/runs",
  cut: "/cutovers",
  node: "/nodes",
  pool: "/pools",
  req: "/requests",
  job: "/jobs",
};

const ID = /^([a-z]+)_[0-9a-f]{32}$/;
/** As `adapter-search.ts`: shorter ones are more likely words. */
const DIGEST = /^(?:sha256:)?([0-9a-f]{6,64})$/;
/** A lora name ends in the start of its version's digest. */
const LORA_NAME = /(?:^|-)v\d+-([0-9a-f]{6,12})$/;

export type SearchTarget = { kind: "page"; href: string } | { kind: "digest"; prefix: string };

/** What a pasted text names exactly: an object by its id, or a version by its digest or lora name; null = it is only words. */
export function searchTarget(text: string): SearchTarget | null {
  const word = text.trim().toLowerCase();
  const page = PAGES[ID.exec(word)?.[1] ?? ""];
  if (page) return { kind: "page", href: `${page}/${word}` };
  const prefix = DIGEST.exec(word)?.[1] ?? LORA_NAME.exec(word)?.[1];
  return prefix === undefined ? null : { kind: "digest", prefix };
}
