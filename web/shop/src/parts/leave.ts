/** Goes to a page that is not the shop's: the channel's, where people pay. */
export function leaveTo(url: string): void {
  window.location.assign(url)
}
