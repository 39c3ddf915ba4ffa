import type { DriverWords } from "../policy/driver.ts";

export const NFT_WORDS: DriverWords = {
  keeps: "the nftables tables",
  batchRefused: {
    code: "NftBatchRefused",
    advice:
      "The rules in force stay as they were. Look for kernel modules that are missing (nf_tables, nft_ct, nft_fib, nft_log) and in the kernel log.",
  },
  refused: {
    code: "NftPolicyRefused",
    advice:
      "What this policy would allow is denied until it changes; its denies are in force. Simplify the rule, or load the kernel module it needs.",
  },
  unsupported: {
    code: "NftUnsupported",
    advice: "This node's nftables driver cannot enforce it yet: do not count on it here.",
  },
};
