import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

/** The ranks of ARCHITECTURE.md. A package imports only from lower ranks; apps import no app. */
const rankByPackage: Readonly<Record<string, number>> = {
  net: 0,
  selector: 1,
  resources: 2,
  fields: 3,
  protocol: 3,
  policy: 3,
  ipam: 3,
  bgp: 3,
  daemon: 4,
  store: 5,
  sync: 5,
  kernel: 5,
  dataplane: 6,
};
/** Rank 5 and store: the store speaks the wire's change sets. */
const PURE = new Set(["net", "selector", "resources", "fields", "protocol", "policy", "ipam", "bgp"]);
const root = resolve(import.meta.dirname, "../..");

interface Import {
  readonly file: string;
  readonly from: string;
  readonly typeOnly: boolean;
}

const files = ["packages", "apps"].flatMap((area) =>
  readdirSync(join(root, area), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|tsx)$/.test(name) && !/node_modules|\.next|generated/.test(name))
    .map((name) => join(root, area, name)),
);

function importsOf(path: string): Import[] {
  const text = readFileSync(path, "utf8");
  const statements = text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^;"']*?\sfrom\s+)?["']([^"']+)["']/gm);
  return [...statements].map(([, type, from]) => ({
    file: relative(root, path),
    from: from!,
    typeOnly: type !== undefined,
  }));
}

/** The dashboard's pure half: words, policy and each page's view model. */
const isView = (file: string): boolean =>
  /^apps\/web\/src\/(?:words|policy)\/|^apps\/web\/src\/app\/.*view\.ts$/.test(file);
const isTest = (file: string): boolean =>
  /\.test\.tsx?$|\/(?:testdata|bench|torture|contract)\/|^packages\/testkit\//.test(file);
const imports = files.flatMap(importsOf);

function fault({ file, from, typeOnly }: Import): string | undefined {
  const [area, owner] = file.split("/") as [string, string];
  const target = /^@percale\/([^/]+)(\/.*)?$/.exec(from);
  if (from.startsWith(".")) {
    const reached = relative(root, resolve(root, dirname(file), from)).split("/");
    if (isView(file) && !typeOnly && !isTest(file) && /^(?:live|shell|parts|editor)$/.test(reached[3] ?? ""))
      return "view models are pure: what is live is above them";
    if (reached[0] === area && reached[1] === owner) return undefined;
    const sharesBench = file.includes("/bench/") && reached[2] === "bench"; // one input for every bench
    return sharesBench ? undefined : "relative import leaves its package";
  }
  if (from.startsWith("node:") && PURE.has(owner) && area === "packages" && !isTest(file))
    return "pure packages have no effects";
  if (target === null) return undefined;
  if (!isDeclared(`${area}/${owner}`, target[1]!)) return "its package.json does not declare it";
  if (isTest(file)) return undefined;
  const [, name, subpath] = target as unknown as [string, string, string | undefined];
  if (owner === "web" && name === "policy" && !typeOnly)
    return "the server is asked who is selected: no browser runs the engine";
  if (owner === "web" && name === "api") return typeOnly ? undefined : "web takes only types from api";
  if (subpath !== undefined && !facesOf(name).has(`.${subpath}`)) return "reaches past a package's index";
  if (name === "testkit") return "testkit is for tests only";
  const rank = rankByPackage[name];
  if (rank === undefined) return "apps import no app";
  if (area === "packages" && rank >= (rankByPackage[owner] ?? -1))
    return `rank ${rankByPackage[owner]} imports rank ${rank}`;
  return undefined;
}

/** A package's index, and what else of its sources it shows: `@percale/resources/catalog`. */
function facesOf(name: string): ReadonlyMap<string, string> {
  const known = faces.get(name);
  if (known !== undefined) return known;
  const { exports } = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")) as {
    readonly exports: string | Readonly<Record<string, string>>;
  };
  const shown = Object.entries(typeof exports === "string" ? { ".": exports } : exports);
  faces.set(name, new Map(shown.filter(([, file]) => !isTest(file))));
  return facesOf(name);
}
const faces = new Map<string, ReadonlyMap<string, string>>();

const namesByWorkspace = new Map<string, ReadonlySet<string>>();

/** A workspace's own name counts. */
function isDeclared(workspace: string, name: string): boolean {
  const known = namesByWorkspace.get(workspace);
  if (known !== undefined) return known.has(`@percale/${name}`);
  const manifest = JSON.parse(readFileSync(join(root, workspace, "package.json"), "utf8")) as {
    readonly name: string;
    readonly dependencies?: object;
    readonly devDependencies?: object;
  };
  const { dependencies = {}, devDependencies = {} } = manifest;
  namesByWorkspace.set(
    workspace,
    new Set([manifest.name, ...Object.keys(dependencies), ...Object.keys(devDependencies)]),
  );
  return isDeclared(workspace, name);
}

test("imports run down the ranks, and are declared", () => {
  const faults = imports.flatMap((one) => {
    const rule = fault(one);
    return rule === undefined ? [] : [`${one.file} imports ${one.from}: ${rule}`];
  });
  expect(faults).toEqual([]);
});

/** What a page has from its first moment: its own code and what that imports, but for what it imports when it is needed. */
function firstLoadOf(entry: string): ReadonlyMap<string, string> {
  const from = new Map([[entry, ""]]);
  for (const file of from.keys())
    for (const { typeOnly, from: name } of importsByFile.get(file) ?? []) {
      if (typeOnly) continue;
      const target = fileOf(file, name);
      if (!from.has(target)) from.set(target, file);
    }
  return from;
}

const importsByFile = Map.groupBy(imports, ({ file }) => file);

/** The file of ours that is imported, else the name of the package. */
function fileOf(file: string, name: string): string {
  if (name.startsWith(".")) return relative(root, resolve(root, dirname(file), name));
  const [, own, subpath = ""] = /^@percale\/([^/]+)(\/.*)?$/.exec(name) ?? [];
  if (own === undefined) return /^(@[^/]+\/)?[^/]+/.exec(name)![0];
  return join("packages", own, facesOf(own).get(`.${subpath}`)!);
}

/** Large, and of use only once somebody edits or searches. */
const ON_DEMAND =
  /^(zod|yaml|re2js|cmdk|@codemirror\/.*|@lezer\/.*|packages\/(resources|policy|protocol)\/src\/index\.ts)$/;

test("no page loads checks, editor or search before they are needed", () => {
  const pages = [...importsByFile.keys()].filter((file) =>
    /^apps\/web\/src\/app\/(?:.*\/)?(?:page|layout)\.tsx$/.test(file),
  );
  expect(pages.length).toBeGreaterThan(15);
  const faults = pages.flatMap((page) => {
    const loaded = firstLoadOf(page);
    return [...loaded].flatMap(([name, by]) => (ON_DEMAND.test(name) ? [`${page} loads ${name}, by ${by}`] : []));
  });
  expect(faults).toEqual([]);
});
