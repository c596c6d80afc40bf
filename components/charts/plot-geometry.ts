/** The drawing's frame in pixels, shared by the SVG and by everything laid over it. */
export const PLOT = { left: 48, top: 8, bottom: 22 } as const;
/** Room right of the plot for the lines' names; a narrow chart has them in a legend below instead. */
export const LABEL_GUTTER = 104;
export const BARE_GUTTER = 12;
export const WIDE_FROM = 520;

export type PlotBox = { left: number; top: number; width: number; height: number };

/** Where the lines themselves are drawn. */
export const plotBox = (width: number, height: number, gutter: number): PlotBox => ({
  left: PLOT.left,
  top: PLOT.top,
  width: Math.max(0, width - PLOT.left - gutter),
  height: Math.max(0, height - PLOT.top - PLOT.bottom),
});
