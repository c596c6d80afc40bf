import "./globals.css";
import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { Theme } from "./theme.tsx";

export const metadata: Metadata = {
  title: { default: "Switchyard", template: "%s · Switchyard" },
  description: "Console and control plane for one LoRA adapter per customer on a shared vLLM base",
  robots: { index: false, follow: false },
};

export const viewport: Viewport = { colorScheme: "light dark" };

/** Fonts and theme only: what the sign-in page carries, every page carries. */
export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    // The theme's class is set by a script before the first paint, so the server's markup differs from it by intent.
    <html lang="en" suppressHydrationWarning className={`${GeistSans.variable} ${GeistMono.variable}`}>
      <body>
        <Theme>{children}</Theme>
      </body>
    </html>
  );
}
