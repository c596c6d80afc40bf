import { each, isA, isB, isOf, withFields, withTensors } from "../change-adapter.ts";
import { mapped, seededTensor, storedAs } from "./matrices.ts";
import { accepted, type Row, refused } from "./row.ts";

const all = () => true;
const Q0 = "base_model.model.model.layers.0.self_attn.q_proj";
const O0 = "base_model.model.model.layers.0.self_attn.o_proj";

export const PAIR_ROWS: readonly Row[] = [
  {
    id: "only-a",
    group: "pairs",
    what: "lora_A without lora_B, in every module",
    files: ({ billing }) => withTensors(billing, (tensors) => tensors.filter(isA)),
    expects: refused("unsupported operand type"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "only-a-unscaled",
    group: "pairs",
    what: "lora_A without lora_B, and alpha equals r",
    files: ({ billing }) =>
      withFields(
        withTensors(billing, (tensors) => tensors.filter(isA)),
        { lora_alpha: 16 },
      ),
    expects: refused("Call to add_lora method failed"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "only-b",
    group: "pairs",
    what: "lora_B without lora_A, in every module",
    files: ({ billing }) => withTensors(billing, (tensors) => tensors.filter(isB)),
    expects: refused("Call to add_lora method failed"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "one-a-missing",
    group: "pairs",
    what: "lora_A of one q_proj is not in the file",
    files: ({ billing }) =>
      withTensors(billing, (tensors) => tensors.filter(({ name }) => name !== `${Q0}.lora_A.weight`)),
    expects: accepted("otherwise"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "attention-b-missing",
    group: "pairs",
    what: "lora_A of q_proj, k_proj and v_proj without lora_B, and alpha equals r",
    files: ({ billing }) =>
      withFields(
        withTensors(billing, (tensors) =>
          tensors.filter((tensor) => isOf("q_proj", "k_proj", "v_proj")(tensor) && isA(tensor)),
        ),
        { lora_alpha: 16, target_modules: ["q_proj", "k_proj", "v_proj"] },
      ),
    expects: accepted("as the base"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "output-a-missing",
    group: "pairs",
    what: "lora_A of one o_proj is not in the file",
    files: ({ billing }) =>
      withTensors(billing, (tensors) => tensors.filter(({ name }) => name !== `${O0}.lora_A.weight`)),
    expects: refused("Call to add_lora method failed"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "exchanged",
    group: "pairs",
    what: "A and B of one module exchanged",
    files: ({ billing }) =>
      withTensors(
        billing,
        each(
          ({ name }) => name.startsWith(Q0),
          (tensor) => ({
            ...tensor,
            name: tensor.name.replace(/lora_([AB])/, (_, part) => `lora_${part === "A" ? "B" : "A"}`),
          }),
        ),
      ),
    expects: refused("must match"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "three-dimensions",
    group: "pairs",
    what: "A tensor of three dimensions in a dense module, as mixtures of experts have them",
    files: ({ billing }) =>
      withTensors(
        billing,
        each(
          ({ name }) => name.startsWith(Q0),
          (tensor) => ({ ...tensor, shape: [1, ...tensor.shape] }),
        ),
      ),
    expects: refused("must match"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "experts",
    group: "pairs",
    what: "Tensors of experts in a dense base",
    files: ({ billing }) =>
      withTensors(billing, (tensors) => [
        ...tensors,
        seededTensor("base_model.model.model.layers.0.mlp.experts.lora_A.weight", [2, 16, 64], 0.1),
        seededTensor("base_model.model.model.layers.0.mlp.experts.lora_B.weight", [2, 128, 16], 0.1),
      ]),
    expects: refused("target modules in"),
    madeFrom: "billing",
    isSound: false,
  },
];

export const VALUE_ROWS: readonly Row[] = [
  {
    id: "stored-as-f32",
    group: "sound",
    what: "Stored as float32",
    files: ({ billing }) => withTensors(billing, each(all, storedAs("F32"))),
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: true,
  },
  {
    id: "stored-as-f16",
    group: "sound",
    what: "Stored as float16",
    files: ({ billing }) => withTensors(billing, each(all, storedAs("F16"))),
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: true,
  },
  {
    id: "stored-as-i8",
    group: "values",
    what: "Stored as whole numbers of 8 bits, without their scales",
    files: ({ billing }) => withTensors(billing, each(all, storedAs("I8"))),
    expects: accepted("as the base"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "stored-as-f64",
    group: "values",
    what: "Stored as float64",
    files: ({ billing }) => withTensors(billing, each(all, storedAs("F64"))),
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: false,
    because: "vLLM converts it; four times the bytes for nothing, and a node's plugin would have to hold them.",
  },
  {
    id: "nan",
    group: "values",
    what: "NaN in every B",
    files: ({ billing }) =>
      withTensors(
        billing,
        each(
          isB,
          mapped(() => Number.NaN),
        ),
      ),
    expects: accepted("not at all"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "one-nan",
    group: "values",
    what: "One NaN among all values",
    files: ({ billing }) =>
      withTensors(
        billing,
        each(
          ({ name }) => name === `${Q0}.lora_A.weight`,
          mapped((value, at) => (at === 100 ? Number.NaN : value)),
        ),
      ),
    expects: accepted("not at all"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "infinity",
    group: "values",
    what: "Infinity in one B",
    files: ({ billing }) =>
      withTensors(
        billing,
        each(
          ({ name }) => name === `${Q0}.lora_B.weight`,
          mapped((value, at) => (at === 100 ? Number.POSITIVE_INFINITY : value)),
        ),
      ),
    expects: accepted("not at all"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "zero-b",
    group: "values",
    what: "Every B is zero, as before training",
    files: ({ billing }) =>
      withTensors(
        billing,
        each(
          isB,
          mapped(() => 0),
        ),
      ),
    expects: accepted("as the base"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "zero-a",
    group: "values",
    what: "Every A is zero",
    files: ({ billing }) =>
      withTensors(
        billing,
        each(
          isA,
          mapped(() => 0),
        ),
      ),
    expects: accepted("as the base"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "zero-b-of-one-module",
    group: "sound",
    what: "B of one kind of module is zero",
    files: ({ billing }) =>
      withTensors(
        billing,
        each(
          (tensor) => isB(tensor) && isOf("k_proj")(tensor),
          mapped(() => 0),
        ),
      ),
    expects: accepted("otherwise"),
    madeFrom: "billing",
    isSound: true,
  },
];
