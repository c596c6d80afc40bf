"use client";

import type { Figure } from "#lib/http/schema.ts";
import { FigureView } from "../ui/figure.tsx";

/** A figure in a dense table: nothing is quiet, so that what is not stands out. The page says once where all come from. */
export function CellFigure({
  figure,
  unit,
}: {
  figure: Figure /** Set where the header carries it. */;
  unit: string | undefined;
}) {
  return (
    <FigureView
      figure={unit === undefined ? figure : { ...figure, unit }}
      mark="none"
      {...(figure.value === 0 ? { className: "text-fg-3" } : {})}
    />
  );
}
