/** Of BGP, where nobody says another (RFC 4271). */
export const DEFAULT_PORT = 179;
