-- What an alert's minutes say about its cause, and whose requests were late, failed or fell back because of it. null = not
-- judged, not counted. Expand only.
ALTER TABLE "Alert" ADD COLUMN "diagnosis" JSONB,
ADD COLUMN "hit" JSONB;
