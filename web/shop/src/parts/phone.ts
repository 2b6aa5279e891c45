// Mobile numbers of mainland China, as they are typed, kept and shown.

/** What was typed or pasted, as up to 11 digits: `+86 138-0013 8000` is `13800138000`. */
export function phoneDigits(text: string): string {
  const narrow = text.replace(/[０-９＋]/g, c => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
  const digits = narrow.replace(/\D/g, '')
  const plain = digits.length > 11 || /^\s*\+/.test(narrow) ? digits.replace(/^(?:00)?86/, '') : digits
  return plain.slice(0, 11)
}

/** 3-4-4: `138 0013 8000`, also while it is still short. */
export function phoneLook(digits: string): string {
  return [digits.slice(0, 3), digits.slice(3, 7), digits.slice(7)].filter(Boolean).join(' ')
}

export function isPhone(digits: string): boolean {
  return /^1[3-9]\d{9}$/.test(digits)
}

/** Whether a number is the one shown as `138****8000`. */
export function fitsMask(digits: string, masked: string): boolean {
  return digits.length === masked.length && [...masked].every((c, i) => c === '*' || c === digits[i])
}
