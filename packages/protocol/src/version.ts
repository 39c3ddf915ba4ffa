/** Of everything that is built from this source. `npm run release` sets it, here and in every package.json. */
export const VERSION = "0.1.0";
