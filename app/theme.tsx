"use client";

import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";

/**
 * next-themes sets the class by an inline script that runs while the server's HTML is parsed. React 19 warns whenever it
 * renders a script on the client, where it would not run anyway; as a data block it is left alone.
 */
const SCRIPT = typeof window === "undefined" ? undefined : { type: "application/json" };

/** Light, dark or as the system, known before the first paint. */
export function Theme({ children }: { children: ReactNode }) {
  return (
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange scriptProps={SCRIPT}>
      {children}
    </ThemeProvider>
  );
}
