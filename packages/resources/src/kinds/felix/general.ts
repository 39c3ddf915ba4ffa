/** Felix parameters of the agent itself: runtime, health, logs, metrics, flow logs, debugging, usage reports. */
import * as z from "zod";
import { regexp } from "../../scalars/schemas.ts";
import { anyPort, bool, duration, intFrom, matching, onOff, row, severity, str } from "./row.ts";

const features = matching(
  /^([a-zA-Z0-9-_]+=(true|false|),)*([a-zA-Z0-9-_]+=(true|false|))?$/,
  "name=true, name=false or name=, joined by commas",
);
const gates = matching(/^([a-zA-Z0-9-_]+=([^=]+),)*([a-zA-Z0-9-_]+=([^=]+))?$/, "name=value, joined by commas");
const subcomponent = matching(/^[a-zA-Z0-9_ -]+$/, "letters, digits, blanks, _ or -");

export const generalRows = {
  featureDetectOverride: row(
    "Feature detection override",
    features,
    undefined,
    "Kernel and tool features to take as present or absent, whatever detection says",
  ),
  featureGates: row("Feature gates", gates, undefined, "Preview features to switch"),

  goGCThreshold: row(
    "Go GC threshold",
    intFrom(-1),
    40,
    "Heap growth in percent that starts a garbage collection; -1 never",
    { unit: "%" },
  ),
  goMaxProcs: row("Go max procs", intFrom(-1), -1, "CPUs the agent may use; -1 as the system has it", { unit: "CPUs" }),
  goMemoryLimitMB: row("Go memory limit", intFrom(-1), -1, "Soft memory limit in MB; -1 none", { unit: "MB" }),

  healthEnabled: row("Health server", bool, false, "Serve /liveness and /readiness"),
  healthHost: row("Health server address", str, "localhost", "Address of the health server"),
  healthPort: row("Health server port", anyPort, 9099, "Port of the health server", { unit: "TCP" }),
  healthTimeoutOverrides: row(
    "Health timeouts",
    z.array(
      z.strictObject({
        name: subcomponent.meta({ title: "Subcomponent", description: "Subcomponent, as health reports name it." }),
        timeout: duration.meta({ title: "Timeout", description: "Time without a sign of life." }),
      }),
    ),
    undefined,
    "Watchdog times of single subcomponents",
  ),

  logActionRateLimit: row(
    "Log rule rate limit",
    matching(
      /^[1-9]\d{0,3}\/(second|minute|hour|day)$/,
      "a number 1..9999 per second, minute, hour or day, such as 10/minute",
    ),
    undefined,
    "How often Log rules may log",
  ),
  logActionRateLimitBurst: row(
    "Log rule burst",
    intFrom(0, 9999),
    5,
    "Log lines allowed at once before the rate counts",
    { unit: "lines" },
  ),
  logDebugFilenameRegex: row("Debug lines from files", regexp, undefined, "Source files whose debug lines are kept"),
  logFilePath: row("Log file", str, "/var/log/calico/felix.log", "Log file; none: no file"),
  logPrefix: row(
    "Log rule prefix",
    matching(/^([a-zA-Z0-9%: /_-])*$/, "letters, digits, blanks and % : / _ -"),
    "calico-packet",
    "Start of every line of a Log rule; %t tier, %k kind, %n name, %p namespace and name",
    { effect: "live" },
  ),
  logSeverityFile: row("Log level, file", severity, "Info", "Least severe line that goes to the log file"),
  logSeverityScreen: row(
    "Log level, standard output",
    severity,
    "Info",
    "Least severe line that goes to standard output",
  ),
  logSeveritySys: row("Log level, syslog", severity, "Info", "Least severe line that goes to syslog"),

  prometheusGoMetricsEnabled: row("Runtime metrics", bool, true, "Export metrics of the language runtime"),
  prometheusMetricsCAFile: row("Metrics CA file", str, undefined, "CA that client certificates must come from"),
  prometheusMetricsCertFile: row("Metrics certificate file", str, undefined, "Certificate of the metrics server"),
  prometheusMetricsClientAuth: row(
    "Metrics client certificates",
    z.enum(["RequireAndVerifyClientCert", "RequireAnyClientCert", "VerifyClientCertIfGiven", "NoClientCert"]),
    "NoClientCert",
    "What the metrics server asks of clients",
  ),
  prometheusMetricsEnabled: row("Prometheus metrics", bool, false, "Serve metrics"),
  prometheusMetricsHost: row(
    "Metrics address",
    matching(/^[a-zA-Z0-9:._+-]{1,64}$/, "a host name or address of at most 64 characters"),
    undefined,
    "Address of the metrics server; unset: all",
  ),
  prometheusMetricsKeyFile: row("Metrics key file", str, undefined, "Key of the metrics server"),
  prometheusMetricsPort: row("Metrics port", anyPort, 9091, "Port of the metrics server", { unit: "TCP" }),
  prometheusProcessMetricsEnabled: row("Process metrics", bool, true, "Export metrics of the process"),
  prometheusWireGuardMetricsEnabled: row("WireGuard metrics", bool, true, "Export metrics of WireGuard"),

  flowLogsCollectorDebugTrace: row("Flow collector trace", bool, false, "Log every step of the flow collector"),
  flowLogsFlushInterval: row("Flow log flush interval", duration, "5m0s", "Time between exports of flows"),
  flowLogsGoldmaneServer: row("Goldmane server", str, undefined, "Address of the flow aggregator"),
  flowLogsLocalReporter: row("Local flow reporter", onOff, "Disabled", "Report flows on a local socket"),
  flowLogsPolicyEvaluationMode: row(
    "Staged policies on live flows",
    z.enum(["None", "Continuous"]),
    "Continuous",
    "Whether staged policies are judged again while a flow lives",
  ),

  debugDisableLogDropping: row(
    "Never drop log lines",
    bool,
    false,
    "Wait for slow log outputs instead of dropping lines",
  ),
  debugHost: row("Debug server address", str, "localhost", "Address of the debug server"),
  debugMemoryProfilePath: row("Heap profile file", str, undefined, "File for heap profiles"),
  debugPort: row("Debug server port", anyPort, undefined, "Port of the debug server; unset: none", { unit: "TCP" }),
  debugSimulateCalcGraphHangAfter: row(
    "Simulate a calculation hang after",
    duration,
    "0s",
    "Tests: hang the calculation after this time",
  ),
  debugSimulateDataplaneApplyDelay: row("Simulate slow apply", duration, "0s", "Tests: slow every apply by this time"),
  debugSimulateDataplaneHangAfter: row(
    "Simulate a dataplane hang after",
    duration,
    "0s",
    "Tests: hang the dataplane after this time",
  ),

  usageReportingEnabled: row("Usage reports", bool, true, "Send anonymous usage reports"),
  usageReportingInitialDelay: row("First usage report delay", duration, "5m0s", "Wait before the first report"),
  usageReportingInterval: row("Usage report interval", duration, "24h0m0s", "Time between reports"),

  windowsManageFirewallRules: row(
    "Windows firewall rules",
    onOff,
    "Disabled",
    "Windows: open the metrics ports in the firewall",
  ),

  awsSrcDstCheck: row(
    "AWS source/destination check",
    z.enum(["DoNothing", "Enable", "Disable"]),
    "DoNothing",
    "What to do about the EC2 source/destination check",
  ),

  endpointReportingDelay: row(
    "Endpoint status delay",
    duration,
    "1s",
    "OpenStack: wait before an endpoint's status is reported",
  ),
  endpointReportingEnabled: row("Endpoint status reports", bool, false, "OpenStack: report endpoint status"),
  metadataAddr: row("OpenStack metadata address", str, "127.0.0.1", "OpenStack: metadata server, or none"),
  metadataPort: row("OpenStack metadata port", anyPort, 8775, "OpenStack: port of the metadata server", {
    unit: "TCP",
  }),
  openstackRegion: row(
    "OpenStack region",
    matching(/^([a-z0-9]([-a-z0-9]{0,44}[a-z0-9])?)?$/, "a DNS label of at most 46 characters"),
    undefined,
    "OpenStack: region this agent belongs to",
  ),
  reportingInterval: row(
    "Agent status interval",
    duration,
    "30s",
    "OpenStack: time between reports of the agent's own status; 0 off",
  ),
  reportingTTL: row("Agent status lifetime", duration, "1m30s", "OpenStack: how long a report is good for"),

  maxIpsetSize: row("IP set size", intFrom(1, 0xffff_ffff), 1_048_576, "iptables: entries per IP set", {
    unit: "entries",
  }),
} as const;
