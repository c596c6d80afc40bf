"use client";

import { parseAsString, useQueryStates } from "nuqs";
import { lazy, Suspense, useState } from "react";
import type { Template } from "#lib/evals/browser/template-schema.ts";
import { Button } from "../ui/button.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Dialog, Sheet } from "../ui/dialog.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { useDenied } from "../ui/reader.tsx";
import { Time } from "../ui/time.tsx";
import { useApiList } from "../ui/use-api.ts";
import { EvalsFrame } from "./evals-frame.tsx";

const TemplateForm = lazy(() => import("./template-form.tsx").then((module) => ({ default: module.TemplateForm })));
const BindForm = lazy(() => import("./bind-form.tsx").then((module) => ({ default: module.BindForm })));

const COLUMNS: readonly Column<Template>[] = [
  { id: "name", header: "Template", cell: (row) => row.name, truncate: true, width: "w-1/2" },
  {
    id: "description",
    header: "For",
    cell: (row) => row.description || "–",
    truncate: true,
    width: "w-1/2",
    hideBelow: "md",
  },
  { id: "patterns", header: "Patterns", align: "end", cell: (row) => row.patterns.length },
  { id: "by", header: "Last changed by", hideBelow: "lg", cell: (row) => row.updatedBy },
  { id: "at", header: "Changed", hideBelow: "sm", cell: (row) => <Time at={row.updatedAt} /> },
];

/** One template for each use case: bound to forty tenants by their tools. */
export function TemplatesPage() {
  const [{ template }, setView] = useQueryStates({ template: parseAsString.withDefault("") });
  const [isNew, setNew] = useState(false);
  const denied = useDenied("eval.run");
  const list = useApiList("GET /suite-templates", { query: {} });
  const shown = list.items?.find(({ id }) => id === template);
  const newButton = (
    <Button variant="primary" disabledReason={denied} onClick={() => setNew(true)}>
      New template
    </Button>
  );
  return (
    <EvalsFrame primary={newButton}>
      <DataTable
        label="Templates"
        columns={COLUMNS}
        {...list.table}
        expectedRows={4}
        rowKey={(row) => row.id}
        rowHref={(row) => `/evals/templates?template=${row.id}`}
        selectedKey={template || null}
        empty={
          <EmptyState title="No template yet">
            A template holds the prompt patterns of one use case. Bind it to many tenants through their tools: forty
            tenants need forty schemas but one template.
          </EmptyState>
        }
      />
      <Sheets shown={shown} onClose={() => void setView({ template: null })} isNew={isNew} onNew={setNew} />
    </EvalsFrame>
  );
}

function Sheets({
  shown,
  onClose,
  isNew,
  onNew,
}: {
  shown: Template | undefined;
  onClose: () => void;
  isNew: boolean;
  onNew: (isOpen: boolean) => void;
}) {
  const [binding, setBinding] = useState<Template | null>(null);
  return (
    <>
      <Sheet
        open={shown !== undefined}
        onOpenChange={(open) => !open && onClose()}
        size="lg"
        title={shown?.name ?? "Template"}
        description={shown ? `${shown.patterns.length} patterns` : undefined}
      >
        <Suspense fallback={null}>
          {shown && (
            <TemplateForm
              key={`${shown.id}/${shown.generation}`}
              template={shown}
              onBind={() => setBinding(shown)}
              onDone={onClose}
            />
          )}
        </Suspense>
      </Sheet>
      <Sheet
        open={isNew}
        onOpenChange={onNew}
        size="lg"
        title="New template"
        description="It starts from twenty patterns that fit most tools."
      >
        <Suspense fallback={null}>{isNew && <TemplateForm template={null} onDone={() => onNew(false)} />}</Suspense>
      </Sheet>
      <Dialog
        open={binding !== null}
        onOpenChange={(open) => !open && setBinding(null)}
        size="lg"
        title={binding ? `Bind ${binding.name}` : "Bind template"}
        description="Preview only. Nothing has changed yet."
      >
        <Suspense fallback={null}>
          {binding && <BindForm template={binding} onDone={() => setBinding(null)} />}
        </Suspense>
      </Dialog>
    </>
  );
}
