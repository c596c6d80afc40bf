"use client";

import Send from "lucide-react/icons/send";
import { lazy, Suspense, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Sheet } from "../ui/dialog.tsx";
import { useDenied } from "../ui/reader.tsx";
import type { Audience } from "../ui/via-words.ts";

const TryPanel = lazy(() => import("./try-panel.tsx").then((module) => ({ default: module.TryPanel })));

export type TryProps = {
  /** null = the reader chooses one. */
  tenantId: string | null;
  /** What customers' programs are told. */
  gatewayUrl: string;
  audience: Audience;
};

/** Opens the panel that sends one request through the gateway. Its code comes with the first opening. */
export function TryButton({ variant = "secondary", ...props }: TryProps & { variant?: "primary" | "secondary" }) {
  const [isOpen, setOpen] = useState(false);
  const denied = useDenied("request.try");
  const isCustomer = props.audience === "customer";
  return (
    <>
      <Button variant={variant} icon={<Send />} disabledReason={denied} onClick={() => setOpen(true)}>
        {isCustomer ? "Try your model" : "Try a request"}
      </Button>
      <Sheet
        open={isOpen}
        onOpenChange={setOpen}
        size="lg"
        title={isCustomer ? "Try your model" : "Try a request"}
        description={
          isCustomer
            ? "Answered as for your application. It does not count towards your usage."
            : "Sent through the gateway like the tenant's own requests. It does not count towards their usage."
        }
      >
        <Suspense fallback={null}>
          <TryPanel {...props} />
        </Suspense>
      </Sheet>
    </>
  );
}
