import type { Group, Row } from "./row.ts";
import { GROUPS } from "./row.ts";
import { BASE_ROWS, NAME_ROWS, SOUND_ROWS } from "./rows-base.ts";
import { CONFIG_ROWS } from "./rows-config.ts";
import { FILE_ROWS, NODE_ROWS, VARIANT_ROWS } from "./rows-files.ts";
import { PAIR_ROWS, VALUE_ROWS } from "./rows-weights.ts";

const order = Object.keys(GROUPS) as Group[];

/** Every row, group by group. */
export const ROWS: readonly Row[] = [
  ...SOUND_ROWS,
  ...BASE_ROWS,
  ...NAME_ROWS,
  ...CONFIG_ROWS,
  ...PAIR_ROWS,
  ...VALUE_ROWS,
  ...VARIANT_ROWS,
  ...FILE_ROWS,
  ...NODE_ROWS,
].toSorted((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
