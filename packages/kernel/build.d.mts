export function addonPath(): string;
export function buildAddon(): string;
