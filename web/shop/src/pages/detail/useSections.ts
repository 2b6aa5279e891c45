// Which part of a long page is being read, and the way to another.
import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

export interface Sections<Name extends string> {
  active: Ref<Name>
  /** How far the page is scrolled, pixels. */
  scrolled: Ref<number>
  go(name: Name): void
}

/** Sections are elements with the ids `prefix-name`, in this order; `head` is what lies over their tops. */
export function useSections<Name extends string>(prefix: string, names: readonly [Name, ...Name[]], head: () => number): Sections<Name> {
  const active = ref(names[0]) as Ref<Name>
  const scrolled = ref(0)
  let waiting = 0

  const element = (name: Name) => document.getElementById(`${prefix}-${name}`)
  function look(): void {
    waiting = 0
    scrolled.value = window.scrollY
    const atEnd = window.scrollY > 0 && window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2
    const passed = names.filter(name => (element(name)?.getBoundingClientRect().top ?? Infinity) <= head() + 1)
    active.value = (atEnd ? names.at(-1) : passed.at(-1)) ?? names[0]
  }
  // Once a frame is enough, however often the browser tells.
  const onScroll = () => (waiting ||= requestAnimationFrame(look))
  onMounted(() => {
    window.addEventListener('scroll', onScroll, { passive: true })
    look()
  })
  onBeforeUnmount(() => {
    window.removeEventListener('scroll', onScroll)
    cancelAnimationFrame(waiting)
  })

  return {
    active,
    scrolled,
    go(name) {
      const to = element(name)
      if (!to) return
      const top = name === names[0] ? 0 : to.getBoundingClientRect().top + window.scrollY - head()
      const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches
      window.scrollTo({ top, behavior: calm ? 'auto' : 'smooth' })
    },
  }
}
