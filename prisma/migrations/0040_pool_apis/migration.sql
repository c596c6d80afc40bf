-- Whether the gateway passes requests for these on to a pool's nodes. Off: not every node has them.
ALTER TABLE "Pool"
  ADD COLUMN "servesEmbeddings" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "servesResponses" BOOLEAN NOT NULL DEFAULT false;
