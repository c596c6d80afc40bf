import type { ReactNode } from "react";

/** The content of pages without a sidebar, in the width of their top bar; the skip link leads here. */
export function PageMain({ children }: { children: ReactNode }) {
  return (
    <main
      id="main"
      tabIndex={-1}
      className="mx-auto flex w-full max-w-280 min-w-0 grow flex-col gap-4 px-4 pt-4 pb-12 focus:outline-none md:px-6"
    >
      {children}
    </main>
  );
}
