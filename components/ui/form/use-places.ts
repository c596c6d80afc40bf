import { useEffect } from "react";

/** Enters a field as the place of errors for as long as it is shown. */
export function usePlaces(places: Map<string, string>, name: string, paths: readonly string[]): void {
  const own = paths.join("\n");
  useEffect(() => {
    const entered = own.split("\n").filter((path) => path !== "");
    for (const path of entered) places.set(path, name);
    return () => {
      for (const path of entered) places.delete(path);
    };
  }, [places, own, name]);
}
