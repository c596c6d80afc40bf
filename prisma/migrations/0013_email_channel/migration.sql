-- Alerts are told by e-mail, too.

-- AlterEnum
ALTER TYPE "ChannelKind" ADD VALUE 'email';
