import { compareReleases, parseRelease, type Release } from "#lib/platform/browser/engine-release.ts";
import type { Backend } from "./engine-backend.ts";

/**
 * unsafe: customers can get wrong answers or be attacked; the release should not serve. exposure: a door that stands
 * open whatever key is set; only the network can close it. avoided: real, but what Switchyard does never touches it.
 */
export type DefectKind = "unsafe" | "exposure" | "avoided";

/** One fault of vLLM. Releases from `from` (null = ever) up to, not including, `fixedIn` (null = not fixed yet) have it. */
export type KnownDefect = {
  /** Stable; starts with `engine_`. */
  code: string;
  kind: DefectKind;
  from: string | null;
  fixedIn: string | null;
  /** Only on engines of this kind; absent = on all. */
  backend?: "cpu";
  /** Where it is described. */
  reference: string;
  message: string;
  /** What to do; for `avoided`, what Switchyard does. */
  fix: string;
};

/** Versions as `vllm.md` §4, §9 and §10 have them; a row is corrected here and every node is judged again at its next poll. */
export const KNOWN_DEFECTS: readonly KnownDefect[] = [
  {
    code: "engine_wrong_adapter_under_load",
    kind: "unsafe",
    from: null,
    fixedIn: "0.25.0",
    reference: "#47724",
    message: "A request that runs while an adapter is being loaded can continue with another tenant's adapter.",
    fix: "Upgrade to vLLM 0.25 or newer before customers are served from this node.",
  },
  {
    code: "engine_silent_load",
    kind: "unsafe",
    from: null,
    fixedIn: "0.7.0",
    reference: "#11702, #18372",
    message:
      "It accepts a load of anything, even of a missing directory; the first request then fails or ends the engine.",
    fix: "Upgrade to vLLM 0.25 or newer.",
  },
  {
    code: "engine_cve_2026_22807",
    kind: "unsafe",
    from: null,
    fixedIn: "0.14.0",
    reference: "CVE-2026-22807",
    message: "A model's auto_map can run code on the node.",
    fix: "Upgrade to vLLM 0.25 or newer.",
  },
  {
    code: "engine_cve_2026_24779",
    kind: "unsafe",
    from: null,
    fixedIn: "0.14.1",
    reference: "CVE-2026-24779, CVE-2026-22778",
    message: "Media addresses in a request can reach hosts inside the network, and errors leak memory addresses.",
    fix: "Upgrade to vLLM 0.25 or newer.",
  },
  {
    code: "engine_cve_2026_27893",
    kind: "unsafe",
    from: null,
    fixedIn: "0.18.0",
    reference: "CVE-2026-27893",
    message: "It runs a model's own code although trust_remote_code is off.",
    fix: "Upgrade to vLLM 0.25 or newer.",
  },
  {
    code: "engine_cve_2026_44222",
    kind: "unsafe",
    from: null,
    fixedIn: "0.20.0",
    reference: "CVE-2026-44222",
    message: "A request with placeholders can end the engine.",
    fix: "Upgrade to vLLM 0.25 or newer.",
  },
  {
    code: "engine_adapters_bypass",
    kind: "exposure",
    from: "0.11.1",
    fixedIn: null,
    reference: "#27892",
    message: "POST and DELETE /adapters load and unload adapters without any key.",
    fix: "Put a proxy in front of the node that lets only /v1, /health, /version, /metrics and /tokenize through.",
  },
  {
    code: "engine_cpu_base_rows",
    kind: "unsafe",
    from: null,
    fixedIn: null,
    backend: "cpu",
    reference: "#48421",
    message: "On CPU, requests for the base model in one batch with adapters are answered with an adapter's weights.",
    fix: "Use CPU engines for tests only. Switchyard sends no base-model request to this node while adapters are loaded.",
  },
  {
    code: "engine_unload_keeps_weights",
    kind: "avoided",
    from: null,
    fixedIn: null,
    reference: "#42633, #54839",
    message: "Unloading forgets the name only; the weights stay in memory until others push them out.",
    fix: "Capacity counts as free only after that, or after a restart.",
  },
  {
    code: "engine_inplace_reload",
    kind: "avoided",
    from: "0.15.0",
    fixedIn: null,
    reference: "#33791, #36373, #41482",
    message: "An adapter that was reloaded in place is read from disk at every step.",
    fix: "Nothing is ever loaded in place.",
  },
  {
    code: "engine_stale_prefix_cache",
    kind: "avoided",
    from: "0.11.1",
    fixedIn: null,
    reference: "#42125, #48352",
    message: "Under a name that was used before, answers come from the former adapter's prefix cache.",
    fix: "A name is never given to two sets of bytes.",
  },
  {
    code: "engine_dies_on_missing_files",
    kind: "avoided",
    from: null,
    fixedIn: null,
    reference: "#5105, #11727",
    message: "When files of a loaded adapter are gone as it reads them again, the whole server ends.",
    fix: "A version's files stay as long as any node may read them.",
  },
  {
    code: "engine_adapter_without_effect",
    kind: "avoided",
    from: null,
    fixedIn: null,
    reference: "#34186, #48019, #55193",
    message: "An adapter whose names match no module is loaded without a word and changes nothing.",
    fix: "Every load is proven by a request that compares it with the base model.",
  },
  {
    code: "engine_running_equals_waiting",
    kind: "avoided",
    from: "0.8.0",
    fixedIn: null,
    reference: "#54830",
    message: "Its metrics list the same adapters as running and as waiting.",
    fix: "The list is read as an upper bound of adapters in use.",
  },
];

export type EngineFacts = {
  /** null = not known, which is no reason to assume a CPU. */
  backend?: Backend | null;
};

/**
 * The faults of a release, in the table's order. Judged anew whenever it is asked, so a changed table or version counts
 * from then on.
 * @returns null when the version is no release, so that nothing can be said
 */
export function matchDefects(
  version: string | null,
  facts: EngineFacts = {},
  table: readonly KnownDefect[] = KNOWN_DEFECTS,
): KnownDefect[] | null {
  const release = version === null ? null : parseRelease(version);
  if (release === null) return null;
  return table.filter(
    ({ from, fixedIn, backend }) =>
      isSince(release, from) && !isFixed(release, fixedIn) && (backend === undefined || backend === facts.backend),
  );
}

const isSince = (release: Release, from: string | null): boolean => from === null || isAtLeast(release, from);
const isFixed = (release: Release, fixedIn: string | null): boolean => fixedIn !== null && isAtLeast(release, fixedIn);

function isAtLeast(release: Release, floor: string): boolean {
  const parsed = parseRelease(floor);
  if (parsed === null) throw new RangeError(`"${floor}" in the table of defects is not a release`);
  return compareReleases(release, parsed) >= 0;
}

/**
 * Whether base-model rows of a batch come out with an adapter's weights (`engine_cpu_base_rows`). Every release on a CPU
 * has this fault so far, so a CPU engine of unknown version has it too.
 */
export const mixesBaseRows = (version: string | null, backend: Backend | null): boolean =>
  backend === "cpu" &&
  (matchDefects(version, { backend })?.some(({ code }) => code === "engine_cpu_base_rows") ?? true);

/** One sentence with its reference. */
export const defectText = ({ message, reference }: KnownDefect): string =>
  `${message.replace(/\.$/, "")} (${reference.startsWith("#") ? `vLLM ${reference}` : reference}).`;
