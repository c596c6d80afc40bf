"use client";

import { Button } from "../../ui/button.tsx";
import { formatBytes, formatShare, quantityText } from "../../ui/format.ts";
import { formatDuration } from "../../ui/format-time.ts";
import { useReader } from "../../ui/reader.tsx";
import { Spinner } from "../../ui/spinner.tsx";
import { useNow } from "../../ui/use-now.ts";
import { ShareBar } from "../share-bar.tsx";
import type { UploadProgress } from "./upload-version.ts";
import type { Sending } from "./use-add-version.ts";

type UploadBarProps = {
  sending: Sending;
  onPause: () => void;
  onResume: () => void;
  /** Lets go of the folder; what arrived stays with the draft. */
  onClear: () => void;
};

/** How far a sending is: bytes, share, speed, time left, and the button that stops or goes on. */
export function UploadBar({ sending, onPause, onResume, onClear }: UploadBarProps) {
  if (sending.phase === "idle") return null;
  if (sending.phase === "checking") return <Checking wasStored={sending.wasStored} />;
  const { progress } = sending;
  const isPaused = sending.phase === "paused";
  return (
    <div className="flex flex-col gap-2 rounded-card border px-4 py-3">
      <div className="flex items-center gap-3">
        <ShareBar
          share={progress?.share ?? 0}
          label={progress?.state === "reading" ? "Read" : "Sent"}
          className="min-w-0 grow"
        />
        <Button size="sm" onClick={isPaused ? onResume : onPause}>
          {isPaused ? "Resume" : "Pause"}
        </Button>
        {isPaused && (
          <Button size="sm" onClick={onClear}>
            Choose another folder
          </Button>
        )}
      </div>
      <ProgressText progress={progress} isPaused={isPaused} />
      <p role="status" className="sr-only">
        {isPaused
          ? "Upload paused"
          : progress?.state === "waiting"
            ? "Connection lost, trying again"
            : "Upload running"}
      </p>
    </div>
  );
}

function ProgressText({ progress, isPaused }: { progress: UploadProgress | null; isPaused: boolean }) {
  const { locale } = useReader();
  if (progress === null) return <p className="text-sm text-fg-2">Preparing</p>;
  const amount = `${bytes(progress.sentBytes, locale)} of ${bytes(progress.totalBytes, locale)}`;
  const share = quantityText(formatShare(progress.share, locale));
  return (
    <div className="flex flex-wrap justify-between gap-x-4 text-sm text-fg-2 tabular-nums">
      <p data-upload-share={Math.floor(progress.share * 100)}>
        {amount} · {share}
        {isPaused ? " · paused, uploaded files are kept" : <Pace progress={progress} locale={locale} />}
      </p>
      {progress.file && <code className="truncate font-mono text-xs leading-5 text-fg-3">{progress.file}</code>}
    </div>
  );
}

function Pace({ progress, locale }: { progress: UploadProgress; locale: string }) {
  if (progress.state === "reading") return " · computing digests";
  if (progress.state === "waiting") return <Waiting retryAt={progress.retryAt ?? 0} />;
  const { bytesPerSecond, secondsLeft } = progress;
  return (
    <>
      {bytesPerSecond !== null && ` · ${bytes(bytesPerSecond, locale)}/s`}
      {secondsLeft !== null && ` · ${formatDuration(secondsLeft * 1000)} left`}
    </>
  );
}

function Waiting({ retryAt }: { retryAt: number }) {
  const now = useNow(1000);
  const seconds = Math.max(0, Math.ceil((retryAt - now) / 1000));
  return (
    <span className="text-warn">
      {" "}
      · connection lost, {seconds > 0 ? `trying again in ${seconds} s` : "trying again"}
    </span>
  );
}

function Checking({ wasStored }: { wasStored: boolean }) {
  return (
    <div role="status" className="flex items-center gap-3 rounded-card border px-4 py-3 text-sm">
      <Spinner />
      <p>
        {wasStored
          ? "These files are already stored, so nothing is uploaded. The checks run again for this pool."
          : "Upload complete. The server checks digests, structure and every weight."}
      </p>
    </div>
  );
}

const bytes = (value: number, locale: string): string => quantityText(formatBytes(value, locale));
