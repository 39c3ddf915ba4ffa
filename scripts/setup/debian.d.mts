/** Full path of a program, looked for in PATH and in the folders of services and compilers. */
export function findProgram(name: string): string | undefined;
