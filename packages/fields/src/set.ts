/**
 * A set of fields of an object: a tree of steps. A field may be in the set or only on the way to others, and what lies below a field is
 * in the set only if it says so itself. A step is written as FieldsV1 writes it: `f:spec`, `k:{"port":80}`, `v:"a"`.
 */
export type FieldSet = ReadonlyMap<string, FieldNode>;

export interface FieldNode {
  readonly isMember: boolean;
  readonly below: FieldSet;
}

export type FieldPath = readonly string[];

export const NOTHING: FieldSet = new Map();
export const MEMBER: FieldNode = { isMember: true, below: NOTHING };

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const both = new Map(a);
  for (const [step, node] of b) {
    const other = a.get(step);
    both.set(
      step,
      other === undefined ? node : nodeOf(other.isMember || node.isMember, union(other.below, node.below)),
    );
  }
  return both;
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return combined(a, (node, step) => {
    const other = b.get(step);
    if (other === undefined) return undefined;
    return nodeOf(node.isMember && other.isMember, intersection(node.below, other.below));
  });
}

/** Without the fields of `b`, one by one: a field that goes takes nothing that lies below it along. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (b.size === 0) return a;
  return combined(a, (node, step) => {
    const other = b.get(step);
    if (other === undefined) return node;
    return nodeOf(node.isMember && !other.isMember, difference(node.below, other.below));
  });
}

export function isSameSet(a: FieldSet, b: FieldSet): boolean {
  if (a.size !== b.size) return false;
  for (const [step, node] of a) {
    const other = b.get(step);
    if (other === undefined || other.isMember !== node.isMember || !isSameSet(node.below, other.below)) return false;
  }
  return true;
}

export function has(set: FieldSet, path: FieldPath): boolean {
  let node: FieldNode | undefined;
  for (const step of path) {
    node = (node === undefined ? set : node.below).get(step);
    if (node === undefined) return false;
  }
  return node?.isMember === true;
}

/** Every member, a field before what lies below it. */
export function* members(set: FieldSet, at: FieldPath = []): Generator<FieldPath> {
  for (const [step, { isMember, below }] of set) {
    const path = [...at, step];
    if (isMember) yield path;
    yield* members(below, path);
  }
}

export function setOf(paths: Iterable<FieldPath>): FieldSet {
  const growing: Growing = new Map();
  for (const path of paths) insert(growing, path);
  return growing;
}

/** A set while it is made. */
export type Growing = Map<string, GrowingNode>;
interface GrowingNode {
  isMember: boolean;
  readonly below: Growing;
}

/** The whole object is nobody's field. */
export function insert(set: Growing, path: FieldPath): void {
  let below = set;
  let node: GrowingNode | undefined;
  for (const step of path) {
    node = below.get(step);
    if (node === undefined) below.set(step, (node = { isMember: false, below: new Map() }));
    below = node.below;
  }
  if (node !== undefined) node.isMember = true;
}

function nodeOf(isMember: boolean, below: FieldSet): FieldNode {
  return isMember && below.size === 0 ? MEMBER : { isMember, below };
}

/** What becomes of each step; one that is neither a member nor leads to any goes. */
function combined(set: FieldSet, become: (node: FieldNode, step: string) => FieldNode | undefined): FieldSet {
  const kept = new Map<string, FieldNode>();
  for (const [step, node] of set) {
    const left = become(node, step);
    if (left !== undefined && (left.isMember || left.below.size > 0)) kept.set(step, left);
  }
  return kept;
}
