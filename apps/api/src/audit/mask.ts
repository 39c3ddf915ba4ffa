/** Fields whose text lets somebody in. References to secrets (`secretKeyRef`) name where one is and stay. */
const SECRET =
  /^(token|password|secret|privateKey|clientSecret|key-data|client-key-data|kubeconfig|code|code_verifier|id_token)$/i;
export const MASK = "[masked]";
const MAX_DEPTH = 32;

/** The same with the text of every secret field masked, and without who owns which field. */
export function masked(value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > MAX_DEPTH) return MASK; // nobody looks deeper
  if (Array.isArray(value)) return value.map((item) => masked(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      if (key === "managedFields") return [];
      return [[key, SECRET.test(key) && typeof item === "string" ? MASK : masked(item, depth + 1)]];
    }),
  );
}
