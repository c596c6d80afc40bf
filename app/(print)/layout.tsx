import type { ReactNode } from "react";

/** Pages that are printed: no navigation, and light whatever the screen is. */
export default function PrintLayout({ children }: { children: ReactNode }) {
  return (
    <div className="paper min-h-screen bg-bg text-fg scheme-light">
      <main className="mx-auto flex max-w-4xl flex-col gap-6 px-6 py-8 print:max-w-none print:p-0">{children}</main>
    </div>
  );
}
