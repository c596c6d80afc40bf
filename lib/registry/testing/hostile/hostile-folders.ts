import { BASE_FOLDERS } from "./base-fixtures.ts";
import { CONFIG_FOLDERS } from "./config-fixtures.ts";
import { FILE_FOLDERS, FORMAT_FOLDERS, NAME_FOLDERS } from "./file-fixtures.ts";
import { HEADER_FOLDERS } from "./header-fixtures.ts";
import type { HostileFolder } from "./hostile-folder.ts";
import { TENSOR_FOLDERS } from "./tensor-fixtures.ts";

/** Every corrupted or hostile folder, each with the codes it must get. */
export const HOSTILE_FOLDERS: readonly HostileFolder[] = [
  ...FILE_FOLDERS,
  ...NAME_FOLDERS,
  ...FORMAT_FOLDERS,
  ...CONFIG_FOLDERS,
  ...HEADER_FOLDERS,
  ...TENSOR_FOLDERS,
  ...BASE_FOLDERS,
];
