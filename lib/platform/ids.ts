import { V7Generator } from "uuidv7";

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
  template: "tpl",
  case: "cas",
  recording: "rec",
  recordedCase: "rcs",
  run: "run",
  sample: "smp",
  verdict: "vdt",
  route: "rte",
  cutover: "cut",
  approval: "apv",
  batch: "bat",
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
  alert: "alr",
  alertNote: "nte",
  silence: "sil",
  channel: "chn",
  notification: "ntf",
  objective: "obj",
  incident: "inc",
  incidentEvent: "ine",
  incidentUpdate: "inu",
  finding: "fnd",
  chartView: "cvw",
} as const;
export type IdKind = keyof typeof ID_PREFIXES;

/** Taken from the system a page at a time: each request of the gateway has an id, and asking costs microseconds. */
const random = new Uint32Array(1024);
let used = random.length;
const generator = new V7Generator({
  nextUint32() {
    if (used === random.length) {
      crypto.getRandomValues(random);
      used = 0;
    }
    const value = random[used] ?? 0;
    used += 1;
    return value;
  },
});

/** A new id such as `ten_0198c0de7d0b7d3f8f1d2a6b3c4d5e6f`: sortable by creation time, no dashes. */
export const newId = (kind: IdKind): string => `${ID_PREFIXES[kind]}_${generator.generate().toHex()}`;
