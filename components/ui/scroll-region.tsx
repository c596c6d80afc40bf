import type { CSSProperties, ReactNode } from "react";

/** A part of a page that scrolls by itself. It takes the focus, or the keyboard could not scroll it. */
export function ScrollRegion(props: { label: string; className?: string; style?: CSSProperties; children: ReactNode }) {
  const { label, className, style, children } = props;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section tabIndex={0} aria-label={label} className={className} style={style}>
      {children}
    </section>
  );
}
