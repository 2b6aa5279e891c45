// What was written and not saved: leaving asks first.
import { onMounted, onBeforeUnmount } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { i18n, useCommon } from '@/text'
import accountWords from './accountWords'
import { sure } from './sure'

export function useUnsaved(dirty: () => boolean): void {
  const { c } = useCommon()
  const say = (key: 'leave' | 'leaveHint') => accountWords[i18n.global.locale.value === 'en' ? 'en' : 'zh'][key]
  onBeforeRouteLeave(() => !dirty() || sure({ message: say('leaveHint'), yes: say('leave'), no: c('cancel') }))
  const ask = (event: BeforeUnloadEvent) => {
    if (dirty()) event.preventDefault()
  }
  onMounted(() => window.addEventListener('beforeunload', ask))
  onBeforeUnmount(() => window.removeEventListener('beforeunload', ask))
}
