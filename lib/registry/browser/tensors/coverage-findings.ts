import { type BaseShapes, modulesOf } from "#lib/platform/safetensors/base-shapes.ts";
import type { Finding } from "../../schema.ts";
import type { AdapterConfig } from "../adapter-config.ts";
import { CONFIG_FILE, WEIGHTS_FILE } from "../file-set.ts";
import { error, fieldOf, note, warning } from "../finding.ts";
import type { TensorCheck } from "./check-tensors.ts";

/**
 * What the config says was trained against what the file holds. vLLM goes by the tensors alone: what is not in the file
 * answers as in the base, so a part that is missing is an error unless the config chose to leave it out.
 */
export function coverageFindings(check: TensorCheck, config: AdapterConfig, shapes: BaseShapes | null): Finding[] {
  return [...targetFindings(check, config, shapes), ...(shapes === null ? [] : layerFindings(check, config, shapes))];
}

function targetFindings(check: TensorCheck, config: AdapterConfig, shapes: BaseShapes | null): Finding[] {
  if (!Array.isArray(config.target_modules)) return [];
  const named = new Set(config.target_modules.map(lastElement));
  const held = new Set(check.modules);
  const field = fieldOf(CONFIG_FILE, "target_modules");
  // Lists are often written for many bases: a name that this one does not have was not trained either.
  const inBase: readonly string[] = shapes === null || excludes(config) ? [] : modulesOf(shapes.architecture);
  const missing = inBase.filter((module) => named.has(module) && !held.has(module)).sort();
  const undeclared = [...held].filter((module) => !named.has(module)).sort();
  return [
    ...(missing.length === 0
      ? []
      : [
          error({
            code: "target_modules_missing",
            title: "The file lacks modules that the config names",
            message: "vLLM loads it without a word: these modules would answer as in the base.",
            fix: "Check that the whole adapter was exported.",
            field,
            evidence: { missing: missing.join(", ") },
          }),
        ]),
    ...(undeclared.length === 0
      ? []
      : [
          warning({
            code: "target_modules_undeclared",
            title: "The file holds modules that the config does not name",
            message: "vLLM goes by the tensors and applies them all the same.",
            fix: "Check that config and weights are from one export.",
            field,
            evidence: { undeclared: undeclared.join(", ") },
          }),
        ]),
  ];
}

function layerFindings(check: TensorCheck, config: AdapterConfig, shapes: BaseShapes): Finding[] {
  const held = new Set([...check.layersOf.values()].flatMap((layers) => [...layers]));
  const chosen = chosenLayers(config);
  const differing = chosen === null ? [] : [...held].filter((at) => !chosen.has(at));
  const wanted = chosen ?? new Set(Array.from({ length: shapes.layers }, (_, at) => at));
  const lost = [...wanted].filter((at) => at < shapes.layers && !held.has(at));
  const pattern = patternsOf(config);
  const isChosen = chosen !== null || choosesInNames(config) || excludes(config);
  const findings: Finding[] = [];
  if (differing.length > 0)
    findings.push(
      warning({
        code: "layers_to_transform",
        title: "The file holds layers that the config does not name",
        message: "vLLM does not read layers_to_transform; it applies what the tensors say.",
        fix: "Check that config and weights are from one export, on the pool's base.",
        field: fieldOf(CONFIG_FILE, "layers_to_transform"),
        evidence: { differing: listed(differing), "layers in the base": shapes.layers },
      }),
    );
  if (pattern.length > 0 && !pattern.includes("layers"))
    findings.push(
      warning({
        code: "layers_to_transform",
        title: "The config looks for layers under another name",
        message: "In this base they are under model.layers.",
        fix: "Check that the adapter was trained on the pool's base.",
        field: fieldOf(CONFIG_FILE, "layers_pattern"),
        evidence: { found: pattern.join(", "), base: "layers" },
      }),
    );
  if (!isChosen) findings.push(...unevenModules(check, held));
  if (held.size > 0 && lost.length > 0 && (chosen !== null || !isChosen))
    findings.push(layersMissing(lost, held, shapes));
  else if (held.size > 0 && held.size < shapes.layers) findings.push(layersUntouched(held, shapes));
  return findings;
}

/** Modules that carry weights in some of the adapted layers only: what an export that broke off looks like. */
function unevenModules(check: TensorCheck, held: ReadonlySet<number>): Finding[] {
  const uneven = [...check.layersOf].filter(([, layers]) => layers.size < held.size);
  if (uneven.length === 0) return [];
  return [
    error({
      code: "modules_uneven",
      title: "Some modules are adapted in a part of the layers only",
      message:
        "Nothing in the config asks for that. vLLM loads it; in the other layers they would answer as in the base.",
      fix: "Check that the whole adapter was exported.",
      field: WEIGHTS_FILE,
      evidence: { modules: uneven.map(([module, layers]) => `${module} in ${layers.size} of ${held.size}`).join(", ") },
    }),
  ];
}

const layersUntouched = (held: ReadonlySet<number>, shapes: BaseShapes): Finding =>
  note({
    code: "layers_untouched",
    title: "Some layers stay as in the base",
    message: `${held.size} of ${shapes.layers} layers carry weights, as the config asks; the others stay as in the base.`,
    field: WEIGHTS_FILE,
  });

const layersMissing = (lost: readonly number[], held: ReadonlySet<number>, shapes: BaseShapes): Finding =>
  error({
    code: "layers_missing",
    title: "The file lacks layers",
    message:
      `${held.size} of ${shapes.layers} layers carry weights, and nothing in the config leaves out the others: it was ` +
      "trained on a shallower model, or a part was not exported.",
    fix: "Check which base it was trained on, and that the whole adapter was exported.",
    field: WEIGHTS_FILE,
    evidence: { missing: listed(lost), "layers in the base": shapes.layers },
  });

const lastElement = (module: string): string => module.slice(module.lastIndexOf(".") + 1);

/** Layers the config asks for; null = it names none. */
function chosenLayers({ layers_to_transform: layers }: AdapterConfig): Set<number> | null {
  if (layers === null || layers === undefined) return null;
  return new Set(typeof layers === "number" ? [layers] : layers);
}

const patternsOf = ({ layers_pattern: pattern }: AdapterConfig): string[] =>
  (Array.isArray(pattern) ? pattern : [pattern ?? ""]).filter((name) => name !== "");

/** exclude_modules may leave out anything that target_modules names. */
const excludes = ({ exclude_modules: excluded }: AdapterConfig): boolean =>
  typeof excluded === "string" ? excluded !== "" : Array.isArray(excluded) && excluded.length > 0;

/** Whole paths, or a pattern over them, may choose layers as well. */
const choosesInNames = ({ target_modules: target }: AdapterConfig): boolean =>
  Array.isArray(target) ? target.some((module) => /\.\d+\./.test(`.${module}`)) : target !== "all-linear";

const SHOWN = 10;
const listed = (layers: readonly number[]): string =>
  `${layers
    .toSorted((a, b) => a - b)
    .slice(0, SHOWN)
    .join(", ")}${layers.length > SHOWN ? ", …" : ""}`;
