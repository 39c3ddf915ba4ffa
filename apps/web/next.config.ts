import type { NextConfig } from "next";

/** Headers and the content security policy are set by `src/server.ts`, which also answers `/trpc`. */
const config: NextConfig = {
  // The root `check` runs `tsc -p apps/web`; checking again here would double the build's time.
  typescript: { ignoreBuildErrors: true },
  transpilePackages: [
    "@percale/net",
    "@percale/selector",
    "@percale/resources",
    "@percale/policy",
    "@percale/protocol",
  ],
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  agentRules: false,
};

export default config;
