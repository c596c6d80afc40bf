import { rawEnv } from "./env.ts";

/** What `npm run test:nightly` adds to the environment of each test runner. */
export const NIGHTLY = { SWITCHYARD_NIGHTLY: "1" } as const;

export const isNightly = (): boolean => rawEnv("SWITCHYARD_NIGHTLY") === NIGHTLY.SWITCHYARD_NIGHTLY;

/** How often a test repeats itself: few times in `npm test`, all of them at night. */
export const testCount = (usual: number, nightly: number): number => (isNightly() ? nightly : usual);
