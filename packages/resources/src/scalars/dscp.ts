/** A DSCP value as stored: 0-63, or a name in any case. */
export type Dscp = number | string;

const VALUE_BY_NAME: Readonly<Record<string, number>> = {
  DF: 0,
  EF: 46,
  AF11: 10,
  AF12: 12,
  AF13: 14,
  AF21: 18,
  AF22: 20,
  AF23: 22,
  AF31: 26,
  AF32: 28,
  AF33: 30,
  AF41: 34,
  AF42: 36,
  AF43: 38,
  CS0: 0,
  CS1: 8,
  CS2: 16,
  CS3: 24,
  CS4: 32,
  CS5: 40,
  CS6: 48,
};

/** The six bits; undefined for what is no DSCP. */
export function parseDscp(dscp: Dscp): number | undefined {
  const name = String(dscp).toUpperCase();
  if (Object.hasOwn(VALUE_BY_NAME, name)) return VALUE_BY_NAME[name];
  return /^\d{1,2}$/.test(name) && Number(name) <= 63 ? Number(name) : undefined;
}
