// The shopper's own number, as typed at sign-in. The mall shows it masked, but a code to it has to name it whole; kept only
// in memory, and only used where it fits the mask.
import { fitsMask } from './phone'

let typed = ''

export const ownPhone = {
  keep(digits: string): void {
    typed = digits
  },
  fitting(masked: string): string {
    return fitsMask(typed, masked) ? typed : ''
  },
}
