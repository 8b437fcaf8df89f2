/** True where this is the window of the network doctor. */
export function isDoctorPlace(hash: string): boolean {
  return hash === '#doctor';
}
