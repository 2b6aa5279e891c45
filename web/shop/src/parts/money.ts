/** `1290` → `['12', '.90']`; whole yuan have no decimals. */
export function yuanParts(fen: number): [whole: string, decimals: string] {
  const sign = fen < 0 ? '-' : ''
  const abs = Math.abs(fen)
  const rest = abs % 100
  const whole = `${sign}${((abs - rest) / 100).toString()}`
  return [whole, rest === 0 ? '' : `.${String(rest).padStart(2, '0')}`]
}

/** `¥12.90` */
export function yuan(fen: number): string {
  return `${fen < 0 ? '-' : ''}¥${yuanParts(Math.abs(fen)).join('')}`
}

/** What was sold, as it is counted: `8960`, from ten thousand on `2.3万+`, in English `23k+`. */
export function amountSold(n: number, english = false): string {
  if (n < 10_000) return String(n)
  const thousands = Math.floor(n / 1000)
  return english ? `${thousands}k+` : `${thousands / 10}万+`
}
