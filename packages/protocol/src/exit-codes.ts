interface ExitEntry {
  readonly code: number;
  readonly means: string;
  readonly advice: string;
}

/** What each program ends with, by the program's own word for it: scripts and service managers go by these. */
export const exitCodes = {
  percale: {
    done: { code: 0, means: "It was done, or was so already.", advice: "" },
    failed: {
      code: 1,
      means:
        "The API server refused it, did not answer, or a file could not be read. Of several objects one is enough.",
      advice: "stderr says which and why; refusals are in [errors](errors.md).",
    },
    usage: {
      code: 2,
      means: "The command was not understood.",
      advice: "stderr says what there is; `--help` shows it all.",
    },
  },
  "percale plan, percale diff": {
    done: { code: 0, means: "Nothing would change.", advice: "" },
    failed: {
      code: 1,
      means: "The API server would refuse it, did not answer, or a file could not be read.",
      advice: "stderr says which object, where in which file, and why.",
    },
    usage: { code: 2, means: "The command was not understood.", advice: "`--help` shows it all." },
    changes: {
      code: 3,
      means: "Something would change; stdout says what.",
      advice: "In a pipeline: show it to who decides, then `percale apply`.",
    },
  },
  "percale lab": {
    done: { code: 0, means: "It was done; `exec` ends with the exit code of its command.", advice: "" },
    failed: {
      code: 1,
      means: "The lab did not come up or go down.",
      advice: "See `logs/lab.log` in the data folder.",
    },
    absent: {
      code: 2,
      means: "No lab answers, it has no workload of that name, or the command was not understood.",
      advice: "`percale lab up`; `percale lab status` names the workloads.",
    },
  },
  "percale lab probe": {
    allowed: { code: 0, means: "The packet arrived, whether or not somebody listens there.", advice: "" },
    denied: {
      code: 1,
      means: "It did not arrive, or was refused on the way.",
      advice: "What it prints below says which policy decides; `percale why` asks without a packet.",
    },
    untried: {
      code: 2,
      means: "It could not be tried: no lab, no such workload, or the workload ended.",
      advice: "`percale lab status`.",
    },
  },
  "API server, node agent, dashboard, lab": {
    stopped: { code: 0, means: "Stopped in good order by SIGTERM or SIGINT.", advice: "" },
    failed: {
      code: 1,
      means: "It did not start, or did not stop in good order.",
      advice: "The last line of stderr or of its log says why; what a person can mend comes without a stack.",
    },
  },
  "percale-cni": {
    done: { code: 0, means: "Done; the result, if there is one, is on stdout.", advice: "" },
    failed: {
      code: 1,
      means: "Refused; stdout is a CNI error.",
      advice: "Look its `code` up in [CNI errors](cni-errors.md), and its request in the agent's log.",
    },
  },
  "npm start": {
    stopped: { code: 0, means: "Stopped by Ctrl-C or SIGTERM, or it runs already.", advice: "" },
    failed: { code: 1, means: "Set-up or start failed.", advice: "stderr says why; logs are in `.percale/logs`." },
    usage: { code: 2, means: "An option that it does not take.", advice: "It takes `--dev` alone." },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, ExitEntry>>>>;

/** Of every daemon. */
export const daemonExit = exitCodes["API server, node agent, dashboard, lab"];
