/** A picture that the build gives an address with a hash of it. */
declare module "*.svg" {
  const image: { readonly src: string };
  export default image;
}
