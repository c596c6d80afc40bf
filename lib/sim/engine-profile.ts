/** What differs between the vLLM releases a node can pretend to be. Default: the newest read from source. */
export const DEFAULT_ENGINE_VERSION = "0.32.0";

export type EngineProfile = {
  version: string;
  /** Errors as `{error: {…}}`; before 0.10.1 flat. */
  nestsErrors: boolean;
  /** A load reads the files; before 0.7.0 it answered 200 to anything and the first request found out. */
  validatesOnLoad: boolean;
  /** Status of a load that the engine refused: 400 before 0.18, 500 since. */
  refusedLoadStatus: 400 | 500;
  /** Unknown name on unload: 400 `InvalidUserInput` before 0.7.0, 404 since. */
  unknownUnloadStatus: 400 | 404;
  /** A load under the base model's own name: refused since some release after 0.28, accepted before and shadowing it. */
  refusesBaseName: boolean;
  /** rank_pattern and alpha_pattern honoured. */
  readsPatterns: boolean;
  /** Paths in messages replaced by `<path>` since July 2026. */
  sanitisesPaths: boolean;
  /** The prefix cache goes by name and path since some release after 0.28; by name alone before. */
  keysPrefixesByPath: boolean;
  /** Unknown model: a list of valid names in the message. */
  listsAliases: boolean;
};

/** @param version such as "0.28.0" @throws RangeError when it is not a version */
export function engineProfile(version: string): EngineProfile {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (!match) throw new RangeError(`"${version}" is not an engine version such as ${DEFAULT_ENGINE_VERSION}.`);
  const number = Number(match[1]) * 1_000_000 + Number(match[2]) * 1_000 + Number(match[3]);
  const since = (minor: number, patch = 0) => number >= minor * 1_000 + patch;
  return {
    version,
    nestsErrors: since(10, 1),
    validatesOnLoad: since(7),
    refusedLoadStatus: since(18) ? 500 : 400,
    unknownUnloadStatus: since(7) ? 404 : 400,
    refusesBaseName: since(32),
    readsPatterns: since(32),
    sanitisesPaths: since(27),
    keysPrefixesByPath: since(32),
    listsAliases: since(32),
  };
}
