/** As a pack has them: one higher than so many parts of a ms; 0 = the request has none. */
export type PackedDurations = { values: Float64Array; perMs: number };

/** Durations of one part, each with the step in which its request arrived, as they come in. */
export type DurationLog = {
  add(step: number, ms: number): void;
  /** Of one step, those of some requests of a pack. */
  addPacked(step: number, packed: PackedDurations, from: number, to: number): void;
  /** How many there are in some steps. */
  countIn(from: number, to: number): number;
  /** Puts those of some steps into a list, from a place on. */
  copyInto(target: Float64Array, at: number, from: number, to: number): void;
  /** Those of one step, as they lie here: their order is the caller's to change, until more is told. */
  ofStep(step: number): Float64Array;
};

/** Two lists instead of one a step: thousands of steps of a chart would be as many lists that grow and go. */
export function createDurationLog(stepCount: number): DurationLog {
  let [values, stepOf] = [new Float64Array(64), new Int32Array(64)];
  let size = 0;
  let sorted: { values: Float64Array; begins: Int32Array } | null = null;
  const byStep = () => {
    sorted ??= sortBySteps(values.subarray(0, size), stepOf, stepCount);
    return sorted;
  };
  const makeRoom = (more: number): void => {
    if (size + more <= values.length) return;
    const room = Math.max(values.length * 2, size + more);
    const [moreValues, moreSteps] = [new Float64Array(room), new Int32Array(room)];
    moreValues.set(values);
    moreSteps.set(stepOf);
    [values, stepOf] = [moreValues, moreSteps];
  };
  return {
    add(step, ms) {
      makeRoom(1);
      values[size] = ms;
      stepOf[size] = step;
      size += 1;
      sorted = null;
    },
    addPacked(step, packed, from, to) {
      makeRoom(to - from);
      const [target, steps] = [values, stepOf]; // its loop runs for each request of a day, and keeps to locals
      const { values: source, perMs } = packed;
      let next = size;
      for (let at = from; at < to; at += 1) {
        const value = source[at] ?? 0;
        if (value === 0) continue;
        target[next] = (value - 1) / perMs;
        steps[next] = step;
        next += 1;
      }
      size = next;
      sorted = null;
    },
    countIn(from, to) {
      const { begins } = byStep();
      return (begins[to] ?? size) - (begins[from] ?? size);
    },
    copyInto(target, at, from, to) {
      const { values: all, begins } = byStep();
      target.set(all.subarray(begins[from], begins[to]), at);
    },
    ofStep(step) {
      const { values: all, begins } = byStep();
      return all.subarray(begins[step], begins[step + 1]);
    },
  };
}

/**
 * @returns `begins`: where each step's values begin, and at the end how many there are; `values` themselves where they were
 * told step by step
 */
function sortBySteps(values: Float64Array, stepOf: Int32Array, steps: number) {
  const begins = new Int32Array(steps + 1);
  let [last, isInOrder] = [0, true];
  for (let at = 0; at < values.length; at += 1) {
    const step = stepOf[at] ?? 0;
    begins[step + 1] = (begins[step + 1] ?? 0) + 1;
    if (step < last) isInOrder = false;
    last = step;
  }
  for (let step = 0; step < steps; step += 1) begins[step + 1] = (begins[step + 1] ?? 0) + (begins[step] ?? 0);
  if (isInOrder) return { values, begins };
  const free = begins.slice();
  const sorted = new Float64Array(values.length);
  for (let at = 0; at < values.length; at += 1) {
    const step = stepOf[at] ?? 0;
    const place = free[step] ?? 0;
    sorted[place] = values[at] ?? 0;
    free[step] = place + 1;
  }
  return { values: sorted, begins };
}
