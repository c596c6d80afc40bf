import type { VersionAlias } from "#lib/registry/schema.ts";

const WORDS: Record<VersionAlias, { word: string; means: string }> = {
  live: { word: "live", means: "Its route serves this version." },
  candidate: { word: "candidate", means: "A cutover is about to make it live." },
  previous: { word: "previous", means: "The previous live version; a rollback returns to it." },
};

/** The names a version bears in its lineage. They move from version to version; numbers and digests never do. */
export function AliasTags({ aliases }: { aliases: readonly VersionAlias[] }) {
  return aliases.map((alias) => (
    <span
      key={alias}
      title={WORDS[alias].means}
      className="inline-flex items-center rounded-full border px-2 text-xs leading-5 text-fg-2"
    >
      {WORDS[alias].word}
    </span>
  ));
}
