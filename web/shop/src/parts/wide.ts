// Whether the screen is a desk's. For what is another thing there, not only another size: those are for CSS.
import { onScopeDispose, readonly, ref, type Ref } from 'vue'

export function useWide(): Readonly<Ref<boolean>> {
  const media = window.matchMedia('(min-width: 900px)')
  const wide = ref(media.matches)
  const follow = (event: MediaQueryListEvent) => (wide.value = event.matches)
  media.addEventListener('change', follow)
  onScopeDispose(() => media.removeEventListener('change', follow))
  return readonly(wide)
}
