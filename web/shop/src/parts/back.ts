// Coming back to a page: from another tab, another app, or with the browser's back button from another site.
import { onScopeDispose } from 'vue'

/** Runs whenever the page is looked at again; what it shows may have changed meanwhile. */
export function useReturn(run: () => void): void {
  const seen = () => document.visibilityState === 'visible' && run()
  // A page out of the browser's back cache is shown as it was left, without loading.
  const shown = (event: PageTransitionEvent) => event.persisted && run()
  document.addEventListener('visibilitychange', seen)
  window.addEventListener('pageshow', shown)
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', seen)
    window.removeEventListener('pageshow', shown)
  })
}
