import { fileURLToPath } from "node:url";

/** The project's top folder. The launcher always runs from its source, also in production. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");
