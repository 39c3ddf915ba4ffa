/** Of this program, as it tells the server and the status. */
export const BUILD = "0.1.0";
