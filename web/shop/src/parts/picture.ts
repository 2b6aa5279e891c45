/** Widths that the mall offers, pixels. */
export const WIDTHS = [200, 400, 800, 1200] as const

/** Where a picture is: products' own below `/media`, what shoppers sent below `/uploads`. */
export function pictureUrl(key: string, width: (typeof WIDTHS)[number]): string {
  return `${key.startsWith('u/') ? '/uploads' : '/media'}/${width}/${key}.jpg`
}

export function pictureSet(key: string): string {
  return WIDTHS.map(width => `${pictureUrl(key, width)} ${width}w`).join(', ')
}
