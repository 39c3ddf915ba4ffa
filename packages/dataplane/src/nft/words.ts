import { condition } from "@percale/protocol";
import type { DriverWords } from "../policy/driver.ts";

export const NFT_WORDS: DriverWords = {
  keeps: "the nftables tables",
  batchRefused: condition.NftBatchRefused,
  refused: condition.NftPolicyRefused,
  unsupported: condition.NftUnsupported,
};
