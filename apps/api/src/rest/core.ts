/** Clients look at it to know what an API server of this age can do. */
export const VERSION = {
  major: "1",
  minor: "33",
  gitVersion: "v1.33.0+percale",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "2026-11-01T00:00:00Z",
  goVersion: "",
  compiler: "",
  platform: `${process.platform}/${process.arch}`,
};
