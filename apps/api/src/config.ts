import { join, resolve } from "node:path";
import { defineConfig, LOG_LEVELS } from "@percale/daemon";
import type { ConfigInput, LoadedConfig } from "@percale/daemon";
import { z } from "zod";
import type { OidcOptions } from "./auth/oidc.ts";

const port = z.int().min(0).max(65_535);

/** Flags and environment (`PERCALE_API_…`) of the API server. */
export const apiConfig = defineConfig("PERCALE_API", {
  host: { schema: z.string().min(1), default: "127.0.0.1", help: "address to listen on" },
  port: { schema: port, default: 5443, help: "port to listen on; 0 takes a free one" },
  socket: {
    schema: z.string().optional(),
    help: "unix socket to listen on as well, TLS too; api.sock in the data folder",
  },
  data: {
    schema: z.string().min(1),
    default: ".percale",
    help: "folder of certificates, kubeconfig, token ($PERCALE_DATA)",
  },
  databaseUrl: {
    schema: z.string().optional(),
    help: "any Postgres from 14 on ($DATABASE_URL); without it one is started in the data folder",
    secret: true,
  },
  auditPolicy: {
    schema: z.string().optional(),
    help: "file of an audit.k8s.io/v1 Policy: which requests audit.log and the database keep, and how much of each",
  },
  historyDays: {
    schema: z.number().positive(),
    default: 90,
    help: "days for which every change stays to be looked at and reverted to",
  },
  historyRevisions: {
    schema: z.int().min(1_000),
    default: 1_000_000,
    help: "changes that are kept at most, however young (some 3 KB each)",
  },
  oidcIssuer: {
    schema: z.url().optional(),
    help: "OpenID provider whose people may sign in and send ID tokens; without it nobody does",
  },
  oidcClientId: { schema: z.string().min(1), default: "percale", help: "what the provider calls Percale" },
  oidcClientSecret: {
    schema: z.string().optional(),
    help: "its secret there; without it Percale is a public client",
    secret: true,
  },
  oidcUsernameClaim: { schema: z.string().min(1), default: "sub", help: "claim that is the user's name" },
  oidcUsernamePrefix: { schema: z.string(), default: "oidc:", help: "before that name" },
  oidcGroupsClaim: { schema: z.string().min(1), default: "groups", help: "claim that lists the user's groups" },
  oidcGroupsPrefix: { schema: z.string(), default: "oidc:", help: "before each of them" },
  oidcScopes: {
    schema: z.string().min(1),
    default: "openid profile email groups",
    help: "what the provider is asked for",
  },
  names: { schema: z.array(z.string()), default: [], help: "more names and addresses for the certificate" },
  logLevel: { schema: z.enum(LOG_LEVELS), default: "info", help: "least level to log" },
  logFormat: { schema: z.enum(["json", "pretty"]), default: "json", help: "json, or pretty for people ($PERCALE_LOG)" },
});

export function apiHelp(): string {
  return `The API server of Percale.\n\n${apiConfig.help()}`;
}

export type ApiConfig = Omit<LoadedConfig<(typeof apiConfig)["keys"]>["values"], "socket"> & {
  readonly socket: string;
};

export function loadApiConfig({ argv, env = {} }: ConfigInput): {
  readonly values: ApiConfig;
  readonly effective: LoadedConfig<(typeof apiConfig)["keys"]>["effective"];
} {
  // Names that all of Percale, or all the world, shares.
  const shared = {
    PERCALE_API_DATA: env["PERCALE_DATA"],
    PERCALE_API_DATABASE_URL: env["DATABASE_URL"],
    PERCALE_API_LOG_FORMAT: env["PERCALE_LOG"] === "pretty" ? "pretty" : undefined,
  };
  const { values, effective } = apiConfig.load({ ...(argv !== undefined && { argv }), env: { ...shared, ...env } });
  const data = resolve(values.data);
  return { values: { ...values, data, socket: values.socket ?? join(data, "api.sock") }, effective };
}

/** Undefined where nobody signs in by OpenID. */
export function oidcOf(values: ApiConfig): { readonly oidc?: OidcOptions } {
  if (values.oidcIssuer === undefined) return {};
  return {
    oidc: {
      issuer: values.oidcIssuer,
      clientId: values.oidcClientId,
      ...(values.oidcClientSecret !== undefined && { clientSecret: values.oidcClientSecret }),
      usernameClaim: values.oidcUsernameClaim,
      usernamePrefix: values.oidcUsernamePrefix,
      groupsClaim: values.oidcGroupsClaim,
      groupsPrefix: values.oidcGroupsPrefix,
      scopes: values.oidcScopes,
    },
  };
}
