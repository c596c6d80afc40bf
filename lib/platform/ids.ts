import { uuidv7 } from "uuidv7";

/** Prefixes of the catalog's ids (design: prefixed UUIDv7), so that a pasted id says what it is. */
export const ID_PREFIXES = {
  tenant: "ten",
  user: "usr",
  membership: "mem",
  session: "ses",
  apiKey: "key",
  pool: "pool",
  node: "node",
  adapter: "adp",
  version: "ver",
  file: "fil",
  placement: "plc",
  registration: "reg",
  loadEvent: "evt",
  rollout: "rol",
  suite: "sui",
  case: "cas",
  run: "run",
  sample: "smp",
  verdict: "vdt",
  route: "rte",
  cutover: "cut",
  annotation: "ann",
  audit: "aud",
  request: "req",
  job: "job",
  import: "imp",
  importRow: "row",
  importSource: "src",
  endpoint: "end",
  control: "ctl",
  gateway: "gwy",
} as const;
export type IdKind = keyof typeof ID_PREFIXES;

/** A new id such as `ten_0198c0de7d0b7d3f8f1d2a6b3c4d5e6f`: sortable by creation time, no dashes. */
export const newId = (kind: IdKind): string => `${ID_PREFIXES[kind]}_${uuidv7().replaceAll("-", "")}`;
